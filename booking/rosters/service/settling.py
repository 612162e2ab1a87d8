"""A result takes effect: into the learner's record, with the message of what comes next."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingState
from booking.exams import service as records
from booking.exams.line import EXAMS
from booking.exams.models import Learner
from booking.exams.rules.facts import Outcome, Subject
from booking.exams.service import Result
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import rows_changed
from booking.kernel.ids import BookingId, PersonId, SiteId
from booking.rosters.models import Attempt, AttemptOutcome
from booking.rosters.queries.settings import roster_settings
from booking.rosters.rules.standing import RETEST
from booking.rosters.service.holding import attempts_of, hold
from booking.rosters.service.messages import tell_result
from booking.rosters.service.refusing import refusal
from booking.slots.models import Slot, SlotState

STANDS = (Attempt.undone_at.is_(None), Attempt.settled_at.is_(None))


def due_results(session: Session, *, now: datetime) -> Sequence[BookingId]:
    """Return the bookings whose result can no longer be undone, or whose slot is withdrawn, and is not settled.

    A test that failed is no result yet: the retest is open until the roster is closed.
    """
    undo = roster_settings(session, local_day(now)).undo
    query = (
        select(Attempt.booking_id)
        .join(Booking, Booking.id == Attempt.booking_id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(*STANDS, or_(Attempt.outcome == AttemptOutcome.PASSED, Attempt.number == RETEST))
        .where(or_(Attempt.recorded_at <= now - undo, Slot.state == SlotState.WITHDRAWN))
        .where(Booking.state == BookingState.ATTENDED)
        # Without an open record there is nowhere to settle it; whoever closes the roster is told.
        .where(select(Learner.id).where(Learner.person_id == Booking.person_id, Learner.closed_at.is_(None)).exists())
        .order_by(Attempt.booking_id)
    )
    return [BookingId(booking_id) for booking_id in session.scalars(query)]


def settle_due(session: Session, booking_id: BookingId, *, now: datetime) -> bool:
    """Settle one of `due_results`; return False where somebody was quicker, or took it back."""
    return settle(session, booking_id, actor=SYSTEM, now=now)


def settle(
    session: Session, booking_id: BookingId, *, actor: Actor, now: datetime, is_last_word: bool = False
) -> bool:
    """Take a result to the learner's record, once; return False where there is none.

    A test that failed is a result only when it is the last word: when the roster is being closed. Raises no-record
    where the learner's record was closed meanwhile.
    """
    booking, slot = hold(session, booking_id, actor)
    tried = attempts_of(session, booking_id)
    if booking.state is not BookingState.ATTENDED or not tried:
        return False
    last = tried[max(tried)]
    if last.outcome is AttemptOutcome.FAILED and last.number != RETEST and not is_last_word:
        return False
    mine = update(Attempt).where(Attempt.booking_id == booking_id, *STANDS).values(settled_at=now)
    if rows_changed(session, mine) != len(tried):
        return False
    _into_record(session, booking, slot, Outcome(last.outcome.value), last.score, actor=actor, now=now)
    return True


def end_as_absent(session: Session, booking: Booking, slot: Slot, *, actor: Actor, now: datetime) -> None:
    """Take an absence to the learner's record, where one is open; in any case end the booking and tell the person.

    Order 162, art. 46: an absence is judged as a failure.
    """
    if has_record(session, PersonId(booking.person_id)):
        _into_record(session, booking, slot, Outcome.ABSENT, None, actor=actor, now=now)
        return
    bookings.record_outcome(session, BookingId(booking.id), BookingState.ABSENT, actor=actor, now=now)
    tell_result(session, booking, slot, Outcome.ABSENT, None, now=now)


def has_record(session: Session, person_id: PersonId) -> bool:
    """Say whether the person is on the way to a licence."""
    query = select(Learner.id).where(Learner.person_id == person_id, Learner.closed_at.is_(None))
    return session.scalar(query) is not None


def _into_record(
    session: Session,
    booking: Booking,
    slot: Slot,
    outcome: Outcome,
    score: int | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    person_id = PersonId(booking.person_id)
    if not has_record(session, person_id):
        raise refusal("no-record", BookingId(booking.id))
    result = Result(Subject(booking.service), slot.day, outcome, score, SiteId(slot.site_id))
    records.record_result(session, person_id, result, actor=actor, now=now)
    tell_result(session, booking, slot, outcome, score, now=now)


def due_absences(session: Session, *, now: datetime) -> Sequence[BookingId]:
    """Return who has not come to a session that is over, where the office records absences without closing."""
    settings = roster_settings(session, local_day(now))
    if not settings.absent_by_itself:
        return ()
    query = (
        select(Booking.id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.line == EXAMS.key, Slot.state == SlotState.PUBLISHED, Booking.state == BookingState.CONFIRMED)
        .where(Slot.ends_at <= now, Slot.starts_at <= now - settings.late)
        .order_by(Booking.id)
    )
    return [BookingId(booking_id) for booking_id in session.scalars(query)]
