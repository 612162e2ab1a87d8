"""Vehicles as the rules see them, and the office's reading of what the law leaves open."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.inspections import sealing
from booking.inspections.models import Vehicle
from booking.inspections.rules.facts import Use, VehicleFacts, VehicleKind
from booking.inspections.rules.plates import is_of_office
from booking.inspections.rules.settings import Settings
from booking.kernel.db import batched, keyring_of
from booking.kernel.ids import VehicleId
from booking.kernel.secrets import Keyring
from booking.policies import queries as policies


def settings_on(session: Session, day: date) -> Settings:
    """Return the office's reading of the unsettled points in force on `day`."""
    values = policies.all_values(session, day)
    return Settings(
        **{field.name: values.get(f"inspections.{field.name}", field.default) for field in fields(Settings)}
    )


def facts_of(session: Session, vehicle_ids: Iterable[VehicleId]) -> Mapping[VehicleId, VehicleFacts]:
    """Return what the rules know of each vehicle; one statement for every few hundred.

    Of a vehicle that was only seen at the gate nobody knows when it was registered: it has no facts.
    """
    keyring = keyring_of(session)
    return {
        VehicleId(row.id): vehicle_facts(row, keyring)
        for some in batched(dict.fromkeys(vehicle_ids))
        for row in session.scalars(select(Vehicle).where(Vehicle.id.in_(some), Vehicle.registered_on.is_not(None)))
    }


def vehicle_facts(row: Vehicle, keyring: Keyring) -> VehicleFacts:
    """Return what the rules know of a vehicle whose first registration is known."""
    if row.registered_on is None:
        raise ValueError("a vehicle without its first registration has no facts")
    return VehicleFacts(
        kind=VehicleKind(row.vehicle_kind),
        use=Use(row.use),
        seats=row.seats,
        registered_on=row.registered_on,
        valid_until=row.valid_until,
        had_casualty_accident=row.had_casualty_accident,
        was_altered=row.was_altered,
        registered_here=is_of_office(sealing.plate_in(keyring, row.plate_sealed)),
    )
