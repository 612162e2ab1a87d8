"""Vehicles for pages: those of a person, one of them, and what the counter looks for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.bookings.models import LIVE, Booking
from booking.inspections import sealing
from booking.inspections.holders import holder_of
from booking.inspections.models import Owner, OwnerKind, Source, Vehicle
from booking.inspections.queries.authority import acted_for_by
from booking.inspections.queries.facts import settings_on, vehicle_facts
from booking.inspections.rules.due import DueStanding, standing
from booking.inspections.rules.facts import SERVICE_OF_KIND, Use, VehicleKind
from booking.inspections.rules.plates import masked_plate
from booking.inspections.rules.settings import Settings
from booking.inspections.rules.vins import masked_vin
from booking.kernel.calendar import local_day
from booking.kernel.db import keyring_of
from booking.kernel.errors import NotFoundError
from booking.kernel.identifiers import masked_document, masked_name, plain_number
from booking.kernel.ids import Holder, OwnerId, PersonId, SiteId, VehicleId
from booking.kernel.secrets import Keyring
from booking.sites.models import Site
from booking.slots.holds import HeldSeat, held_for
from booking.slots.models import Slot

MOST_FOUND = 20
WHOLE_VIN = 17
PLATE_TAIL = re.compile(rf"[0-9A-Z学警挂港澳]{{{sealing.PLATE_TAIL}}}")
VIN_TAIL = re.compile(rf"[0-9A-Z]{{{sealing.VIN_TAIL}}}")


@dataclass(frozen=True, slots=True)
class LiveBooking:
    """The booking that a vehicle has now."""

    reference: str
    service: str
    starts_at: datetime
    ends_at: datetime
    site_id: SiteId
    site_name: str
    site_name_en: str


@dataclass(frozen=True, slots=True)
class ShownVehicle:
    """A vehicle as a page shows it: plate and VIN masked, how it stands today, and what is booked or held for it.

    `standing` is None for a vehicle whose first registration nobody knows. `owner` is "" where a person is not
    registered here, `owner_id` None where the owner is not known at all.
    """

    vehicle_id: VehicleId
    plate_type: str
    plate: str
    vin: str
    kind: VehicleKind
    use: Use
    seats: int
    registered_on: date | None
    valid_until: date | None
    had_casualty_accident: bool
    was_altered: bool
    source: Source
    is_bound: bool
    owner_id: OwnerId | None
    owner: str
    owner_person: PersonId | None
    owner_is_company: bool
    reminders_off: bool
    standing: DueStanding | None
    booking: LiveBooking | None
    held: HeldSeat | None

    @property
    def service(self) -> str:
        """The service that inspects this kind of vehicle."""
        return SERVICE_OF_KIND[self.kind]

    @property
    def owner_masked(self) -> str:
        """The owner for a list that strangers' vehicles stand in; a company's name hides nobody."""
        return self.owner if self.owner_is_company or not self.owner else masked_name(self.owner)

    @property
    def is_changeable_by_owner(self) -> bool:
        """Whether the owner has told its particulars, so that the owner may correct them."""
        return self.source in (Source.OWNER, Source.STATION)


@dataclass(frozen=True, slots=True)
class InClear:
    """Plate and VIN of a vehicle in clear, and its owner's document masked."""

    plate: str
    vin: str
    owner_document: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What is not in the vehicle's own row."""

    standing: DueStanding | None
    booking: LiveBooking | None
    held: HeldSeat | None


AS_KEPT = ("plate_type", "seats", "registered_on", "valid_until", "had_casualty_accident", "was_altered", "source")


def garage(session: Session, person_id: PersonId, *, now: datetime) -> Sequence[ShownVehicle]:
    """Return the vehicles that the person may book for, as owner or agent, by last valid day; four statements."""
    query = _vehicles().where(acted_for_by(person_id)).order_by(Vehicle.valid_until.is_(None), Vehicle.valid_until)
    return _shown(session, query.order_by(Vehicle.id), now)


def vehicle_shown(
    session: Session, vehicle_id: VehicleId, *, person_id: PersonId | None, now: datetime
) -> ShownVehicle:
    """Return one vehicle; raise `NotFoundError` if there is none, or `person_id` may not act for it.

    `person_id` None is for clerks and stations, who see every vehicle.
    """
    query = _vehicles().where(Vehicle.id == vehicle_id)
    if person_id is not None:
        query = query.where(acted_for_by(person_id))
    found = _shown(session, query, now)
    if not found:
        raise NotFoundError
    return found[0]


def vehicles_shown(
    session: Session, vehicle_ids: Iterable[VehicleId], *, now: datetime
) -> Mapping[VehicleId, ShownVehicle]:
    """Return many vehicles for a clerk or a station, in four statements."""
    found = _shown(session, _vehicles().where(Vehicle.id.in_(list(vehicle_ids))), now)
    return {vehicle.vehicle_id: vehicle for vehicle in found}


def in_clear(session: Session, vehicle_id: VehicleId, *, person_id: PersonId | None) -> InClear:
    """Return what the owner or agent, or a clerk (`person_id` None), may read whole; raise `NotFoundError`."""
    query = select(Vehicle.plate_sealed, Vehicle.vin_sealed, Owner.number_sealed).outerjoin(
        Owner, Owner.id == Vehicle.owner_id
    )
    query = query.where(Vehicle.id == vehicle_id)
    if person_id is not None:
        query = query.where(acted_for_by(person_id))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError
    keyring = keyring_of(session)
    number = sealing.number_in(keyring, row.number_sealed) if row.number_sealed else ""
    return InClear(
        plate=sealing.plate_in(keyring, row.plate_sealed),
        vin=sealing.vin_in(keyring, row.vin_sealed),
        owner_document=masked_document(number) if number else "",
    )


def find_vehicles(session: Session, text: str, *, now: datetime) -> Sequence[ShownVehicle]:
    """Return what the counter or the gate may mean: a plate, its last four characters, a VIN, or its last six."""
    wanted = _wanted(keyring_of(session), plain_plate(text))
    if wanted is None:
        return ()
    return _shown(session, _vehicles().where(wanted).order_by(Vehicle.id).limit(MOST_FOUND), now)


def plain_plate(text: str) -> str:
    """Return what was typed without the dot that separates a plate's letters from its serial."""
    return plain_number(re.sub(r"[·•・.]", "", text))


def _wanted(keyring: Keyring, text: str) -> ColumnElement[bool] | None:
    if len(text) == WHOLE_VIN:
        return Vehicle.vin_hash == sealing.vin_hash(keyring, text)
    if VIN_TAIL.fullmatch(text):
        return Vehicle.vin_tail_hash == sealing.vin_tail_hash(keyring, text)
    if PLATE_TAIL.fullmatch(text):
        return Vehicle.plate_tail_hash == sealing.plate_tail_hash(keyring, text)
    return Vehicle.plate_hash == sealing.plate_hash(keyring, text) if text else None


def _vehicles() -> Select[Vehicle, Owner, str]:
    return (
        select(Vehicle, Owner, Person.name)
        .outerjoin(Owner, Owner.id == Vehicle.owner_id)
        .outerjoin(Person, Person.id == Owner.person_id)
        .execution_options(populate_existing=True)
    )


def _shown(session: Session, query: Select[Vehicle, Owner, str], now: datetime) -> Sequence[ShownVehicle]:
    rows = session.execute(query).all()
    today = local_day(now)
    settings = settings_on(session, today)
    holders = [holder_of(VehicleId(vehicle.id)) for vehicle, _, _ in rows]
    bookings, held = live_bookings(session, holders), held_for(session, holders, now=now)
    keyring = keyring_of(session)
    return [
        _one(
            vehicle,
            owner,
            name or "",
            keyring,
            Seen(_standing(vehicle, keyring, today, settings), bookings.get(holder), held.get(holder)),
        )
        for (vehicle, owner, name), holder in zip(rows, holders, strict=True)
    ]


def _one(vehicle: Vehicle, owner: Owner | None, name: str, keyring: Keyring, seen: Seen) -> ShownVehicle:
    is_company = owner is not None and owner.kind is OwnerKind.COMPANY
    if owner is not None and is_company:
        name = sealing.name_in(keyring, owner.name_sealed)
    columns: dict[str, Any] = {column: getattr(vehicle, column) for column in AS_KEPT}
    return ShownVehicle(
        **columns,
        vehicle_id=VehicleId(vehicle.id),
        plate=masked_plate(sealing.plate_in(keyring, vehicle.plate_sealed)),
        vin=masked_vin(sealing.vin_in(keyring, vehicle.vin_sealed)),
        kind=VehicleKind(vehicle.vehicle_kind),
        use=Use(vehicle.use),
        is_bound=vehicle.bound_at is not None,
        owner_id=OwnerId(owner.id) if owner else None,
        owner=name,
        owner_person=PersonId(owner.person_id) if owner and owner.person_id is not None else None,
        owner_is_company=is_company,
        reminders_off=owner is not None and owner.reminders_off,
        standing=seen.standing,
        booking=seen.booking,
        held=seen.held,
    )


def live_bookings(session: Session, holders: Sequence[Holder]) -> Mapping[Holder, LiveBooking]:
    """Return the live booking of each holder that has one; one statement."""
    query = (
        select(
            Booking.holder,
            Booking.reference,
            Booking.service,
            Slot.starts_at,
            Slot.ends_at,
            Slot.site_id,
            Site.name.label("site_name"),
            Site.name_en.label("site_name_en"),
        )
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Site, Site.id == Slot.site_id)
        .where(Booking.holder.in_(holders), Booking.state.in_(LIVE))
    )
    return {
        Holder(row["holder"]): LiveBooking(**{name: value for name, value in row.items() if name != "holder"})
        for row in session.execute(query).mappings()
    }


def _standing(vehicle: Vehicle, keyring: Keyring, today: date, settings: Settings) -> DueStanding | None:
    if vehicle.registered_on is None:
        return None
    return standing(vehicle_facts(vehicle, keyring), today=today, settings=settings)
