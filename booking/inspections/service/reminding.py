"""Reminding an owner once at each stage before the mark runs out; the one a month before carries a place."""

from datetime import date, datetime

from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from booking.attendance.models import Visit, VisitState
from booking.audit import service as audit
from booking.bookings.models import LIVE, Booking
from booking.inspections.holders import holder_of
from booking.inspections.models import Owner, Reminder, Vehicle
from booking.inspections.queries.authority import people_for
from booking.inspections.queries.facts import settings_on, vehicle_facts
from booking.inspections.queries.stations import nearest_first, stations_for
from booking.inspections.rules.due import DueStanding, standing
from booking.inspections.rules.facts import VehicleKind
from booking.inspections.rules.periods import Step
from booking.inspections.service.messages import held_facts, tell_of_vehicle
from booking.inspections.service.places import Kept, keep_place
from booking.kernel.actors import Actor
from booking.kernel.calendar import ONE_DAY, local_day
from booking.kernel.db import conflicts_as, keyring_of
from booking.kernel.ids import SiteId, VehicleId
from booking.sites.models import Site
from booking.slots.models import HoldPurpose

STAGES = (7, 30, 90)  # days before the last valid day
WITH_PLACE = 30


class RemindedError(Exception):
    """This reminder went out already."""


CONFLICTS: dict[str, type[Exception]] = {"uq_reminder_vehicle_id_valid_until_days_before": RemindedError}


def due_reminders(session: Session, *, now: datetime) -> list[VehicleId]:
    """Return the vehicles of which a reminder may be due, the one that runs out first first.

    Only bound ones whose owner wants reminders, without a live booking. `remind` decides and claims.
    """
    today = local_day(now)
    reminded = exists().where(Reminder.vehicle_id == Vehicle.id, Reminder.valid_until == Vehicle.valid_until)
    query = (
        select(Vehicle.id, Vehicle.valid_until)
        .join(Owner, Owner.id == Vehicle.owner_id)
        .where(Vehicle.bound_at.is_not(None), Owner.reminders_off.is_(False))
        .where(Vehicle.valid_until.between(today, today + ONE_DAY * max(STAGES)))
        .order_by(Vehicle.valid_until, Vehicle.id)
    )
    return [
        VehicleId(row.id)
        for days in STAGES
        for row in session.execute(query.where(~reminded.where(Reminder.days_before == days)))
        if stage_on(row.valid_until, today) == days
    ]


def stage_on(valid_until: date, today: date) -> int | None:
    """Return the stage that is due: of several that were slept through only the most urgent one; None for none."""
    left = (valid_until - today).days
    return next((days for days in STAGES if 0 <= left <= days), None)


def remind(session: Session, vehicle_id: VehicleId, *, actor: Actor, now: datetime) -> bool:
    """Send the reminder that is due for a vehicle, once for ever; return False if there was none to send.

    The row is the claim: of two processes one writes it. A vehicle that needs a line test and is within a month of
    its last day is held a place at the station where it was last, or else at the nearest that has one.
    """
    vehicle = session.get_one(Vehicle, vehicle_id, populate_existing=True)
    today = local_day(now)
    stage = stage_on(vehicle.valid_until, today) if vehicle.valid_until else None
    if stage is None or vehicle.valid_until is None or not _wants_one(session, vehicle):
        return False
    stands = _standing(session, vehicle, today)
    if stands is not None and _has_passed(session, vehicle, stands.opens_on):
        return False
    row = insert(Reminder).values(
        vehicle_id=vehicle_id, valid_until=vehicle.valid_until, days_before=stage, told_at=now
    )
    try:
        with session.begin_nested(), conflicts_as(CONFLICTS):  # somebody else may be sending it at this moment
            reminder_id = session.execute(row.returning(Reminder.id)).scalar_one()
    except RemindedError:
        return False
    needs_test = stands is None or stands.step is Step.LINE_TEST
    kept = _place(session, vehicle, actor=actor, now=now) if needs_test and stage == WITH_PLACE else None
    if kept is not None:
        session.execute(update(Reminder).where(Reminder.id == reminder_id).values(hold_id=kept.hold_id))
    site = session.get_one(Site, kept.slot.site_id) if kept else None
    facts = {
        "days": (vehicle.valid_until - today).days,
        "valid_until": vehicle.valid_until,
        "way": "test" if needs_test else "mark",
        **held_facts(site, kept),
    }
    tell_of_vehicle(session, vehicle_id, "reminder", now=now, **facts)
    after = {"stage": stage, "hold": kept.hold_id if kept else None}
    audit.record(session, "owner reminded", "vehicle", vehicle_id, actor=actor, now=now, after=after)
    return True


def _wants_one(session: Session, vehicle: Vehicle) -> bool:
    """Ask again at the write: the owner may have booked, let go or switched off since the list was made."""
    if vehicle.bound_at is None or not people_for(session, VehicleId(vehicle.id)):
        return False
    holder = holder_of(VehicleId(vehicle.id))
    booked = select(Booking.id).where(Booking.holder == holder, Booking.state.in_(LIVE))
    return session.scalar(booked) is None and not session.get_one(Owner, vehicle.owner_id).reminders_off


def _standing(session: Session, vehicle: Vehicle, today: date) -> DueStanding | None:
    """Return how the vehicle stands, or None where nobody knows when it was first registered."""
    if vehicle.registered_on is None:
        return None
    facts = vehicle_facts(vehicle, keyring_of(session))
    return standing(facts, today=today, settings=settings_on(session, today))


def _has_passed(session: Session, vehicle: Vehicle, since: date) -> bool:
    """Say whether the vehicle has passed for its next mark, of which the register may not know yet."""
    passed = select(Visit.id).where(
        Visit.holder == holder_of(VehicleId(vehicle.id)), Visit.state == VisitState.PASSED, Visit.day >= since
    )
    return session.scalar(passed.limit(1)) is not None


def _place(session: Session, vehicle: Vehicle, *, actor: Actor, now: datetime) -> Kept | None:
    """Hold a place before the last valid day, at the first of the stations that has one."""
    kind = VehicleKind(vehicle.vehicle_kind)
    last = vehicle.valid_until or local_day(now)
    for site_id in _stations(session, vehicle, kind, now):
        kept = keep_place(
            session, VehicleId(vehicle.id), kind, site_id,
            last=last, purpose=HoldPurpose.REMINDER, actor=actor, now=now,
        )  # fmt: skip
        if kept is not None:
            return kept
    return None


def _stations(session: Session, vehicle: Vehicle, kind: VehicleKind, now: datetime) -> list[SiteId]:
    """Return where to look, in this order: the station where the vehicle was last, then the others by distance."""
    holder, owner = holder_of(VehicleId(vehicle.id)), session.get_one(Owner, vehicle.owner_id)
    visits = select(Visit.site_id).where(Visit.holder == holder).order_by(Visit.arrived_at.desc()).limit(1)
    last = session.scalar(visits)
    found = [one.id for one in nearest_first(stations_for(session, kind, now=now), owner.district)]
    return sorted(found, key=lambda site_id: site_id != last)
