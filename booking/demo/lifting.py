"""Overrides of the demo city: one that two persons have approved, and one that waits for the second."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.bookings import overrides
from booking.bookings.evidence import Evidence, Paper
from booking.bookings.models import OverrideKind
from booking.bookings.overrides import Proposal
from booking.demo.asking import City
from booking.desk.queries.liftable import choices
from booking.inspections.line import INSPECTIONS
from booking.inspections.models import Owner, Vehicle
from booking.inspections.rules.facts import SERVICE_OF_KIND
from booking.kernel.calendar import local_day
from booking.kernel.db import reading, unit_of_work
from booking.kernel.ids import PersonId, SlotId, VehicleId

MOST_TRIED = 40
SHOWN = Evidence(Paper.ID_ORIGINAL, "车主本人到场")
WHY = (
    (OverrideKind.OFFICE_ERROR, "登记的有效期录入有误，更正前车主要出远门"),
    (OverrideKind.HARDSHIP, "车主下周住院手术，出院后无法按期送检"),
)


def lift_rules(city: City, now: datetime) -> None:
    """Propose two overrides for vehicles that come too early, and approve the first."""
    with reading(city.sessions) as session:
        found = list(_proposals(session, now))
    for place, proposal in enumerate(found):
        with unit_of_work(city.sessions) as session:
            number = overrides.propose(session, INSPECTIONS, proposal, actor=city.staff["counter"], now=now)
        if place == 0:
            with unit_of_work(city.sessions) as session:
                overrides.approve(session, INSPECTIONS, number, actor=city.staff["approver"], now=now)


def _proposals(session: Session, now: datetime) -> Iterator[Proposal]:
    """Yield what may be proposed for the last vehicles that came: the named ones are kept as they are told."""
    query = (
        select(Vehicle.id, Vehicle.vehicle_kind, Owner.person_id)
        .join(Owner, Owner.id == Vehicle.owner_id)
        .where(Owner.person_id.is_not(None), Vehicle.bound_at.is_not(None))
        .order_by(Vehicle.id.desc())
        .limit(MOST_TRIED)
    )
    left = list(WHY)
    for row in session.execute(query):
        holder, service = INSPECTIONS.holder(VehicleId(row.id)), SERVICE_OF_KIND[row.vehicle_kind]
        free = choices(session, INSPECTIONS, holder, service, today=local_day(now), now=now).slots
        found = [one for one in free if len(one.refusals) == 1]
        if found:
            kind, reason = left.pop(0)
            lifted = frozenset(refusal.code for refusal in found[-1].refusals)
            slot_id = SlotId(found[-1].slot.id)  # not the next one: there is time to decide
            yield Proposal(PersonId(row.person_id), holder, slot_id, lifted, kind, reason, SHOWN)
        if not left:
            return
