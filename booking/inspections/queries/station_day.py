"""The day of a station for its operator, and what of it is public: lanes with their calls, the queue, the counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.attendance.models import VisitKind, VisitState
from booking.attendance.queries.board import Board, Pool, PublicQueue, board, queue_public
from booking.attendance.queries.settings import day_settings
from booking.attendance.queries.visits import VisitRow, visit_shown
from booking.inspections.holders import vehicle_of
from booking.inspections.queries.plates import masked_plates
from booking.inspections.queries.stations import LINE
from booking.kernel.calendar import local_day
from booking.kernel.ids import Holder, SiteId, SlotId, VisitId
from booking.policies import queries as policies
from booking.sites import queries as sites
from booking.sites.queries import StationShown
from booking.sites.rules.station import Outage, StationLane
from booking.sites.rules.windows import HOUR, spans
from booking.slots.holds import HeldSeat, held_for
from booking.slots.models import HoldPurpose, Slot


@dataclass(frozen=True, slots=True)
class LaneNow:
    """A test lane in use with the cars on it. `outage` is the one that stops it now, or None."""

    lane: StationLane
    outage: Outage | None
    called: Sequence[VisitRow]
    in_test: Sequence[VisitRow]

    @property
    def can_call(self) -> bool:
        """Whether the next car can be called to it."""
        return self.outage is None and not self.called


@dataclass(frozen=True, slots=True)
class Offered:
    """The place that is held for a failed car's re-inspection."""

    starts_at: datetime
    ends_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class StationDay:
    """A station's local day. `elsewhere` are cars at a lane that has been renamed or taken out of use since.

    `plates` are masked; `offers` has the failed cars for which a place is held.
    """

    station: StationShown
    board: Board
    lanes: Sequence[LaneNow]
    elsewhere: Sequence[VisitRow]
    plates: Mapping[Holder, str]
    offers: Mapping[Holder, Offered]
    undo: timedelta
    now: datetime

    @property
    def figures(self) -> Mapping[str, int]:
        """How many wait, were called or are in test, passed, failed, left, and have not come yet."""
        counts = self.board.counts
        return {**{state.value: counts[state] for state in VisitState}, "to_come": len(self.board.to_come)}

    def can_be_undone(self, visit: VisitRow) -> bool:
        """Whether its result can still be taken back."""
        return visit.can_be_undone(self.undo, self.now)

    def expected_at(self, wait: timedelta | None) -> datetime | None:
        """Return when somebody who waits so long will be called; None where no lane works."""
        return None if wait is None else self.now + wait


@dataclass(frozen=True, slots=True)
class Slip:
    """One visit on its slip; `wait` is None once it was called, or where no lane works."""

    visit: VisitRow
    plate: str
    wait: timedelta | None
    offer: Offered | None


@dataclass(frozen=True, slots=True)
class PublicDay:
    """What everybody may see of a station today. `opens` are today's spans, none where it is closed."""

    station: StationShown
    queue: PublicQueue
    opens: Sequence[tuple[datetime, datetime]]
    now: datetime

    @property
    def is_open(self) -> bool:
        """Whether the station works this moment."""
        return any(starts_at <= self.now < ends_at for starts_at, ends_at in self.opens)


def arrival_kind(visit: VisitRow) -> str:
    """Return how somebody came: "booked", "late", "walk_in" or "reinspection"."""
    if visit.kind is VisitKind.BOOKED and not visit.on_time:
        return "late"
    return visit.kind.value


def pools(station: StationShown, *, now: datetime) -> Sequence[Pool]:
    """Return for each service the lanes that work now, and how long each takes for a car."""
    services: dict[str, dict[str, timedelta]] = {}
    for lane in station.used_lanes():
        posts = services.setdefault(lane.facts.service, {})
        if outage_now(station, lane, now) is None:
            posts[lane.facts.name] = HOUR / lane.facts.vehicles_per_hour
    return [Pool((service,), posts) for service, posts in services.items()]


def outage_now(station: StationShown, lane: StationLane, now: datetime) -> Outage | None:
    """Return the outage that stops a lane at `now`, or None."""
    return next((outage for outage in station.outages_of(lane) if outage.starts_at <= now), None)


def station_day(session: Session, site_id: SiteId, *, now: datetime) -> StationDay:
    """Return today at a station in a fixed number of statements; raise `NotFoundError` for what is no station."""
    station = sites.station(session, site_id, now=now)
    today = board(session, site_id, local_day(now), pools=pools(station, now=now), now=now)
    shown = [*(one.visit for one in today.waiting), *today.called, *today.in_test, *today.done, *today.unfinished]
    holders = {visit.holder for visit in shown} | {one.holder for one in today.to_come}
    plates = masked_plates(session, [vehicle_of(holder) for holder in holders])
    names = {lane.facts.name for lane in station.used_lanes()}
    return StationDay(
        station=station,
        board=today,
        lanes=[_lane_now(station, lane, today, now) for lane in station.used_lanes()],
        elsewhere=[visit for visit in (*today.called, *today.in_test) if visit.post not in names],
        plates={holder: plates[vehicle_of(holder)] for holder in holders},
        offers=_offers(session, [one.holder for one in today.done if one.state is VisitState.FAILED], now),
        undo=day_settings(session, LINE, local_day(now)).undo,
        now=now,
    )


def slip(session: Session, visit_id: VisitId, *, now: datetime) -> Slip:
    """Return one visit with its place in the queue; raise `NotFoundError` if there is none."""
    visit = visit_shown(session, visit_id)
    vehicle_id = vehicle_of(visit.holder)
    offers = _offers(session, [visit.holder], now) if visit.state is VisitState.FAILED else {}
    return Slip(
        visit,
        masked_plates(session, [vehicle_id])[vehicle_id],
        _wait(session, visit, now) if visit.state is VisitState.WAITING else None,
        offers.get(visit.holder),
    )


def public_day(session: Session, site_id: SiteId, *, now: datetime) -> PublicDay:
    """Return what is public of today; raise `NotFoundError` for what is no station."""
    station = sites.station(session, site_id, now=now)
    queue = queue_public(session, site_id, pools=pools(station, now=now), now=now)
    return PublicDay(station, queue, _opens(session, station, local_day(now)), now)


def _lane_now(station: StationShown, lane: StationLane, today: Board, now: datetime) -> LaneNow:
    name = lane.facts.name
    return LaneNow(
        lane,
        outage_now(station, lane, now),
        [visit for visit in today.called if visit.post == name],
        [visit for visit in today.in_test if visit.post == name],
    )


def _wait(session: Session, visit: VisitRow, now: datetime) -> timedelta | None:
    station = sites.station(session, visit.site_id, now=now)
    today = board(session, visit.site_id, visit.day, pools=pools(station, now=now), now=now)
    return next((one.wait for one in today.waiting if one.visit.id == visit.id), None)


def _offers(session: Session, holders: Sequence[Holder], now: datetime) -> Mapping[Holder, Offered]:
    held = {
        holder: seat
        for holder, seat in held_for(session, holders, now=now).items()
        if seat.purpose is HoldPurpose.REINSPECTION
    }
    query = select(Slot.id, Slot.starts_at, Slot.ends_at).where(Slot.id.in_([seat.slot_id for seat in held.values()]))
    windows = {SlotId(row.id): (row.starts_at, row.ends_at) for row in session.execute(query)}
    return {holder: _offered(seat, windows) for holder, seat in held.items()}


def _offered(seat: HeldSeat, windows: Mapping[SlotId, tuple[datetime, datetime]]) -> Offered:
    starts_at, ends_at = windows[seat.slot_id]
    return Offered(starts_at, ends_at, seat.until)


def _opens(session: Session, station: StationShown, day: date) -> Sequence[tuple[datetime, datetime]]:
    worked = policies.working_days(session, around=day)
    if not sites.openings(session, station.id, day, day, worked)[day]:
        return ()
    return [(span.starts_at, span.ends_at) for span in spans(station.hours, day)]
