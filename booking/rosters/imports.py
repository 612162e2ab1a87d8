"""Results of a day from a file: all lines or none, every wrong one named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.kernel import tables
from booking.kernel.actors import Actor
from booking.kernel.ids import SiteId, SlotId
from booking.rosters.models import AttemptOutcome

ATTEMPT_COLUMNS: Mapping[str, tables.Parser] = {
    "reference": tables.text(10),
    "attempt": tables.whole_number(1, 2),
    "outcome": tables.choice(*AttemptOutcome),
    "score": tables.optional(tables.whole_number(0, 100)),
}


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One line of a file of attempts."""

    reference: str
    attempt: int
    outcome: str
    score: int | None


def import_attempts(
    session: Session,
    site_id: SiteId,
    day: date,
    source: str | bytes,
    *,
    slot_id: SlotId | None = None,
    actor: Actor,
    now: datetime,
) -> int:
    """Record each line's attempt on the rosters of a site and day, or of one slot, and return how many.

    All or nothing: raises `ImportRefusedError` naming line, column and value of everything that is wrong.
    """
    raise NotImplementedError
