"""Who did not come, and who still waited when the day was over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.attendance.models import OPEN_IN_SQL, Visit, VisitState
from booking.attendance.service.calls import leave
from booking.bookings import service as bookings
from booking.bookings.line import Line
from booking.bookings.messages import Held, tell_holder
from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.errors import ConflictError
from booking.kernel.ids import BookingId, Holder, PersonId, VisitId
from booking.sites.models import Site
from booking.slots.models import Slot, SlotState


def due_absences(session: Session, line_key: str, *, no_show: timedelta, now: datetime) -> Sequence[BookingId]:
    """Return the bookings of a line whose window has been over for `no_show` and whose holder did not come."""
    query = (
        select(Booking.id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.line == line_key, Slot.day <= local_day(now), Slot.ends_at <= now - no_show)
        .where(Slot.state == SlotState.PUBLISHED, Booking.state == BookingState.CONFIRMED)
        .order_by(Booking.id)
    )
    return [BookingId(booking_id) for booking_id in session.scalars(query)]


def mark_absent(session: Session, line: Line, booking_id: BookingId, *, actor: Actor, now: datetime) -> bool:
    """End one booking as absent and tell its person; return False if somebody was quicker.

    The holder may have come this moment, or another process may have marked it: each booking ends once. Its seat is
    not given back, for its window is over.
    """
    booking = session.get_one(Booking, booking_id)
    if booking.state is not BookingState.CONFIRMED:
        return False
    try:
        bookings.record_outcome(session, booking_id, BookingState.ABSENT, actor=actor, now=now)
    except ConflictError:
        return False
    held = Held(booking_id, booking.reference, PersonId(booking.person_id), Holder(booking.holder))
    tell_holder(session, "booking_absent", held, session.get_one(Slot, booking.slot_id), line=line, now=now)
    return True


def left_behind(session: Session, line_key: str, *, now: datetime) -> Sequence[VisitId]:
    """Return who still waits, or was called and never begun, at a site of the line on a local day that is over.

    Whoever is in test is not among them: a result is owed to them, and the board asks for it until it is recorded.
    """
    query = (
        select(Visit.id)
        .join(Site, Site.id == Visit.site_id)
        .where(OPEN_IN_SQL, Visit.state != VisitState.IN_TEST)
        .where(Visit.day < local_day(now), Site.line == line_key)
        .order_by(Visit.id)
    )
    return [VisitId(visit_id) for visit_id in session.scalars(query)]


def let_go(session: Session, visit_id: VisitId, *, actor: Actor, now: datetime) -> bool:
    """Record that one of those left behind has gone; return False if another process was quicker."""
    try:
        leave(session, visit_id, actor=actor, now=now)
    except ConflictError:
        return False
    return True
