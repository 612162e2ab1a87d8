"""The bookings of some days as rows: what was given and what became of it, and nobody's name."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.bookings.models import Booking
from booking.kernel.calendar import local_time
from booking.kernel.workbooks import Cell
from booking.sites.models import Site
from booking.slots.models import Slot

AT_ONCE = 1000  # rows fetched from the database at a time
COLUMNS = (
    "reference", "line", "service", "site", "date", "starts", "ends", "lane", "channel", "state", "changes",
    "booked_at", "ended_at",
)  # fmt: skip


def exported_bookings(session: Session, first: date, last: date) -> Iterator[tuple[Cell, ...]]:
    """Yield the bookings of slots on local days `first` to `last`, both included, in `COLUMNS`."""
    query = (
        select(Booking, Slot.day, Slot.starts_at, Slot.ends_at, Site.code)
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Site, Site.id == Slot.site_id)
        .where(Slot.day.between(first, last))
        .order_by(Slot.day, Booking.id)
    )
    for booking, day, starts, ends, code in session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield (
            booking.reference,
            booking.line,
            booking.service,
            code,
            day,
            f"{local_time(starts):%H:%M}",
            f"{local_time(ends):%H:%M}",
            booking.lane.value,
            booking.channel.value,
            booking.state.value,
            booking.changes,
            booking.created_at,
            booking.ended_at,
        )
