"""The inspection stations of the demo city: what they are, and their plans as lanes and hours give them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from booking.demo.asking import City
from booking.demo.places import Place
from booking.inspections.rules.facts import INSPECTION_LARGE, INSPECTION_MOTORCYCLE, INSPECTION_SMALL
from booking.inspections.service.planning import derived_days
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.calendar import ONE_DAY, at_local, local_time
from booking.kernel.db import unit_of_work
from booking.kernel.ids import PlanId, SiteId
from booking.plans.queries.plans import plan_shown
from booking.plans.service import approval, drafting
from booking.policies.queries import working_days
from booking.sites import queries as sites
from booking.sites.rules.districts import district_named
from booking.sites.rules.site import Offer, SiteFacts, fingerprint
from booking.sites.rules.station import LINE, Hours, LaneFacts, Price, Terms, day_spans
from booking.sites.service import days, lanes, stations
from booking.sites.service.site import add_site

PRICES = {INSPECTION_SMALL: 22_000, INSPECTION_LARGE: 34_000, INSPECTION_MOTORCYCLE: 9_000}  # fen, invented
WORKING, SATURDAY, EVERY_DAY = "12345", "6", "1234567"
ALL_DAY = "08:00-18:00"
# Whoever looks at the demo by night shall see a queue as well: the first station works that shift too.
SHIFTS = ((time(0), time(8), "00:00-18:00"), (time(8), time(18), ALL_DAY), (time(18), time.max, "08:00-23:59"))
OPEN_ALL_THE_SAME = "演示：当天照常营业"
BATCH = 7  # days planned in one go
DRAFTED_BEFORE = 14


@dataclass(frozen=True, slots=True)
class Station:
    """A station with its test lanes, and its hours by weekdays. `planned_from` counts days from today."""

    place: Place
    lanes: tuple[LaneFacts, ...]
    hours: Mapping[str, str]
    metres: tuple[int, int]  # east and north of the middle of its district, in thousandths of a degree
    directions: str
    directions_en: str
    method: str = ""
    planned_from: int = -2
    dearer: int = 0  # fen
    offers: tuple[Offer, ...] = field(init=False)

    def __post_init__(self) -> None:
        services = dict.fromkeys(lane.service for lane in self.lanes)
        kinds = {service: [lane.kinds for lane in self.lanes if lane.service == service] for service in services}
        classes = {service: "" if "" in found else ",".join(found) for service, found in kinds.items()}
        object.__setattr__(self, "offers", tuple(Offer(service, classes[service]) for service in services))


SMALL, LARGE, MOTORCYCLE = INSPECTION_SMALL, INSPECTION_LARGE, INSPECTION_MOTORCYCLE
# The two pilots of the office's report have weeks behind them; the others have just begun.
STATIONS = (
    Station(
        Place("4408-J-01", "运通检验站（演示）", "Yuntong station (demo)", "赤坎区", "赤坎区示例路12号"),
        (LaneFacts("1号线", SMALL, 10), LaneFacts("2号线", SMALL, 10)),
        {EVERY_DAY: ALL_DAY}, (4, -6),
        "示例路与演示大道交叉口东侧；送检车辆走北门，中午不休息。",
        "East of the corner of Shili Road and Yanshi Avenue; cars enter by the north gate; open at noon.",
        planned_from=-12,
    ),
    Station(
        Place("4408-J-02", "盈江检验站（演示）", "Yingjiang station (demo)", "霞山区", "霞山区示例路3号"),
        (LaneFacts("1号线", SMALL, 14), LaneFacts("2号线", LARGE, 10), LaneFacts("3号线", MOTORCYCLE, 12)),
        {WORKING: "08:00-12:00, 14:30-17:30", SATURDAY: "08:00-12:00"}, (-8, 5),
        "示例路3号院内；大型车辆走西侧大门，摩托车走东侧小门。",
        "In the yard of 3 Shili Road; large vehicles by the west gate, motorcycles by the small east gate.",
        planned_from=-12, dearer=1_500,
    ),
    Station(
        Place("4408-J-03", "示例检验站甲", "Example station A", "麻章区", "麻章区示例路30号"),
        (LaneFacts("1号线", SMALL, 12), LaneFacts("2号线", LARGE, 8, "TRUCK")),
        {WORKING: "08:30-11:30, 14:30-16:30", SATURDAY: "08:30-11:30"}, (10, 9),
        "示例物流园南门进，跟随地面蓝色标线。", "By the south gate of the Shili logistics park, along the blue line.",
    ),
    Station(
        Place("4408-J-04", "示例检验站乙", "Example station B", "坡头区", "坡头区示例路44号"),
        (LaneFacts("1号线", SMALL, 10),),
        {WORKING: "08:30-11:30, 14:30-16:30"}, (-5, -12),
        "示例路44号，过演示大桥后右转第一个路口。", "44 Shili Road, the first right after Yanshi bridge.",
        method="ranked", dearer=-2_000,
    ),
    Station(
        Place("4408-J-05", "示例检验站丙", "Example station C", "廉江市", "廉江市示例路5号"),
        (LaneFacts("1号线", SMALL, 12, "SMALL_PASSENGER"),),
        {WORKING: "08:00-12:00"}, (6, 3),
        "示例汽车城内；本站不检面包车和大型车辆。", "In the Shili car market; no minibuses, no large vehicles.",
        dearer=-3_000,
    ),
    Station(
        Place("4408-J-06", "示例检验站丁", "Example station D", "雷州市", "雷州市示例路66号"),
        (LaneFacts("1号线", SMALL, 10), LaneFacts("2号线", LARGE, 10)),
        {WORKING: "08:00-12:00"}, (-3, 8),
        "示例客运站旁；客车和校车请提前30分钟到站。", "Beside the Shili coach station; please come early with a bus.",
    ),
)  # fmt: skip
PILOT, RANKED = STATIONS[0], STATIONS[3]


def operator_of(city: City, code: str) -> Actor:
    """Return the operator of a station."""
    return next(actor for actor in city.staff.values() if actor.site_id == city.site_ids[code])


def add_stations(session: Session, today: date, *, now: datetime, opened_at: datetime) -> dict[str, SiteId]:
    """Add the stations as the office would, at `opened_at`; return site ids by code.

    The first is open at this hour whatever day it is, and yesterday too, so that there always is a queue to see.
    """
    ids = {station.place.code: _add(session, station, now=now, at=opened_at) for station in STATIONS}
    for station, ago in ((PILOT, 1), (PILOT, 0), (RANKED, -7), (RANKED, -8)):
        _keep_open(session, ids[station.place.code], today - timedelta(ago), at=opened_at)
    return ids


def _add(session: Session, station: Station, *, now: datetime, at: datetime) -> SiteId:
    place = station.place
    rate = station.lanes[0].vehicles_per_hour
    facts = SiteFacts(
        code=place.code, line=LINE, name=place.name, name_en=place.name_en, district=place.district,
        address=place.address, phone="0759-0000000", lanes=len(station.lanes), vehicles_per_hour=rate,
        offers=station.offers,
    )  # fmt: skip
    site_id = add_site(session, facts, actor=SYSTEM, now=at)
    for lane in station.lanes:
        lanes.add_lane(session, site_id, lane, actor=SYSTEM, now=at)
    shown = sites.station(session, site_id, now=at)
    hours = _hours(station, now)
    stations.set_hours(session, site_id, hours, seen=fingerprint(shown.hours), actor=SYSTEM, now=at)
    seen = fingerprint(sites.station(session, site_id, now=at).terms)
    stations.set_terms(session, site_id, _terms(station), seen=seen, actor=SYSTEM, now=at)
    return site_id


def _hours(station: Station, now: datetime) -> list[Hours]:
    clock = local_time(now)
    shift = next(text for opens, closes, text in SHIFTS if opens <= clock < closes)
    return [
        Hours(int(weekday), opens, closes)
        for weekdays, text in station.hours.items()
        for weekday in weekdays
        for opens, closes in day_spans(shift if station is PILOT else text)
    ]


def _terms(station: Station) -> Terms:
    district = district_named(station.place.district)
    if district is None:
        raise ValueError(f"{station.place.district} is no district of the city")
    east, north = station.metres
    return Terms(
        directions=station.directions,
        directions_en=station.directions_en,
        latitude=district.centre.latitude + north * 1_000,
        longitude=district.centre.longitude + east * 1_000,
        method=station.method,
        prices=tuple(Price(offer.service, PRICES[offer.service] + station.dearer) for offer in station.offers),
    )


def _keep_open(session: Session, site_id: SiteId, day: date, *, at: datetime) -> None:
    """Open a station on a day on which its week, or a holiday, would have it closed."""
    worked = working_days(session, around=day)
    if not sites.openings(session, site_id, day, day, worked)[day]:
        days.set_day(session, site_id, day, True, reason=OPEN_ALL_THE_SAME, actor=SYSTEM, now=at, seen=None)


def plan_stations(city: City, today: date, *, now: datetime, approved_to: date, last: date) -> None:
    """Draft a week at a time what the lanes give, two weeks ahead; the days up to `approved_to` are approved."""
    for station in STATIONS:
        for offer in station.offers:
            first = today + timedelta(station.planned_from)
            while first <= last:
                until = min(first + timedelta(BATCH - 1), last)
                wanted = [first + ONE_DAY * number for number in range((until - first).days + 1)]
                at = min(at_local(first - timedelta(DRAFTED_BEFORE), time(10)), now)
                approved_at = min(at + timedelta(hours=1), now)
                plan_ids = _draft(city, city.site_ids[station.place.code], offer.service, wanted, at)
                _approve(city, plan_ids, approved_to, approved_at)
                first = until + ONE_DAY


def _draft(city: City, site_id: SiteId, service: str, wanted: Sequence[date], at: datetime) -> Sequence[PlanId]:
    drafter = city.staff["planner"]
    with unit_of_work(city.sessions) as session:
        derived = derived_days(session, site_id, service, wanted, now=at)
        plan_ids = drafting.draft_plans(session, site_id, service, derived, actor=drafter, now=at)
        for plan_id in plan_ids:
            approval.submit(session, plan_id, actor=drafter, now=at)
    return plan_ids


def _approve(city: City, plan_ids: Sequence[PlanId], approved_to: date, at: datetime) -> None:
    with unit_of_work(city.sessions) as session:
        for plan in [plan_shown(session, plan_id) for plan_id in plan_ids]:
            if plan.day <= approved_to:
                approval.approve(session, plan.id, content_hash=plan.content, actor=city.staff["approver"], now=at)
