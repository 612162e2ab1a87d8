"""Binding vehicles: claimed once, by whom they belong to; known ones only with their VIN."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update

from booking.accounts.service.throttle import TooManyTriesError
from booking.audit.models import AuditEntry
from booking.inspections.models import Agency, How, Owner, OwnerKind, Source, Vehicle
from booking.inspections.queries.authority import may_act_for_vehicle
from booking.inspections.queries.vehicles import garage
from booking.inspections.service.binding import BoundToAnotherError, Company, bind_vehicle
from booking.inspections.service.changes import RegisterGovernsError, change_vehicle, particulars_of
from booking.inspections.service.particulars import VehicleData
from booking.inspections.service.plated import find_or_add_walk_in
from booking.inspections.service.unbinding import StillBookedError, unbind_vehicle
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleError
from booking.kernel.ids import PersonId, VehicleId
from booking.notices.models import Notice
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import CAR, COMPANY, VIN, applicant, bound, person_of


def test_a_new_vehicle_is_bound_to_the_person(sessions: Sessions) -> None:
    mei = applicant(sessions)

    vehicle_id = bound(sessions, mei, CAR)

    with reading(sessions) as session:
        (shown,) = garage(session, person_of(mei), now=NOW)
        assert (shown.vehicle_id, shown.plate, shown.source) == (vehicle_id, "粤G·1***5", Source.OWNER)
        assert session.scalars(select(Notice.template)).all()[0] == "inspection_vehicle_bound"
        assert "vehicle bound" in session.scalars(select(AuditEntry.act)).all()


def test_a_plate_is_one_however_it_is_typed(sessions: Sessions) -> None:
    mei = applicant(sessions)

    first = bound(sessions, mei, CAR)

    assert bound(sessions, mei, replace(CAR, plate="粤g·12345")) == first


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"plate": "粤GO1234"}, "plate"),  # no letter O in a serial
        ({"plate": "粤GD12345"}, "plate"),  # a new-energy number under an ordinary type
        ({"vin": "LSVFF66R8C211628"}, "vin"),
        ({"vin": "OSVFF66R8C2116280"}, "vin"),
        ({"registered_on": date(2026, 11, 25)}, "registered_on"),  # tomorrow
        ({"registered_on": None}, "registered_on"),
        ({"valid_until": date(2018, 4, 1)}, "valid_until"),  # before the first registration
        ({"vehicle_kind": "spaceship"}, "vehicle_kind"),
        ({"seats": 999}, "seats"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_stored(
    sessions: Sessions, change: dict[str, Any], field: str
) -> None:
    mei = applicant(sessions)

    with pytest.raises(InvalidInputError) as refused:
        bound(sessions, mei, replace(CAR, **change))

    assert refused.value.field == field
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Vehicle)) == 0


def test_a_wrong_check_digit_warns_and_does_not_refuse(sessions: Sessions) -> None:
    mei = applicant(sessions)

    with unit_of_work(sessions) as session:
        done = bind_vehicle(session, person_of(mei), replace(CAR, vin="LSVFF66R7C2116280"), actor=mei, now=NOW)

    assert done.vehicle_id is not None
    assert done.warnings == ("vin_check_digit",)


def test_a_vehicle_that_somebody_has_bound_is_refused_to_others(sessions: Sessions) -> None:
    bound(sessions, applicant(sessions), CAR)

    with pytest.raises(BoundToAnotherError):
        bound(sessions, applicant(sessions), CAR)


def test_a_vehicle_that_the_register_gives_to_another_is_refused(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session, person_id=factories.person(session))
        factories.vehicle(session, owner_id=owner_id, plate="粤G12345", vin=VIN)

    with pytest.raises(BoundToAnotherError):
        bound(sessions, applicant(sessions), CAR)


def test_a_known_vehicle_shows_the_last_six_of_its_vin_and_keeps_what_the_register_says(sessions: Sessions) -> None:
    mei = applicant(sessions)
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session, person_id=person_of(mei))
        known = factories.vehicle(
            session, owner_id=owner_id, plate="粤G12345", vin=VIN, valid_until=date(2027, 5, 31)
        )

    assert bound(sessions, mei, replace(CAR, valid_until=date(2029, 1, 31), seats=9)) == known

    with reading(sessions) as session:
        vehicle = session.get_one(Vehicle, known)
        assert (vehicle.valid_until, vehicle.seats, vehicle.source) == (date(2027, 5, 31), 5, Source.IMPORT)


def test_wrong_vins_are_counted_and_after_five_nobody_is_let_try(sessions: Sessions) -> None:
    mei = applicant(sessions)
    with unit_of_work(sessions) as session:
        factories.vehicle(session, plate="粤G12345", vin=VIN)
    wrong = replace(CAR, vin="LSVFF66R8C2116281")

    for _ in range(5):
        assert bound(sessions, mei, wrong) is None

    with pytest.raises(TooManyTriesError):
        bound(sessions, mei, CAR)
    assert bound(sessions, applicant(sessions), CAR) is not None  # nobody else is locked out by that


def test_a_car_seen_at_the_gate_is_bound_with_what_its_owner_tells(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        at_gate = factories.account(session, Role.STATION, site_id=factories.site(session))
        seen = find_or_add_walk_in(session, "02", "粤G12345", "minibus", actor=at_gate, now=NOW)
        assert find_or_add_walk_in(session, "02", "粤 G12345", "truck", actor=at_gate, now=NOW) == seen

    assert bound(sessions, applicant(sessions), CAR) == seen

    with reading(sessions) as session:
        assert session.get_one(Vehicle, seen).vehicle_kind == "small_passenger"


def test_the_gate_takes_plates_whose_form_nobody_knows(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        at_gate = factories.account(session, Role.STATION, site_id=factories.site(session))
        assert find_or_add_walk_in(session, "22", "粤G00123临", "truck", actor=at_gate, now=NOW)
        with pytest.raises(InvalidInputError):
            find_or_add_walk_in(session, "02", "粤GO1234", "truck", actor=at_gate, now=NOW)


def test_a_company_is_declared_and_its_agent_sees_only_what_the_agent_has_bound(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    with unit_of_work(sessions) as session:
        first = bind_vehicle(session, person_of(mei), CAR, company=COMPANY, actor=mei, now=NOW).vehicle_id
    with unit_of_work(sessions) as session:
        other = replace(CAR, plate="粤G54321")
        second = bind_vehicle(session, person_of(wang), other, company=COMPANY, actor=wang, now=NOW).vehicle_id

    with reading(sessions) as session:
        assert session.scalars(select(Owner.kind)).all() == [OwnerKind.COMPANY]
        assert set(session.scalars(select(Agency.how))) == {How.DECLARED}
        assert [row.vehicle_id for row in garage(session, person_of(mei), now=NOW)] == [first]
        assert [row.vehicle_id for row in garage(session, person_of(wang), now=NOW)] == [second]
    with pytest.raises(BoundToAnotherError), unit_of_work(sessions) as session:
        bind_vehicle(session, person_of(wang), CAR, company=COMPANY, actor=wang, now=NOW)


@pytest.mark.parametrize(
    ("company", "field"),
    [
        (replace(COMPANY, credit_code="91440800MA00000000"), "credit_code"),
        (replace(COMPANY, name=" "), "company_name"),
        (replace(COMPANY, declaration=""), "declaration"),
    ],
)
def test_a_company_has_a_code_a_name_and_a_declaration(sessions: Sessions, company: Company, field: str) -> None:
    mei = applicant(sessions)

    with pytest.raises(InvalidInputError) as refused, unit_of_work(sessions) as session:
        bind_vehicle(session, person_of(mei), CAR, company=company, actor=mei, now=NOW)

    assert refused.value.field == field


def test_nobody_binds_for_others_but_the_counter(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER)
        bind_vehicle(session, person_of(mei), CAR, actor=clerk, now=NOW)

    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        bind_vehicle(session, person_of(mei), CAR, actor=wang, now=NOW)
    with pytest.raises(NotAllowedError), unit_of_work(sessions) as session:
        bind_vehicle(session, person_of(clerk), CAR, actor=clerk, now=NOW)


def test_a_vehicle_that_was_let_go_can_be_bound_by_its_next_owner(sessions: Sessions) -> None:
    mei, wang = applicant(sessions), applicant(sessions)
    vehicle_id = bound(sessions, mei, CAR)
    assert vehicle_id is not None

    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        unbind_vehicle(session, vehicle_id, actor=wang, now=NOW)
    with unit_of_work(sessions) as session:
        unbind_vehicle(session, vehicle_id, actor=mei, now=NOW)

    assert bound(sessions, wang, replace(CAR, vin="LSVFF66R8C2116281")) is None
    assert bound(sessions, wang, CAR) == vehicle_id
    with reading(sessions) as session:
        assert not may_act_for_vehicle(session, vehicle_id, person_of(mei))


def test_a_vehicle_with_a_live_booking_stays_bound(sessions: Sessions) -> None:
    mei = applicant(sessions)
    vehicle_id = bound(sessions, mei, CAR)
    assert vehicle_id is not None
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, service="inspection_small")
        factories.booking_row(session, mei, slot_id, at=NOW, held_by=f"vehicle:{vehicle_id}")

    with pytest.raises(StillBookedError), unit_of_work(sessions) as session:
        unbind_vehicle(session, vehicle_id, actor=mei, now=NOW)


def changed(
    sessions: Sessions, vehicle_id: VehicleId, data: VehicleData, actor: Actor, seen: VehicleData | None = None
) -> None:
    with unit_of_work(sessions) as session:
        seen = seen or particulars_of(session.get_one(Vehicle, vehicle_id))
        change_vehicle(session, vehicle_id, data, seen=seen, actor=actor, now=NOW)


def test_owners_correct_what_they_told_and_not_what_the_register_says(sessions: Sessions) -> None:
    mei = applicant(sessions)
    told = bound(sessions, mei, CAR)
    with unit_of_work(sessions) as session:
        registered = factories.vehicle(session, owner_id=factories.owner(session, person_id=person_of(mei)))
        session.execute(update(Vehicle).where(Vehicle.id == registered).values(bound_at=NOW, bound_by=mei.person_id))
    assert told is not None
    before = CAR

    changed(sessions, told, replace(CAR, seats=7), mei)

    with pytest.raises(RegisterGovernsError):
        changed(sessions, registered, replace(CAR, seats=7), mei)
    with pytest.raises(StaleError):
        changed(sessions, told, replace(CAR, seats=8), mei, seen=before)
    with reading(sessions) as session:
        assert session.get_one(Vehicle, told).seats == 7


def rush(sessions: Sessions, people: list[Actor]) -> list[str]:
    """Let everybody bind the same plate at once; return what became of each."""
    start = Barrier(len(people))

    def client(actor: Actor) -> str:
        start.wait()
        try:
            bound(sessions, actor, CAR)
        except BoundToAnotherError:
            return "refused"
        return "bound"

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(client, people))


def test_of_many_who_bind_one_plate_at_once_one_has_it(sessions: Sessions) -> None:
    people = [applicant(sessions) for _ in range(8)]

    answers = rush(sessions, people)

    assert sorted(answers) == ["bound"] + ["refused"] * 7
    with reading(sessions) as session:
        assert [len(garage(session, person_of(one), now=NOW)) for one in people].count(1) == 1


def test_of_many_who_bind_one_known_car_at_once_one_has_it(sessions: Sessions) -> None:
    people = [applicant(sessions) for _ in range(8)]
    with unit_of_work(sessions) as session:
        factories.vehicle(session, plate="粤G12345", vin=VIN)

    answers = rush(sessions, people)

    assert sorted(answers) == ["bound"] + ["refused"] * 7


def test_one_person_who_clicks_many_times_has_one_vehicle(sessions: Sessions) -> None:
    mei = applicant(sessions)

    assert rush(sessions, [mei] * 6) == ["bound"] * 6

    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Vehicle)) == 1
        assert session.scalar(select(func.count()).select_from(Owner)) == 1


def test_the_race_is_real_without_the_claim(sessions: Sessions) -> None:
    """Control: look whether the car is free, then write without asking again. Both believe that they have it."""
    people = [applicant(sessions) for _ in range(2)]
    with unit_of_work(sessions) as session:
        owners = [factories.owner(session, person_id=person_of(one)) for one in people]
        vehicle_id = factories.vehicle(session, plate="粤G12345")
    both_have_looked = Barrier(2)

    def check_then_act(index: int) -> str:
        with reading(sessions) as session:
            is_bound = session.scalar(select(Vehicle.bound_at).where(Vehicle.id == vehicle_id)) is not None
        both_have_looked.wait()
        if is_bound:
            return "refused"
        with unit_of_work(sessions) as session:
            values = {"owner_id": owners[index], "bound_at": NOW, "bound_by": people[index].person_id}
            session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(**values))
        return "bound"

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(check_then_act, range(2))) == ["bound", "bound"]


def test_a_try_that_was_right_is_not_counted(sessions: Sessions) -> None:
    mei = applicant(sessions)
    with unit_of_work(sessions) as session:
        factories.vehicle(session, plate="粤G12345", vin=VIN)

    for _ in range(7):
        vehicle_id = bound(sessions, mei, CAR)
        assert vehicle_id is not None
        with unit_of_work(sessions) as session:
            unbind_vehicle(session, vehicle_id, actor=mei, now=NOW + timedelta(seconds=1))


def test_a_person_is_one_owner_also_where_the_register_knew_the_document_first(sessions: Sessions) -> None:
    mei = applicant(sessions)
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session, person_id=person_of(mei))
        session.execute(update(Owner).where(Owner.id == owner_id).values(person_id=None))  # only in the register

    bound(sessions, mei, CAR)

    with reading(sessions) as session:
        assert session.scalars(select(Owner.person_id)).all() == [PersonId(mei.person_id or 0)]
