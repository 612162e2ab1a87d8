"""Stations: test lanes, hours, prices and directions; who may change them, and what the log says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, constraint_name, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleError
from booking.kernel.ids import SiteId, TestLaneId
from booking.sites import queries
from booking.sites.models import LaneOutage, Site, SiteHours, SiteService, TestLane
from booking.sites.queries import StationShown
from booking.sites.rules.site import Offer, fingerprint
from booking.sites.rules.station import Hours, LaneFacts, Price, Terms
from booking.sites.service import lanes, lists, stations
from booking.sites.service import site as service
from tests import factories
from tests.conftest import NOW

LARGE = LaneFacts("大车线", "inspection_large", 6, kinds="TRUCK,SCHOOL_BUS")
SATURDAY = [Hours(6, time(9), time(12)), Hours(6, time(14), time(16))]
TERMS = Terms("从观海路口右转", "Turn right", 21_271_000, 110_361_000, "ranked", (Price("inspection_small", 8500),))
UNSET = fingerprint(Terms())
HEADER = "code,name,line,district,address,phone,lanes,vehicles_per_hour\n"
LISTED = "4408-J-90,测试检验站,inspections,霞山区,测试路2号,0759-0000000,2,12\n"


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with unit_of_work(sessions) as opened:
        yield opened


@pytest.fixture
def planner(session: Session) -> Actor:
    return factories.account(session, Role.PLANNER)


@pytest.fixture
def place(session: Session) -> SiteId:
    return factories.station(session, lanes=(("inspection_small", 12),))


def shown(session: Session, place: SiteId) -> StationShown:
    return queries.station(session, place, now=NOW)


def last_entry(session: Session) -> AuditEntry:
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[-1]


def seen_hours(session: Session, place: SiteId) -> str:
    return fingerprint(shown(session, place).hours)


def test_a_station_is_shown_with_what_it_has(session: Session, place: SiteId) -> None:
    station = shown(session, place)

    assert station.facts.offers == (Offer("inspection_small"),)
    assert station.terms == Terms()
    assert station.hours[0] == Hours(1, time(8), time(12))
    assert [lane.facts.vehicles_per_hour for lane in station.lanes] == [12]
    assert station.lanes[0].site_id == place
    assert (station.outages, station.price("inspection_small")) == ((), None)


def test_an_exam_site_is_no_station(session: Session, planner: Actor) -> None:
    exam_site = factories.site(session)

    assert queries.stations(session, now=NOW) == []
    with pytest.raises(NotFoundError):
        shown(session, exam_site)
    with pytest.raises(NotFoundError):
        lanes.add_lane(session, exam_site, LARGE, actor=planner, now=NOW)
    with pytest.raises(NotFoundError):
        stations.set_hours(session, exam_site, SATURDAY, seen=fingerprint(()), actor=planner, now=NOW)
    with pytest.raises(NotFoundError):
        stations.set_terms(session, exam_site, TERMS, seen=UNSET, actor=planner, now=NOW)


def test_all_stations_take_five_statements_however_many_there_are(session: Session, place: SiteId) -> None:
    ids = {place, *(factories.station(session) for _ in range(3))}
    unused = factories.station(session)
    session.execute(update(Site).where(Site.id == unused).values(is_active=False))
    statements: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: statements.append(args[2]))

    found = queries.stations(session, now=NOW)

    assert len(statements) == 5
    assert {station.id for station in found} == ids
    assert all(station == shown(session, station.id) for station in found)
    assert unused in {station.id for station in queries.stations(session, now=NOW, active_only=False)}


def test_a_lane_is_added_changed_and_retired(session: Session, planner: Actor, place: SiteId) -> None:
    lane_id = lanes.add_lane(session, place, LARGE, actor=planner, now=NOW)
    added, entry = queries.lane(session, lane_id), last_entry(session)
    retired = replace(LARGE, vehicles_per_hour=7, is_active=False)
    lanes.change_lane(session, lane_id, retired, seen=fingerprint(LARGE), actor=planner, now=NOW)

    assert (added.facts, added.site_id) == (LARGE, place)
    assert (entry.act, entry.object_kind, entry.object_id) == ("test lane added", "test_lane", str(lane_id))
    assert queries.lane(session, lane_id).facts == retired
    assert last_entry(session).act == "test lane changed"
    assert last_entry(session).before == {"vehicles_per_hour": 6, "is_active": True}


def test_a_lane_saved_as_it_was_leaves_no_trace(session: Session, planner: Actor, place: SiteId) -> None:
    lane_id = lanes.add_lane(session, place, LARGE, actor=planner, now=NOW)

    lanes.change_lane(session, lane_id, LARGE, seen=fingerprint(LARGE), actor=planner, now=NOW)

    assert last_entry(session).act == "test lane added"


def test_two_lanes_of_a_station_cannot_have_one_name(session: Session, planner: Actor, place: SiteId) -> None:
    lane_id = lanes.add_lane(session, place, LARGE, actor=planner, now=NOW)
    other = shown(session, place).lanes[0].facts.name

    with pytest.raises(lanes.LaneNameTakenError), session.begin_nested():
        lanes.add_lane(session, place, LARGE, actor=planner, now=NOW)
    renamed = replace(LARGE, name=other)
    with pytest.raises(lanes.LaneNameTakenError), session.begin_nested():
        lanes.change_lane(session, lane_id, renamed, seen=fingerprint(LARGE), actor=planner, now=NOW)
    assert lanes.add_lane(session, factories.station(session), LARGE, actor=planner, now=NOW)


def test_a_lane_that_somebody_else_changed_is_not_overwritten(
    session: Session, planner: Actor, place: SiteId
) -> None:
    lane_id = lanes.add_lane(session, place, LARGE, actor=planner, now=NOW)
    faster = replace(LARGE, vehicles_per_hour=9)
    lanes.change_lane(session, lane_id, faster, seen=fingerprint(LARGE), actor=planner, now=NOW)

    with pytest.raises(StaleError):
        lanes.change_lane(session, lane_id, LARGE, seen=fingerprint(LARGE), actor=planner, now=NOW)


def test_a_lane_that_cannot_be_is_not_stored(session: Session, planner: Actor, place: SiteId) -> None:
    lane_id = lanes.add_lane(session, place, LARGE, actor=planner, now=NOW)
    wrong = replace(LARGE, kinds="MOTORCYCLE")

    with pytest.raises(InvalidInputError, match="kinds"):
        lanes.add_lane(session, place, wrong, actor=planner, now=NOW)
    with pytest.raises(InvalidInputError, match="kinds"):
        lanes.change_lane(session, lane_id, wrong, seen=fingerprint(LARGE), actor=planner, now=NOW)
    with pytest.raises(NotFoundError):
        lanes.change_lane(session, TestLaneId(404), LARGE, seen="", actor=planner, now=NOW)


def test_hours_are_set_in_place_of_the_old_ones_and_say_when_the_station_is_open(
    session: Session, planner: Actor, place: SiteId
) -> None:
    stations.set_hours(session, place, SATURDAY, seen=seen_hours(session, place), actor=planner, now=NOW)

    assert shown(session, place).hours == tuple(SATURDAY)
    assert shown(session, place).facts.open_weekdays == "6"
    assert last_entry(session).act == "opening hours set"
    assert last_entry(session).before["hours"]["1"] == "08:00-12:00, 14:00-17:00"
    assert last_entry(session).after == {"hours": {"6": "09:00-12:00, 14:00-16:00"}}


def test_hours_can_be_taken_away_altogether(session: Session, planner: Actor, place: SiteId) -> None:
    stations.set_hours(session, place, [], seen=seen_hours(session, place), actor=planner, now=NOW)

    assert (shown(session, place).hours, shown(session, place).facts.open_weekdays) == ((), "")


def test_hours_that_somebody_else_set_are_not_overwritten(session: Session, planner: Actor, place: SiteId) -> None:
    seen = seen_hours(session, place)
    stations.set_hours(session, place, SATURDAY, seen=seen, actor=planner, now=NOW)

    with pytest.raises(StaleError):
        stations.set_hours(session, place, [], seen=seen, actor=planner, now=NOW)


def test_hours_that_overlap_are_not_stored(session: Session, planner: Actor, place: SiteId) -> None:
    wrong = [*SATURDAY, Hours(6, time(11), time(13))]

    with pytest.raises(InvalidInputError, match="hours"):
        stations.set_hours(session, place, wrong, seen=seen_hours(session, place), actor=planner, now=NOW)


def test_prices_directions_position_and_method_are_set(session: Session, planner: Actor, place: SiteId) -> None:
    stations.set_terms(session, place, TERMS, seen=UNSET, actor=planner, now=NOW)

    assert shown(session, place).terms == TERMS
    assert shown(session, place).price("inspection_small") == 8500
    assert last_entry(session).act == "station terms changed"
    assert last_entry(session).after["method"] == "ranked"
    stations.set_terms(session, place, Terms(), seen=fingerprint(TERMS), actor=planner, now=NOW)
    assert shown(session, place).terms == Terms()
    assert "directions" in last_entry(session).before


def test_terms_that_somebody_else_changed_are_not_overwritten(
    session: Session, planner: Actor, place: SiteId
) -> None:
    stations.set_terms(session, place, TERMS, seen=UNSET, actor=planner, now=NOW)

    with pytest.raises(StaleError):
        stations.set_terms(session, place, Terms(), seen=UNSET, actor=planner, now=NOW)


def test_only_what_a_station_offers_has_a_price(session: Session, planner: Actor, place: SiteId) -> None:
    wrong = replace(TERMS, prices=(Price("inspection_large", 9000),))

    with pytest.raises(InvalidInputError, match="prices"):
        stations.set_terms(session, place, wrong, seen=UNSET, actor=planner, now=NOW)


def test_a_change_of_the_site_keeps_its_prices_and_the_weekdays_of_its_hours(
    session: Session, planner: Actor, place: SiteId
) -> None:
    stations.set_terms(session, place, TERMS, seen=UNSET, actor=planner, now=NOW)
    before = shown(session, place).facts
    offers = (Offer("inspection_small", "MINIBUS"), Offer("inspection_large"))
    wanted = replace(before, name="改名站", open_weekdays="7", offers=offers)

    service.change_site(session, place, wanted, seen=fingerprint(before), actor=planner, now=NOW)

    after = shown(session, place)
    assert after.terms == TERMS
    assert after.facts == replace(wanted, open_weekdays="12345")
    without = replace(after.facts, offers=offers[1:])
    service.change_site(session, place, without, seen=fingerprint(after.facts), actor=planner, now=NOW)
    assert shown(session, place).terms == replace(TERMS, prices=())


def test_who_runs_a_station_changes_none_of_it(session: Session, place: SiteId) -> None:
    operator = factories.account(session, Role.STATION, site_id=place)
    (lane,) = shown(session, place).lanes

    with pytest.raises(NotAllowedError):
        lanes.add_lane(session, place, LARGE, actor=operator, now=NOW)
    with pytest.raises(NotAllowedError):
        lanes.change_lane(session, lane.id, LARGE, seen=fingerprint(lane.facts), actor=operator, now=NOW)
    with pytest.raises(NotAllowedError):
        stations.set_hours(session, place, [], seen=seen_hours(session, place), actor=operator, now=NOW)
    with pytest.raises(NotAllowedError):
        stations.set_terms(session, place, TERMS, seen=UNSET, actor=operator, now=NOW)


def test_an_imported_station_is_given_its_lanes_once(session: Session, planner: Actor) -> None:
    lists.import_sites(session, HEADER + LISTED, actor=planner, now=NOW)
    place = queries.site_by_code(session, "4408-J-90").id
    again = lists.import_sites(session, HEADER + LISTED, actor=planner, now=NOW)
    more = lists.import_sites(session, HEADER + LISTED.replace(",2,12", ",5,20"), actor=planner, now=NOW)

    made = [lane.facts for lane in shown(session, place).lanes]
    assert made == [LaneFacts(f"{number}号线", "inspection_small", 12) for number in (1, 2)]
    assert (again, more) == (lists.Imported(0, 0), lists.Imported(0, 1))
    assert shown(session, place).facts.lanes == 5


def test_a_known_station_without_lanes_is_given_them_by_the_list(session: Session, planner: Actor) -> None:
    lists.import_sites(session, HEADER + LISTED, actor=planner, now=NOW)
    place = queries.site_by_code(session, "4408-J-90").id
    session.query(TestLane).delete()

    assert lists.import_sites(session, HEADER + LISTED, actor=planner, now=NOW) == lists.Imported(0, 1)
    assert len(shown(session, place).lanes) == 2


@pytest.mark.parametrize("rest", ["exams,霞山区,测试路2号,,2,12", "inspections,霞山区,测试路2号,,2,0"])
def test_no_lanes_are_made_for_exam_sites_or_without_a_rate(session: Session, planner: Actor, rest: str) -> None:
    lists.import_sites(session, f"{HEADER}4408-J-91,某地,{rest}\n", actor=planner, now=NOW)

    assert session.scalars(select(TestLane)).all() == []


BREACHES = {
    "ck_site_latitude_on_earth": update(Site).values(latitude=90_000_001, longitude=0),
    "ck_site_longitude_on_earth": update(Site).values(latitude=0, longitude=-180_000_001),
    "ck_site_position_whole": update(Site).values(latitude=1),
    "ck_site_method_known": update(Site).values(method="auction"),
    "ck_site_service_price_not_negative": update(SiteService).values(price_fen=-1),
    "ck_site_hours_weekday_iso": update(SiteHours).where(SiteHours.weekday == 1).values(weekday=8),
    "ck_site_hours_opens_before_it_closes": update(SiteHours).values(closes=SiteHours.opens),
    "ck_test_lane_rate_positive": update(TestLane).values(vehicles_per_hour=0),
    "ck_lane_outage_times_in_order": update(LaneOutage).values(ends_at=LaneOutage.starts_at),
    "ck_lane_outage_ended_after_announced": update(LaneOutage).values(ended_at=NOW.replace(year=2025)),
}


@pytest.mark.parametrize("name", BREACHES)
def test_the_database_keeps_what_the_rules_ask_for(session: Session, place: SiteId, name: str) -> None:
    (lane,) = shown(session, place).lanes
    session.add(LaneOutage(lane_id=lane.id, starts_at=NOW, reason="检修", announced_at=NOW))
    session.flush()

    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.execute(BREACHES[name])

    assert constraint_name(refused.value) == name
