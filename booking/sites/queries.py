"""Sites as others read them, and on which days they are open."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from booking.kernel.calendar import ONE_DAY, WorkingDays
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import SiteId, TestLaneId
from booking.sites.models import LaneOutage, Site, SiteDay, SiteHours, SiteService, TestLane
from booking.sites.rules.districts import DISTRICTS, District, Point, about, kilometres
from booking.sites.rules.order import by_sound
from booking.sites.rules.site import Offer, SiteFacts, is_open
from booking.sites.rules.station import LINE, Hours, LaneFacts, Outage, Price, StationLane, Terms, spans_on


@dataclass(frozen=True, slots=True)
class SiteShown:
    """A site with what it offers."""

    id: SiteId
    facts: SiteFacts

    def named(self, language: str) -> str:
        """Return the name in the language of a page; Chinese where there is no other."""
        return self.facts.name if language == "zh" else self.facts.name_en or self.facts.name


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day on which a site is open or closed against its week, and why."""

    day: date
    is_open: bool
    reason: str


@dataclass(frozen=True, slots=True)
class StationShown(SiteShown):
    """A station with what it has beside every site. `lanes` holds those out of use as well; no outage is over."""

    terms: Terms
    hours: tuple[Hours, ...]
    lanes: tuple[StationLane, ...]
    outages: tuple[Outage, ...]

    def week(self) -> Sequence[tuple[int, int, Sequence[tuple[time, time]]]]:
        """Return the week as (first day, last day, spans): days in a row with the same hours stand together."""
        by_hours = groupby(range(1, 8), lambda weekday: spans_on(self.hours, weekday))
        rows = [(spans, list(weekdays)) for spans, weekdays in by_hours]
        return [(weekdays[0], weekdays[-1], spans) for spans, weekdays in rows]

    def used_lanes(self) -> Sequence[StationLane]:
        """Return the lanes that are in use, out of service or not."""
        return [lane for lane in self.lanes if lane.facts.is_active]

    def distances(self) -> Sequence[tuple[District, int]]:
        """Return about how many kilometres it is from each district; nothing where the position is not known."""
        if self.terms.latitude is None or self.terms.longitude is None:
            return []
        here = Point(self.terms.latitude, self.terms.longitude)
        return [(district, about(kilometres(district.centre, here))) for district in DISTRICTS.values()]

    def outages_of(self, lane: StationLane) -> Sequence[Outage]:
        """Return the outages of one of the lanes, the first to begin first."""
        return [outage for outage in self.outages if outage.lane_id == lane.id]

    def lane_of(self, outage: Outage) -> StationLane:
        """Return the lane that an outage is of."""
        return next(lane for lane in self.lanes if lane.id == outage.lane_id)

    def price(self, service: str) -> int | None:
        """Return the price of a service in fen; None where none is published."""
        return next((price.fen for price in self.terms.prices if price.service == service), None)


def site(session: Session, site_id: SiteId) -> SiteShown:
    """Return a site, or raise `NotFoundError`; two statements."""
    return _one(session, select(Site).where(Site.id == site_id))


def site_by_code(session: Session, code: str) -> SiteShown:
    """Return the site of a code, or raise `NotFoundError`; two statements."""
    return _one(session, select(Site).where(Site.code == code))


def sites(session: Session, line: str | None = None, *, active_only: bool = True) -> Sequence[SiteShown]:
    """Return the sites of a line, or of all, by line and by the sounds of district and name; two statements."""
    wanted = select(Site)
    if line is not None:
        wanted = wanted.where(Site.line == line)
    if active_only:
        wanted = wanted.where(Site.is_active)
    return _sites(session, wanted)


def station(session: Session, site_id: SiteId, *, now: datetime) -> StationShown:
    """Return a station with its lanes, hours, prices and the outages that are not over; five statements.

    Raise `NotFoundError` for what is no station.
    """
    found = _stations(session, select(Site).where(Site.id == site_id, Site.line == LINE), now)
    if not found:
        raise NotFoundError
    return found[0]


def stations(session: Session, *, now: datetime, active_only: bool = True) -> Sequence[StationShown]:
    """Return all stations by the sounds of district and name; five statements, however many there are."""
    wanted = select(Site).where(Site.line == LINE)
    return _stations(session, wanted.where(Site.is_active) if active_only else wanted, now)


def lane(session: Session, lane_id: TestLaneId) -> StationLane:
    """Return a test lane, or raise `NotFoundError`."""
    row = session.get(TestLane, lane_id, populate_existing=True)
    if row is None:
        raise NotFoundError
    return _lane(row)


def outage(session: Session, outage_id: int) -> Outage:
    """Return an outage, over or not, as it was announced; or raise `NotFoundError`."""
    row = session.get(LaneOutage, outage_id, populate_existing=True)
    if row is None:
        raise NotFoundError
    return _outage(row)


def codes(session: Session) -> Mapping[str, SiteId]:
    """Return the id of every site by its code."""
    return {code: SiteId(site_id) for code, site_id in session.execute(select(Site.code, Site.id))}


def openings(session: Session, site_id: SiteId, first: date, last: date, worked: WorkingDays) -> Mapping[date, bool]:
    """Return for each day from `first` to `last`, both included, whether the site is open; two statements.

    `worked` comes from `policies.queries.working_days`; a site that is out of use is closed. Raise `NotFoundError`.
    """
    found = openings_of_sites(session, (site_id,), first, last, worked)
    if site_id not in found:
        raise NotFoundError
    return found[site_id]


def openings_of_sites(
    session: Session, site_ids: Collection[SiteId], first: date, last: date, worked: WorkingDays
) -> Mapping[SiteId, Mapping[date, bool]]:
    """Return the openings of several sites; two statements, however many there are."""
    weeks = select(Site.id, Site.open_weekdays, Site.is_active).where(Site.id.in_(site_ids))
    against = select(SiteDay.site_id, SiteDay.day, SiteDay.is_open).where(
        SiteDay.site_id.in_(site_ids), SiteDay.day.between(first, last)
    )
    exceptions = {(number, day): opens for number, day, opens in session.execute(against)}
    days = [first + ONE_DAY * number for number in range((last - first).days + 1)]
    return {
        SiteId(number): {
            day: is_active and is_open(habit, day, exceptions.get((number, day)), worked) for day in days
        }
        for number, habit, is_active in session.execute(weeks)
    }


def days(session: Session, site_id: SiteId, first: date) -> Sequence[DayShown]:
    """Return the days from `first` on that are set against the site's week."""
    wanted = select(SiteDay).where(SiteDay.site_id == site_id, SiteDay.day >= first).order_by(SiteDay.day)
    return [DayShown(row.day, row.is_open, row.reason) for row in session.scalars(wanted)]


def day_set(session: Session, site_id: SiteId, day: date) -> DayShown | None:
    """Return what is set for one day, or None: then the site's week and the calendar decide."""
    row = session.scalar(select(SiteDay).where(SiteDay.site_id == site_id, SiteDay.day == day))
    return DayShown(row.day, row.is_open, row.reason) if row else None


def _one(session: Session, wanted: Select[Site]) -> SiteShown:
    found = _sites(session, wanted)
    if not found:
        raise NotFoundError
    return found[0]


def _sites(session: Session, wanted: Select[Site]) -> Sequence[SiteShown]:
    rows, services = _rows(session, wanted)
    return [SiteShown(SiteId(row.id), _facts(row, services[row.id])) for row in rows]


def _stations(session: Session, wanted: Select[Site], now: datetime) -> Sequence[StationShown]:
    rows, services = _rows(session, wanted)
    of_these = [row.id for row in rows]
    hours, lanes, outages = defaultdict(list), defaultdict(list), defaultdict(list)
    for span in session.scalars(select(SiteHours).where(SiteHours.site_id.in_(of_these))):
        hours[span.site_id].append(Hours(span.weekday, span.opens, span.closes))
    for test_lane in session.scalars(
        select(TestLane).where(TestLane.site_id.in_(of_these)).order_by(TestLane.name, TestLane.id)
    ):
        lanes[test_lane.site_id].append(_lane(test_lane))
    not_over = (LaneOutage.ended_at.is_(None), or_(LaneOutage.ends_at.is_(None), LaneOutage.ends_at > now))
    announced = select(LaneOutage, TestLane.site_id).join(TestLane, TestLane.id == LaneOutage.lane_id)
    for row, site_id in session.execute(
        announced.where(TestLane.site_id.in_(of_these), *not_over).order_by(LaneOutage.starts_at, LaneOutage.id)
    ):
        outages[site_id].append(_outage(row))
    return [
        StationShown(
            id=SiteId(row.id),
            facts=_facts(row, services[row.id]),
            terms=_terms(row, services[row.id]),
            hours=tuple(sorted(hours[row.id])),
            lanes=tuple(lanes[row.id]),
            outages=tuple(outages[row.id]),
        )
        for row in rows
    ]


def _rows(session: Session, wanted: Select[Site]) -> tuple[Sequence[Site], Mapping[int, Sequence[SiteService]]]:
    found = session.scalars(wanted.execution_options(populate_existing=True))
    # No database sorts Chinese by its sounds unless told how; there are few sites, so it is done here.
    rows = sorted(found, key=lambda row: (row.line, by_sound(row.district), by_sound(row.name), row.id))
    offered = select(SiteService).where(SiteService.site_id.in_([row.id for row in rows])).order_by(SiteService.id)
    services: dict[int, list[SiteService]] = {row.id: [] for row in rows}
    for service in session.scalars(offered.execution_options(populate_existing=True)):
        services[service.site_id].append(service)
    return rows, services


def _facts(row: Site, services: Sequence[SiteService]) -> SiteFacts:
    columns = (name for name in SiteFacts.__dataclass_fields__ if name != "offers")
    offers = tuple(Offer(service.service, service.classes) for service in services)
    return SiteFacts(**{name: getattr(row, name) for name in columns}, offers=offers)


def _terms(row: Site, services: Sequence[SiteService]) -> Terms:
    columns = (name for name in Terms.__dataclass_fields__ if name != "prices")
    prices = tuple(Price(s.service, s.price_fen) for s in services if s.price_fen is not None)
    return Terms(**{name: getattr(row, name) for name in columns}, prices=prices)


def _lane(row: TestLane) -> StationLane:
    facts = LaneFacts(**{name: getattr(row, name) for name in LaneFacts.__dataclass_fields__})
    return StationLane(TestLaneId(row.id), SiteId(row.site_id), facts)


def _outage(row: LaneOutage) -> Outage:
    return Outage(row.id, TestLaneId(row.lane_id), row.starts_at, row.ends_at, row.reason, row.reason_en)
