"""Plates by vehicle: masked for lists and messages, and in clear for what is hashed with a secret key."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.inspections import sealing
from booking.inspections.models import Vehicle
from booking.inspections.rules.plates import masked_plate
from booking.kernel.db import batched, keyring_of
from booking.kernel.ids import VehicleId


def masked_plates(session: Session, vehicle_ids: Iterable[VehicleId]) -> Mapping[VehicleId, str]:
    """Return each vehicle's plate as lists and messages show it."""
    return {vehicle_id: masked_plate(plate) for vehicle_id, _, plate in _plates(session, vehicle_ids)}


def plates_in_clear(session: Session, vehicle_ids: Iterable[VehicleId]) -> Mapping[VehicleId, tuple[str, str]]:
    """Return plate type and plate of each vehicle: only for the owner's eyes, or for what is hashed."""
    return {vehicle_id: (plate_type, plate) for vehicle_id, plate_type, plate in _plates(session, vehicle_ids)}


def _plates(session: Session, vehicle_ids: Iterable[VehicleId]) -> Iterator[tuple[VehicleId, str, str]]:
    keyring = keyring_of(session)
    columns = select(Vehicle.id, Vehicle.plate_type, Vehicle.plate_sealed)
    for some in batched(dict.fromkeys(vehicle_ids)):
        for row in session.execute(columns.where(Vehicle.id.in_(some))):
            yield VehicleId(row.id), row.plate_type, sealing.plate_in(keyring, row.plate_sealed)
