"""Cars that drive in: with a booking, without one, or back for their re-inspection."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy.orm import Session

from booking.attendance.queries.settings import day_settings
from booking.attendance.queries.visits import VisitRow, visits_of
from booking.attendance.service.arrivals import Arrival, arrive
from booking.inspections.holders import holder_of
from booking.inspections.models import Vehicle
from booking.inspections.queries.gate import BookingAtGate, failed_here
from booking.inspections.queries.stations import LINE, inspects
from booking.inspections.rules.facts import SERVICE_OF_KIND, VehicleKind
from booking.inspections.service.reinspection import give_up_offer
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.errors import ConflictError, NotFoundError, Wording
from booking.kernel.ids import SiteId, VehicleId
from booking.sites import queries as sites


class NotInspectedHereError(ConflictError):
    """The station has no test lane in use for this kind of vehicle."""

    wording: ClassVar[Wording] = Wording(
        "本站没有可以检验这种车辆的检测线，请到其他检验站。",
        "This station has no test lane for this kind of vehicle; please go to another station.",
    )


def admit(
    session: Session,
    site_id: SiteId,
    vehicle_id: VehicleId,
    *,
    booking: BookingAtGate | None = None,
    actor: Actor,
    now: datetime,
) -> VisitRow:
    """Let a car in with the next number of the day; what it is booked for here and today is found by itself.

    A car that failed here lately goes on with its case, and a place kept for its re-inspection is given up for it.
    Raises `NotInspectedHereError` for a car without a booking that no lane can test, `NotFoundError`, and what
    `arrive` raises.
    """
    vehicle = session.get(Vehicle, vehicle_id)
    if vehicle is None:
        raise NotFoundError
    kind, holder = VehicleKind(vehicle.vehicle_kind), holder_of(vehicle_id)
    if booking is None and not inspects(sites.station(session, site_id, now=now), kind):
        raise NotInspectedHereError
    service = booking.service if booking else SERVICE_OF_KIND[kind]
    failed = failed_here(visits_of(session, holder), service, site_id, now=now)
    arrival = Arrival(holder, service, booking.id if booking else None, failed.id if failed else None)
    settings = day_settings(session, LINE, local_day(now))
    visit = arrive(session, site_id, arrival, settings=settings, actor=actor, now=now)
    if failed is not None:
        give_up_offer(session, vehicle_id, actor=actor, now=now)
    return visit
