"""Results of the test and of the retest. They count at once; `settling` takes them to the learner's record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.bookings.models import Booking, BookingState
from booking.exams.models import Learner
from booking.exams.rules.facts import LicenceClass, Subject
from booking.exams.rules.orders import pass_mark
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import rows_changed
from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import BookingId
from booking.rosters.models import Attempt, AttemptOutcome
from booking.rosters.queries.settings import roster_settings
from booking.rosters.rules.admission import clock
from booking.rosters.rules.standing import FIRST, RETEST
from booking.rosters.service.holding import OVER, attempts_of, hold, refuse_closed
from booking.rosters.service.refusing import refusal
from booking.slots.models import Slot, SlotState

BEST_SCORE = 100


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
    if result.number not in (FIRST, RETEST):
        raise InvalidInputError("number")
    if result.score is not None and not 0 <= result.score <= BEST_SCORE:
        raise InvalidInputError("score")
    booking, slot = hold(session, booking_id, actor)
    refuse_closed(session, slot.id, booking_id)
    _refuse_state(booking, slot)
    _refuse_order(session, booking_id, result.number)
    _refuse_score(session, booking, slot, result)
    row = insert(Attempt).values(
        booking_id=booking_id,
        number=result.number,
        outcome=result.outcome,
        score=result.score,
        recorded_at=now,
        recorded_by=actor.account_id,
    )
    session.execute(row)
    after = {"attempt": result.number, "outcome": result.outcome, "score": result.score}
    audit.record(session, "attempt recorded", "booking", booking_id, actor=actor, now=now, after=after)


def undo_attempt(session: Session, booking_id: BookingId, *, actor: Actor, now: datetime) -> None:
    """Take the last attempt back; raises `RosterRefusedError`: nothing-to-undo, undo-over."""
    booking, _ = hold(session, booking_id, actor)
    tried = attempts_of(session, booking_id)
    if not tried:
        raise refusal("nothing-to-undo", booking_id)
    last = tried[max(tried)]
    until = last.recorded_at + roster_settings(session, local_day(now)).undo
    if last.settled_at is not None or now >= until:
        raise refusal("undo-over", booking_id, clock=clock(min(until, last.settled_at or until)))
    if booking.state is not BookingState.ATTENDED:  # it has ended otherwise: cancelled, or by the counter
        raise refusal("nothing-to-undo", booking_id)
    undone = update(Attempt).where(Attempt.id == last.id, Attempt.undone_at.is_(None), Attempt.settled_at.is_(None))
    if rows_changed(session, undone.values(undone_at=now)) != 1:
        raise refusal("nothing-to-undo", booking_id)
    before = {"attempt": last.number, "outcome": last.outcome, "score": last.score}
    audit.record(session, "attempt undone", "booking", booking_id, actor=actor, now=now, before=before)


def _refuse_state(booking: Booking, slot: Slot) -> None:
    booking_id = BookingId(booking.id)
    if booking.state in OVER:
        raise refusal(OVER[booking.state], booking_id)
    if booking.state is BookingState.CONFIRMED:
        raise refusal("not-checked-in", booking_id)
    if booking.state is not BookingState.ATTENDED:
        raise refusal("result-known", booking_id)
    if slot.state is SlotState.WITHDRAWN:
        raise refusal("slot-withdrawn", booking_id)


def _refuse_order(session: Session, booking_id: BookingId, number: int) -> None:
    tried = attempts_of(session, booking_id)
    if number in tried:
        raise refusal("result-known", booking_id)
    if number == RETEST and (FIRST not in tried or tried[FIRST].outcome is AttemptOutcome.PASSED):
        raise refusal("no-retest", booking_id)


def _refuse_score(session: Session, booking: Booking, slot: Slot, result: AttemptResult) -> None:
    """Order 162, art. 38: the pass mark decides."""
    booking_id = BookingId(booking.id)
    record = select(Learner.licence_class).where(Learner.person_id == booking.person_id, Learner.closed_at.is_(None))
    licence_class = session.scalar(record)
    if licence_class is None:
        raise refusal("no-record", booking_id)
    mark = pass_mark(LicenceClass(licence_class), Subject(booking.service), slot.day)
    has_passed = result.outcome is AttemptOutcome.PASSED
    if result.score is not None and (result.score >= mark) != has_passed:
        raise refusal("score-differs", booking_id, mark=mark)
