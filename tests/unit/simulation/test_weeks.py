"""Weeks of learners and touts: no place is given twice, chance comes from the seed, and the queue is the real one."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.allotment.rules.events import Line, Seats, wrong_events
from booking.simulation.account import Account
from booking.simulation.city import METHODS, Assumptions, Method, places_of_week
from booking.simulation.drawn import Drawn, ProductionError
from booking.simulation.rush import Rush
from booking.simulation.weeks import City, simulate_method

SMALL = Assumptions(weeks=12, learners=28, places=50, backlog=150, touts=2, accomplices=4)


def lived(method: Method, seed: int = 1, assumed: Assumptions = SMALL) -> Account:
    return simulate_method(method, assumed, seed, lambda _: None)


@pytest.fixture(scope="module")
def accounts() -> dict[Method, Account]:
    return {method: lived(method, assumed=Assumptions(weeks=40)) for method in METHODS}


@settings(max_examples=25)
@given(
    method=st.sampled_from(METHODS),
    seed=st.integers(0, 10_000),
    assumed=st.builds(
        Assumptions,
        learners=st.integers(0, 30), places=st.integers(1, 30), backlog=st.integers(0, 40),
        touts=st.integers(0, 3), accomplices=st.integers(0, 6), cancels=st.floats(0, 1), late=st.floats(0, 1),
        short_notice=st.floats(0, 1), customers=st.floats(0, 1), absent=st.floats(0, 1), fails=st.floats(0, 1),
    ),
)  # fmt: skip
def test_no_slot_is_ever_given_more_often_than_it_has_places(method: Method, seed: int, assumed: Assumptions) -> None:
    city = City(method, assumed, seed)
    quota = {place.id: sum(place.quota.values()) for place in places_of_week(assumed.places)}

    for week in range(4):
        giving = city.live(week)
        seated = Counter(giving.holders.values())
        assert all(seated[slot] <= quota[slot] for slot in quota)
        assert seated.total() <= assumed.places

    account = city.close()
    assert account.sat + account.absent + account.empty == account.seats == 4 * assumed.places
    assert len(account.waits) == account.granted + account.unserved


@pytest.mark.parametrize("method", METHODS)
def test_nobody_is_in_two_places_and_nobody_is_lost(method: Method) -> None:
    city = City(method, SMALL, 3)

    for week in range(SMALL.weeks):
        giving = city.live(week)
        returning = [one.pid for people in city._back.values() for one in people]
        waiting = [one.pid for one in city.waiting]
        assert len({*returning, *waiting}) == len(returning) + len(waiting)
        assert not giving.holders.keys() & set(waiting)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_lives_the_same_weeks(method: Method) -> None:
    first, second, other = lived(method), lived(method), lived(method, seed=2)

    assert (first.counters(), first.waits) == (second.counters(), second.waits)
    assert first.waits != other.waits


def test_every_method_meets_the_same_people() -> None:
    crowds = [[one.pid for one in City(method, SMALL, 5).waiting] for method in METHODS]

    assert crowds[0] == crowds[1] == crowds[2]


@pytest.mark.parametrize("method", ["ranked", "lottery"])
def test_freed_places_pass_the_check_that_anybody_can_make_of_a_record(method: Method) -> None:
    city = City(method, SMALL, 7)

    for week in range(SMALL.weeks):
        giving = city.live(week)
        assert isinstance(giving, Drawn)
        seats = Seats.after_draw(giving.outcome, giving.places, {})
        line = Line(giving.outcome.waiting, giving.applicants, giving.places)
        assert giving.events
        assert list(wrong_events(giving.events, seats, line)) == []


def test_a_place_that_nobody_holds_cannot_be_handed_on() -> None:
    city = City("ranked", SMALL, 7)
    giving = city.live(0)
    assert isinstance(giving, Drawn)
    leaver = next(one for one in giving.people.values() if one.pid in giving.holders)
    giving._write("cancelled", leaver.pid, giving.holders[leaver.pid], "own")

    with pytest.raises(ProductionError):
        giving._write("cancelled", leaver.pid, "11", "own")


@pytest.mark.parametrize("method", METHODS)
def test_a_freed_place_goes_only_to_somebody_who_asked_for_its_slot(method: Method) -> None:
    city = City(method, SMALL, 11)

    for week in range(SMALL.weeks):
        people = {one.pid: one for one in city.waiting}
        holders = city.live(week).holders
        assert all(slot in people[pid].slots for pid, slot in holders.items() if pid in people)


def test_under_instant_release_most_resold_places_reach_the_touts_customer(accounts: dict[Method, Account]) -> None:
    assert accounts["first_come"].figures()["resold_reach"] > 0.5


@pytest.mark.parametrize("method", ["ranked", "lottery"])
def test_from_the_queue_they_reach_him_hardly_more_often_than_anybody(
    accounts: dict[Method, Account], method: Method
) -> None:
    figures = accounts[method].figures()

    assert figures["resold"] >= 50
    assert figures["resold_reach"] < 0.15  # the fair share is about 0.045; four deviations above it
    assert figures["through_touts"] < 0.01


@pytest.mark.parametrize("method", ["ranked", "lottery"])
def test_a_slow_device_costs_nothing_where_no_race_is_run(accounts: dict[Method, Account], method: Method) -> None:
    figures, race = accounts[method].figures(), accounts["first_come"].figures()

    assert figures["slow"] == pytest.approx(figures["slow_fair"], abs=0.03)
    assert race["slow"] < 0.7 * race["slow_fair"]


def test_the_race_leaves_a_long_tail_and_the_ranking_none(accounts: dict[Method, Account]) -> None:
    longest = {method: account.figures()["wait_p99"] for method, account in accounts.items()}

    assert longest["ranked"] <= longest["lottery"] < longest["first_come"]


def test_in_the_race_a_bot_is_before_every_person() -> None:
    city = City("first_come", SMALL, 1)
    crowd = city.waiting
    accomplices = {one.pid for one in crowd if one.is_accomplice}

    rush = Rush(crowd, city.people.places, city.dice)

    assert accomplices
    assert accomplices <= rush.holders.keys()


def test_whoever_gave_a_place_back_stands_behind_with_a_later_ranking_time() -> None:
    city = City("ranked", SMALL, 2)
    before = {one.pid: one.ranked_at for one in city.waiting}

    city.live(0)

    came_back = [one for people in city._back.values() for one in people if one.pid in before]
    assert came_back
    assert all(one.ranked_at > before[one.pid] and one.entitled > 0 for one in came_back)


def test_five_failed_attempts_end_the_way_through_this_queue() -> None:
    city = City("ranked", Assumptions(weeks=30, learners=0, backlog=40, places=50, touts=0, fails=1.0, cancels=0), 1)

    for week in range(30):
        city.live(week)

    assert city.waiting == []
    assert city.account.granted == 40 * 5
