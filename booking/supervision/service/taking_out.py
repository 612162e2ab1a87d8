"""Taking entries of the log out of the house: never without a reason, and never without a trace in the log itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.audit.queries import Entry, Sought, entries
from booking.kernel.actors import Actor
from booking.kernel.errors import InvalidInputError
from booking.supervision.queries.seals import standing

MOST_ENTRIES = 5000
NO_SEAL = "-"


@dataclass(frozen=True, slots=True)
class TakenOut:
    """Entries with what the mark on every row says of them. `is_whole` is False where there were more."""

    entries: Sequence[Entry]
    head: str
    is_whole: bool

    @property
    def first(self) -> int:
        """The number of the oldest entry; 0 for none."""
        return self.entries[-1].id if self.entries else 0

    @property
    def last(self) -> int:
        """The number of the newest entry; 0 for none."""
        return self.entries[0].id if self.entries else 0


def take_out(session: Session, sought: Sought, way: str, *, reason: str, actor: Actor, now: datetime) -> TakenOut:
    """Return the newest entries sought, at most five thousand, and log who took them out and why.

    Raises `InvalidInputError` naming "reason".
    """
    reason = reason.strip()
    if not reason:
        raise InvalidInputError("reason")
    found = entries(session, sought, limit=MOST_ENTRIES + 1)
    head = standing(session).head
    taken = TakenOut(found[:MOST_ENTRIES], head.hash if head else NO_SEAL, len(found) <= MOST_ENTRIES)
    after = {"count": len(taken.entries), "first": taken.first, "last": taken.last, "kind": way, "head": taken.head}
    audit.record(session, "log taken out", "log", taken.last, actor=actor, now=now, after=after, reason=reason)
    return taken
