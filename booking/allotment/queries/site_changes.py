"""Who is booked where a site will not be open: on a day that is closed, or outside new hours."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.allotment.queries.impact import Impact, impact_of
from booking.kernel.calendar import local_time
from booking.kernel.ids import SiteId, SlotId
from booking.sites.rules.station import Hours, spans_on
from booking.slots.models import Slot, SlotState


def on_day(session: Session, site_id: SiteId, day: date, now: datetime) -> Impact:
    """Return who is booked on a day in sessions that have not begun."""
    return impact_of(
        session, [SlotId(slot.id) for slot in session.scalars(_to_come(site_id, now)) if slot.day == day]
    )


def outside_hours(session: Session, site_id: SiteId, hours: Sequence[Hours], now: datetime) -> Impact:
    """Return who is booked in windows that do not lie within these hours."""
    slots = session.scalars(_to_come(site_id, now)).all()
    return impact_of(session, [SlotId(slot.id) for slot in slots if not _lies_within(slot, hours)])


def _lies_within(slot: Slot, hours: Sequence[Hours]) -> bool:
    begins, ends = local_time(slot.starts_at), local_time(slot.ends_at)
    return any(opens <= begins and ends <= closes for opens, closes in spans_on(hours, slot.day.isoweekday()))


def _to_come(site_id: SiteId, now: datetime) -> Select[Slot]:
    return select(Slot).where(Slot.site_id == site_id, Slot.state == SlotState.PUBLISHED, Slot.starts_at > now)
