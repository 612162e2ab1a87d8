"""Stations side by side for one vehicle: how far, how much, when the next window is free, how full today is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from booking.inspections.rules.facts import SERVICE_OF_KIND, VehicleKind
from booking.kernel.calendar import local_day
from booking.kernel.ids import SiteId
from booking.sites import queries as sites
from booking.sites.queries import StationShown
from booking.sites.rules.districts import Point, about, district_named, kilometres
from booking.slots.models import Lane, Method
from booking.slots.queries import OpenSlot, slots_between

LINE = "inspections"
REACH = timedelta(days=60)  # no window is published further ahead
FAR = 10**6


@dataclass(frozen=True, slots=True)
class StationRow:
    """One station for one kind of vehicle. `kilometres` is None where the owner's district is not known.

    `taken` of `capacity` are the places of today's windows that can be booked on line; a price of None is one that
    is not published; `next_free` is None where no window is free.
    """

    station: StationShown
    kilometres: int | None
    price_fen: int | None
    next_free: OpenSlot | None
    taken: int
    capacity: int

    @property
    def load_percent(self) -> int:
        """How full today is."""
        return round(100 * self.taken / self.capacity) if self.capacity else 0


def stations_compared(session: Session, kind: VehicleKind, *, district: str, now: datetime) -> Sequence[StationRow]:
    """Return the stations that inspect this kind, the nearest first; six statements, however many there are."""
    service, today = SERVICE_OF_KIND[kind], local_day(now)
    slots = windows_for(session, kind, today, today + REACH, now=now)
    rows = []
    for station in stations_for(session, kind, now=now):
        here = [slot for slot in slots if slot.site_id == station.id]
        of_today = [slot for slot in here if slot.day == today]
        rows.append(
            StationRow(
                station=station,
                kilometres=distance(station, district),
                price_fen=station.price(service),
                next_free=next((slot for slot in here if slot.is_open(now) and slot.remaining > 0), None),
                taken=sum(slot.taken for slot in of_today),
                capacity=sum(slot.capacity for slot in of_today),
            )
        )
    return sorted(rows, key=lambda row: FAR if row.kilometres is None else row.kilometres)


def stations_for(session: Session, kind: VehicleKind, *, now: datetime) -> Sequence[StationShown]:
    """Return the stations that inspect this kind of vehicle; five statements."""
    return [station for station in sites.stations(session, now=now) if inspects(station, kind)]


def inspects(station: StationShown, kind: VehicleKind) -> bool:
    """Say whether a station has a test lane in use for this kind of vehicle, and offers its service."""
    service = SERVICE_OF_KIND[kind]
    offers = [offer for offer in station.facts.offers if offer.service == service and takes(offer.classes, kind)]
    lanes = (lane.facts for lane in station.lanes)
    return bool(offers) and any(
        lane.is_active and lane.service == service and takes(lane.kinds, kind) for lane in lanes
    )


def takes(kinds: str, kind: VehicleKind) -> bool:
    """Say whether a list of kinds ("TRUCK,SCHOOL_BUS"; "" is every one) has this kind."""
    return not kinds or kind.name in kinds.split(",")


def windows_for(
    session: Session, kind: VehicleKind, first: date, last: date, *, now: datetime, site_id: SiteId | None = None
) -> Sequence[OpenSlot]:
    """Return the published windows for this kind of vehicle, free or not, in order of time; one statement.

    Only the places that can be booked on line are counted.
    """
    found = slots_between(
        session,
        first,
        last,
        line=LINE,
        service=SERVICE_OF_KIND[kind],
        site_id=site_id,
        lanes=(Lane.ORDINARY,),
        now=now,
    )
    return [slot for slot in found if takes(slot.classes, kind)]


def is_free(slot: OpenSlot, now: datetime) -> bool:
    """Say whether a place of the window can be booked this moment."""
    return slot.is_open(now) and slot.method is Method.FIRST_COME and slot.remaining > 0


def nearest_first(stations: Collection[StationShown], district: str) -> Sequence[StationShown]:
    """Return the stations by their distance from a district; as they stand where nobody knows it."""
    distances = {station.id: distance(station, district) for station in stations}
    return sorted(stations, key=lambda one: FAR if distances[one.id] is None else distances[one.id] or 0)


def distance(station: StationShown, district: str) -> int | None:
    """Return how many kilometres it is about from the middle of a district, or None where that is not known."""
    start, there = district_named(district), district_named(station.facts.district)
    latitude, longitude = station.terms.latitude, station.terms.longitude
    if latitude is not None and longitude is not None:
        end: Point | None = Point(latitude, longitude)
    else:
        end = there.centre if there else None  # nobody has measured the station: the middle of its district
    return about(kilometres(start.centre, end)) if start and end else None
