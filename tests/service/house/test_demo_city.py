"""The demo city's second half: stations in motion and the named owners, each as the printed sign-ins promise."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import func, select

from booking.accounts import queries as accounts
from booking.allotment.models.requests import Request, RequestState
from booking.attendance.models import Visit, VisitState
from booking.bookings.models import Booking, BookingState
from booking.demo.build import build_demo
from booking.demo.documents import invented_phone
from booking.demo.owners import AGENT, ASKING, FAILED, FIRST_PHONE, HELD, MARK_ONLY, OVERDUE
from booking.demo.signins import OWNER, Login, sign_ins_in_words
from booking.demo.stations import PILOT, STATIONS
from booking.inspections.models import Reminder
from booking.inspections.queries.vehicles import ShownVehicle, garage
from booking.inspections.rules.due import DueStanding, State
from booking.inspections.rules.periods import Step
from booking.invariants import asking as invariants
from booking.kernel.actors import SYSTEM
from booking.kernel.calendar import local_day
from booking.kernel.db import Sessions, make_engine, reading, unit_of_work
from booking.kernel.secrets import Keyring
from booking.policies import service as policies
from booking.sites import queries as sites
from booking.slots.models import Hold, HoldPurpose, Quota, Slot
from tests.conftest import NOW

VEHICLES = 40
TODAY = local_day(NOW)
ENDED = (VisitState.PASSED, VisitState.FAILED)


@dataclass(frozen=True, slots=True)
class Built:
    """A city that was built, and the sign-ins that came of it."""

    sessions: Sessions
    logins: list[Login]

    def vehicles(self, number: int) -> list[ShownVehicle]:
        """Return the vehicles of a named owner."""
        with reading(self.sessions) as session:
            (person,) = accounts.find_people(session, phone_of(number))
            return list(garage(session, person.person_id, now=NOW))

    def states_today(self) -> Counter[str]:
        """Count today's visits at the first station by their state."""
        with reading(self.sessions) as session:
            here = sites.site_by_code(session, PILOT.place.code).id
            states = session.scalars(select(Visit.state).where(Visit.site_id == here, Visit.day == TODAY))
            return Counter(state.value for state in states)

    def counts(self) -> dict[str, int]:
        """Count what inspections have left behind."""
        kinds = {
            "visits": select(Visit.kind, Visit.state, func.count()).group_by(Visit.kind, Visit.state),
            "bookings": select(Booking.channel, Booking.state, func.count())
            .where(Booking.line == "inspections")
            .group_by(Booking.channel, Booking.state),
            "holds": select(Hold.purpose, Hold.state, func.count()).group_by(Hold.purpose, Hold.state),
            "reminders": select(Reminder.days_before, Reminder.hold_id.is_(None), func.count()).group_by(
                Reminder.days_before, Reminder.hold_id.is_(None)
            ),
            "slots": select(Slot.line, Slot.service, func.count()).group_by(Slot.line, Slot.service),
        }
        with reading(self.sessions) as session:
            return {
                f"{name} {first} {second}": number
                for name, query in kinds.items()
                for first, second, number in session.execute(query)
            }


def phone_of(number: int) -> str:
    return invented_phone(FIRST_PHONE + number + 1)


def standing_of(vehicle: ShownVehicle) -> DueStanding:
    assert vehicle.standing is not None
    return vehicle.standing


def build(template: Path, path: Path, keyring: Keyring) -> Built:
    copy(template, path)
    sessions = Sessions(make_engine(f"sqlite:///{path}"), keyring)
    with unit_of_work(sessions) as session:
        policies.seed_calendar(session, [2026], actor=SYSTEM, now=NOW)
    logins = build_demo(sessions, NOW, learners=0, vehicles=VEHICLES, echo=lambda line: None)
    sessions.engine.dispose()
    return Built(sessions, logins)


@pytest.fixture(scope="module")
def city(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[Built]:
    built = build(sqlite_template, tmp_path_factory.mktemp("city") / "booking.db", keyring)
    yield built
    built.sessions.engine.dispose()


def test_no_invariant_is_broken(city: Built) -> None:
    with reading(city.sessions) as session:
        broken = [finding for finding in invariants.findings(session, now=NOW) if finding.count]

    assert broken == []


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


def test_the_file_of_sign_ins_tells_owners_from_learners_and_has_an_operator_for_each_station(city: Built) -> None:
    rows = Counter(role for _, _, role, _ in city.logins)
    words = sign_ins_in_words(TODAY)

    assert rows["station"] == len(STATIONS)
    assert rows[OWNER] >= VEHICLES // 2
    assert "applicant" not in rows
    assert phone_of(HELD) in words
    assert words.count("station:") == len(STATIONS)


def test_two_builds_at_the_same_hour_are_alike(
    city: Built, sqlite_template: Path, tmp_path: Path, keyring: Keyring
) -> None:
    other = build(sqlite_template, tmp_path / "booking.db", keyring)

    assert other.counts() == city.counts()
    assert other.states_today() == city.states_today()
    other.sessions.engine.dispose()
