"""What the figures of inspections are made of, in three statements for however many stations and days.

Waits have no sum from which a median follows, so visits are read one by one; bookings and seats are counted there.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from booking.attendance.models import OPEN, Visit
from booking.attendance.rules.figures import Stay
from booking.bookings.models import Booking, BookingState
from booking.inspections.line import INSPECTIONS
from booking.inspections.models import Vehicle
from booking.inspections.queries.holders import vehicle_in_sql
from booking.inspections.rules.facts import VehicleKind
from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import SiteId
from booking.sites.models import Site
from booking.slots.models import Lane, Quota, Slot, SlotState
from booking.stats.rules.inspections import UNKNOWN, WALK_IN, Booked, Came, Cell, Counted, Report, Seats, report

CANCELLED = (BookingState.CANCELLED, BookingState.CANCELLED_BY_OFFICE)
OPEN_STATES = frozenset(OPEN)


@dataclass(frozen=True, slots=True)
class Station:
    """A station, to choose from and to name its row by."""

    id: SiteId
    code: str
    name: str
    name_en: str


def stations(session: Session) -> Sequence[Station]:
    """Return the stations by code, closed ones too: the past has figures of them."""
    columns = select(Site.id, Site.code, Site.name, Site.name_en).where(Site.line == INSPECTIONS.key)
    rows = session.execute(columns.order_by(Site.code))
    return [Station(SiteId(id_), code, name, name_en or name) for id_, code, name, name_en in rows]


def the_station(known: Sequence[Station], code: str) -> Station:
    """Return the station with a code; raise `InvalidInputError` ("station")."""
    found = [one for one in known if one.code == code]
    if not found:
        raise InvalidInputError("station")
    return found[0]


def inspections_at(session: Session, first: date, last: date, chosen: Sequence[Station]) -> Report:
    """Return the figures of local days `first` to `last`, both included, of the chosen stations; three statements."""
    codes = {one.id: one.code for one in chosen}
    counted = Counted(
        _bookings(session, first, last, codes),
        _visits(session, first, last, codes),
        _seats(session, first, last, codes),
    )
    return report(counted, tuple(VehicleKind))


def _bookings(session: Session, first: date, last: date, codes: Mapping[SiteId, str]) -> Sequence[Booked]:
    """Count bookings that were kept: in a window that stands and not cancelled, or whose car came all the same."""
    is_kept = and_(Slot.state == SlotState.PUBLISHED, Booking.state.not_in(CANCELLED))
    is_absent = and_(Booking.state == BookingState.ABSENT, Visit.id.is_(None))
    groups = (Slot.site_id, Vehicle.vehicle_kind, Booking.channel)
    query = (
        select(*groups, func.count(), func.sum(case((is_absent, 1), else_=0)))
        .select_from(Booking)
        .join(Slot, Slot.id == Booking.slot_id)
        .outerjoin(Visit, Visit.booking_id == Booking.id)
        .outerjoin(Vehicle, Vehicle.id == vehicle_in_sql(Booking.holder))
        .where(Slot.site_id.in_(codes), Slot.day.between(first, last), or_(is_kept, Visit.id.is_not(None)))
        .group_by(*groups)
    )
    return [
        Booked(Cell(codes[SiteId(site_id)], kind or UNKNOWN, channel.value), count, int(absent))
        for site_id, kind, channel, count, absent in session.execute(query)
    ]


def _visits(session: Session, first: date, last: date, codes: Mapping[SiteId, str]) -> Sequence[Came]:
    query = (
        select(
            Visit.site_id,
            Vehicle.vehicle_kind,
            Booking.channel,
            Visit.first_visit_id,
            Visit.on_time,
            Visit.window_starts_at,
            Visit.arrived_at,
            Visit.started_at,
            Visit.state,
        )
        .outerjoin(Booking, Booking.id == Visit.booking_id)
        .outerjoin(Vehicle, Vehicle.id == vehicle_in_sql(Visit.holder))
        .where(Visit.site_id.in_(codes), Visit.day.between(first, last))
    )
    return [
        Came(
            Cell(codes[SiteId(site_id)], kind or UNKNOWN, WALK_IN if channel is None else channel.value),
            Stay(case_id is not None, on_time, window, arrived, started, "" if state in OPEN_STATES else state.value),
        )
        for site_id, kind, channel, case_id, on_time, window, arrived, started, state in session.execute(query)
    ]


def _seats(session: Session, first: date, last: date, codes: Mapping[SiteId, str]) -> Mapping[str, Seats]:
    query = (
        select(Slot.site_id, Slot.state, Quota.lane, func.sum(Quota.capacity), func.sum(Quota.blocked))
        .join(Quota, Quota.slot_id == Slot.id)
        .where(Slot.site_id.in_(codes), Slot.day.between(first, last))
        .group_by(Slot.site_id, Slot.state, Quota.lane)
    )
    found: defaultdict[str, Seats] = defaultdict(Seats)
    for site_id, state, lane, published, blocked in session.execute(query):
        left = int(published - blocked)
        found[codes[SiteId(site_id)]] += (
            Seats(bookable=0 if lane is Lane.WALK_IN else left, capacity=left, blocked=int(blocked))
            if state is SlotState.PUBLISHED
            else Seats(withdrawn=int(published))
        )
    return {code: found[code] for code in codes.values()}
