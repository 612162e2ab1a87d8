"""Where to look for a seat, and its claim, last in a booking: one held for the holder, else any that is free."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from booking.bookings.line import Line
from booking.bookings.wishes import Wish
from booking.kernel.actors import Actor
from booking.kernel.ids import Holder
from booking.slots import service as slots
from booking.slots.holds import give_up_hold, held_for, take_held
from booking.slots.models import Lane, Method, Slot


def claim_seat(session: Session, wish: Wish, lanes: Sequence[Lane], *, actor: Actor, now: datetime) -> Lane:
    """Take the held seat where the wish is for its slot; a seat held in another slot is given up with this booking.

    Returns the lane of the seat. Raises `SlotFullError`, or `HoldGoneError` if the hold was taken this moment.
    """
    held = held_for(session, [wish.holder], now=now).get(wish.holder)
    if held is None:
        return slots.take_seat(session, wish.slot_id, lanes, now=now)
    if held.slot_id == wish.slot_id:
        return take_held(session, held.id, wish.holder, held.slot_id, actor=actor, now=now)
    if held.slot_id < wish.slot_id:  # in ascending slot id, so that no two wait for each other
        give_up_hold(session, held.id, wish.holder, held.slot_id, actor=actor, now=now)
        return slots.take_seat(session, wish.slot_id, lanes, now=now)
    lane = slots.take_seat(session, wish.slot_id, lanes, now=now)
    give_up_hold(session, held.id, wish.holder, held.slot_id, actor=actor, now=now)
    return lane


def lanes_of(session: Session, line: Line, holder: Holder, slot: Slot, now: datetime) -> Sequence[Lane]:
    """Return where to look for a seat: what a round has left over is for anybody, whatever lane it was in."""
    if slot.method is Method.FIRST_COME:
        return line.lanes(session, holder, slot, now=now)
    return (Lane.ORDINARY, Lane.PRIORITY, Lane.MAKE_UP)
