"""Whose vehicle it is: the question that every verb on one asks before anything else."""

from sqlalchemy.orm import Session

from booking.inspections.models import Vehicle
from booking.inspections.queries.authority import may_act_for_vehicle
from booking.kernel.actors import Actor, Role
from booking.kernel.errors import NotAllowedError, NotFoundError
from booking.kernel.ids import PersonId, VehicleId


def refuse_others(actor: Actor, person_id: PersonId) -> None:
    """Applicants act for themselves, the counter for others, and nobody else binds at all."""
    if actor.role is Role.APPLICANT and actor.person_id != person_id:
        raise NotFoundError
    if actor.role not in (Role.APPLICANT, Role.COUNTER) or (
        actor.role is Role.COUNTER and actor.person_id == person_id
    ):
        raise NotAllowedError


def refuse_who_may_not_act(session: Session, vehicle_id: VehicleId, actor: Actor) -> None:
    """Owners and agents act for their vehicles, the counter for those of others; raise `NotFoundError` otherwise."""
    is_theirs = actor.person_id is not None and may_act_for_vehicle(session, vehicle_id, actor.person_id)
    if actor.role is Role.APPLICANT and not is_theirs:
        raise NotFoundError
    if actor.role not in (Role.APPLICANT, Role.COUNTER) or (actor.role is Role.COUNTER and is_theirs):
        raise NotAllowedError
    if session.get(Vehicle, vehicle_id) is None:
        raise NotFoundError
