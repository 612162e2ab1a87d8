"""Whose vehicle it is: the question that every verb on one asks before anything else."""

from sqlalchemy.orm import Session

from booking.inspections.models import Vehicle
from booking.inspections.queries.authority import is_of, may_act_for_vehicle
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
    """Owners and agents act for their vehicles, the counter for those of others; raise `NotFoundError` otherwise.

    A clerk's own vehicle stays so while nobody has bound it: what is noted of it now would count once it is bound.
    """
    whose = actor.person_id
    if actor.role is Role.APPLICANT and not (whose and may_act_for_vehicle(session, vehicle_id, whose)):
        raise NotFoundError
    if actor.role not in (Role.APPLICANT, Role.COUNTER):
        raise NotAllowedError
    if actor.role is Role.COUNTER and whose and is_of(session, vehicle_id, whose):
        raise NotAllowedError
    if session.get(Vehicle, vehicle_id) is None:
        raise NotFoundError
