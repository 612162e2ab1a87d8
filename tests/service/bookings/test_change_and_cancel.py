"""Changing and cancelling: the old place is kept until the new one is had, a freed seat is not on sale at once."""

from datetime import date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from booking.allotment.jobs import cancel_in_withdrawn_slots
from booking.audit.models import AuditEntry
from booking.bookings import service as bookings
from booking.bookings.models import STEPS, Booking, BookingState
from booking.bookings.queries import live_in_withdrawn_slots
from booking.bookings.service import TooLateError
from booking.bookings.wishes import Wish
from booking.exams.line import EXAMS
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, constraint_name, reading, unit_of_work
from booking.kernel.errors import InvalidStateError, NotAllowedError, NotFoundError
from booking.kernel.ids import PersonId, SlotId
from booking.notices.models import Notice
from booking.slots import service as slots
from booking.slots.jobs import return_freed_seats
from booking.slots.models import Lane, Quota
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW


def booked(sessions: Sessions, *, closes_at: datetime | None = None) -> tuple[Actor, str, SlotId]:
    """Mei has passed subject 1 and holds a place of subject 2."""
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        factories.learner(session, PersonId(actor.person_id or 0))
        factories.passed(session, actor, "subject_1")
        slot_id = factories.slot(session, released=2, closes_at=closes_at)
        wish = Wish(PersonId(actor.person_id or 0), EXAMS.holder(PersonId(actor.person_id or 0)), slot_id, "key")
        reference = bookings.book_seat(session, EXAMS, wish, actor=actor, now=NOW)
    return actor, reference, slot_id


def ledger(sessions: Sessions, slot_id: SlotId) -> tuple[int, int, int]:
    """Return (released, taken, freed)."""
    with reading(sessions) as session:
        quota = session.get_one(Quota, (slot_id, Lane.ORDINARY))
        return quota.released, quota.taken, quota.freed


def cancel(sessions: Sessions, actor: Actor, reference: str, *, now: datetime = NOW) -> None:
    with unit_of_work(sessions) as session:
        bookings.cancel(session, EXAMS, reference, actor=actor, now=now)


def state(sessions: Sessions, reference: str) -> BookingState:
    with reading(sessions) as session:
        return session.scalars(select(Booking.state).where(Booking.reference == reference)).one()


def test_a_cancelled_seat_is_freed_but_not_on_sale(sessions: Sessions) -> None:
    actor, reference, slot_id = booked(sessions)

    cancel(sessions, actor, reference)

    assert state(sessions, reference) is BookingState.CANCELLED
    assert ledger(sessions, slot_id) == (1, 0, 1)


def test_a_freed_seat_returns_at_the_announced_hour(sessions: Sessions) -> None:
    actor, reference, slot_id = booked(sessions)
    cancel(sessions, actor, reference)

    assert return_freed_seats(sessions, NOW) == 1
    assert return_freed_seats(sessions, NOW) == 0
    assert ledger(sessions, slot_id) == (2, 0, 0)


def test_cancelling_twice_frees_one_seat(sessions: Sessions) -> None:
    actor, reference, slot_id = booked(sessions)

    cancel(sessions, actor, reference)
    cancel(sessions, actor, reference)

    assert ledger(sessions, slot_id) == (1, 0, 1)


@pytest.mark.parametrize(("seconds", "is_late"), [(-1, False), (0, True)])
def test_the_deadline_binds_the_applicant_to_the_second(sessions: Sessions, seconds: int, *, is_late: bool) -> None:
    deadline = NOW + timedelta(hours=1)
    actor, reference, _ = booked(sessions, closes_at=deadline)
    at = deadline + timedelta(seconds=seconds)

    if is_late:
        with pytest.raises(TooLateError):
            cancel(sessions, actor, reference, now=at)
    else:
        cancel(sessions, actor, reference, now=at)
    assert state(sessions, reference) is (BookingState.CONFIRMED if is_late else BookingState.CANCELLED)


def test_a_clerk_may_still_cancel_after_the_deadline(sessions: Sessions) -> None:
    _, reference, _ = booked(sessions, closes_at=NOW + timedelta(hours=1))
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER)

    cancel(sessions, clerk, reference, now=NOW + timedelta(hours=2))

    assert state(sessions, reference) is BookingState.CANCELLED


def test_a_change_takes_the_new_seat_and_frees_the_old(sessions: Sessions) -> None:
    actor, reference, old = booked(sessions)
    with unit_of_work(sessions) as session:
        new = factories.slot(session, day=date(2026, 12, 9))

    with unit_of_work(sessions) as session:
        bookings.change_slot(session, EXAMS, reference, new, actor=actor, now=NOW)

    assert ledger(sessions, old) == (1, 0, 1)
    assert ledger(sessions, new) == (10, 1, 0)
    with reading(sessions) as session:
        templates = session.scalars(select(Notice.template).order_by(Notice.id)).all()
    assert templates[-1] == "booking_changed"


def test_when_the_new_slot_is_full_the_old_place_is_kept(sessions: Sessions) -> None:
    actor, reference, old = booked(sessions)
    with unit_of_work(sessions) as session:
        full = factories.slot(session, day=date(2026, 12, 9), released=0, capacity=1)

    with pytest.raises(SlotFullError), unit_of_work(sessions) as session:
        bookings.change_slot(session, EXAMS, reference, full, actor=actor, now=NOW)

    assert ledger(sessions, old) == (2, 1, 0)
    assert state(sessions, reference) is BookingState.CONFIRMED


def test_a_place_cannot_be_changed_to_another_subject(sessions: Sessions) -> None:
    actor, reference, _ = booked(sessions)
    with unit_of_work(sessions) as session:
        road = factories.slot(session, service="road")

    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        bookings.change_slot(session, EXAMS, reference, road, actor=actor, now=NOW)


def test_an_unknown_reference_is_not_found(sessions: Sessions) -> None:
    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        bookings.cancel(session, EXAMS, "ZZZZZZZZZZ", actor=SYSTEM, now=NOW)


def test_people_in_a_withdrawn_slot_are_told_once_and_lose_no_attempt(sessions: Sessions) -> None:
    _, reference, slot_id = booked(sessions)
    with unit_of_work(sessions) as session:
        slots.withdraw_slot(session, slot_id, actor=SYSTEM, reason="台风", now=NOW)

    assert cancel_in_withdrawn_slots(sessions, EXAMS, NOW) == 1
    assert cancel_in_withdrawn_slots(sessions, EXAMS, NOW) == 0

    assert state(sessions, reference) is BookingState.CANCELLED_BY_OFFICE
    with reading(sessions) as session:
        told = session.scalars(select(Notice.event).where(Notice.template == "booking_cancelled_by_office")).all()
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.object_kind == "booking")).all()
    assert len(set(told)) == 1
    assert acts == ["booking made", "booking cancelled_by_office"]


def test_a_line_cancels_only_its_own_bookings(sessions: Sessions) -> None:
    _, _, slot_id = booked(sessions)
    with unit_of_work(sessions) as session:
        slots.withdraw_slot(session, slot_id, actor=SYSTEM, reason="台风", now=NOW)

    with reading(sessions) as session:
        assert len(live_in_withdrawn_slots(session, "exams")) == 1
        assert live_in_withdrawn_slots(session, "inspections") == []


def test_only_listed_steps_are_possible_in_the_database(sessions: Sessions) -> None:
    booked(sessions)

    for before, after in product(BookingState, BookingState):
        allowed = after is before or after in STEPS.get(before, frozenset())
        assert is_possible(sessions, before, after) is allowed, f"{before} -> {after}"


def is_possible(sessions: Sessions, before: BookingState, after: BookingState) -> bool:
    """Bring the one booking to `before`, try `after`, and leave everything as it was."""
    connection = sessions.engine.connect()
    step = text("UPDATE booking SET state = :state")
    try:
        connection.execute(step, {"state": before})
        connection.execute(step, {"state": after})
    except IntegrityError as refused:
        return constraint_name(refused) != "booking_step"
    finally:
        connection.close()  # rolls back
    return True


def test_nobody_cancels_or_changes_the_booking_of_somebody_else(sessions: Sessions) -> None:
    _, reference, slot_id = booked(sessions)
    with unit_of_work(sessions) as session:
        stranger = factories.account(session)

    with pytest.raises(NotFoundError):
        cancel(sessions, stranger, reference)
    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        bookings.change_slot(session, EXAMS, reference, slot_id, actor=stranger, now=NOW)

    assert state(sessions, reference) is BookingState.CONFIRMED


@pytest.mark.parametrize("role", [Role.PLANNER, Role.APPROVER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_a_role_that_does_not_book_does_not_cancel_either(sessions: Sessions, role: Role) -> None:
    _, reference, _ = booked(sessions)
    with unit_of_work(sessions) as session:
        official = factories.account(session, role)

    with pytest.raises(NotAllowedError):
        cancel(sessions, official, reference)


def test_a_clerk_does_not_act_on_the_own_person(sessions: Sessions) -> None:
    actor, reference, _ = booked(sessions)
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER, person_id=actor.person_id)

    with pytest.raises(NotAllowedError):
        cancel(sessions, clerk, reference)
