"""Arrival: the number of the day, the booking that becomes attended, and what is refused."""

from datetime import date

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from booking.attendance.models import Visit, VisitDay, VisitKind, VisitState
from booking.attendance.service import arrivals, results
from booking.attendance.service.arrivals import Arrival, NothingToRepeatError, WrongDayError, WrongSiteError
from booking.attendance.service.steps import AlreadyHereError
from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, conflicts_as, constraint_name, reading, unit_of_work
from booking.kernel.errors import InvalidStateError, NotAllowedError, NotFoundError
from booking.kernel.ids import BookingId, Holder, VisitId
from tests import factories
from tests.service.attendance.station import DAY, SERVICE, SETTINGS, Station, at

TOMORROW = date(2026, 11, 25)


def test_numbers_count_from_one_at_each_site_and_on_each_day(sessions: Sessions) -> None:
    here, there = Station(sessions), Station(sessions)

    assert [here.arrive(f"car:{n}", "08:00").number for n in range(3)] == [1, 2, 3]
    assert there.arrive("car:8", "08:00").number == 1
    assert here.arrive("car:9", "08:00", TOMORROW).number == 1


def test_a_refused_arrival_uses_no_number(sessions: Sessions) -> None:
    station = Station(sessions)
    station.arrive("car:1", "08:00")

    with pytest.raises(AlreadyHereError):
        station.arrive("car:1", "08:05")

    assert station.arrive("car:2", "08:06").number == 2


def test_a_booked_car_on_time_is_booked_and_its_booking_attended(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00")

    visit = station.arrive("car:1", "09:50", booking_id=booking_id)

    assert (visit.kind, visit.on_time, visit.state) == (VisitKind.BOOKED, True, VisitState.WAITING)
    assert (visit.window_starts_at, visit.window_ends_at) == (at("10:00"), at("11:00"))
    assert station.booking(booking_id) is BookingState.ATTENDED
    assert station.acts("booking") == ["booking attended"]
    assert station.acts("visit") == ["visit arrived"]


def test_a_booking_for_here_and_today_is_found_where_nobody_asks_for_it(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00")

    assert station.arrive("car:1", "09:50").booking_id == booking_id


@pytest.mark.parametrize(("clock", "expected"), [("10:59", True), ("11:00", False), ("11:20", False)])
def test_a_booked_car_is_late_when_its_window_is_over(sessions: Sessions, clock: str, expected: bool) -> None:
    station = Station(sessions)
    station.booked("car:1", "10:00")

    assert station.arrive("car:1", clock).on_time is expected


def test_a_car_with_a_booking_for_another_day_is_a_walk_in_and_keeps_its_booking(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00", TOMORROW)

    assert station.arrive("car:1", "09:50").kind is VisitKind.WALK_IN
    assert station.booking(booking_id) is BookingState.CONFIRMED


def test_a_booking_of_another_day_site_or_holder_is_refused(sessions: Sessions) -> None:
    here, there = Station(sessions), Station(sessions)
    tomorrow = here.booked("car:1", "10:00", TOMORROW)
    elsewhere = there.booked("car:2", "10:00")

    with pytest.raises(WrongDayError):
        here.arrive("car:1", "10:00", booking_id=tomorrow)
    with pytest.raises(WrongSiteError):
        here.arrive("car:2", "10:00", booking_id=elsewhere)
    with pytest.raises(NotFoundError):
        there.arrive("car:3", "10:00", booking_id=elsewhere)
    with pytest.raises(NotFoundError):
        there.arrive("car:3", "10:00", booking_id=BookingId(999))

    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Visit)) == 0
        assert session.scalar(select(func.count()).select_from(VisitDay)) == 0


def test_a_booking_that_is_over_brings_nobody_in(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00")
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).values(state=BookingState.ABSENT, ended_at=at("11:30")))

    with pytest.raises(InvalidStateError):
        station.arrive("car:1", "11:40", booking_id=booking_id)

    assert station.arrive("car:1", "11:40").kind is VisitKind.WALK_IN


def test_a_holder_is_at_one_place_at_a_time(sessions: Sessions) -> None:
    here, there = Station(sessions), Station(sessions)
    visit = here.arrive("car:1", "08:00")

    with pytest.raises(AlreadyHereError):
        there.arrive("car:1", "08:10")

    here.leave(visit, "08:20")
    assert there.arrive("car:1", "08:30").number == 1


@pytest.mark.parametrize("role", [Role.COUNTER, Role.SUPERVISOR, Role.APPLICANT, Role.ADMINISTRATOR])
def test_only_operators_record_arrivals(sessions: Sessions, role: Role) -> None:
    station = Station(sessions)
    with unit_of_work(sessions) as session:
        station.operator = factories.account(session, role)

    with pytest.raises(NotAllowedError):
        station.arrive("car:1", "08:00")


def test_operators_act_at_their_own_site_only(sessions: Sessions) -> None:
    here, there = Station(sessions), Station(sessions)
    visit = here.arrive("car:1", "08:00")
    here.operator, own = there.operator, here.operator

    with pytest.raises(NotAllowedError):
        here.arrive("car:2", "08:00")
    with pytest.raises(NotAllowedError):
        here.call("08:05")
    with pytest.raises(NotAllowedError):
        here.leave(visit, "08:05")
    with pytest.raises(NotAllowedError):
        here.start(visit, "08:05")

    here.operator = own
    assert here.called("08:05") == "car:1"


def test_a_failed_car_comes_again_within_its_case(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00")
    first = station.tested("car:1", "10:00", False)

    again = station.arrive("car:1", "10:05", reinspection_of=first.id)

    assert (again.kind, again.first_visit_id, again.on_time) == (VisitKind.REINSPECTION, first.id, False)
    # Whoever comes again has taken note of the result: it is final, though it could still have been undone.
    assert station.booking(booking_id) is BookingState.FAILED
    assert station.seen(first.id).settled_at == at("10:05")


def test_a_third_visit_belongs_to_the_first(sessions: Sessions) -> None:
    station = Station(sessions)
    first = station.tested("car:1", "10:00", False)
    second = station.tested("car:1", "10:30", False, reinspection_of=first.id)

    third = station.arrive("car:1", "11:00", reinspection_of=second.id)

    assert third.first_visit_id == first.id
    with pytest.raises(AlreadyHereError):
        station.arrive("car:1", "11:01", reinspection_of=first.id)


def test_a_booked_re_inspection_has_its_window(sessions: Sessions) -> None:
    station = Station(sessions)
    first = station.tested("car:1", "10:00", False)
    with unit_of_work(sessions) as session:
        assert results.settle_results_of(session, Holder("car:1"), actor=SYSTEM, now=at("10:02")) == 1
    booking_id = station.booked("car:1", "14:00")

    again = station.arrive("car:1", "13:50", reinspection_of=first.id)

    assert (again.kind, again.booking_id, again.on_time) == (VisitKind.REINSPECTION, booking_id, True)


def test_only_a_failed_case_goes_on_and_only_for_its_own_holder(sessions: Sessions) -> None:
    station = Station(sessions)
    passed, failed = station.tested("car:1", "10:00", True), station.tested("car:2", "10:01", False)

    with pytest.raises(NothingToRepeatError):
        station.arrive("car:1", "10:10", reinspection_of=passed.id)
    with pytest.raises(NotFoundError):
        station.arrive("car:3", "10:10", reinspection_of=failed.id)
    with pytest.raises(NotFoundError):
        station.arrive("car:3", "10:10", reinspection_of=VisitId(999))


def refused(sessions: Sessions, statement: str) -> str:
    """Return the name of what refuses a statement; "" if nothing does. Nothing is kept."""
    connection = sessions.engine.connect()
    try:
        connection.execute(text(statement))
    except IntegrityError as failure:
        return constraint_name(failure)
    finally:
        connection.close()  # rolls back
    return ""


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("DELETE FROM visit", "kept_visit"),
        ("DELETE FROM visit_day", "kept_visit_day"),
        ("UPDATE visit SET number = 7", "visit_identity"),
        ("UPDATE visit SET holder = 'car:2'", "visit_identity"),
        ("UPDATE visit SET on_time = NOT on_time", "visit_identity"),
        ("UPDATE visit SET state = 'in_test'", "visit_step"),
        ("UPDATE visit SET state = 'called'", "ck_visit_state_whole"),
        ("UPDATE visit SET post = '1'", "ck_visit_call_whole"),
        ("UPDATE visit SET queued_at = '2020-01-01 00:00:00+00:00', missed_calls = 1", "ck_visit_times_in_order"),
        ("UPDATE visit SET queued_at = '2030-01-01 00:00:00+00:00'", "ck_visit_place_in_queue"),
        ("UPDATE visit_day SET last_number = 7", "visit_day_counts_on"),
        ("UPDATE visit_day SET last_number = 0", "visit_day_counts_on"),
    ],
)
def test_the_database_keeps_visits_as_they_were_recorded(sessions: Sessions, statement: str, guard: str) -> None:
    Station(sessions).arrive("car:1", "08:00")

    assert refused(sessions, statement) == guard


def test_a_settled_result_is_frozen_in_the_database(sessions: Sessions) -> None:
    station = Station(sessions)
    visit = station.tested("car:1", "10:00", True)
    with unit_of_work(sessions) as session:
        results.settle_result(session, visit.id, actor=SYSTEM, now=at("10:10"))

    assert refused(sessions, "UPDATE visit SET state = 'in_test', ended_at = NULL") == "settled_visit"


def test_the_same_booking_twice_is_told_by_the_database(sessions: Sessions) -> None:
    station = Station(sessions)
    station.booked("car:1", "10:00")
    visit = station.arrive("car:1", "10:00")
    station.leave(visit, "10:05")

    row = {name: getattr(visit, name) for name in type(visit).__dataclass_fields__ if name != "id"}

    with pytest.raises(AlreadyHereError), conflicts_as(arrivals.CONFLICTS), unit_of_work(sessions) as session:
        session.add(Visit(**{**row, "number": 2, "recorded_by": None}))


def test_the_system_may_record_an_arrival(sessions: Sessions) -> None:
    station = Station(sessions)
    actor: Actor = SYSTEM

    with unit_of_work(sessions) as session:
        arrival = Arrival(Holder("car:1"), SERVICE)
        arrivals.arrive(session, station.site_id, arrival, settings=SETTINGS, actor=actor, now=at("08:00", DAY))
