"""A wish for a seat, and the quick look before anything is locked for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from booking.bookings.evidence import NO_EVIDENCE, Evidence
from booking.bookings.line import Line
from booking.bookings.models import Booking, BookingChannel
from booking.kernel.ids import Holder, PersonId, SlotId
from booking.slots.models import Hold, HoldState, Quota, Slot, SlotState
from booking.slots.service import SlotFullError


@dataclass(frozen=True, slots=True)
class Wish:
    """Who books what for whom, and how it came in. The person is told, and finds the booking among their own.

    `reason` and `evidence` are asked of clerks; `request_key` comes with the form. `lifted` are codes of refusals
    that two persons have agreed to pass over for this one booking (overrides.py); everywhere else it is empty.
    """

    person_id: PersonId
    holder: Holder
    slot_id: SlotId
    request_key: str
    channel: BookingChannel = BookingChannel.INTERNET
    reason: str = ""
    evidence: Evidence = NO_EVIDENCE
    lifted: frozenset[str] = frozenset()


# One statement, hence one snapshot: full, and not by this very form.
LOOK = select(
    select(Booking.reference)
    .where(
        Booking.person_id == bindparam("person_id"),
        Booking.holder == bindparam("holder"),
        Booking.request_key == bindparam("request_key"),
        Booking.slot_id == bindparam("slot_id"),
    )
    .scalar_subquery()
    .label("made"),
    exists()
    .where(Slot.id == bindparam("slot_id"), Slot.line == bindparam("line"), Slot.state == SlotState.PUBLISHED)
    .where(Slot.opens_at <= bindparam("now"), Slot.closes_at > bindparam("now"))
    .label("is_open"),
    or_(
        exists().where(Quota.slot_id == bindparam("slot_id"), Quota.taken < Quota.released),
        # a seat that is held for this very holder, or whose hold has lapsed
        exists()
        .where(Hold.slot_id == bindparam("slot_id"), Hold.state == HoldState.HELD)
        .where(or_(Hold.holder == bindparam("holder"), Hold.until <= bindparam("now"))),
    ).label("has_seats"),
)


def look_first(session: Session, line: Line, wish: Wish, *, now: datetime) -> str | None:
    """Return the reference if this form has made its booking already; raise `SlotFullError` if no seat is free.

    For a reading session, before `book_seat`: in a rush nearly everybody is refused, and a refusal must wait for no
    lock and hold up nobody who gets a seat. None promises nothing.
    """
    given = {
        "person_id": wish.person_id, "holder": wish.holder, "request_key": wish.request_key,
        "slot_id": wish.slot_id, "line": line.key, "now": now,
    }  # fmt: skip
    seen = session.execute(LOOK, given).one()
    if seen.made is None and seen.is_open and not seen.has_seats:
        raise SlotFullError
    made: str | None = seen.made
    return made
