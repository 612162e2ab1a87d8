"""The end of a roster: who did not come, and the counts on which operator and database agree."""

from datetime import datetime

from sqlalchemy.orm import Session

from booking.kernel.actors import Actor
from booking.kernel.ids import BookingId, SlotId
from booking.rosters.rules.standing import Counts


def mark_absent(session: Session, booking_id: BookingId, *, actor: Actor, now: datetime) -> None:
    """Record that somebody did not come, or went untested; the person is told, and the record moves on.

    Final at once. Raises `RosterRefusedError`: not-on-roster, not-begun, absent, has-result, tested, cancelled,
    slot-withdrawn, roster-closed.
    """
    raise NotImplementedError


def close_roster(session: Session, slot_id: SlotId, expected: Counts, *, actor: Actor, now: datetime) -> None:
    """Close a roster over the counts that the operator has seen: `Roster.when_closed`.

    Whoever has not come becomes absent, an open retest becomes a failure, and every result is settled. Raises
    `RosterRefusedError`: not-begun, counts-differ, untested, roster-closed; then nothing is stored.
    """
    raise NotImplementedError
