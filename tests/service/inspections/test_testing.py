"""Test lanes: each calls what it can test, none that is out of service calls, and a booked re-inspection stands."""

from datetime import date, time, timedelta

import pytest

from booking.attendance.queries.visits import VisitRow, visit_shown
from booking.attendance.service import calls
from booking.attendance.service.results import ResultFinalError
from booking.inspections.holders import vehicle_of
from booking.inspections.queries.station_day import public_day, station_day
from booking.inspections.service.gate import NotInspectedHereError, admit
from booking.inspections.service.outages import announce_outage
from booking.inspections.service.testing import LaneOutOfServiceError, call_to_lane, fail, undo_result
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import SiteId, TestLaneId, VehicleId
from tests import factories
from tests.conftest import NOW

TODAY = date(2026, 11, 24)


class Works:
    """A station for large vehicles with a lane for trucks alone and a lane for all."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        with unit_of_work(sessions) as session:
            self.site_id: SiteId = factories.station(session, lanes=(("inspection_large", 6),))
            self.trucks = factories.station_lane(
                session, self.site_id, name="货车线", service="inspection_large", kinds="TRUCK", vehicles_per_hour=6
            )
            self.operator: Actor = factories.account(session, Role.STATION, site_id=self.site_id)

    def car(self, kind: str) -> VehicleId:
        with unit_of_work(self.sessions) as session:
            return factories.vehicle(session, kind=kind, person_id=factories.account(session).person_id)

    def admit(self, kind: str) -> VisitRow:
        car = self.car(kind)
        with unit_of_work(self.sessions) as session:
            return admit(session, self.site_id, car, actor=self.operator, now=NOW)

    def call(self, lane_id: TestLaneId) -> VisitRow | None:
        with unit_of_work(self.sessions) as session:
            return call_to_lane(session, self.site_id, lane_id, actor=self.operator, now=NOW)

    def failed(self, visit: VisitRow) -> None:
        self.call(self.trucks)
        with unit_of_work(self.sessions) as session:
            calls.start(session, visit.id, actor=self.operator, now=NOW)
        with unit_of_work(self.sessions) as session:
            fail(session, visit.id, actor=self.operator, now=NOW)


@pytest.fixture
def works(sessions: Sessions) -> Works:
    return Works(sessions)


def test_a_lane_calls_the_first_that_it_can_test(works: Works) -> None:
    bus, truck = works.admit("large_passenger"), works.admit("truck")

    called = works.call(works.trucks)

    assert called is not None
    assert (called.id, called.post) == (truck.id, "货车线")
    with reading(works.sessions) as session:
        assert visit_shown(session, bus.id).state == "waiting"


def test_a_lane_without_anybody_that_it_can_test_calls_nobody(works: Works) -> None:
    works.admit("large_passenger")

    assert works.call(works.trucks) is None


def test_a_lane_out_of_service_calls_nobody_and_counts_for_no_wait(works: Works) -> None:
    works.admit("truck")
    with unit_of_work(works.sessions) as session:
        announce_outage(
            session, works.trucks, at_local(TODAY, time(9)), None, reason="检修", actor=works.operator, now=NOW
        )

    with pytest.raises(LaneOutOfServiceError):
        works.call(works.trucks)
    with reading(works.sessions) as session:
        day = station_day(session, works.site_id, now=NOW)
        waits = public_day(session, works.site_id, now=NOW).queue.walk_in_waits
    assert [lane.can_call for lane in day.lanes if lane.lane.id == works.trucks] == [False]
    assert waits == {"inspection_large": timedelta(minutes=10)}  # one lane of six an hour, one in front


def test_a_lane_of_another_station_is_not_found(works: Works) -> None:
    other = Works(works.sessions)

    with pytest.raises(NotFoundError):
        works.call(other.trucks)


def test_a_car_that_no_lane_tests_is_not_admitted(works: Works) -> None:
    with pytest.raises(NotInspectedHereError):
        works.admit("small_passenger")


def test_a_car_that_nobody_knows_is_not_found(works: Works) -> None:
    with pytest.raises(NotFoundError), unit_of_work(works.sessions) as session:
        admit(session, works.site_id, VehicleId(999), actor=works.operator, now=NOW)


def test_a_fail_stands_once_its_re_inspection_is_booked(works: Works) -> None:
    visit = works.admit("truck")
    works.failed(visit)
    with unit_of_work(works.sessions) as session:
        slot_id = factories.slot(
            session, line="inspections", service="inspection_large", site_id=works.site_id, starts=time(9)
        )
        booker = factories.account(session)
        factories.booking_row(session, booker, slot_id, at=NOW, held_by=visit.holder)

    with pytest.raises(ResultFinalError), unit_of_work(works.sessions) as session:
        undo_result(session, visit.id, actor=works.operator, now=NOW + timedelta(minutes=1))


def test_a_car_that_failed_long_ago_is_inspected_anew(works: Works) -> None:
    visit = works.admit("truck")
    works.failed(visit)
    later = NOW + timedelta(days=31)

    with unit_of_work(works.sessions) as session:
        anew = admit(session, works.site_id, vehicle_of(visit.holder), actor=works.operator, now=later)

    assert (anew.holder, anew.kind) == (visit.holder, "walk_in")
