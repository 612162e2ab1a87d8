"""Letting go of a vehicle, so that its next owner can bind it."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import exists, update
from sqlalchemy.orm import Session

from booking.allotment.models.requests import Request, RequestState
from booking.audit import service as audit
from booking.bookings.models import LIVE, Booking
from booking.inspections.holders import holder_of
from booking.inspections.models import Vehicle
from booking.inspections.service.access import refuse_who_may_not_act
from booking.inspections.service.messages import tell_of_vehicle
from booking.kernel.actors import Actor, Role
from booking.kernel.db import rows_changed
from booking.kernel.errors import InvalidStateError, Wording
from booking.kernel.ids import VehicleId
from booking.slots.holds import give_up_hold, held_for


class StillBookedError(InvalidStateError):
    """The vehicle has a live booking or request."""

    wording: ClassVar[Wording] = Wording(
        "这辆车还有有效的预约或申请，请先取消，再解绑。",
        "This vehicle has a live booking or request; please cancel that first.",
    )


def unbind_vehicle(session: Session, vehicle_id: VehicleId, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """Let go of a vehicle, for instance when it is sold; raise `StillBookedError` while it has a booking or request.

    Its next owner binds it by its VIN. A place that is held for it is given up. The counter also lets go of a vehicle
    that the register still names an owner for and nobody has bound.
    """
    refuse_who_may_not_act(session, vehicle_id, actor)
    tell_of_vehicle(session, vehicle_id, "vehicle_unbound", now=now)
    holder = holder_of(vehicle_id)
    letting_go = update(Vehicle).where(
        Vehicle.id == vehicle_id,
        (Vehicle.owner_id if actor.role is Role.COUNTER else Vehicle.bound_at).is_not(None),
        ~exists().where(Booking.holder == holder, Booking.state.in_(LIVE)),
        ~exists().where(Request.holder == holder, Request.state == RequestState.LIVE),
    )
    if rows_changed(session, letting_go.values(owner_id=None, bound_at=None, bound_by=None)) != 1:
        raise StillBookedError
    held = held_for(session, [holder], now=now).get(holder)
    if held is not None:
        give_up_hold(session, held.id, holder, held.slot_id, actor=actor, now=now)
    audit.record(session, "vehicle unbound", "vehicle", vehicle_id, actor=actor, now=now, reason=reason)
