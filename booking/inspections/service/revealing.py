"""Plate and VIN in clear for a clerk: never without a reason, and never without a trace."""

from datetime import datetime

from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.inspections.queries.vehicles import InClear, in_clear
from booking.inspections.service.access import refuse_who_may_not_act
from booking.kernel.actors import Actor
from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import VehicleId


def reveal(session: Session, vehicle_id: VehicleId, *, reason: str, actor: Actor, now: datetime) -> InClear:
    """Return plate and VIN in clear and log who saw them and why.

    Raises `InvalidInputError` naming "reason", `NotFoundError`, or `NotAllowedError` for a clerk's own vehicle.
    """
    refuse_who_may_not_act(session, vehicle_id, actor)
    if not reason.strip():
        raise InvalidInputError("reason")
    act = "vehicle looked up in clear"
    audit.record(session, act, "vehicle", vehicle_id, actor=actor, now=now, reason=reason.strip())
    return in_clear(session, vehicle_id, person_id=None)
