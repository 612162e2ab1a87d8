"""Vehicles from CSV files and back: all lines or none, every wrong one named, and no number, plate or VIN shown.

What is imported is what the register says. A vehicle that is known is brought up to date, but never taken from the
owner who has bound it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.inspections import sealing
from booking.inspections.models import Owner, Source, Vehicle
from booking.inspections.rules.facts import Use, VehicleKind
from booking.inspections.rules.owners import company_code
from booking.inspections.rules.plates import PlateType
from booking.inspections.service.owners import (
    COMPANY,
    Identity,
    company_identity,
    find_or_add_owner,
    person_identity,
)
from booking.inspections.service.particulars import MOST_SEATS, Particulars, VehicleData, changeable, checked
from booking.inspections.service.plated import insert_vehicle, known_vehicle
from booking.kernel import tables
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import keyring_of
from booking.kernel.errors import InvalidInputError
from booking.kernel.identifiers import IdType, InvalidIdentifierError, id_document
from booking.kernel.ids import OwnerId, VehicleId

SECRET = ("owner_id_number", "plate_number", "vin")
COLUMNS: Mapping[str, tables.Parser] = {
    "owner_id_type": tables.choice(*IdType, COMPANY),
    "owner_id_number": tables.text(30),
    "plate_type": tables.choice(*PlateType),
    "plate_number": tables.text(20),
    "vin": tables.text(30),
    "vehicle_kind": tables.choice(*VehicleKind),
    "use": tables.choice(*Use),
    "seats": tables.whole_number(0, MOST_SEATS),
    "registered_on": tables.iso_date,
    "valid_until": tables.optional(tables.iso_date),
}
# The column of the file behind each field that can be found wrong, and what is said of it.
PROBLEMS_BY_FIELD: Mapping[str, tuple[str, str]] = {
    "plate": ("plate_number", "is not a plate of that type"),
    "vin": ("vin", "is not a VIN: 17 characters without I, O and Q"),
    "registered_on": ("registered_on", "is still to come, or too long ago"),
    "valid_until": ("valid_until", "is before the first registration, or too far ahead"),
}
ID_PROBLEMS = {
    "shape": "is not a number of that kind of document",
    "date": "holds a birth date that cannot be",
    "check_digit": "has a wrong check digit; was a digit mistyped?",
}


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """One line of a vehicles file."""

    owner_id_type: str
    owner_id_number: str
    plate_type: str
    plate_number: str
    vin: str
    vehicle_kind: str
    use: str
    seats: int
    registered_on: date
    valid_until: date | None

    def data(self) -> VehicleData:
        return VehicleData(
            plate_type=self.plate_type,
            plate=self.plate_number,
            vin=self.vin,
            vehicle_kind=self.vehicle_kind,
            use=self.use,
            seats=self.seats,
            registered_on=self.registered_on,
            valid_until=self.valid_until,
        )


Wrong = Callable[[str, str], None]


def import_vehicles(session: Session, source: str | bytes, *, actor: Actor, now: datetime) -> int:
    """Add each line's vehicle, or bring it up to date, and return how many.

    All or nothing: raises `ImportRefusedError` naming line and column of everything that is wrong. A wrong check
    digit of a VIN is let pass: the register has such vehicles.
    """
    rows = tables.Rows(source, COLUMNS, VehicleRow, secret=SECRET)
    lines: dict[VehicleId, int] = {}
    for line, row in rows:

        def wrong(column: str, problem: str, line: int = line, row: VehicleRow = row) -> None:
            rows.wrong(line, column, str(getattr(row, column)), problem)

        identity = _identity(row, local_day(now), wrong)
        particulars = _particulars(row, local_day(now), wrong)
        if identity is None or particulars is None:
            continue
        owner_id = find_or_add_owner(session, identity, actor=actor, now=now)
        vehicle_id = _keep(session, owner_id, particulars, wrong, now=now)
        if vehicle_id is not None and vehicle_id in lines:
            wrong("plate_number", f"stands in line {lines[vehicle_id]} already")
        elif vehicle_id is not None:
            lines[vehicle_id] = line
    audit.record(
        session, "vehicles imported", "import", "vehicles", actor=actor, now=now, after={"count": len(lines)}
    )
    return len(lines)


def exported_vehicles(session: Session) -> Iterator[tuple[str | int | date | None, ...]]:
    """Yield the vehicles whose owner and papers are known, in `COLUMNS` as `import_vehicles` reads them; in clear."""
    keyring = keyring_of(session)
    query = (
        select(Vehicle, Owner)
        .join(Owner, Owner.id == Vehicle.owner_id)
        .where(Vehicle.vin_sealed.is_not(None), Vehicle.registered_on.is_not(None))
        .order_by(Vehicle.id)
        .execution_options(yield_per=1000)
    )
    for vehicle, owner in session.execute(query):
        yield (
            owner.id_type,
            sealing.number_in(keyring, owner.number_sealed),
            vehicle.plate_type,
            sealing.plate_in(keyring, vehicle.plate_sealed),
            sealing.vin_in(keyring, vehicle.vin_sealed),
            vehicle.vehicle_kind,
            vehicle.use,
            vehicle.seats,
            vehicle.registered_on,
            vehicle.valid_until,
        )


def _identity(row: VehicleRow, today: date, wrong: Wrong) -> Identity | None:
    try:
        if row.owner_id_type == COMPANY:
            return company_identity(company_code(row.owner_id_number))
        return person_identity(id_document(IdType(row.owner_id_type), row.owner_id_number, today=today))
    except InvalidIdentifierError as failure:
        wrong("owner_id_number", ID_PROBLEMS[failure.problem])
        return None


def _particulars(row: VehicleRow, today: date, wrong: Wrong) -> Particulars | None:
    try:
        return checked(row.data(), today=today)
    except InvalidInputError as failure:
        wrong(*PROBLEMS_BY_FIELD[failure.field])
        return None


def _keep(
    session: Session, owner_id: OwnerId, particulars: Particulars, wrong: Wrong, *, now: datetime
) -> VehicleId | None:
    """Add the vehicle or bring the known one up to date; None where another owner has bound it."""
    known = known_vehicle(session, particulars.data.plate_type, particulars.plate)
    if known is None:
        return insert_vehicle(session, particulars, Source.IMPORT, now=now, owner_id=owner_id)
    if known.is_bound and known.owner_id != owner_id:
        wrong("plate_number", "is bound to another owner; let the counter look at both")
        return None
    values = {**changeable(particulars.data), **sealing.vin_columns(keyring_of(session), particulars.vin)}
    if particulars.data.valid_until is None:  # an empty cell is no news
        fits = Vehicle.valid_until >= particulars.data.registered_on
        values["valid_until"] = case((fits, Vehicle.valid_until), else_=None)
    for name in ("had_casualty_accident", "was_altered"):  # the file does not tell
        del values[name]
    row = update(Vehicle).where(Vehicle.id == known.id)
    session.execute(row.values(**values, owner_id=owner_id, source=Source.IMPORT))
    return known.id
