"""What only the counter does with vehicles: look in clear, let go for the register, give out, and keep the reason."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.inspections.models import Vehicle
from booking.inspections.service.agents import end_agency, grant_agency
from booking.inspections.service.binding import BoundToAnotherError, bind_vehicle
from booking.inspections.service.changes import change_vehicle, particulars_of
from booking.inspections.service.revealing import reveal
from booking.inspections.service.unbinding import StillBookedError, unbind_vehicle
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from booking.kernel.ids import OwnerId, PersonId, VehicleId
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import CAR, VIN, applicant, person_of


@pytest.fixture
def clerk(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.COUNTER)


def entry(sessions: Sessions, act: str) -> AuditEntry:
    """Return the one entry of an act."""
    with reading(sessions) as session:
        return session.scalars(select(AuditEntry).where(AuditEntry.act == act)).one()


def registered(sessions: Sessions, person_id: PersonId | None) -> VehicleId:
    """Add a vehicle that the register names an owner for, and nobody has bound."""
    with unit_of_work(sessions) as session:
        return factories.vehicle(session, owner_id=factories.owner(session, person_id=person_id), plate=CAR.plate)


def test_plate_and_vin_are_shown_for_a_reason_that_the_log_keeps(sessions: Sessions, clerk: Actor) -> None:
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session, plate=CAR.plate, vin=VIN)

    with unit_of_work(sessions) as session:
        clear = reveal(session, vehicle_id, reason=" 核对行驶证 ", actor=clerk, now=NOW)

    assert (clear.plate, clear.vin) == (CAR.plate, VIN)
    kept = entry(sessions, "vehicle looked up in clear")
    assert (kept.object_id, kept.reason, kept.person_id) == (str(vehicle_id), "核对行驶证", clerk.person_id)
    assert (kept.before, kept.after) == ({}, {})


def test_without_a_reason_nothing_is_shown(sessions: Sessions, clerk: Actor) -> None:
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session)

    with pytest.raises(InvalidInputError), unit_of_work(sessions) as session:
        reveal(session, vehicle_id, reason="  ", actor=clerk, now=NOW)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.PLANNER, Role.STATION])
def test_nobody_but_the_counter_looks_in_clear(sessions: Sessions, role: Role) -> None:
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session)
        who = factories.account(session, role, site_id=factories.site_for(session, role))

    with pytest.raises(NotAllowedError), unit_of_work(sessions) as session:
        reveal(session, vehicle_id, reason="好奇", actor=who, now=NOW)


def test_a_vehicle_that_is_not_there_is_not_found(sessions: Sessions, clerk: Actor) -> None:
    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        reveal(session, VehicleId(999), reason="核对行驶证", actor=clerk, now=NOW)


def _reveal(sessions: Sessions, vehicle_id: VehicleId, clerk: Actor) -> None:
    with unit_of_work(sessions) as session:
        reveal(session, vehicle_id, reason="核对行驶证", actor=clerk, now=NOW)


def _correct(sessions: Sessions, vehicle_id: VehicleId, clerk: Actor) -> None:
    with unit_of_work(sessions) as session:
        seen = particulars_of(session.get_one(Vehicle, vehicle_id))
        change_vehicle(session, vehicle_id, CAR, seen=seen, actor=clerk, now=NOW, reason="更正")


def _unbind(sessions: Sessions, vehicle_id: VehicleId, clerk: Actor) -> None:
    with unit_of_work(sessions) as session:
        unbind_vehicle(session, vehicle_id, actor=clerk, now=NOW, reason="过户")


@pytest.mark.parametrize("act", [_reveal, _correct, _unbind])
def test_a_clerks_own_vehicle_is_left_alone_even_while_nobody_has_bound_it(
    sessions: Sessions, clerk: Actor, act: Callable[[Sessions, VehicleId, Actor], None]
) -> None:
    vehicle_id = registered(sessions, person_of(clerk))

    with pytest.raises(NotAllowedError):
        act(sessions, vehicle_id, clerk)


def test_the_counter_lets_go_of_the_registers_owner_and_the_next_one_binds_with_papers(
    sessions: Sessions, clerk: Actor
) -> None:
    buyer = applicant(sessions)
    vehicle_id = registered(sessions, person_of(applicant(sessions)))
    with pytest.raises(BoundToAnotherError), unit_of_work(sessions) as session:
        bind_vehicle(session, person_of(buyer), CAR, actor=clerk, now=NOW)

    _unbind(sessions, vehicle_id, clerk)
    with unit_of_work(sessions) as session:
        done = bind_vehicle(session, person_of(buyer), CAR, actor=clerk, now=NOW, shown="行驶证原件、过户发票")

    assert done.vehicle_id == vehicle_id
    assert entry(sessions, "vehicle unbound").reason == "过户"
    assert entry(sessions, "vehicle bound").reason == "行驶证原件、过户发票"


def test_an_owner_cannot_let_go_of_what_nobody_has_bound(sessions: Sessions) -> None:
    owner = applicant(sessions)
    vehicle_id = registered(sessions, person_of(owner))

    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        unbind_vehicle(session, vehicle_id, actor=owner, now=NOW)


def test_what_belongs_to_nobody_cannot_be_let_go_of(sessions: Sessions, clerk: Actor) -> None:
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session)

    with pytest.raises(StillBookedError):
        _unbind(sessions, vehicle_id, clerk)


def test_the_reason_for_which_the_counter_ends_a_consent_is_kept(sessions: Sessions, clerk: Actor) -> None:
    agent = applicant(sessions)
    with unit_of_work(sessions) as session:
        owner_id = OwnerId(factories.owner(session, person_id=person_of(applicant(sessions))))
        agency_id = grant_agency(session, owner_id, person_of(agent), actor=clerk, now=NOW, evidence="委托书")

    with unit_of_work(sessions) as session:
        end_agency(session, agency_id, actor=clerk, now=NOW, reason="车主来电终止")

    assert entry(sessions, "agency ended").reason == "车主来电终止"
