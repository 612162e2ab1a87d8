"""Results: undone while they may be, settled once, and never lost."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from booking.attendance import jobs
from booking.attendance.models import VisitState
from booking.attendance.queries.settings import day_settings
from booking.attendance.queries.visits import VisitRow, case_of, visits_of
from booking.attendance.service import results
from booking.attendance.service.results import ResultFinalError
from booking.attendance.service.steps import AlreadyHereError
from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidStateError
from booking.kernel.ids import BookingId, Holder
from tests import factories
from tests.service.attendance.station import CARS, DAY, Station, at


def with_result(station: Station, *, passed: bool) -> tuple[BookingId, VisitRow]:
    """Let a booked car have its result at 10:00."""
    booking_id = station.booked("car:1", "10:00")
    return booking_id, station.tested("car:1", "10:00", passed)


@pytest.mark.parametrize(("passed", "expected"), [(True, BookingState.PASSED), (False, BookingState.FAILED)])
def test_a_result_stands_at_once_and_comes_to_the_booking_when_it_can_no_longer_be_undone(
    sessions: Sessions, passed: bool, expected: BookingState
) -> None:
    station = Station(sessions)
    booking_id, visit = with_result(station, passed=passed)

    assert visit.state.value == expected.value
    assert jobs.settle_results_due(sessions, CARS, at("10:09")) == 0
    assert station.booking(booking_id) is BookingState.ATTENDED

    assert jobs.settle_results_due(sessions, CARS, at("10:10")) == 1
    assert jobs.settle_results_due(sessions, CARS, at("10:10")) == 0
    assert station.booking(booking_id) is expected
    assert station.acts("booking") == ["booking attended", f"booking {expected}"]
    assert station.acts("visit")[-1] == "result settled"


def test_results_wait_for_a_scheduler_that_was_dead_for_days(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id, _ = with_result(station, passed=True)

    assert jobs.keep_days(sessions, CARS, at("09:00") + timedelta(days=9)) == 1
    assert station.booking(booking_id) is BookingState.PASSED


def test_a_wrong_button_is_put_right_within_the_time_for_it(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id, visit = with_result(station, passed=False)

    station.undo(visit, "10:09")
    assert station.seen(visit.id).state is VisitState.IN_TEST
    station.result(visit, True, "10:09")

    assert jobs.settle_results_due(sessions, CARS, at("10:10")) == 0  # the time runs from the new result
    assert jobs.settle_results_due(sessions, CARS, at("10:19")) == 1
    assert station.booking(booking_id) is BookingState.PASSED
    assert "result undone" in station.acts("visit")


def test_a_result_is_final_when_the_time_is_over_whether_the_scheduler_lives_or_not(sessions: Sessions) -> None:
    station = Station(sessions)
    _, visit = with_result(station, passed=True)

    with pytest.raises(ResultFinalError):
        station.undo(visit, "10:10")


def test_a_result_that_was_acted_upon_is_final_at_once(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id, visit = with_result(station, passed=False)
    with unit_of_work(sessions) as session:
        assert results.settle_results_of(session, Holder("car:1"), actor=SYSTEM, now=at("10:01")) == 1
        assert results.settle_results_of(session, Holder("car:1"), actor=SYSTEM, now=at("10:01")) == 0

    with pytest.raises(ResultFinalError):
        station.undo(visit, "10:02")

    assert station.booking(booking_id) is BookingState.FAILED
    station.booked("car:1", "14:00")  # the place for the re-inspection can be taken


def test_a_result_cannot_be_undone_once_the_car_stands_in_another_queue(sessions: Sessions) -> None:
    here, there = Station(sessions), Station(sessions)
    visit = here.tested("car:1", "10:00", True)
    there.arrive("car:1", "10:05")

    with pytest.raises(AlreadyHereError):
        here.undo(visit, "10:06")

    assert here.seen(visit.id).state is VisitState.PASSED


def test_only_a_result_can_be_undone(sessions: Sessions) -> None:
    station = Station(sessions)
    visit = station.arrive("car:1", "10:00")

    with pytest.raises(InvalidStateError):
        station.undo(visit, "10:01")


def test_a_booking_that_the_office_cancelled_meanwhile_stays_so_and_the_visit_keeps_its_result(
    sessions: Sessions,
) -> None:
    station = Station(sessions)
    booking_id, visit = with_result(station, passed=True)
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).values(state=BookingState.CANCELLED_BY_OFFICE, ended_at=at("10:05")))

    assert jobs.settle_results_due(sessions, CARS, at("10:30")) == 1

    assert station.booking(booking_id) is BookingState.CANCELLED_BY_OFFICE
    assert station.seen(visit.id).state is VisitState.PASSED


def test_a_case_is_shown_from_its_first_visit_on(sessions: Sessions) -> None:
    station = Station(sessions)
    first = station.tested("car:1", "10:00", False)
    station.tested("car:2", "10:05", True)
    second = station.tested("car:1", "10:30", True, reinspection_of=first.id)

    with reading(sessions) as session:
        assert [row.id for row in case_of(session, second)] == [first.id, second.id]
        assert [row.id for row in visits_of(session, Holder("car:1"))] == [second.id, first.id]


def test_the_board_knows_until_when_a_result_can_be_undone(sessions: Sessions) -> None:
    station = Station(sessions)
    _, visit = with_result(station, passed=True)

    assert visit.can_be_undone(station.settings.undo, at("10:09"))
    assert not visit.can_be_undone(station.settings.undo, at("10:10"))
    assert not station.arrive("car:2", "10:00").can_be_undone(station.settings.undo, at("10:09"))


def test_the_settings_of_a_day_are_those_of_its_line(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        factories.setting(session, "inspections.undo_minutes", "3")

        of_inspections, of_exams = (day_settings(session, line, DAY) for line in ("inspections", "exams"))

    assert of_inspections.undo == timedelta(minutes=3)
    assert of_inspections.no_show == timedelta(minutes=30)
    assert (of_exams.no_show, of_exams.undo, of_exams.grace) == (None, timedelta(minutes=10), timedelta(0))
