"""Vehicles from files: all or nothing, every wrong line named, no number, plate or VIN shown; and back to a file."""

from datetime import date

import pytest
from sqlalchemy import func, select

from booking.inspections.imports import COLUMNS, exported_vehicles, import_vehicles
from booking.inspections.models import Owner, Source, Vehicle
from booking.inspections.queries.vehicles import garage
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ImportRefusedError
from booking.kernel.tables import write_csv
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import CAR, VIN, applicant, bound, person_of

HEADER = ",".join(COLUMNS) + "\n"
ID = factories.resident_id(7, born_on=date(1989, 4, 5))
GOOD = f"A,{ID},02,粤G12345,{VIN},small_passenger,A,5,2018-12-10,2026-12-31\n"
TRUCK = "N,91440800MA4X000012,01,粤G54321,LGAX1A11111111111,truck,F,3,2020-01-15,\n"


def imported(sessions: Sessions, text: str) -> int:
    with unit_of_work(sessions) as session:
        return import_vehicles(session, text, actor=SYSTEM, now=NOW)


def count(sessions: Sessions, table: type) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def exported(sessions: Sessions) -> str:
    with reading(sessions) as session:
        return write_csv(tuple(COLUMNS), exported_vehicles(session))


def test_vehicles_are_imported_with_their_owners_and_given_out_as_they_came(sessions: Sessions) -> None:
    assert imported(sessions, "\ufeff" + HEADER + GOOD + TRUCK) == 2

    assert exported(sessions) == HEADER + GOOD + TRUCK
    assert count(sessions, Owner) == 2


def test_what_is_imported_is_in_nobodys_garage_until_it_is_bound(sessions: Sessions) -> None:
    mei = applicant(sessions)
    with unit_of_work(sessions) as session:
        owner_id = factories.owner(session, person_id=person_of(mei))
        factories.vehicle(session, owner_id=owner_id)

    with reading(sessions) as session:
        assert garage(session, person_of(mei), now=NOW) == []


def test_a_known_vehicle_is_brought_up_to_date(sessions: Sessions) -> None:
    imported(sessions, HEADER + GOOD + TRUCK)

    later = GOOD.replace("2026-12-31", "2027-12-31").replace(",5,", ",7,")
    assert imported(sessions, HEADER + later) == 1
    assert imported(sessions, HEADER + later.replace("2027-12-31", "")) == 1  # an empty cell is no news

    assert exported(sessions) == HEADER + later + TRUCK
    assert count(sessions, Vehicle) == 2


def test_a_vehicle_that_another_owner_has_bound_is_left_alone_and_named(sessions: Sessions) -> None:
    bound(sessions, applicant(sessions), CAR)

    with pytest.raises(ImportRefusedError) as refused:
        imported(sessions, HEADER + TRUCK + GOOD)

    (error,) = refused.value.errors
    assert (error.line, error.column, error.value) == (3, "plate_number", "***")
    with reading(sessions) as session:
        assert session.scalars(select(Vehicle.source)).all() == [Source.OWNER]


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        (GOOD.replace(ID, ID[:-1] + ("1" if ID[-1] != "1" else "2")), "owner_id_number", "***"),
        (TRUCK.replace("000012", "000013"), "owner_id_number", "***"),
        (GOOD.replace("A,4", "Z,4", 1), "owner_id_type", "Z"),
        (GOOD.replace("粤G12345", "粤GI2345"), "plate_number", "***"),
        (GOOD.replace(",02,", ",52,"), "plate_number", "***"),  # an ordinary number under a new-energy type
        (GOOD.replace(",02,", ",99,"), "plate_type", "99"),
        (GOOD.replace(VIN, VIN[:-1]), "vin", "***"),
        (GOOD.replace("small_passenger", "car"), "vehicle_kind", "car"),
        (GOOD.replace(",A,5", ",Y,5"), "use", "Y"),
        (GOOD.replace(",5,", ",five,"), "seats", "five"),
        (GOOD.replace("2018-12-10", "2026-12-10"), "registered_on", "2026-12-10"),
        (GOOD.replace("2018-12-10", "2018-12-32"), "registered_on", "2018-12-32"),
        (GOOD.replace("2026-12-31", "2016-12-31"), "valid_until", "2016-12-31"),
        (GOOD.replace(VIN, ""), "vin", ""),
    ],
)
def test_one_bad_line_stores_nothing_and_is_named(sessions: Sessions, line: str, column: str, value: str) -> None:
    first = TRUCK.replace("粤G54321", "粤G77777")

    with pytest.raises(ImportRefusedError) as refused:
        imported(sessions, HEADER + first + line)

    (error,) = refused.value.errors
    assert (error.line, error.column, error.value) == (3, column, value)
    assert not any(secret in str(refused.value) for secret in (ID, "粤G12345", VIN))
    assert (count(sessions, Vehicle), count(sessions, Owner)) == (0, 0)


def test_the_same_plate_twice_in_a_file_is_refused(sessions: Sessions) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        imported(sessions, HEADER + GOOD + TRUCK + GOOD)

    assert [(error.line, error.column) for error in refused.value.errors] == [(4, "plate_number")]
    assert count(sessions, Vehicle) == 0


def test_a_column_too_many_or_too_few_is_named(sessions: Sessions) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        imported(sessions, HEADER.replace("vin", "colour") + GOOD)

    assert {error.column for error in refused.value.errors} == {"vin", "colour"}


def test_a_vin_with_a_wrong_check_digit_is_let_pass(sessions: Sessions) -> None:
    assert imported(sessions, HEADER + GOOD.replace(VIN, "LSVFF66R7C2116280")) == 1
