"""Re-inspection: a car that failed is offered a place, without a new race for one."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking.inspections.holders import holder_of
from booking.inspections.models import Vehicle
from booking.inspections.rules.facts import VehicleKind
from booking.inspections.service.messages import held_facts, tell_of_vehicle
from booking.inspections.service.places import keep_place
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.ids import SiteId, VehicleId
from booking.sites.models import Site
from booking.slots.holds import give_up_hold, held_for
from booking.slots.models import HoldPurpose

REACH = timedelta(days=30)


def offer_reinspection(
    session: Session, vehicle_id: VehicleId, site_id: SiteId, *, actor: Actor, now: datetime
) -> int | None:
    """Hold the next free window of the station for a vehicle that failed, tell its owner, and return the hold.

    None where no window is free: then the owner is told to come in opening hours with the failure report. A vehicle
    that nobody has bound is held nothing: nobody could take it, and the walk-in queue is open to it.
    """
    vehicle = session.get_one(Vehicle, vehicle_id)
    if vehicle.bound_at is None:
        return None
    kept = keep_place(
        session,
        vehicle_id,
        VehicleKind(vehicle.vehicle_kind),
        site_id,
        last=local_day(now) + REACH,
        purpose=HoldPurpose.REINSPECTION,
        actor=actor,
        now=now,
    )
    site = session.get_one(Site, site_id)
    tell_of_vehicle(session, vehicle_id, "reinspection", now=now, **held_facts(site, kept))
    return kept.hold_id if kept else None


def give_up_offer(session: Session, vehicle_id: VehicleId, *, actor: Actor, now: datetime) -> bool:
    """Set free the place that is held for a vehicle's re-inspection; return False where none is.

    For a car that comes before its window, and for a fail that was taken back.
    """
    holder = holder_of(vehicle_id)
    held = held_for(session, [holder], now=now).get(holder)
    if held is None or held.purpose is not HoldPurpose.REINSPECTION:
        return False
    give_up_hold(session, held.id, holder, held.slot_id, actor=actor, now=now)
    return True
