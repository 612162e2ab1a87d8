"""Booking a place, changing it, cancelling it, and recording what became of it.

The order inside `book_seat` is deliberate: everything that needs no lock comes first, the claim of the seat
comes last, so that the hot row is locked for one statement and the commit.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.bookings.acting import CLERKS, refuse_others, refuse_strangers
from booking.bookings.claiming import claim_seat, lanes_of
from booking.bookings.evidence import NO_EVIDENCE, Evidence
from booking.bookings.line import Line
from booking.bookings.messages import Held, tell_holder
from booking.bookings.models import LIVE, Booking, BookingState
from booking.bookings.queries import find, live_booking
from booking.bookings.steps import ResultWaitsError, end
from booking.bookings.wishes import Wish
from booking.kernel.actors import Actor
from booking.kernel.db import conflicts_as, rows_changed, table_of
from booking.kernel.errors import (
    ConflictError,
    InvalidStateError,
    NotEligibleError,
    NotFoundError,
    Wording,
)
from booking.kernel.ids import BookingId, Holder, PersonId, SlotId, new_reference
from booking.slots import service as slots
from booking.slots.models import Lane, Method, Slot, SlotState


class AlreadyBookedError(ConflictError):
    """The holder has a live booking of this service; the database says so."""

    wording: ClassVar[Wording] = Wording(
        "这项业务已经有一个有效预约。要换时间，请在原预约上改期。",
        "There is a live booking of this service already. For another time, change that booking.",
    )


class DuplicateRequestError(ConflictError):
    """The same form was sent twice at once; the other one made the booking."""


class TooLateError(ConflictError):
    """The deadline for cancelling or changing on line has passed."""

    wording: ClassVar[Wording] = Wording(
        "网上取消或改期的时间已过，请在开始前到窗口办理。",
        "It is too late to cancel or change on line; please come to the counter before it begins.",
    )


class NotMovableError(ConflictError):
    """A place that a round gave cannot be moved: its seat goes to the next in line, never to somebody chosen."""

    wording: ClassVar[Wording] = Wording(
        "排号得到的名额不能改期。可以取消，再提交新的申请；取消会影响以后的排序时间。",
        "A place given by a round cannot be moved. You may cancel it and ask again; that moves your ranking time.",
    )


PLACE = insert(table_of(Booking)).returning(table_of(Booking).c.id)
CONFLICTS = {
    "uq_booking_live": AlreadyBookedError,
    "uq_booking_person_id_request_key": DuplicateRequestError,
}


def book_seat(session: Session, line: Line, wish: Wish, *, actor: Actor, now: datetime) -> str:
    """Give the holder a seat and return the booking's reference.

    Sent twice with the same `request_key`, it is one booking. Raises `NotEligibleError` with every reason,
    `SlotClosedError`, `SlotFullError`, `HoldGoneError` or `AlreadyBookedError`; then nothing is changed.
    """
    refuse_others(session, line, actor, wish.holder)
    refuse_strangers(session, line, wish.holder, wish.person_id)
    if made := _made_before(session, wish):
        return made
    slot = open_slot(session, line, wish.slot_id, now=now)
    refusals = [one for one in line.refusals(session, wish.holder, slot, now=now) if one.code not in wish.lifted]
    if refusals:
        if made := _made_before(session, wish):  # the same form, sent twice at once, was quicker
            return made
        raise NotEligibleError(refusals)
    lanes = lanes_of(session, line, wish.holder, slot, now)
    reference = new_reference()
    booking_id = _insert(session, wish, slot, lane=lanes[0], reference=reference, actor=actor, now=now)
    held = Held(booking_id, reference, wish.person_id, wish.holder)
    tell_holder(session, "booking_confirmed", held, slot, line=line, now=now)
    lane = claim_seat(session, wish, lanes, actor=actor, now=now)
    if lane is not lanes[0]:
        session.execute(update(Booking).where(Booking.id == booking_id).values(lane=lane))
    return reference


def change_slot(
    session: Session,
    line: Line,
    reference: str,
    slot_id: SlotId,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    evidence: Evidence = NO_EVIDENCE,
) -> None:
    """Move a confirmed booking to another slot of its service; the old seat is kept until the new one is had.

    Raises `NotFoundError`, `TooLateError` (only for applicants), `NotEligibleError`, `SlotClosedError` or
    `SlotFullError`, or `NotMovableError` for a place
    that a round gave; then the booking stands as it was. Moving to the slot it already has changes nothing.
    """
    booking = live_booking(session, reference)
    refuse_others(session, line, actor, Holder(booking.holder))
    if booking.slot_id == slot_id:
        return
    old = session.get_one(Slot, booking.slot_id)
    _refuse_when_late(old, actor, now)
    if old.method is not Method.FIRST_COME:
        raise NotMovableError
    slot = open_slot(session, line, slot_id, now=now)
    if slot.service != booking.service:
        raise InvalidStateError(f"slot {slot_id} is of another service")
    holder = Holder(booking.holder)
    refusals = line.refusals(session, holder, slot, now=now, moving=True)
    if refusals:
        raise NotEligibleError(refusals)
    lanes = lanes_of(session, line, holder, slot, now)
    moved = (
        update(Booking)
        .where(Booking.id == booking.id, Booking.slot_id == old.id, Booking.state == BookingState.CONFIRMED)
        .values(slot_id=slot.id, lane=lanes[0], changes=Booking.changes + 1)
    )
    if rows_changed(session, moved) != 1:
        raise ConflictError
    before, after = {"slot": old.id}, {"slot": slot.id, **evidence.facts}
    audit.record(
        session,
        "booking moved",
        "booking",
        booking.id,
        actor=actor,
        now=now,
        before=before,
        after=after,
        reason=reason,
    )
    event = f"booking_changed {booking.changes + 1}"
    tell_holder(session, "booking_changed", _held(booking), slot, line=line, now=now, event=event)
    freed, claimed = (SlotId(old.id), booking.lane), (slot_id, lanes)
    if old.id < slot_id:  # in ascending slot id, so that two changes in opposite directions never wait in a ring
        slots.free_seat(session, *freed)
        lane = slots.take_seat(session, *claimed, now=now)
    else:
        lane = slots.take_seat(session, *claimed, now=now)
        slots.free_seat(session, *freed)
    if lane is not lanes[0]:
        session.execute(update(Booking).where(Booking.id == booking.id).values(lane=lane))


def cancel(
    session: Session,
    line: Line,
    reference: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    evidence: Evidence = NO_EVIDENCE,
) -> None:
    """Cancel a confirmed booking and hand its seat back as freed; raise `TooLateError` after the deadline.

    The deadline binds the applicant; a clerk may cancel until the slot begins, with a reason. Cancelling what
    is cancelled already changes nothing.
    """
    booking = find(session, reference)
    if booking.line != line.key:
        raise NotFoundError
    refuse_others(session, line, actor, Holder(booking.holder))
    if booking.state is BookingState.CANCELLED:
        return
    slot = session.get_one(Slot, booking.slot_id)
    _refuse_when_late(slot, actor, now)
    end(session, booking, BookingState.CANCELLED, actor=actor, now=now, reason=reason, evidence=evidence)
    tell_holder(session, "booking_cancelled", _held(booking), slot, line=line, now=now)
    slots.free_seat(session, SlotId(slot.id), booking.lane)


def cancel_by_office(session: Session, line: Line, booking_id: BookingId, *, actor: Actor, now: datetime) -> bool:
    """Cancel a live booking of a withdrawn slot and tell the person why; return False if it is not live.

    Nor is one cancelled whose holder was tested: that result stands, and ends the booking when it is settled.
    The seat is gone with its slot, so the ledger keeps it as taken back and not as freed for others.
    """
    booking = session.get_one(Booking, booking_id)
    slot = session.get_one(Slot, booking.slot_id)
    if booking.state not in LIVE or slot.state is not SlotState.WITHDRAWN:
        return False
    reason = slot.withdrawn_reason
    try:
        with session.begin_nested():  # what the exam site has tested just now is settled, and not cancelled
            end(session, booking, BookingState.CANCELLED_BY_OFFICE, actor=actor, now=now, reason=reason)
    except ResultWaitsError:
        return False
    said = {"reason_en": slot.withdrawn_reason_en or reason}
    tell_holder(
        session, "booking_cancelled_by_office", _held(booking), slot, line=line, now=now, reason=reason, facts=said
    )
    slots.free_seat(session, SlotId(slot.id), booking.lane)
    return True


def record_outcome(
    session: Session, booking_id: BookingId, state: BookingState, *, actor: Actor, now: datetime
) -> None:
    """Record that the holder passed, failed or was absent; raise `InvalidStateError` if that cannot follow."""
    end(session, session.get_one(Booking, booking_id), state, actor=actor, now=now)


def _insert(
    session: Session, wish: Wish, slot: Slot, *, lane: Lane, reference: str, actor: Actor, now: datetime
) -> BookingId:
    values = {
        "reference": reference,
        "line": slot.line,
        "service": slot.service,
        "slot_id": slot.id,
        "lane": lane,
        "person_id": wish.person_id,
        "holder": wish.holder,
        "channel": wish.channel,
        "booked_by": actor.account_id,
        "reason": wish.reason,
        "request_key": wish.request_key,
        "created_at": now,
    }
    with conflicts_as(CONFLICTS):
        booking_id = session.execute(PLACE, values).scalar_one()
    after = {"slot": slot.id, "channel": wish.channel, **wish.evidence.facts}
    audit.record(
        session, "booking made", "booking", booking_id, actor=actor, now=now, after=after, reason=wish.reason
    )
    return BookingId(booking_id)


def _held(booking: Booking) -> Held:
    """Return what messages say of a booking."""
    return Held(BookingId(booking.id), booking.reference, PersonId(booking.person_id), Holder(booking.holder))


def _made_before(session: Session, wish: Wish) -> str | None:
    query = select(Booking.reference, Booking.slot_id, Booking.holder).where(
        Booking.person_id == wish.person_id, Booking.request_key == wish.request_key
    )
    made = session.execute(query).one_or_none()
    if made is None:
        return None
    if (made.slot_id, made.holder) != (wish.slot_id, wish.holder):
        raise ConflictError(f"request key used before for slot {made.slot_id}")
    reference: str = made.reference
    return reference


def open_slot(session: Session, line: Line, slot_id: SlotId, *, now: datetime) -> Slot:
    """Return a slot of the line that takes bookings now; raise `NotFoundError` or `SlotClosedError`."""
    slot = session.get(Slot, slot_id)
    if slot is None or slot.line != line.key:
        raise NotFoundError
    if slot.state is not SlotState.PUBLISHED or not slot.opens_at <= now < slot.closes_at:
        raise slots.SlotClosedError
    return slot


def _refuse_when_late(slot: Slot, actor: Actor, now: datetime) -> None:
    deadline = slot.starts_at if actor.role in CLERKS else slot.cancel_until
    if now >= deadline:
        raise TooLateError
