"""Giving up a place that was held for a vehicle. It is taken by booking its window: see `bookings.service`."""

from datetime import datetime

from sqlalchemy.orm import Session

from booking.bookings.acting import refuse_others
from booking.inspections.line import INSPECTIONS
from booking.kernel.actors import Actor
from booking.slots.holds import give_up_hold, held_seat


def give_up_place(session: Session, hold_id: int, *, actor: Actor, now: datetime) -> None:
    """Make a held place takeable for everybody again.

    Raises `NotFoundError` for what is not the actor's business, and `HoldGoneError` once it is over.
    """
    held = held_seat(session, hold_id, now=now)
    refuse_others(session, INSPECTIONS, actor, held.holder)
    give_up_hold(session, hold_id, held.holder, held.slot_id, actor=actor, now=now)
