"""A line test that was passed renews the mark: the vehicle is due again when its next period ends."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.attendance.models import Visit, VisitState
from booking.audit import service as audit
from booking.inspections.holders import KIND, vehicle_of
from booking.inspections.models import Renewal, Vehicle
from booking.inspections.queries.facts import facts_of, settings_on
from booking.inspections.rules.due import renewed_until
from booking.inspections.service.messages import tell_of_vehicle
from booking.kernel.actors import Actor
from booking.kernel.db import conflicts_as
from booking.kernel.ids import Holder, VisitId

MOST = 1000  # of one run; the next comes a minute later


class RenewedError(Exception):
    """The mark was renewed for this visit already."""


CONFLICTS: dict[str, type[Exception]] = {"uq_renewal_visit_id": RenewedError}


def passed_visits(session: Session) -> Sequence[VisitId]:
    """Return the visits whose pass is settled and has renewed nothing yet, in order of their number."""
    done = select(Renewal.visit_id).where(Renewal.visit_id == Visit.id)
    passed = select(Visit.id).where(Visit.state == VisitState.PASSED, Visit.settled_at.is_not(None))
    query = passed.where(Visit.holder.startswith(KIND), ~done.exists()).order_by(Visit.id).limit(MOST)
    return [VisitId(visit_id) for visit_id in session.scalars(query)]


def renew(session: Session, visit_id: VisitId, *, actor: Actor, now: datetime) -> bool:
    """Give the vehicle of a passed visit its next last valid day, once, and tell its owner.

    Of a vehicle of which only the plate is known nothing can be computed: it is noted as done with what it had.
    Return False if another process was first.
    """
    visit = session.get_one(Visit, visit_id)
    vehicle_id = vehicle_of(Holder(visit.holder))
    vehicle = session.get_one(Vehicle, vehicle_id, populate_existing=True)
    facts = facts_of(session, [vehicle_id]).get(vehicle_id)
    settings = settings_on(session, visit.day)
    until = renewed_until(facts, tested_on=visit.day, settings=settings) if facts else None
    row = {"visit_id": visit_id, "vehicle_id": vehicle_id, "before": vehicle.valid_until, "valid_until": until}
    try:
        with session.begin_nested(), conflicts_as(CONFLICTS):
            session.execute(insert(Renewal).values(**row, renewed_at=now))
    except RenewedError:
        return False
    if until is None:
        return True
    session.execute(update(Vehicle).where(Vehicle.id == vehicle_id).values(valid_until=until))
    before, after = ({"valid_until": day.isoformat() if day else ""} for day in (vehicle.valid_until, until))
    audit.record(session, "mark renewed", "vehicle", vehicle_id, actor=actor, now=now, before=before, after=after)
    tell_of_vehicle(session, vehicle_id, "passed", now=now, valid_until=until)
    return True
