"""Places that a round has decided: many at once, in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.bookings.models import Booking, BookingChannel
from booking.bookings.service import CONFLICTS
from booking.kernel.actors import Actor
from booking.kernel.db import batched, conflicts_as, table_of
from booking.kernel.ids import AccountId, BookingId, Holder, PersonId, new_reference
from booking.slots.models import Lane, Slot

MANY = insert(table_of(Booking)).returning(table_of(Booking).c.id, table_of(Booking).c.holder)


@dataclass(frozen=True, slots=True)
class Given:
    """A place for a holder: whose it is, the seat's lane in the ledger, and how the request came in."""

    person_id: PersonId
    holder: Holder
    slot: Slot
    lane: Lane
    request_key: str
    channel: BookingChannel
    booked_by: AccountId
    reason: str = ""


def give_places(
    session: Session, given: Sequence[Given], *, actor: Actor, now: datetime
) -> Mapping[Holder, tuple[BookingId, str]]:
    """Make one confirmed booking each and return (id, reference) by holder; each stands in `given` once.

    The seats are the caller's business, and so are the rules and the messages. Raises `AlreadyBookedError` if
    somebody holds a live booking of the service; then nothing is changed.
    """
    references = {one.holder: new_reference() for one in given}
    made: dict[Holder, tuple[BookingId, str]] = {}
    for some in batched(given):
        rows = [
            {
                "reference": references[one.holder],
                "line": one.slot.line,
                "service": one.slot.service,
                "slot_id": one.slot.id,
                "lane": one.lane,
                "person_id": one.person_id,
                "holder": one.holder,
                "state": "confirmed",
                "channel": one.channel,
                "booked_by": one.booked_by,
                "reason": one.reason,
                "request_key": one.request_key,
                "created_at": now,
                "changes": 0,
            }
            for one in some
        ]
        with conflicts_as(CONFLICTS):
            found = session.execute(MANY, rows).all()
        made.update({Holder(row.holder): (BookingId(row.id), references[row.holder]) for row in found})
    after = [(made[one.holder][0], {"slot": one.slot.id, "channel": one.channel}) for one in given]
    audit.record_all(session, "booking made", "booking", after, actor=actor, now=now)
    return made
