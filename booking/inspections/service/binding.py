"""Binding a vehicle: somebody claims it for an owner and may book for it from then on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.accounts.service import throttle
from booking.audit import service as audit
from booking.inspections import sealing
from booking.inspections.models import Owner, Source, Vehicle
from booking.inspections.service.access import refuse_others
from booking.inspections.service.agents import declare_agency
from booking.inspections.service.messages import tell_of_vehicle
from booking.inspections.service.owners import (
    company_identity,
    find_or_add_owner,
    name_owner,
    owner_of_person,
)
from booking.inspections.service.particulars import Particulars, VehicleData, checked, credit_code
from booking.inspections.service.plated import Known, PlateKnownError, insert_vehicle, known_vehicle
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import local_day
from booking.kernel.db import keyring_of, rows_changed
from booking.kernel.errors import ConflictError, InvalidInputError, Wording
from booking.kernel.ids import OwnerId, PersonId, VehicleId

# A VIN can be read through the windscreen, but not from a desk: so many guesses at one vehicle.
VIN_TRIES = throttle.Limit("vin tried", 5, timedelta(hours=1))


class BoundToAnotherError(ConflictError):
    """The vehicle is bound to, or registered for, another owner; the database says so."""

    wording: ClassVar[Wording] = Wording(
        "这辆车登记在其他车主名下，不能绑定。如果您刚买下这辆车，请等登记更新，或带行驶证到窗口办理。",
        "This vehicle belongs to another owner and cannot be bound. If you have just bought it, wait until the"
        " register knows, or come to the counter with its licence.",
    )


@dataclass(frozen=True, slots=True)
class Company:
    """The company that owns a vehicle, and how its agent comes to act for it: what was declared or shown."""

    credit_code: str
    name: str
    declaration: str


@dataclass(frozen=True, slots=True)
class Bound:
    """What came of binding: the vehicle, or None where the VIN is not the one the office knows; and warnings."""

    vehicle_id: VehicleId | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """Who claims the vehicle for which owner."""

    owner_id: OwnerId
    person_id: PersonId
    declaration: str = ""
    shown: str = ""  # at the counter: by which papers

    @property
    def for_company(self) -> bool:
        """Whether the person acts for a company, whose consent has been declared."""
        return bool(self.declaration)


def bind_vehicle(
    session: Session,
    person_id: PersonId,
    data: VehicleData,
    *,
    company: Company | None = None,
    actor: Actor,
    now: datetime,
    shown: str = "",
) -> Bound:
    """Bind a vehicle to the person, or to a company that the person acts for, and tell the person.

    `shown` is what the log keeps of the papers that were shown at the counter.

    What the register says of a vehicle stays. A vehicle that is known but bound by nobody must show the last six of
    its VIN, save at the counter; where they do not fit, `vehicle_id` is None, and the unit of work has to be
    committed all the same, so that the try is counted. A wrong check digit is only a warning, "vin_check_digit".
    Binding what the person has bound already changes nothing. Raises `InvalidInputError` naming the field,
    `BoundToAnotherError` or `TooManyTriesError`; then nothing is stored.
    """
    refuse_others(actor, person_id)
    particulars = checked(data, today=local_day(now))
    claim = replace(_claim(session, person_id, company, actor=actor, now=now), shown=shown)
    for _ in range(2):  # a second time where somebody added the plate between the look and the write
        known = known_vehicle(session, data.plate_type, particulars.plate)
        try:
            if known is not None:
                taken = _take_over(session, known, claim, particulars, actor=actor, now=now)
                return Bound(taken, particulars.warnings if taken else ())
            return Bound(_add(session, claim, particulars, actor=actor, now=now), particulars.warnings)
        except PlateKnownError:
            continue
    raise ConflictError


def _claim(session: Session, person_id: PersonId, company: Company | None, *, actor: Actor, now: datetime) -> Claim:
    if company is None:
        return Claim(owner_of_person(session, person_id, actor=actor, now=now), person_id)
    name, declaration = company.name.strip(), company.declaration.strip()
    for field, value in (("company_name", name), ("declaration", declaration)):
        if not value:
            raise InvalidInputError(field)
    identity = company_identity(credit_code(company.credit_code), name)
    owner_id = find_or_add_owner(session, identity, actor=actor, now=now)
    name_owner(session, owner_id, name)
    return Claim(owner_id, person_id, declaration)


def _add(session: Session, claim: Claim, particulars: Particulars, *, actor: Actor, now: datetime) -> VehicleId:
    source = Source.REGISTER if actor.role is Role.COUNTER else Source.OWNER
    vehicle_id = insert_vehicle(
        session, particulars, source, now=now, owner_id=claim.owner_id, bound_at=now, bound_by=claim.person_id
    )
    _note_binding(session, vehicle_id, claim, source.value, actor=actor, now=now)
    return vehicle_id


def _take_over(
    session: Session,
    known: Known,
    claim: Claim,
    particulars: Particulars,
    *,
    actor: Actor,
    now: datetime,
) -> VehicleId | None:
    vehicle_id = known.id
    if known.is_bound:
        is_same = known.owner_id == claim.owner_id and (not claim.for_company or known.bound_by == claim.person_id)
        if not is_same:
            raise BoundToAnotherError
        return vehicle_id
    if known.owner_id not in (None, claim.owner_id):
        raise BoundToAnotherError
    keyring = keyring_of(session)
    if known.vin_tail_hash is not None and actor.role is not Role.COUNTER:
        key = f"person {claim.person_id} vehicle {vehicle_id}"
        throttle.count(session, VIN_TRIES, key, now=now)
        if known.vin_tail_hash != sealing.vin_tail_hash(keyring, particulars.vin):
            return None
        throttle.give_back(session, VIN_TRIES, key, at=now)
    row = session.get_one(Vehicle, vehicle_id, populate_existing=True)
    told = _told(row, particulars.columns(keyring))
    taking = update(Vehicle).where(Vehicle.id == vehicle_id, Vehicle.bound_at.is_(None))
    taking = taking.where(
        Vehicle.owner_id.is_(None) if known.owner_id is None else Vehicle.owner_id == claim.owner_id
    )
    values = {**told, "owner_id": claim.owner_id, "bound_at": now, "bound_by": claim.person_id}
    if rows_changed(session, taking.values(**values)) != 1:
        raise BoundToAnotherError
    _note_binding(session, vehicle_id, claim, row.source.value, actor=actor, now=now)
    return vehicle_id


def _told(row: Vehicle, columns: Mapping[str, object]) -> dict[str, object]:
    """Return what it is for the binder to say: what nobody knows, or only saw at the gate; never the plate."""
    told = {
        name: value
        for name, value in columns.items()
        if not name.startswith("plate") and (row.source is Source.STATION or getattr(row, name) is None)
    }
    registered_on, until = (told.get(name, getattr(row, name)) for name in ("registered_on", "valid_until"))
    if isinstance(registered_on, date) and isinstance(until, date) and until < registered_on:
        raise InvalidInputError("valid_until")
    return told


def _note_binding(
    session: Session, vehicle_id: VehicleId, claim: Claim, source: str, *, actor: Actor, now: datetime
) -> None:
    if claim.for_company:
        declare_agency(session, claim.owner_id, claim.person_id, claim.declaration, actor=actor, now=now)
    after = {"owner": claim.owner_id, "source": source}
    audit.record(
        session, "vehicle bound", "vehicle", vehicle_id, actor=actor, now=now, after=after, reason=claim.shown
    )
    tell_of_vehicle(session, vehicle_id, "vehicle_bound", now=now, owner=_company_name(session, claim))


def _company_name(session: Session, claim: Claim) -> str:
    """Return the company's name; "" for a person, who is called by none."""
    if not claim.for_company:
        return ""
    owner = session.get_one(Owner, claim.owner_id)
    return sealing.name_in(keyring_of(session), owner.name_sealed)
