"""Counted bookings: those made here and those of imported history, from the roll-ups, without loading a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import SiteId
from booking.lines import LINES
from booking.sites.models import Site
from booking.slots.models import Slot
from booking.stats.models import PastBooking
from booking.stats.queries.counted import Asked, counts
from booking.stats.rules.shares import Channels, Shares, by_service, shares_of
from booking.stats.rules.spans import Days


@dataclass(frozen=True, slots=True)
class NamedSite:
    """A site, to choose from."""

    id: SiteId
    name: str
    name_en: str


def services_of(line: str) -> tuple[str, ...]:
    """Return the services of a line in the order in which they are shown; raise `InvalidInputError` ("line")."""
    if line not in LINES:
        raise InvalidInputError("line")
    return tuple(LINES[line].services)


def shares(
    session: Session, first: date, last: date, *, line: str = "exams", site_id: SiteId | None = None
) -> Shares:
    """Return the share booked on line of each service of `line`, for slots on local days `first` to `last`.

    Both days are included. Every granted booking counts once, whatever became of it: kept, moved, missed, cancelled.
    """
    return shares_of(by_channel(session, first, last, line=line, site_id=site_id))


def by_channel(
    session: Session, first: date, last: date, *, line: str = "exams", site_id: SiteId | None = None
) -> tuple[Channels, ...]:
    """Return the same bookings by channel: one row for each service of `line`, in its order, zeros included."""
    services = services_of(line)
    found = counts(session, ("booked",), Asked(Days(first, last), line, site_id=site_id))
    by_cell = {
        (service, channel): amount for (_, service), amounts in found.items() for channel, amount in amounts.items()
    }
    return by_service(by_cell, services)


def known_days(session: Session, *, line: str = "exams") -> Days | None:
    """Return from which to which local day there is anything to count: slots or history; None for neither."""
    days = union_all(
        select(func.min(Slot.day).label("first"), func.max(Slot.day).label("last")).where(Slot.line == line),
        select(func.min(PastBooking.day), func.max(PastBooking.day)).where(PastBooking.line == line),
    ).subquery()
    first, last = session.execute(select(func.min(days.c.first), func.max(days.c.last))).one()
    return Days(first, last) if first is not None else None


def sites_of(session: Session, *, line: str = "exams") -> Sequence[NamedSite]:
    """Return the sites of a line by code, closed ones too: the past has figures of them."""
    rows = session.execute(select(Site.id, Site.name, Site.name_en).where(Site.line == line).order_by(Site.code))
    return [NamedSite(SiteId(id_), name, name_en or name) for id_, name, name_en in rows]
