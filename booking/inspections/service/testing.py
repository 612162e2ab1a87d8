"""On the test lanes of a station: calling the next car that a lane can test, failing a car, taking a result back."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from booking.attendance.models import Visit, VisitState
from booking.attendance.queries.settings import day_settings
from booking.attendance.queries.visits import VisitRow, visit_shown
from booking.attendance.service import calls, results
from booking.attendance.service.results import ResultFinalError
from booking.bookings.models import Booking, BookingState
from booking.inspections.holders import vehicle_of
from booking.inspections.models import Vehicle
from booking.inspections.queries.stations import LINE, takes
from booking.inspections.rules.facts import VehicleKind
from booking.inspections.service.messages import tell_of_vehicle
from booking.inspections.service.reinspection import give_up_offer, offer_reinspection
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.errors import ConflictError, NotFoundError, Wording
from booking.kernel.ids import Holder, SiteId, TestLaneId, VehicleId, VisitId
from booking.sites import queries as sites
from booking.sites.rules.station import LaneFacts


class LaneOutOfServiceError(ConflictError):
    """No car is called to a lane that cannot test one."""

    wording: ClassVar[Wording] = Wording(
        "这条检测线现在停用，请叫到其他检测线。", "This test lane is out of service; call to another one."
    )


def call_to_lane(
    session: Session, site_id: SiteId, lane_id: TestLaneId, *, actor: Actor, now: datetime
) -> VisitRow | None:
    """Call the first in order that the lane can test; None if nobody waits for it.

    Raises `LaneOutOfServiceError`, `NotFoundError` for a lane of another station, and what `call_next` raises.
    """
    station = sites.station(session, site_id, now=now)
    lane = next((lane for lane in station.lanes if lane.id == lane_id), None)
    if lane is None:
        raise NotFoundError
    is_out = any(outage.starts_at <= now for outage in station.outages_of(lane))
    if is_out or not lane.facts.is_active:
        raise LaneOutOfServiceError
    able = _waiting_for(session, site_id, lane.facts, now)
    return calls.call_next(
        session, site_id, lane.facts.name, may_take=lambda visit: visit.holder in able, actor=actor, now=now
    )


def fail(session: Session, visit_id: VisitId, *, actor: Actor, now: datetime) -> int | None:
    """Record that a car failed, offer it a place for its re-inspection, and return the hold; None without a place."""
    results.record_result(session, visit_id, False, actor=actor, now=now)
    visit = visit_shown(session, visit_id)
    return offer_reinspection(session, vehicle_of(visit.holder), visit.site_id, actor=actor, now=now)


def undo_result(session: Session, visit_id: VisitId, *, actor: Actor, now: datetime) -> None:
    """Take a result back while it can be; of a fail the place kept for the re-inspection goes with it.

    Whoever was told of the fail is told of that. Raises `ResultFinalError` also where the place is booked by now, and
    what `results.undo_result` raises.
    """
    visit = visit_shown(session, visit_id)
    settings = day_settings(session, LINE, local_day(now))
    results.undo_result(session, visit_id, settings=settings, actor=actor, now=now)
    if visit.state is not VisitState.FAILED:
        return
    if _booked_since(session, visit):
        raise ResultFinalError
    vehicle_id = vehicle_of(visit.holder)
    give_up_offer(session, vehicle_id, actor=actor, now=now)
    tell_of_vehicle(session, vehicle_id, "result_undone", now=now)


def _waiting_for(session: Session, site_id: SiteId, lane: LaneFacts, now: datetime) -> set[Holder]:
    """Return who of those that wait can be tested on the lane."""
    waiting = (Visit.site_id == site_id, Visit.day == local_day(now), Visit.state == VisitState.WAITING)
    holders = session.scalars(select(Visit.holder).where(*waiting, Visit.service == lane.service)).all()
    by_vehicle = {vehicle_of(Holder(holder)): Holder(holder) for holder in holders}
    kinds = session.execute(select(Vehicle.id, Vehicle.vehicle_kind).where(Vehicle.id.in_(by_vehicle)))
    return {by_vehicle[VehicleId(number)] for number, kind in kinds if takes(lane.kinds, VehicleKind(kind))}


def _booked_since(session: Session, visit: VisitRow) -> bool:
    """Say whether the car has a new booking since it failed."""
    anew = exists().where(
        Booking.holder == visit.holder,
        Booking.service == visit.service,
        Booking.state == BookingState.CONFIRMED,
        Booking.created_at >= visit.ended_at,
    )
    return bool(session.scalar(select(anew)))
