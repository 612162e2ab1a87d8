"""Rounds for everybody: what the list and the page of a round say at each step, and what they never say."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from booking.accounts.models import Person
from booking.allotment.models.requests import Entry
from booking.allotment.models.rounds import Leaf
from booking.kernel.actors import Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading
from booking.slots.models import Method
from tests.service.allotment.city import CLOSE, DAY, DRAW, FREEZE, NOON, OPENED, Town
from tests.web.allotment.conftest import BY_PEOPLE, Scene
from tests.web.conftest import Visitor

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "state", "following"),
    [
        (OPENED, "Taking requests", "Requests close on Thu 3 Dec 17:00"),
        (CLOSE + HOUR, "Closed, objections possible", "Objections until Fri 4 Dec 12:00"),
        (FREEZE + HOUR, "List frozen", "Random number on Fri 4 Dec 21:30"),
        (DRAW + HOUR, "Waiting for the random number", "Drawn as soon as the random number is there"),
    ],
)
def test_list_and_page_say_how_a_round_stands_and_what_comes_next(
    stranger: Visitor, make_scene: Callable[..., Scene], at: datetime, state: str, following: str
) -> None:
    scene = make_scene(beacons=BY_PEOPLE)
    scene.at(at)

    for address in ("/rounds/", f"/rounds/{scene.round_id}"):
        page = stranger.get(address).text
        assert state in page
        assert following in page


def test_a_drawn_round_counts_people_places_and_grants(stranger: Visitor, scene: Scene) -> None:
    scene.at(DRAW + HOUR)

    page = stranger.get(f"/rounds/{scene.round_id}").text

    assert [f"<strong>{number}</strong>" in page for number in (5, 4, 1)] == [True, True, True]
    assert "priority 1 · ordinary 3" in page
    assert "Freed places handed on from Sat 5 Dec 12:00" in stranger.get("/rounds/").text


def test_each_session_shows_its_cut_off(stranger: Visitor, scene: Scene) -> None:
    scene.at(DRAW + HOUR)

    page = stranger.get(f"/rounds/{scene.round_id}").text

    # Three places of the first session go to the first three, the fourth person gets the second session.
    assert page.count("ordinary Fri 13 Mar 2026") == 2  # the cut-off, and the third in the list of names
    assert page.count("ordinary Sat 14 Mar 2026") == 2


def test_who_has_a_place_is_named_by_one_character_and_who_waits_not_at_all(
    stranger: Visitor, scene: Scene, sessions: Sessions
) -> None:
    scene.at(DRAW + HOUR)

    page = stranger.get(f"/rounds/{scene.round_id}").text

    with reading(sessions) as session:
        names = session.scalars(select(Person.name)).all()
        pids = session.scalars(select(Entry.pid)).all()
    assert page.count("测*") == 4
    assert not [name for name in names if name in page]
    assert not [pid for pid in pids if pid in page]


def test_the_queue_stands_by_number_and_a_place_handed_on_says_so(stranger: Visitor, scene: Scene) -> None:
    scene.at(DRAW)
    scene.town.cancel(scene.people[0], DRAW + HOUR)
    before = stranger.get(f"/rounds/{scene.round_id}").text
    scene.town.hand_on(NOON)
    scene.clock.instant = NOON

    after = stranger.get(f"/rounds/{scene.round_id}").text

    assert "Show the queue by number (1)" in before
    assert "from the queue, no. 1" in after
    assert "gave the place back 1" in after
    assert "Nobody is waiting." in after


def test_nothing_is_given_by_hand_and_the_page_says_so(stranger: Visitor, scene: Scene) -> None:
    scene.at(DRAW + HOUR)

    page = " ".join(stranger.get(f"/rounds/{scene.round_id}").text.split())

    assert "<dt>Places given by hand</dt> <dd> 0 </dd>" in page
    assert "<dt>Rows corrected by two people</dt> <dd> 0 </dd>" in page


def test_the_record_the_codes_and_the_program_are_there_for_everybody(stranger: Visitor, scene: Scene) -> None:
    scene.at(DRAW + HOUR)

    page = stranger.get(f"/rounds/{scene.round_id}").text
    program = stranger.get("/rounds/check-round.pyz")

    assert f"/api/v1/rounds/{scene.round_id}/record" in page
    assert f"/api/v1/rounds/{scene.round_id}/leaves" in page
    assert program.data.startswith(b"#!")
    assert hashlib.sha256(program.data).hexdigest() in page
    again = stranger.get("/rounds/check-round.pyz", headers={"If-None-Match": program.headers["ETag"]})
    assert again.status_code == 304


def test_a_demo_value_is_called_one_and_shown_with_the_seed(stranger: Visitor, scene: Scene) -> None:
    before = stranger.get(f"/rounds/{scene.round_id}").text
    scene.at(DRAW + HOUR)
    record = scene.town.record(scene.round_id)

    page = stranger.get(f"/rounds/{scene.round_id}").text

    assert "Demo: the random number of this round is not random" in before
    assert "Demo: the random number of this round is not random" in page
    for shown in (record["seed"], record["beacon"][0]["value"], record["freeze"]["root"], record["outcome_hash"]):
        assert shown in page
        assert shown not in before


def test_a_real_source_is_named_without_that_warning(stranger: Visitor, make_scene: Callable[..., Scene]) -> None:
    page = stranger.get(f"/rounds/{make_scene(beacons=BY_PEOPLE).round_id}").text

    assert "Demo: the random number" not in page
    assert "Kuaile 8" in page


def test_a_row_is_found_by_its_number_and_by_its_code(stranger: Visitor, scene: Scene, sessions: Sessions) -> None:
    with reading(sessions) as session:
        code = session.scalars(select(Leaf.leaf).where(Leaf.seq == 3)).one()

    for query in ("leaf=3", "row=3", f"leaf={code}", f"leaf=+{code.upper()}+"):
        page = stranger.get(f"/rounds/{scene.round_id}?{query}").text
        assert "Found: row no. 3 of 5" in page
        assert code in page


@pytest.mark.parametrize("query", ["leaf=77", "row=abc", "leaf=" + "0" * 64, "leaf=99999999999999999999", "leaf=%F0"])
def test_what_is_not_in_the_list_says_what_to_do(stranger: Visitor, scene: Scene, query: str) -> None:
    page = stranger.get(f"/rounds/{scene.round_id}?{query}").text

    assert "This is not in the list of this round" in page
    assert "complain and show the receipt" in page


def test_a_lottery_has_no_ranking_day(stranger: Visitor, make_scene: Callable[..., Scene]) -> None:
    scene = make_scene(method=Method.LOTTERY)
    scene.at(DRAW + HOUR)

    page = stranger.get(f"/rounds/{scene.round_id}").text

    assert "ordinary lottery" in page
    assert "how long one had to have waited" not in page


def test_one_session_can_be_looked_at_alone(stranger: Visitor, scene: Scene) -> None:
    scene.at(DRAW + HOUR)

    page = stranger.get(f"/rounds/{scene.round_id}?slot={scene.slots[1]}").text

    assert "Only 10:00–11:00 at" in page
    assert page.count("测*") == 1


@pytest.mark.parametrize("query", ["page=0", "page=x&queue=-1", "slot=x", "slot=999999", "page=99999&queue=99999"])
def test_what_makes_no_sense_in_the_address_is_passed_over(stranger: Visitor, scene: Scene, query: str) -> None:
    scene.at(DRAW + HOUR)

    assert stranger.get(f"/rounds/{scene.round_id}?{query}").status_code == 200
    assert stranger.get(f"/rounds/?{query}&day=yesterday&service=%27").status_code == 200


def test_the_list_is_chosen_by_subject_and_day_and_past_rounds_stand_apart(
    stranger: Visitor, scene: Scene, clock: FixedClock
) -> None:
    link = f"/rounds/{scene.round_id}"

    assert link in stranger.get(f"/rounds/?service=subject_2&day={DAY}").text
    assert "No round for this choice" in stranger.get("/rounds/?service=road").text
    assert "No round for this choice" in stranger.get("/rounds/?day=2026-12-09").text
    assert "No round at the moment" in stranger.get("/rounds/?past=1").text
    clock.instant = DRAW + timedelta(days=10)
    assert link in stranger.get("/rounds/?past=1").text
    assert link not in stranger.get("/rounds/").text


def test_an_unknown_round_is_not_found(stranger: Visitor) -> None:
    assert stranger.get("/rounds/4242").status_code == 404


def test_pages_of_rounds_are_not_sent_again_while_they_are_the_same(stranger: Visitor, scene: Scene) -> None:
    for address in ("/rounds/", f"/rounds/{scene.round_id}"):
        etag = stranger.get(address).headers["ETag"]
        assert stranger.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_who_is_signed_in_sees_the_same_in_an_own_frame(
    visitor: Callable[..., Visitor], stranger: Visitor, scene: Scene
) -> None:
    page = visitor(Role.COUNTER).get(f"/rounds/{scene.round_id}")

    assert "Sign out" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "Sign out" not in stranger.get(f"/rounds/{scene.round_id}").text


def test_the_pages_take_a_fixed_number_of_statements_however_many_ask(
    stranger: Visitor, sessions: Sessions, clock: FixedClock, statements: Callable[[Callable[[], object]], int]
) -> None:
    town, counts = Town(sessions), []
    slot_id = town.add_slot(ordinary=3)
    round_id = town.open()
    for people in (2, 30):
        for person in town.add_learners(people):
            town.ask(person, slot_id)
        clock.instant += timedelta(seconds=2)
        counts.append(
            [
                statements(lambda: stranger.get(f"/rounds/{round_id}?leaf=1")),
                statements(lambda: stranger.get("/rounds/")),
            ]
        )

    town.draw()
    clock.instant = DRAW
    drawn = statements(lambda: stranger.get(f"/rounds/{round_id}?leaf=1"))

    assert counts[0] == counts[1]
    assert drawn == counts[1][0] + 1  # the agreed random value
    assert drawn <= 20


def test_a_long_list_of_names_comes_in_pages(stranger: Visitor, sessions: Sessions, clock: FixedClock) -> None:
    town = Town(sessions)
    slot_id = town.add_slot(ordinary=25)
    round_id = town.open()
    for person in town.add_learners(30):
        town.ask(person, slot_id)
    town.draw()
    clock.instant = DRAW

    first, second = (stranger.get(f"/rounds/{round_id}?page={page}").text for page in (1, 2))

    assert (first.count("测*"), second.count("测*")) == (20, 5)
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
