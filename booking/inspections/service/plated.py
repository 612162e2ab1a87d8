"""Vehicles by their plate: the one there is, or a new row. The database decides that a plate is there once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.inspections import sealing
from booking.inspections.models import Source, Vehicle
from booking.inspections.service.particulars import Particulars, seen_at_the_gate
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import conflicts_as, keyring_of
from booking.kernel.errors import ConflictError
from booking.kernel.ids import OwnerId, PersonId, VehicleId


class PlateKnownError(ConflictError):
    """There is a vehicle with this plate already."""


@dataclass(frozen=True, slots=True)
class Known:
    """What binding asks of a vehicle that the office knows already."""

    id: VehicleId
    owner_id: OwnerId | None
    is_bound: bool
    bound_by: PersonId | None
    vin_tail_hash: str | None


CONFLICTS = {"uq_vehicle_plate_type_plate_hash": PlateKnownError}


def find_or_add_walk_in(
    session: Session, plate_type: str, plate: str, kind: str, *, actor: Actor, now: datetime
) -> VehicleId:
    """Return the vehicle at the gate, noted with what can be seen of it if nobody knows it yet.

    Raises `InvalidInputError` naming "plate" or "vehicle_kind". Nobody is asked for more: a station must inspect
    whoever comes (Road Traffic Safety Law, art. 13).
    """
    particulars = seen_at_the_gate(plate_type, plate, kind, today=local_day(now))
    for _ in range(2):
        known = known_vehicle(session, plate_type, particulars.plate)
        if known is not None:
            return known.id
        try:
            vehicle_id = insert_vehicle(session, particulars, Source.STATION, now=now)
        except PlateKnownError:
            continue
        audit.record(session, "vehicle noted", "vehicle", vehicle_id, actor=actor, now=now, after={"kind": kind})
        return vehicle_id
    raise ConflictError


def insert_vehicle(
    session: Session, particulars: Particulars, source: Source, *, now: datetime, **more: object
) -> VehicleId:
    """Write a new vehicle; raise `PlateKnownError` if the plate is known, without ending the transaction."""
    row = insert(Vehicle).values(**particulars.columns(keyring_of(session)), source=source, created_at=now, **more)
    with session.begin_nested(), conflicts_as(CONFLICTS):
        return VehicleId(session.execute(row.returning(Vehicle.id)).scalar_one())


def known_vehicle(session: Session, plate_type: str, plate: str) -> Known | None:
    """Return the vehicle with this plate, or None."""
    columns = (Vehicle.id, Vehicle.owner_id, Vehicle.bound_at, Vehicle.bound_by, Vehicle.vin_tail_hash)
    found = select(*columns).where(
        Vehicle.plate_type == plate_type, Vehicle.plate_hash == sealing.plate_hash(keyring_of(session), plate)
    )
    row = session.execute(found).one_or_none()
    if row is None:
        return None
    owner_id = None if row.owner_id is None else OwnerId(row.owner_id)
    bound_by = None if row.bound_by is None else PersonId(row.bound_by)
    return Known(VehicleId(row.id), owner_id, row.bound_at is not None, bound_by, row.vin_tail_hash)
