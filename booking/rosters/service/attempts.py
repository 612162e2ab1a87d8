"""Results of the test and of the retest. They count at once; `settling` takes them to the learner's record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.kernel.actors import Actor
from booking.kernel.ids import BookingId
from booking.rosters.models import AttemptOutcome


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """How one try ended: 1 is the test, 2 the retest. The score is out of 100; None: not reported."""

    number: int
    outcome: AttemptOutcome
    score: int | None


def record_attempt(
    session: Session, booking_id: BookingId, result: AttemptResult, *, actor: Actor, now: datetime
) -> None:
    """Record the test, or the retest after a test that failed.

    Raises `RosterRefusedError`: not-on-roster, not-checked-in, absent, cancelled, slot-withdrawn, roster-closed,
    result-known, no-retest, score-differs, no-record; `NotAllowedError` for operators of another site, and for one's
    own result.
    """
    raise NotImplementedError


def undo_attempt(session: Session, booking_id: BookingId, *, actor: Actor, now: datetime) -> None:
    """Take the last attempt back; raises `RosterRefusedError`: nothing-to-undo, undo-over."""
    raise NotImplementedError
