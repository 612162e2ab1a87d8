"""A passed line test renews the mark: once, when it can no longer be taken back, by the periods of the law."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from sqlalchemy import func, select

from booking.attendance.jobs import keep_days
from booking.attendance.queries.settings import day_settings
from booking.attendance.service.arrivals import Arrival, arrive
from booking.attendance.service.calls import call_next, start
from booking.attendance.service.results import record_result
from booking.inspections.holders import holder_of
from booking.inspections.jobs import remind_owners, renew_marks
from booking.inspections.line import INSPECTIONS
from booking.inspections.models import Renewal, Vehicle
from booking.inspections.service.plated import find_or_add_walk_in
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, VehicleId
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import applicant, person_of
from tests.service.inspections.town import station, told

SERVICE = "inspection_small"
SETTLED = NOW + timedelta(minutes=20)
DUE = date(2026, 12, 31)


def operator(sessions: Sessions, site_id: SiteId) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.STATION, site_id=site_id)


def car(sessions: Sessions) -> VehicleId:
    """Add a car of 2010, which is tested each year by the end of December."""
    owner = applicant(sessions)
    with unit_of_work(sessions) as session:
        return factories.vehicle(
            session, person_id=person_of(owner), registered_on=date(2010, 12, 20), valid_until=DUE
        )


def drive_in(sessions: Sessions, vehicle_id: VehicleId, *, passed: bool = True) -> None:
    """Let the car come without a booking, be called, tested, and pass or fail."""
    site_id = station(sessions)
    actor = operator(sessions, site_id)
    with unit_of_work(sessions) as session:
        settings = day_settings(session, INSPECTIONS.key, NOW.date())
        arrival = Arrival(holder_of(vehicle_id), SERVICE)
        visit = arrive(session, site_id, arrival, settings=settings, actor=actor, now=NOW)
        call_next(session, site_id, "1", actor=actor, now=NOW)
        start(session, visit.id, actor=actor, now=NOW)
        record_result(session, visit.id, passed, actor=actor, now=NOW)


def settle(sessions: Sessions) -> None:
    keep_days(sessions, INSPECTIONS, SETTLED)


def valid_until(sessions: Sessions, vehicle_id: VehicleId) -> date | None:
    with reading(sessions) as session:
        return session.get_one(Vehicle, vehicle_id).valid_until


def test_a_passed_test_renews_the_mark_once(sessions: Sessions) -> None:
    vehicle_id = car(sessions)
    drive_in(sessions, vehicle_id)
    settle(sessions)

    assert [renew_marks(sessions, SETTLED) for _ in range(2)] == [1, 0]

    assert valid_until(sessions, vehicle_id) == date(2027, 12, 31)
    (text,) = told(sessions, "inspection_passed")
    assert "2027年12月31日" in text


def test_a_result_that_can_still_be_taken_back_renews_nothing(sessions: Sessions) -> None:
    vehicle_id = car(sessions)
    drive_in(sessions, vehicle_id)

    assert renew_marks(sessions, NOW) == 0
    assert valid_until(sessions, vehicle_id) == DUE


def test_a_failed_test_renews_nothing(sessions: Sessions) -> None:
    vehicle_id = car(sessions)
    drive_in(sessions, vehicle_id, passed=False)
    settle(sessions)

    assert renew_marks(sessions, SETTLED) == 0
    assert valid_until(sessions, vehicle_id) == DUE


def test_a_car_of_which_only_the_plate_is_known_is_left_as_it_is(sessions: Sessions) -> None:
    actor = operator(sessions, station(sessions))
    with unit_of_work(sessions) as session:
        vehicle_id = find_or_add_walk_in(session, "02", "粤G0T001", "small_passenger", actor=actor, now=NOW)
    drive_in(sessions, vehicle_id)
    settle(sessions)

    assert [renew_marks(sessions, SETTLED) for _ in range(2)] == [1, 0]
    assert (valid_until(sessions, vehicle_id), told(sessions, "inspection_passed")) == (None, [])


def test_nobody_is_reminded_of_the_mark_that_was_renewed(sessions: Sessions) -> None:
    vehicle_id = car(sessions)
    drive_in(sessions, vehicle_id)
    settle(sessions)
    renew_marks(sessions, SETTLED)

    assert sum(remind_owners(sessions, NOW + timedelta(days=days)) for days in range(38)) == 0


def test_two_processes_renew_one_mark_once(sessions: Sessions) -> None:
    vehicle_id = car(sessions)
    drive_in(sessions, vehicle_id)
    settle(sessions)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: renew_marks(sessions, SETTLED), range(4)))

    assert sum(done) == 1
    assert valid_until(sessions, vehicle_id) == date(2027, 12, 31)
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Renewal)) == 1
