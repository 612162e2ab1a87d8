"""What the counter looks for: vehicles by whatever a clerk has in hand, people without any, and an owner's agents."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from booking.accounts import queries as accounts
from booking.accounts.models import Person
from booking.accounts.queries import MaskedPerson
from booking.bookings import queries as bookings
from booking.inspections import sealing
from booking.inspections.holders import is_vehicle, vehicle_of
from booking.inspections.models import Agency, How, Owner, Vehicle
from booking.inspections.queries.authority import acted_for_by
from booking.inspections.queries.vehicles import MOST_FOUND, ShownVehicle, find_vehicles, vehicles_shown
from booking.kernel.db import keyring_of
from booking.kernel.errors import NotFoundError
from booking.kernel.identifiers import IdDocument, IdType, masked_mobile, plain_number
from booking.kernel.ids import REFERENCE_ALPHABET, REFERENCE_LENGTH, Holder, OwnerId, PersonId, VehicleId

REFERENCE = re.compile(f"[{REFERENCE_ALPHABET}]{{{REFERENCE_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found; `people` may own nothing here yet."""

    vehicles: Sequence[ShownVehicle]
    people: Sequence[MaskedPerson]


@dataclass(frozen=True, slots=True)
class Agent:
    """Who acts for an owner, as a clerk sees it; the telephone is masked."""

    agency_id: int
    person_id: PersonId
    name: str
    phone: str
    how: How
    evidence: str
    consented_at: datetime

    @property
    def is_declared(self) -> bool:
        """Whether only the agent has said so; then it covers no more than what this agent has bound."""
        return self.how is How.DECLARED


def search(session: Session, text: str, *, now: datetime) -> Found:
    """Return what may be meant by a booking's reference, a plate or VIN or the end of one, or an owner.

    An owner is known by telephone, by document or credit code, or by name and the document's last four; an agent
    likewise, and brings the vehicles acted for.
    """
    booked = _booked(session, text)
    if booked is not None:
        return Found(list(vehicles_shown(session, [booked], now=now).values()), ())
    people = accounts.find_people(session, text)
    seen = {one.vehicle_id: one for one in find_vehicles(session, text, now=now)}
    owned = [number for number in _owned(session, text, people) if number not in seen]
    shown = vehicles_shown(session, owned, now=now) if owned else {}
    return Found([*seen.values(), *(shown[number] for number in owned)], people)


def agents_of_owner(session: Session, owner_id: OwnerId) -> Sequence[Agent]:
    """Return who acts for an owner now, the latest consent first; one statement."""
    query = (
        select(Agency, Person.name, Person.phone_sealed)
        .join(Person, Person.id == Agency.agent_person_id)
        .where(Agency.owner_id == owner_id, Agency.ended_at.is_(None))
        .order_by(Agency.id.desc())
    )
    keyring = keyring_of(session)
    return [
        Agent(
            agency.id,
            PersonId(agency.agent_person_id),
            name,
            masked_mobile(keyring.open(phone, column="person.phone")),
            agency.how,
            agency.evidence,
            agency.consented_at,
        )
        for agency, name, phone in session.execute(query)
    ]


def agent_of_owner(session: Session, owner_id: OwnerId | None, agency_id: int) -> Agent:
    """Return one live consent of an owner; raise `NotFoundError`."""
    known = agents_of_owner(session, owner_id) if owner_id is not None else ()
    found = next((agent for agent in known if agent.agency_id == agency_id), None)
    if found is None:
        raise NotFoundError
    return found


def person_named(session: Session, name: str, phone: str) -> PersonId | None:
    """Return who has both this name and this telephone; None for nobody, or where several have."""
    found = [one for one in accounts.find_people(session, phone) if one.name == name.strip()]
    return found[0].person_id if len(found) == 1 else None


def _booked(session: Session, text: str) -> VehicleId | None:
    reference = plain_number(text)
    if not REFERENCE.fullmatch(reference):
        return None
    try:
        holder = Holder(bookings.find(session, reference).holder)
    except NotFoundError:
        return None  # some document numbers look like a reference
    return vehicle_of(holder) if is_vehicle(holder) else None


def _owned(session: Session, text: str, people: Sequence[MaskedPerson]) -> Sequence[VehicleId]:
    """Return vehicles that one of the people owns or acts for, or whose owner has this number; one statement."""
    query = (
        select(Vehicle.id)
        .join(Owner, Owner.id == Vehicle.owner_id)
        .where(
            or_(
                Owner.person_id.in_([one.person_id for one in people]),
                Owner.identity_hash.in_(list(_identity_hashes(session, plain_number(text)))),
                *(acted_for_by(one.person_id) for one in people),
            )
        )
        .order_by(Vehicle.valid_until.is_(None), Vehicle.valid_until, Vehicle.id)
        .limit(MOST_FOUND)
    )
    return [VehicleId(number) for number in session.scalars(query)]


def _identity_hashes(session: Session, number: str) -> Iterator[str]:
    """Yield the hashes under which an owner with this number may be stored, whatever its kind."""
    keyring = keyring_of(session)
    known = {IdDocument(kind, number).identity for kind in IdType} | {f"N:{number}"}  # N: a company's credit code
    for identity in sorted(known) if number else ():
        yield sealing.identity_hash(keyring, identity)
