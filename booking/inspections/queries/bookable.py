"""Whether a vehicle can be booked for at all, whatever window is chosen, and what one needs to know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.inspections.holders import holder_of
from booking.inspections.queries.facts import facts_of, settings_on
from booking.inspections.queries.stations import LINE
from booking.inspections.queries.vehicles import ShownVehicle, garage, vehicle_shown
from booking.inspections.rules.facts import VehicleFacts
from booking.inspections.rules.refusals import NOT_KNOWN, WindowFacts, refusals
from booking.kernel.calendar import local_day
from booking.kernel.errors import Refusal
from booking.kernel.ids import Holder, PersonId, VehicleId
from booking.slots.models import Slot, SlotState


@dataclass(frozen=True, slots=True)
class Bookable:
    """A vehicle for somebody who may act for it. `facts` None: nobody knows when it was first registered.

    `refusals` are the reasons that hold for every window that can be had now.
    """

    vehicle: ShownVehicle
    facts: VehicleFacts | None
    refusals: Sequence[Refusal]

    @property
    def holder(self) -> Holder:
        """The vehicle as the core names it."""
        return holder_of(self.vehicle.vehicle_id)

    @property
    def opens_on(self) -> date:
        """The first day of a window that it may take."""
        standing = self.vehicle.standing
        return standing.opens_on if standing else date.max

    @property
    def is_free(self) -> bool:
        """Whether it can be booked for now: nothing refuses it, and it has no place yet."""
        return not self.refusals and self.vehicle.booking is None


def bookable(session: Session, vehicle_id: VehicleId, *, person_id: PersonId | None, now: datetime) -> Bookable:
    """Return one vehicle; raise `NotFoundError` where the person may not act for it. None is for clerks."""
    vehicle = vehicle_shown(session, vehicle_id, person_id=person_id, now=now)
    facts = facts_of(session, [vehicle_id]).get(vehicle_id)
    return Bookable(vehicle, facts, barred(session, facts, vehicle.service, now=now))


def all_bookable(session: Session, person_id: PersonId, *, now: datetime) -> Sequence[Bookable]:
    """Return every vehicle that the person may act for, by last valid day; a fixed number of statements."""
    vehicles = garage(session, person_id, now=now)
    facts = facts_of(session, [vehicle.vehicle_id for vehicle in vehicles])
    last, today = last_days(session, now=now), local_day(now)
    settings = settings_on(session, today)
    found = []
    for vehicle in vehicles:
        known = facts.get(vehicle.vehicle_id)
        window = WindowFacts(vehicle.service, max(last.get(vehicle.service, today), today))
        against = refusals(known, window, today=today, settings=settings) if known else (NOT_KNOWN,)
        found.append(Bookable(vehicle, known, tuple(against)))
    return found


def barred(session: Session, facts: VehicleFacts | None, service: str, *, now: datetime) -> Sequence[Refusal]:
    """Return the reasons against every window of a service that can be had now.

    A vehicle whose months begin later is refused only if they begin after the last day that can be booked.
    """
    if facts is None:
        return (NOT_KNOWN,)
    today = local_day(now)
    last = max(last_days(session, now=now).get(service, today), today)
    return tuple(refusals(facts, WindowFacts(service, last), today=today, settings=settings_on(session, today)))


def last_days(session: Session, *, now: datetime) -> Mapping[str, date]:
    """Return by service the last day of which windows are published, open yet or not; one statement."""
    query = (
        select(Slot.service, func.max(Slot.day).label("last"))
        .where(Slot.line == LINE, Slot.state == SlotState.PUBLISHED, Slot.closes_at > now)
        .group_by(Slot.service)
    )
    return {row.service: row.last for row in session.execute(query)}
