"""What days at a site came to, counted from the visits themselves."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.attendance.models import OPEN, Visit
from booking.attendance.rules.figures import Figures, Stay, figures
from booking.bookings.models import Booking, BookingState
from booking.kernel.ids import SiteId
from booking.slots.models import Quota, Slot, SlotState


def figures_of(session: Session, site_id: SiteId, first: date, last: date) -> Figures:
    """Return the figures of a site's local days from `first` to `last`, both included, in three statements.

    Absent is who was booked and never came; whoever came and went untested is among those who left.
    """
    visits = select(Visit).where(Visit.site_id == site_id, Visit.day.between(first, last))
    stays = [_stay(visit) for visit in session.scalars(visits)]
    slots = (Slot.site_id == site_id, Slot.day.between(first, last), Slot.state == SlotState.PUBLISHED)
    absent = (
        select(func.count())
        .select_from(Booking)
        .join(Slot, Slot.id == Booking.slot_id)
        .outerjoin(Visit, Visit.booking_id == Booking.id)
        .where(*slots, Booking.state == BookingState.ABSENT, Visit.id.is_(None))
    )
    room = select(func.sum(Quota.capacity - Quota.blocked)).join(Slot, Slot.id == Quota.slot_id).where(*slots)
    return figures(stays, absent=session.scalar(absent) or 0, capacity=int(session.scalar(room) or 0))


def _stay(visit: Visit) -> Stay:
    return Stay(
        is_reinspection=visit.first_visit_id is not None,
        on_time=visit.on_time,
        window_starts_at=visit.window_starts_at,
        arrived_at=visit.arrived_at,
        started_at=visit.started_at,
        outcome="" if visit.state in OPEN else visit.state.value,
    )
