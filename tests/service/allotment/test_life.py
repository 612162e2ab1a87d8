"""The life of a round from publication to the seats handed on, through the services and jobs that run it."""

from datetime import date, timedelta

from sqlalchemy import select

from booking.allotment import jobs
from booking.allotment.models.requests import Request, RequestState
from booking.allotment.rules.checker import check, holds
from booking.bookings import service as bookings
from booking.bookings.models import LIVE, Booking
from booking.exams.line import EXAMS
from booking.invariants import asking as invariants
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from tests.service.allotment.city import CLOSE, DRAW, NOON, OPENED, Town


def holders(town: Town) -> dict[int, int]:
    """Return person by slot of the live bookings."""
    with reading(town.sessions) as session:
        rows = session.execute(select(Booking.person_id, Booking.slot_id).where(Booking.state.in_(LIVE)))
        return {row.person_id: row.slot_id for row in rows}


def breaches(town: Town) -> list[str]:
    with reading(town.sessions) as session:
        return [found.name for found in invariants.findings(session, now=DRAW) if found.count]


def learners(town: Town, count: int) -> list[Actor]:
    """Add people of whom each ranks a day after the one before."""
    first = date(2026, 3, 1)
    return [town.add_learner(accepted_on=first + timedelta(days=number)) for number in range(count)]


def test_places_go_by_ranking_time_and_the_record_holds(sessions: Sessions) -> None:
    town = Town(sessions)
    slot_id = town.add_slot(ordinary=2)
    people = learners(town, 4)
    round_id = town.open()

    for person in reversed(people):
        town.ask(person, slot_id)
    town.draw()

    assert holders(town) == {people[0].person_id: slot_id, people[1].person_id: slot_id}
    steps = list(check(town.record_text(round_id)))
    assert holds(steps), steps
    assert breaches(town) == []


def test_a_freed_seat_goes_to_the_first_of_the_queue_at_the_announced_hour(sessions: Sessions) -> None:
    town = Town(sessions)
    slot_id = town.add_slot(ordinary=1)
    people = learners(town, 3)
    round_id = town.open()
    for person in people:
        town.ask(person, slot_id)
    town.draw()
    with unit_of_work(sessions) as session:
        reference = session.scalars(select(Booking.reference)).one()
        bookings.cancel(session, EXAMS, reference, actor=people[0], now=DRAW + timedelta(hours=1))

    town.advance(DRAW + timedelta(hours=1, minutes=1))
    before = holders(town)
    jobs.hand_on_seats(sessions, EXAMS, NOON)

    assert before == {}
    assert holders(town) == {people[1].person_id: slot_id}
    record = town.record(round_id)
    assert [entry["event"]["kind"] for entry in record["events"]] == ["cancelled", "granted"]
    assert holds(check(town.record_text(round_id)))
    assert breaches(town) == []


def test_the_steps_are_taken_once_however_often_they_ring(sessions: Sessions) -> None:
    town = Town(sessions)
    slot_id = town.add_slot(ordinary=1)
    (person,) = learners(town, 1)
    round_id = town.open()
    town.ask(person, slot_id, now=OPENED + timedelta(minutes=5))

    taken = [town.advance(at) for at in (CLOSE, CLOSE, DRAW, DRAW)]

    assert taken == [1, 0, 3, 0]
    assert holds(check(town.record_text(round_id)))
    with reading(sessions) as session:
        assert session.scalar(select(Request.state)) is RequestState.GRANTED
