"""The desk of rounds: what is due, the numbers of a draw by two people who see nothing of each other, applicants."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from booking.accounts.models import Person
from booking.allotment.models.requests import Entry, Request
from booking.allotment.models.rounds import BeaconValue, Round, Stage
from booking.kernel.actors import Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, keyring_of, reading
from tests.service.allotment.city import CLOSE, DRAW, FREEZE, OPENED, Town
from tests.web.allotment.conftest import BY_PEOPLE, NUMBERS, Scene
from tests.web.conftest import Visitor

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OTHERS = NUMBERS.replace("02", "03")


@pytest.fixture
def awaited(make_scene: Callable[..., Scene]) -> Scene:
    """A round whose list is frozen and whose numbers were drawn five minutes ago."""
    scene = make_scene(beacons=BY_PEOPLE)
    scene.at(DRAW + 5 * MINUTE)
    return scene


def enter(person: Visitor, scene: Scene, numbers: str = NUMBERS) -> int:
    address = f"/desk/rounds/{scene.round_id}/numbers"
    return person.submit(address, {"numbers": numbers}).status_code


def page_of(person: Visitor, scene: Scene, part: str = "") -> str:
    return person.get(f"/desk/rounds/{scene.round_id}{part}").text


def test_two_people_enter_the_numbers_and_neither_sees_the_others(
    awaited: Scene, visitor: Callable[..., Visitor]
) -> None:
    first, second = visitor(Role.PLANNER), visitor(Role.APPROVER)
    assert "Enter the numbers" in first.get("/desk/rounds").text

    assert enter(first, awaited) == 303

    assert f"<strong>{NUMBERS}</strong>" in page_of(first, awaited, "/numbers")
    for reader in (second, visitor(Role.SUPERVISOR)):
        assert NUMBERS not in reader.get("/desk/rounds").text
        assert NUMBERS not in page_of(reader, awaited)
    assert NUMBERS not in page_of(second, awaited, "/numbers")
    assert "1 of 2 people have entered them" in page_of(second, awaited, "/numbers")
    assert enter(second, awaited) == 303
    assert "Both entries agree" in page_of(second, awaited, "/numbers")
    awaited.town.advance(DRAW + 6 * MINUTE)
    assert awaited.town.record(awaited.round_id)["beacon"] == [{"source": "draw:kuaile8", "value": NUMBERS}]


def test_entries_that_differ_draw_nothing_and_say_what_to_do(awaited: Scene, visitor: Callable[..., Visitor]) -> None:
    first, second = visitor(Role.PLANNER), visitor(Role.APPROVER)
    enter(first, awaited)
    enter(second, awaited, OTHERS)

    for person in (first, second):
        page = page_of(person, awaited, "/numbers")
        assert "The two entries differ; nothing is drawn" in page
        assert "whoever made a slip enters the numbers once more" in page
    assert f"Round no. {awaited.round_id} cannot be drawn" in visitor(Role.SUPERVISOR).get("/desk/rounds").text
    assert awaited.town.advance(DRAW + 6 * MINUTE) == 0
    assert enter(second, awaited) == 303
    assert "Both entries agree" in page_of(first, awaited, "/numbers")


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ("", "Enter the twenty numbers"),
        ("1 2 3", "These are not the numbers of a draw"),
        (NUMBERS.replace("79", "81"), "These are not the numbers of a draw"),
        (NUMBERS.replace("02", "74"), "These are not the numbers of a draw"),
    ],
)
def test_what_is_no_draw_is_refused_at_the_field(
    awaited: Scene, visitor: Callable[..., Visitor], sessions: Sessions, numbers: str, sentence: str
) -> None:
    address = f"/desk/rounds/{awaited.round_id}/numbers"

    answer = visitor(Role.PLANNER).submit(address, {"numbers": numbers})

    assert answer.status_code == 422
    assert '<a href="#numbers">' in answer.text
    assert sentence in answer.text
    assert "<title>Error: " in answer.text
    with reading(sessions) as session:
        assert session.scalars(select(BeaconValue)).all() == []


@pytest.mark.parametrize("at", [OPENED, CLOSE + HOUR, FREEZE + HOUR, DRAW - MINUTE])
def test_nothing_can_be_entered_before_the_announced_instant(
    make_scene: Callable[..., Scene], visitor: Callable[..., Visitor], sessions: Sessions, at: datetime
) -> None:
    scene = make_scene(beacons=BY_PEOPLE)
    scene.at(at)
    planner = visitor(Role.PLANNER)

    page = planner.get(f"/desk/rounds/{scene.round_id}/numbers").text
    answer = planner.submit(f"/desk/rounds/{scene.round_id}/numbers", {"numbers": NUMBERS, "source": "draw:kuaile8"})

    assert "Nothing can be entered before Fri 4 Dec 21:30" in page
    assert 'name="numbers"' not in page
    assert answer.status_code == 409
    with reading(sessions) as session:
        assert session.scalars(select(BeaconValue)).all() == []


def test_a_round_of_another_source_asks_nobody_for_numbers(scene: Scene, visitor: Callable[..., Visitor]) -> None:
    assert "Nobody enters numbers for this round" in page_of(visitor(Role.PLANNER), scene, "/numbers")


def test_numbers_half_an_hour_late_are_an_alarm(awaited: Scene, visitor: Callable[..., Visitor]) -> None:
    before = visitor(Role.SUPERVISOR).get("/desk/rounds").text
    awaited.town.advance(DRAW + HOUR)

    after = visitor(Role.SUPERVISOR).get("/desk/rounds").text

    assert "cannot be drawn" not in before
    assert f"Round no. {awaited.round_id} cannot be drawn" in after


@pytest.mark.parametrize("role", [Role.COUNTER, Role.SUPERVISOR, Role.EXAM_SITE])
def test_who_may_not_enter_numbers_finds_no_way_to(
    awaited: Scene, visitor: Callable[..., Visitor], role: Role
) -> None:
    reader = visitor(role)

    assert "/numbers" not in page_of(reader, awaited)
    assert reader.get(f"/desk/rounds/{awaited.round_id}/numbers").status_code == 403


def test_applicants_stand_masked_with_row_reference_and_code(scene: Scene, wang: Visitor, sessions: Sessions) -> None:
    page = page_of(wang, scene, "/applicants")

    with reading(sessions) as session:
        of_round = select(Person.name, Person.phone_sealed).join(Entry, Entry.person_id == Person.id)
        for name, phone in session.execute(of_round):
            assert name not in page
            assert keyring_of(session).open(phone, column="person.phone") not in page
        for reference in session.scalars(select(Request.reference)):
            assert reference in page
    assert page.count("测*") == 5


@pytest.mark.parametrize("by", ["row", "older row", "code", "reference", "phone"])
def test_an_applicant_is_found_by_whatever_the_clerk_has(
    scene: Scene, wang: Visitor, sessions: Sessions, by: str
) -> None:
    person = scene.people[2]
    with reading(sessions) as session:
        entry = session.get_one(Entry, (scene.round_id, f"person:{person.person_id}"))
        request = session.get_one(Request, entry.request_id)
        phone = keyring_of(session).open(
            session.get_one(Person, person.person_id).phone_sealed, column="person.phone"
        )
    row = str(entry.seq)
    known = {"row": row, "older row": row, "code": entry.pid.upper(), "reference": request.reference, "phone": phone}
    if by == "older row":
        scene.town.change(person, request.reference, scene.slots[1])

    answer = wang.submit(f"/desk/rounds/{scene.round_id}/applicants", {"text": known[by]})

    assert answer.status_code == 200
    assert answer.text.count("测*") == 1
    assert request.reference in answer.text


def test_nobody_found_and_nothing_asked_are_said(scene: Scene, wang: Visitor) -> None:
    address = f"/desk/rounds/{scene.round_id}/applicants"

    assert "Nobody was found in this round" in wang.submit(address, {"text": "999"}).text
    empty = wang.submit(address, {"text": ""})
    assert (empty.status_code, "Enter what to search for" in empty.text) == (422, True)


@pytest.mark.parametrize("role", [Role.PLANNER, Role.APPROVER, Role.EXAM_SITE])
def test_who_need_not_know_people_sees_no_applicants(
    scene: Scene, visitor: Callable[..., Visitor], role: Role
) -> None:
    reader = visitor(role)

    assert "/applicants" not in page_of(reader, scene)
    assert reader.get(f"/desk/rounds/{scene.round_id}/applicants").status_code == 403


def test_the_desk_reads_in_a_fixed_number_of_statements(
    sessions: Sessions, wang: Visitor, clock: FixedClock, statements: Callable[[Callable[[], object]], int]
) -> None:
    town, counts = Town(sessions), []
    slot_id = town.add_slot(ordinary=3)
    round_id = town.open()
    for people in (2, 20):
        for person in town.add_learners(people):
            town.ask(person, slot_id)
        addresses = ("/desk/rounds", f"/desk/rounds/{round_id}", f"/desk/rounds/{round_id}/applicants")
        counts.append([statements(partial(wang.get, address)) for address in addresses])

    assert counts[0] == counts[1]


def test_a_drawn_round_leaves_the_desk(scene: Scene, visitor: Callable[..., Visitor], sessions: Sessions) -> None:
    before = visitor(Role.COUNTER).get("/desk/rounds").text
    scene.at(DRAW)
    wang = visitor(Role.COUNTER)

    assert f"/desk/rounds/{scene.round_id}" in before
    assert "No round is open at the moment." in wang.get("/desk/rounds").text
    with reading(sessions) as session:
        assert session.get_one(Round, scene.round_id).stage is Stage.DRAWN
