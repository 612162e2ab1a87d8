"""Who may act for an owner or a vehicle: the owner, or an agent with a consent that has not ended.

An agent who only declared a company's consent acts for no more than what that agent has bound: a credit code is
public, and must not open a fleet.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from booking.inspections.models import Agency, How, Owner, Vehicle
from booking.kernel.db import batched
from booking.kernel.ids import OwnerId, PersonId, VehicleId


def acted_for_by(person_id: PersonId) -> ColumnElement[bool]:
    """Return the condition on `Vehicle` that the person may act for it; it is bound then."""
    is_owner = exists().where(Owner.id == Vehicle.owner_id, Owner.person_id == person_id).correlate(Vehicle)
    is_agent = (
        exists()
        .where(
            Agency.owner_id == Vehicle.owner_id,
            Agency.agent_person_id == person_id,
            Agency.ended_at.is_(None),
            or_(Agency.how != How.DECLARED, Vehicle.bound_by == person_id),
        )
        .correlate(Vehicle)
    )
    return and_(Vehicle.bound_at.is_not(None), or_(is_owner, is_agent))


def may_act_for_vehicle(session: Session, vehicle_id: VehicleId, person_id: PersonId) -> bool:
    """Say whether the person may book for the vehicle."""
    return bool(may_act_for_all(session, [vehicle_id], person_id))


def may_act_for_all(session: Session, vehicle_ids: Iterable[VehicleId], person_id: PersonId) -> bool:
    """Say whether the person may book for every one of the vehicles."""
    wanted = set(vehicle_ids)
    found = [
        number
        for some in batched(sorted(wanted))
        for number in session.scalars(select(Vehicle.id).where(Vehicle.id.in_(some), acted_for_by(person_id)))
    ]
    return bool(wanted) and len(found) == len(wanted)


def is_of(session: Session, vehicle_id: VehicleId, person_id: PersonId) -> bool:
    """Say whether the vehicle is the person's business: to act for, or owned, bound or not."""
    is_owner = exists().where(Owner.id == Vehicle.owner_id, Owner.person_id == person_id).correlate(Vehicle)
    query = select(Vehicle.id).where(Vehicle.id == vehicle_id, or_(is_owner, acted_for_by(person_id)))
    return session.scalar(query) is not None


def may_act_for_owner(session: Session, owner_id: OwnerId, person_id: PersonId) -> bool:
    """Say whether the person is the owner, or an agent for everything that is the owner's."""
    is_agent = (
        exists()
        .where(
            Agency.owner_id == Owner.id,
            Agency.agent_person_id == person_id,
            Agency.ended_at.is_(None),
            Agency.how != How.DECLARED,
        )
        .correlate(Owner)
    )
    query = select(Owner.id).where(Owner.id == owner_id, or_(Owner.person_id == person_id, is_agent))
    return session.scalar(query) is not None


def people_for(session: Session, vehicle_id: VehicleId) -> Sequence[PersonId]:
    """Return whom messages about a bound vehicle go to: its owner; for a company, the agent who bound it first."""
    vehicle = session.get_one(Vehicle, vehicle_id)
    if vehicle.bound_at is None:
        return ()
    owner = session.get_one(Owner, vehicle.owner_id)
    if owner.person_id is not None:
        return (PersonId(owner.person_id),)
    agents = select(Agency.agent_person_id).where(
        Agency.owner_id == owner.id,
        Agency.ended_at.is_(None),
        or_(Agency.how != How.DECLARED, Agency.agent_person_id == vehicle.bound_by),
    )
    found = session.scalars(agents.order_by(Agency.agent_person_id != vehicle.bound_by, Agency.id)).all()
    return [PersonId(found[0])] if found else ()
