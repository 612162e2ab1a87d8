"""Holding rows of a roster until the commit, so that of two who act at once the second sees what the first did.

SQLite has one writer at a time and needs no lock; PostgreSQL locks the bookings, several in the order of their ids.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.attendance.service.steps import refuse_elsewhere
from booking.bookings.models import Booking, BookingState
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor
from booking.kernel.errors import NotAllowedError
from booking.kernel.ids import BookingId, SiteId
from booking.rosters.models import Attempt, ClosedRoster
from booking.rosters.service.refusing import refusal
from booking.slots.models import Slot

# What a booking in this state refuses, whatever is asked of its row.
OVER = {
    BookingState.ABSENT: "absent",
    BookingState.CANCELLED: "cancelled",
    BookingState.CANCELLED_BY_OFFICE: "slot-withdrawn",
}


def hold(session: Session, booking_id: BookingId, actor: Actor) -> tuple[Booking, Slot]:
    """Hold one row and return its booking and slot; raise not-on-roster, or `NotAllowedError` for another site."""
    query = select(Booking).where(Booking.id == booking_id, Booking.line == EXAMS.key)
    booking = session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if booking is None:
        raise refusal("not-on-roster")
    slot = session.get_one(Slot, booking.slot_id)
    refuse_elsewhere(actor, SiteId(slot.site_id))
    refuse_oneself(actor, booking)
    return booking, slot


def hold_all(session: Session, *slot_ids: int) -> None:
    """Hold every row of these rosters."""
    query = select(Booking).where(Booking.slot_id.in_(slot_ids)).order_by(Booking.id).with_for_update()
    session.scalars(query, execution_options={"populate_existing": True}).all()


def refuse_oneself(actor: Actor, booking: Booking) -> None:
    """Nobody checks in, or judges, who is on the roster themselves."""
    if actor.person_id == booking.person_id:
        raise NotAllowedError


def refuse_closed(session: Session, slot_id: int, booking_id: BookingId | None = None) -> None:
    """Raise roster-closed where the roster accepts nothing more."""
    if session.get(ClosedRoster, slot_id) is not None:
        raise refusal("roster-closed", booking_id)


def attempts_of(session: Session, booking_id: int) -> dict[int, Attempt]:
    """Return the attempts of a booking that stand, by number."""
    query = select(Attempt).where(Attempt.booking_id == booking_id, Attempt.undone_at.is_(None))
    found = session.scalars(query, execution_options={"populate_existing": True})
    return {one.number: one for one in found}
