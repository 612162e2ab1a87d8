"""The draw: lanes and the ledger, everybody told once, and winners who cannot take what they won."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select, update

from booking.allotment.models.requests import RequestState, Standing
from booking.allotment.models.rounds import Stage
from booking.allotment.service.wishes import AnyAt
from booking.audit.models import AuditEntry
from booking.bookings.models import Booking
from booking.exams.line import EXAMS
from booking.exams.models import Learner
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.slots.models import Lane, Method, Quota
from tests import factories
from tests.service.allotment.city import CLOSE, DAY, DRAW, FREEZE, HOUR, MINUTE, NOON, Town, person_of, unsound

SOON = DAY + timedelta(days=60)  # a permit that ends then gives priority


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return Town(sessions)


def taken(town: Town, slot_id: SlotId) -> dict[str, tuple[int, int]]:
    """Return by lane (taken, freed)."""
    with reading(town.sessions) as session:
        quotas = session.scalars(select(Quota).where(Quota.slot_id == slot_id))
        return {one.lane.value: (one.taken, one.freed) for one in quotas}


def acts(town: Town, kind: str) -> list[str]:
    with reading(town.sessions) as session:
        query = select(AuditEntry.act).where(AuditEntry.object_kind == kind).order_by(AuditEntry.id)
        return list(session.scalars(query))


def test_lanes_go_first_and_their_own_seats_are_counted_in_them(town: Town) -> None:
    slot_id = town.add_slot(ordinary=1, priority=1)
    early, late = town.add_learners(2)
    urgent = town.add_learner(accepted_on=date(2026, 6, 1), valid_until=SOON)
    round_id = town.open()
    for person in (late, early, urgent):
        town.ask(person, slot_id)

    town.draw()

    assert set(town.holders()) == {early.person_id, urgent.person_id}
    assert [row["lane"] for row in town.rows(round_id)] == ["ordinary", "ordinary", "priority"]
    assert taken(town, slot_id) == {"ordinary": (1, 0), "priority": (1, 0)}
    with reading(town.sessions) as session:
        lanes = {row.person_id: row.lane for row in session.scalars(select(Booking))}
    assert lanes == {early.person_id: Lane.ORDINARY, urgent.person_id: Lane.PRIORITY}
    town.require_sound()


def test_a_lane_that_nobody_asks_for_falls_to_the_next(town: Town) -> None:
    slot_id = town.add_slot(ordinary=1, priority=1, make_up=1)
    people = town.add_learners(4)
    round_id = town.open()
    for person in people:
        town.ask(person, slot_id)

    town.draw()

    assert set(town.holders()) == {person.person_id for person in people[:3]}
    assert taken(town, slot_id) == {"ordinary": (1, 0), "priority": (1, 0), "make_up": (1, 0)}
    assert town.entry(round_id, people[3]).queue == 1
    town.require_sound()


def test_somebody_of_a_special_lane_without_a_seat_there_stands_again_among_all(town: Town) -> None:
    slot_id = town.add_slot(ordinary=2, priority=1)
    urgent = [town.add_learner(accepted_on=date(2026, 2, day), valid_until=SOON) for day in (1, 2, 3)]
    ordinary = town.add_learner(accepted_on=date(2026, 1, 1))
    town.open()
    for person in (*urgent, ordinary):
        town.ask(person, slot_id)

    town.draw()

    assert set(town.holders()) == {urgent[0].person_id, ordinary.person_id, urgent[1].person_id}
    town.require_sound()


def test_each_gets_the_first_wish_that_is_left_in_time_order_of_a_site(town: Town) -> None:
    afternoon, morning = town.add_slot(starts=time(14)), town.add_slot(starts=time(9))
    people = town.add_learners(3)
    town.open()
    for person in people:
        town.ask(person, AnyAt(town.site_id))

    town.draw()

    assert town.holders() == {people[0].person_id: morning, people[1].person_id: afternoon}
    town.require_sound()


def test_whoever_wins_in_two_rounds_at_once_takes_the_first_and_the_other_goes_on(town: Town) -> None:
    first, second = town.add_slot(), town.add_slot(day=DAY + timedelta(days=1))
    both, other = town.add_learners(2)
    town.open()
    town.ask(both, first, second)
    town.ask(other, second)

    for hour in (CLOSE, CLOSE + timedelta(days=1), DRAW + timedelta(days=1)):  # both are drawn in one ring
        town.advance(hour)

    rounds = town.round_of(first), town.round_of(second)
    assert [town.stage(number) for number in rounds] == [Stage.DRAWN, Stage.DRAWN]
    assert town.holders() == {both.person_id: first, other.person_id: second}
    assert town.events(rounds[1]) == [
        ("cancelled", both.person_id, "holds_another"),
        ("granted", other.person_id, ""),
    ]
    assert town.told(both) == ["request_received", "request_granted"]
    town.require_sound()


def test_whoever_wins_leaves_the_rounds_that_still_collect(town: Town) -> None:
    first, later = town.add_slot(), town.add_slot(day=DAY + timedelta(days=7))
    winner, loser = town.add_learners(2)
    town.open()
    for person in (winner, loser):
        town.ask(person, first, later)

    town.draw()

    rows = town.rows(town.round_of(later))
    assert [row["kind"] for row in rows] == ["apply", "apply", "withdraw"]
    assert rows[2]["pid"] == rows[0]["pid"]
    assert town.entry(town.round_of(later), winner).standing is Standing.OUT
    assert town.entry(town.round_of(later), loser).standing is Standing.IN
    town.require_sound()


def overlapping(town: Town, person: Actor) -> None:
    with unit_of_work(town.sessions) as session:
        slot = factories.slot(session, service="road", day=DAY, starts=time(9))
        factories.booking(session, person, slot, at=DRAW)


def expired(town: Town, person: Actor) -> None:
    with unit_of_work(town.sessions) as session:
        permit = update(Learner).where(Learner.person_id == person.person_id)
        session.execute(permit.values(permit_valid_until=date(2026, 12, 1)))


def booked_elsewhere(town: Town, person: Actor) -> None:
    with unit_of_work(town.sessions) as session:
        factories.booking(session, person, factories.slot(session, day=DAY + timedelta(days=9)), at=DRAW)


def withdrew(town: Town, person: Actor) -> None:
    town.withdraw(person, town.request(person).reference, now=CLOSE + HOUR)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (withdrew, "withdrawn"),
        (overlapping, "overlap"),
        (expired, "not_eligible"),
        (booked_elsewhere, "holds_another"),
    ],
)
def test_what_a_winner_cannot_take_goes_to_the_next_in_line_at_once(
    town: Town, happens: Callable[[Town, Actor], None], reason: str
) -> None:
    slot_id = town.add_slot()
    people = town.add_learners(3)
    round_id = town.open()
    for person in people:
        town.ask(person, slot_id)
    town.advance(CLOSE)
    happens(town, people[0])

    town.advance(FREEZE)
    town.advance(DRAW)

    assert town.holders()[person_of(people[1])] == slot_id
    assert town.events(round_id) == [
        ("cancelled", people[0].person_id, reason),
        ("granted", people[1].person_id, ""),
    ]
    entry = town.entry(round_id, people[0])
    assert (entry.standing, entry.passed_because, entry.booking_id) == (Standing.PASSED, reason, None)
    assert town.request(people[0]).state is not RequestState.GRANTED
    assert taken(town, slot_id) == {"ordinary": (1, 0)}
    assert town.told(people[1])[-1] == "request_granted"
    assert (town.told(people[0])[-1] == "request_passed") == (reason in ("overlap", "not_eligible"))
    assert unsound(town.sessions, round_id) == []


def test_a_place_in_a_slot_that_was_taken_back_is_cancelled_by_the_office_and_keeps_its_right(town: Town) -> None:
    gone, other = town.add_slot(ordinary=1, make_up=1), town.add_slot(starts=time(14))
    winner, second = town.add_learners(2)
    round_id = town.open()
    town.ask(winner, gone)
    town.ask(second, other)
    town.advance(CLOSE)
    town.take_back(gone, now=CLOSE + HOUR)

    town.advance(FREEZE)
    town.advance(DRAW)

    assert town.holders() == {second.person_id: other}
    assert town.events(round_id) == [("cancelled_by_office", winner.person_id, "slot_closed")]
    assert taken(town, gone) == {"ordinary": (0, 0), "make_up": (0, 0)}
    request = town.request(winner)
    assert (request.state, request.is_make_up) == (RequestState.LIVE, True)
    assert town.told(winner)[-1] == "request_passed"
    town.require_sound()


def test_everybody_hears_of_the_draw_exactly_once(town: Town) -> None:
    slot_id = town.add_slot()
    winner, loser, gone = town.add_learners(3)
    town.open()
    for person in (winner, loser, gone):
        town.ask(person, slot_id)
    town.advance(CLOSE)
    town.withdraw(gone, town.request(gone).reference, now=CLOSE + MINUTE)
    for hour in (FREEZE, DRAW, DRAW, DRAW + MINUTE):
        town.advance(hour)

    assert [town.told(person)[1:] for person in (winner, loser, gone)] == [
        ["request_granted"],
        ["request_not_granted"],
        ["request_withdrawn"],
    ]


def test_each_step_of_a_round_and_of_its_requests_is_in_the_log(town: Town) -> None:
    slot_id = town.add_slot()
    people = town.add_learners(2)
    town.open()
    for person in people:
        town.ask(person, slot_id)
    town.draw()
    town.hand_on()

    assert acts(town, "round") == [
        "round opened",
        "round closed",
        "round frozen",
        "random value kept",
        "round drawn",
        "seats handed on",
    ]
    assert acts(town, "request") == ["request made", "request made", "request granted"]
    assert acts(town, "booking") == ["booking made"]


def test_a_round_without_anybody_is_drawn_and_its_seats_wait_for_the_announced_hour(town: Town) -> None:
    slot_id = town.add_slot(ordinary=2)
    round_id = town.open()

    town.draw()
    before = taken(town, slot_id)
    town.hand_on()

    assert (before, taken(town, slot_id)) == ({"ordinary": (0, 2)}, {"ordinary": (0, 0)})
    assert town.record(round_id)["order"] == []
    town.require_sound()


def test_whoever_lost_has_used_no_attempt_and_may_ask_again(town: Town) -> None:
    slot_id = town.add_slot()
    winner, loser = town.add_learners(2)
    town.open()
    for person in (winner, loser):
        town.ask(person, slot_id)
    town.draw()
    later = town.add_slot(day=DAY + timedelta(days=7))
    town.open(DRAW)

    with reading(town.sessions) as session:
        ranked = EXAMS.ranking(session, EXAMS.holder(person_of(loser)), "subject_2")
        assert session.scalars(select(Booking.person_id)).all() == [winner.person_id]
    town.change(loser, town.request(loser).reference, later, now=DRAW)

    assert ranked is not None
    assert town.entry(town.round_of(later), loser).ranking_time == ranked.time
    assert town.entry(1, loser).ranking_time == ranked.time


@pytest.mark.parametrize("days", [2, 3], ids=["cancelling has ended", "the day itself"])
def test_nobody_is_given_a_place_that_could_not_be_cancelled_any_more(town: Town, days: int) -> None:
    """No scheduler ran from before the close until then: an absence would be a failed attempt."""
    slot_id = town.add_slot(starts=time(8, 30))
    people = town.add_learners(2)
    round_id = town.open()
    for person in people:
        town.ask(person, slot_id)

    town.advance(NOON + timedelta(days=days, hours=12))
    town.advance(NOON + timedelta(days=3))

    assert town.stage(round_id) is Stage.DRAWN
    assert town.holders() == {}
    assert unsound(town.sessions, round_id) == []


def test_a_lottery_gives_places_by_lots_alone(sessions: Sessions) -> None:
    town = Town(sessions, method=Method.LOTTERY)
    slot_id = town.add_slot(ordinary=3)
    people = town.add_learners(8)
    round_id = town.open()
    for person in people:
        town.ask(person, slot_id)

    town.draw()

    assert len(town.holders()) == 3
    record = town.record(round_id)
    assert record["announcement"]["method"] == "lottery"
    assert sorted(record["order"]) == sorted(row["pid"] for row in town.rows(round_id))
    losers = [person for person in people if person.person_id not in town.holders()]
    assert {town.request(person).losses for person in losers} == {1}
    town.require_sound()
