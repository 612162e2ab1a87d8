"""The demo city's second half: stations in motion and the named owners, each as the printed sign-ins promise."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from booking.allotment.models.requests import Request, RequestState
from booking.attendance.models import Visit, VisitState
from booking.bookings.models import Booking, BookingState
from booking.demo.owners import AGENT, ASKING, FAILED, HELD, MARK_ONLY, OVERDUE
from booking.demo.signins import OWNER, sign_ins_in_words
from booking.demo.stations import PILOT, STATIONS
from booking.inspections.queries.vehicles import ShownVehicle
from booking.inspections.rules.due import DueStanding, State
from booking.inspections.rules.periods import Step
from booking.kernel.db import reading
from booking.slots.models import HoldPurpose, Quota, Slot
from tests.conftest import NOW
from tests.pages.city import LEARNERS, VEHICLES
from tests.service.house.built import TODAY, Built, phone_of

ENDED = (VisitState.PASSED, VisitState.FAILED)


def standing_of(vehicle: ShownVehicle) -> DueStanding:
    assert vehicle.standing is not None
    return vehicle.standing


@pytest.fixture
def city(sqlite_city: Built) -> Built:
    return sqlite_city


def test_an_owner_has_a_place_that_the_reminder_holds(city: Built) -> None:
    (vehicle,) = city.vehicles(HELD)

    assert (standing_of(vehicle).due_on - TODAY).days == 25
    assert vehicle.held is not None
    assert vehicle.held.purpose is HoldPurpose.REMINDER


def test_the_oldest_owner_is_overdue(city: Built) -> None:
    (vehicle,) = city.vehicles(OVERDUE)

    assert standing_of(vehicle).state is State.OVERDUE
    assert vehicle.booking is None


def test_a_young_car_needs_its_mark_only(city: Built) -> None:
    (vehicle,) = city.vehicles(MARK_ONLY)

    assert (standing_of(vehicle).state, standing_of(vehicle).step) == (State.OPEN, Step.MARK_ONLY)


def test_an_agent_acts_for_the_six_vehicles_of_a_company(city: Built) -> None:
    fleet = city.vehicles(AGENT)

    assert len(fleet) == 6
    assert all(vehicle.owner_is_company for vehicle in fleet)
    assert {standing_of(vehicle).state for vehicle in fleet} == {State.OPEN, State.OVERDUE, State.NOT_YET}


def test_the_car_that_failed_yesterday_has_a_place_for_its_re_inspection(city: Built) -> None:
    (vehicle,) = city.vehicles(FAILED)

    assert vehicle.booking is None
    assert vehicle.held is not None
    assert vehicle.held.purpose is HoldPurpose.REINSPECTION


def test_an_owner_has_asked_in_a_round_that_still_collects(city: Built) -> None:
    (vehicle,) = city.vehicles(ASKING)

    with reading(city.sessions) as session:
        mine = Request.holder == f"vehicle:{vehicle.vehicle_id}"
        states = session.scalars(select(Request.state).where(mine)).all()
    assert states == [RequestState.LIVE]


def test_a_morning_is_in_motion_at_the_first_station(city: Built) -> None:
    states = city.states_today()

    assert states["in_test"] == len(PILOT.lanes)
    assert states["called"] == 1
    assert states["passed"] + states["failed"] >= 1
    with reading(city.sessions) as session:
        to_come = select(func.count()).select_from(Booking).join(Slot, Slot.id == Booking.slot_id)
        here = (Slot.day == TODAY, Booking.state == BookingState.CONFIRMED, Slot.ends_at > NOW)
        assert session.scalar(to_come.where(*here, Slot.line == "inspections"))


def test_some_cars_have_passed_some_have_failed_and_some_stayed_away(city: Built) -> None:
    with reading(city.sessions) as session:
        before = select(Visit.state).where(Visit.day < TODAY)
        states = Counter(session.scalars(before))
        absent = session.scalar(select(func.count()).where(Booking.state == BookingState.ABSENT))

    assert states[VisitState.PASSED] > states[VisitState.FAILED] >= 1
    assert set(states) == set(ENDED)
    assert absent


def test_an_outage_to_come_keeps_seats_off_sale(city: Built) -> None:
    with reading(city.sessions) as session:
        blocked = session.scalar(select(func.sum(Quota.blocked)))

    assert blocked


def test_the_file_of_sign_ins_tells_owners_from_learners_and_has_an_operator_for_each_station(
    postgresql_city: Built,
) -> None:
    rows = Counter(role for _, _, role, _ in postgresql_city.logins)
    words = sign_ins_in_words(TODAY)

    assert rows["station"] == len(STATIONS)
    assert rows[OWNER] >= VEHICLES // 2
    assert rows["applicant"] == LEARNERS
    assert phone_of(HELD) in words
    assert words.count("station:") == len(STATIONS)


def test_two_builds_at_the_same_hour_are_alike_on_either_database(sqlite_city: Built, postgresql_city: Built) -> None:
    assert postgresql_city.counts() == sqlite_city.counts()
    assert postgresql_city.states_today() == sqlite_city.states_today()
