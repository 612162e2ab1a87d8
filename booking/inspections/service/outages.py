"""A test lane out of service: the windows it serves get fewer places, and the clerk is told who is hit.

How many places of a window are blocked is always worked out anew from what is announced, so that it can be done
again at any time: outages that meet, or end in another order than they began, leave nothing behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.accounts.queries import recipients
from booking.bookings.models import LIVE, Booking
from booking.inspections.holders import vehicle_of
from booking.inspections.queries.plates import masked_plates
from booking.kernel.actors import Actor
from booking.kernel.errors import NotFoundError
from booking.kernel.identifiers import masked_mobile
from booking.kernel.ids import Holder, PersonId, SiteId, SlotId, TestLaneId
from booking.sites import queries as sites
from booking.sites.queries import StationShown
from booking.sites.rules.station import Outage, StationLane
from booking.sites.rules.windows import Span, windows
from booking.sites.service import outages as announcements
from booking.slots.blocking import block_seats, unblock_seats
from booking.slots.models import Quota, Slot, SlotState

MINUTE = timedelta(minutes=1)
PREVIEWED = 0  # the number of an outage that nobody has announced


@dataclass(frozen=True, slots=True)
class HitBooking:
    """Somebody who is booked in a window that has more bookings than it can serve."""

    reference: str
    plate: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class HitWindow:
    """A published window that an outage makes smaller.

    `fewer` places cannot be served, of which `blocked` are still free and taken off sale; for the rest, `too_many`,
    there are bookings, the last made first: some of `bookings` will not be served in time.
    """

    slot_id: SlotId
    starts_at: datetime
    ends_at: datetime
    kinds: str
    fewer: int
    blocked: int
    bookings: tuple[HitBooking, ...]

    @property
    def too_many(self) -> int:
        """How many bookings there are beyond what can be served."""
        return self.fewer - self.blocked


@dataclass(frozen=True, slots=True)
class OutageEffect:
    """What an outage does to what is published: the windows, in order of time. `outage_id` 0 is a preview."""

    outage_id: int
    windows: tuple[HitWindow, ...]

    @property
    def places(self) -> int:
        """How many places are taken off sale."""
        return sum(window.blocked for window in self.windows)

    @property
    def too_many(self) -> int:
        """How many bookings there are beyond what can be served."""
        return sum(window.too_many for window in self.windows)


@dataclass(frozen=True, slots=True)
class Window:
    """A published window with what is left of it: `free` places that nobody holds, `blocked` ones off sale."""

    id: SlotId
    service: str
    kinds: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int
    blocked: int


def announce_outage(
    session: Session,
    lane_id: TestLaneId,
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    reason_en: str = "",
) -> OutageEffect:
    """Announce an outage, take the places it costs off sale, and return what it does; bookings are never touched.

    Raises what `sites.service.outages.announce_outage` raises.
    """
    effect = preview_outage(session, lane_id, starts_at, ends_at, now=now)
    outage_id = announcements.announce_outage(
        session, lane_id, starts_at, ends_at, reason=reason, reason_en=reason_en, actor=actor, now=now
    )
    for window in effect.windows:
        settle_window(session, window.slot_id, actor=actor, now=now, reason=reason)
    return OutageEffect(outage_id, effect.windows)


def preview_outage(
    session: Session, lane_id: TestLaneId, starts_at: datetime, ends_at: datetime | None, *, now: datetime
) -> OutageEffect:
    """Return what an outage would do, and change nothing."""
    lane = sites.lane(session, lane_id)
    station = sites.station(session, lane.site_id, now=now)
    more = Outage(PREVIEWED, lane_id, starts_at, ends_at)
    return OutageEffect(PREVIEWED, _hit(session, station, station.outages, more, now))


def outage_effect(session: Session, outage_id: int, *, now: datetime) -> OutageEffect:
    """Return what an announced outage does to windows to come, as bookings stand now; nothing once it is over."""
    outage = sites.outage(session, outage_id)
    lane = sites.lane(session, outage.lane_id)
    station = sites.station(session, lane.site_id, now=now)
    others = tuple(one for one in station.outages if one.id != outage_id)
    if len(others) == len(station.outages):
        return OutageEffect(outage_id, ())
    return OutageEffect(outage_id, _hit(session, station, others, outage, now))


def lift_outage(session: Session, outage_id: int, *, actor: Actor, now: datetime) -> int:
    """Say that the lane works again, give back the places that were blocked for it, and return how many.

    Raises what `sites.service.outages.end_outage` raises.
    """
    lane = sites.lane(session, sites.outage(session, outage_id).lane_id)
    announcements.end_outage(session, outage_id, actor=actor, now=now)
    station = sites.station(session, lane.site_id, now=now)
    return sum(
        settle_window(session, window.id, actor=actor, now=now)
        for window in windows_of(session, station.id, now, lane.facts.service)
        if window.blocked
    )


def settle_window(session: Session, slot_id: SlotId, *, actor: Actor, now: datetime, reason: str = "") -> int:
    """Block as many places of a window as its outages cost, or give back what no longer is; return how many changed.

    Safe to do again at any time.
    """
    slot = session.get(Slot, slot_id)
    if slot is None:
        raise NotFoundError
    station = sites.station(session, SiteId(slot.site_id), now=now)
    window = next((w for w in windows_of(session, station.id, now, slot.service) if w.id == slot_id), None)
    if window is None:
        return 0
    wanted = _cost(station, window, station.outages)
    reason = reason or "; ".join(dict.fromkeys(outage.reason for outage in station.outages))
    if wanted > window.blocked:
        return block_seats(session, slot_id, wanted - window.blocked, reason=reason, actor=actor, now=now)
    if wanted < window.blocked:
        return unblock_seats(session, slot_id, window.blocked - wanted, reason=reason, actor=actor, now=now)
    return 0


def windows_out_of_step(session: Session, *, now: datetime) -> list[SlotId]:
    """Return the windows to come of which more or fewer places are blocked than their outages cost, and can be."""
    found = []
    for station in sites.stations(session, now=now):
        for window in windows_of(session, station.id, now):
            wanted = _cost(station, window, station.outages)
            if wanted < window.blocked or (wanted > window.blocked and window.free):
                found.append(window.id)
    return sorted(found)


def serving(lanes: Sequence[StationLane], service: str, kinds: str) -> Sequence[StationLane]:
    """Return the lanes behind a window: those of its very kinds, or all of the service where none is."""
    of_service = [lane for lane in lanes if lane.facts.service == service and lane.facts.is_active]
    return [lane for lane in of_service if lane.facts.kinds == kinds] or of_service


def _hit(
    session: Session, station: StationShown, others: Sequence[Outage], outage: Outage, now: datetime
) -> tuple[HitWindow, ...]:
    """Return the windows that an outage makes smaller beside the other ones, with who is booked where it is too many.

    Whatever nobody has taken can be blocked, and what is blocked for the other outages is theirs.
    """
    hit = []
    for window in windows_of(session, station.id, now, station.lane_of(outage).facts.service):
        before, after = _cost(station, window, others), _cost(station, window, (*others, outage))
        if after > before:
            too_many = min(max(after - window.free - window.blocked, 0), after - before)
            hit.append((window, after - before, too_many))
    bookings = _bookings_in(session, [window.id for window, _, too_many in hit if too_many])
    return tuple(
        HitWindow(
            window.id,
            window.starts_at,
            window.ends_at,
            window.kinds,
            fewer,
            fewer - too_many,
            bookings.get(window.id, ()),
        )
        for window, fewer, too_many in hit
    )


def _cost(station: StationShown, window: Window, outages: Sequence[Outage]) -> int:
    """Return how many published places of a window the outages leave without a lane.

    Never more than the lanes lose, and none where the plan was made smaller already.
    """
    lanes = serving(station.lanes, window.service, window.kinds)
    left = vehicles(window, lanes, outages)
    return max(min(vehicles(window, lanes, ()) - left, window.capacity - left), 0)


def vehicles(window: Window, lanes: Sequence[StationLane], outages: Sequence[Outage]) -> int:
    span = Span(window.starts_at, window.ends_at)
    minutes = max((span.ends_at - span.starts_at) // MINUTE, 1)
    found = windows([span], lanes, outages, service=window.service, window_minutes=minutes)
    return sum(one.capacity for one in found)


def windows_of(session: Session, site_id: SiteId, now: datetime, service: str = "") -> Sequence[Window]:
    """Return the published windows of a station that have not begun, in order of time; one statement."""
    free = func.sum(Quota.capacity - Quota.taken - Quota.blocked).label("free")
    query = (
        select(
            Slot.id,
            Slot.service,
            Slot.classes.label("kinds"),
            Slot.starts_at,
            Slot.ends_at,
            Slot.capacity,
            free,
            func.sum(Quota.blocked).label("blocked"),
        )
        .join(Quota, Quota.slot_id == Slot.id)
        .where(Slot.site_id == site_id, Slot.state == SlotState.PUBLISHED, Slot.starts_at > now)
        .group_by(Slot.id)
        .order_by(Slot.starts_at, Slot.id)
    )
    if service:
        query = query.where(Slot.service == service)
    return [Window(**row) for row in session.execute(query).mappings()]


def _bookings_in(session: Session, slot_ids: Sequence[SlotId]) -> Mapping[SlotId, tuple[HitBooking, ...]]:
    query = (
        select(Booking.slot_id, Booking.reference, Booking.holder, Booking.person_id, Person.name)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.slot_id.in_(slot_ids), Booking.state.in_(LIVE))
        .order_by(Booking.created_at.desc(), Booking.id.desc())
    )
    rows = session.execute(query).all()
    plates = masked_plates(session, [vehicle_of(Holder(row.holder)) for row in rows])
    people = recipients(session, {PersonId(row.person_id) for row in rows})
    found: dict[SlotId, list[HitBooking]] = {}
    for row in rows:
        phone = masked_mobile(people[PersonId(row.person_id)].phone)
        hit = HitBooking(row.reference, plates[vehicle_of(Holder(row.holder))], row.name, phone)
        found.setdefault(SlotId(row.slot_id), []).append(hit)
    return {slot_id: tuple(hits) for slot_id, hits in found.items()}
