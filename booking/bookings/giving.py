"""Places that a round has decided: many at once, in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.bookings.line import Line
from booking.bookings.models import Booking, BookingChannel
from booking.bookings.service import CONFLICTS
from booking.kernel.actors import Actor
from booking.kernel.db import batched, conflicts_as, table_of
from booking.kernel.ids import AccountId, BookingId, PersonId, new_reference
from booking.slots.models import Lane, Slot

MANY = insert(table_of(Booking)).returning(table_of(Booking).c.id, table_of(Booking).c.person_id)


@dataclass(frozen=True, slots=True)
class Given:
    """A place for a person: the seat's lane in the ledger, and how the request came in."""

    person_id: PersonId
    slot: Slot
    lane: Lane
    request_key: str
    channel: BookingChannel
    booked_by: AccountId
    reason: str = ""


def give_places(
    session: Session, line: Line, given: Sequence[Given], *, actor: Actor, now: datetime
) -> Mapping[PersonId, tuple[BookingId, str]]:
    """Make one confirmed booking each and return (id, reference) by person; each person stands in `given` once.

    The seats are the caller's business, and so are the rules and the messages. Raises `AlreadyBookedError` if
    somebody holds a live booking of the service; then nothing is changed.
    """
    references = {one.person_id: new_reference() for one in given}
    made: dict[PersonId, tuple[BookingId, str]] = {}
    for some in batched(given):
        rows = [
            {
                "reference": references[one.person_id],
                "line": one.slot.line,
                "service": one.slot.service,
                "slot_id": one.slot.id,
                "lane": one.lane,
                "person_id": one.person_id,
                "holder": line.holder(one.person_id),
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
        made.update({PersonId(row.person_id): (BookingId(row.id), references[row.person_id]) for row in found})
    after = [(made[one.person_id][0], {"slot": one.slot.id, "channel": one.channel}) for one in given]
    audit.record_all(session, "booking made", "booking", after, actor=actor, now=now)
    return made
