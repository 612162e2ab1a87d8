"""Priority is for once in each subject: what counts in a round is the lane in which somebody stood."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.allotment import jobs
from booking.allotment.models.requests import Entry
from booking.bookings import service as bookings
from booking.bookings.models import Booking
from booking.bookings.wishes import Wish
from booking.exams.line import EXAMS
from booking.exams.queries import had_priority
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SlotId
from booking.slots.models import Lane
from tests.service.allotment.city import NOON, Town

ENDS_SOON = date(2027, 2, 1)


def person_of(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id


def stood_and_sits(sessions: Sessions) -> tuple[Lane, Lane]:
    """Return the lane in which the one person stood, and the lane of the ledger in which the seat is."""
    with reading(sessions) as session:
        row = session.execute(
            select(Entry.lane.label("stood"), Booking.lane.label("sits")).join(
                Booking, Booking.id == Entry.booking_id
            )
        ).one()
    return row.stood, row.sits


@pytest.mark.parametrize("is_of_lane", [True, False])
def test_who_stood_in_the_priority_lane_has_used_it_whatever_seat_it_was(
    sessions: Sessions, *, is_of_lane: bool
) -> None:
    town = Town(sessions)
    slot_id = town.add_slot(priority=1) if is_of_lane else town.add_slot(ordinary=1)
    actor = town.add_learner(valid_until=ENDS_SOON)
    town.open()
    town.ask(actor, slot_id)
    town.draw()

    assert stood_and_sits(sessions)[0] is Lane.PRIORITY
    with reading(sessions) as session:
        assert had_priority(session, person_of(actor), "subject_2")
        assert not had_priority(session, person_of(actor), "road")


def test_an_ordinary_request_uses_up_nothing_though_its_seat_is_one_of_the_priority_lane(sessions: Sessions) -> None:
    town = Town(sessions)
    slot_id = town.add_slot(priority=1)
    actor = town.add_learner()
    town.open()
    town.ask(actor, slot_id)
    town.draw()

    assert stood_and_sits(sessions) == (Lane.ORDINARY, Lane.PRIORITY)
    with reading(sessions) as session:
        assert not had_priority(session, person_of(actor), "subject_2")


def test_a_leftover_seat_uses_up_nothing(sessions: Sessions) -> None:
    town = Town(sessions)
    slot_id: SlotId = town.add_slot(priority=1)
    actor = town.add_learner(valid_until=ENDS_SOON)
    town.open()
    town.draw()
    jobs.hand_on_seats(sessions, EXAMS, NOON)

    with unit_of_work(sessions) as session:
        wish = Wish(person_of(actor), EXAMS.holder(person_of(actor)), slot_id, "leftover")
        bookings.book_seat(session, EXAMS, wish, actor=actor, now=NOON + timedelta(minutes=1))

        assert session.scalars(select(Booking.lane)).one() is Lane.PRIORITY
        assert not had_priority(session, person_of(actor), "subject_2")
