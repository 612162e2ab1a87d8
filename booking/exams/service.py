"""Keeping the learner's record: opening and correcting it, and moving it on with a result."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.allotment.service.entering import rank_again
from booking.audit import service as audit
from booking.bookings import service as bookings
from booking.bookings.models import LIVE, Booking, BookingState
from booking.exams.line import EXAMS
from booking.exams.models import ExamResult, Learner
from booking.exams.rules.facts import Kind, LicenceClass, Outcome, Subject
from booking.exams.rules.orders import pass_mark
from booking.kernel.actors import Actor
from booking.kernel.calendar import years_later
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    StaleError,
    Wording,
)
from booking.kernel.ids import BookingId, LearnerId, PersonId, SiteId
from booking.slots.models import Slot

PERMIT_YEARS = 3  # Order 162, art. 41


class OpenRecordError(ConflictError):
    """The person is on the way to a licence already."""

    wording: ClassVar[Wording] = Wording(
        "此人已有一份在办的学车档案。请用原档案，或先关闭它。",
        "This person has an open learner's record already. Use that one, or close it first.",
    )


class ResultKnownError(ConflictError):
    """There is a result of that subject and day already."""

    wording: ClassVar[Wording] = Wording(
        "该科目当天的成绩已经登记，请核对科目和日期。",
        "A result of that subject and day is known already; check the subject and the day.",
    )


class ScoreMismatchError(InvalidInputError):
    """The score and the outcome contradict each other (Order 162, art. 38)."""

    wording: ClassVar[Wording] = Wording("成绩与合格线不符，请核对。", "Score and outcome do not fit the pass mark.")


CONFLICTS: dict[str, type[Exception]] = {
    "uq_learner_open": OpenRecordError,
    "uq_exam_result_learner_id_subject_day": ResultKnownError,
}


@dataclass(frozen=True, slots=True)
class Application:
    """What the office knows of one application for a licence. Days are local days."""

    licence_class: LicenceClass
    kind: Kind
    held_class: LicenceClass | None
    accepted_on: date
    permit_issued_on: date | None
    permit_valid_until: date | None

    def as_row(self) -> dict[str, object]:
        """Return the columns of `Learner`; raise `InvalidInputError` naming a day that cannot be."""
        if self.permit_issued_on is None and self.permit_valid_until is not None:
            raise InvalidInputError("permit_issued_on")
        if self.permit_issued_on is not None and self.permit_issued_on < self.accepted_on:
            raise InvalidInputError("permit_issued_on")
        until = self.permit_valid_until
        if self.permit_issued_on is not None and until is None:
            until = years_later(self.permit_issued_on, PERMIT_YEARS)
        if until is not None and self.permit_issued_on is not None and until <= self.permit_issued_on:
            raise InvalidInputError("permit_valid_until")
        return {
            "licence_class": self.licence_class.value,
            "kind": self.kind.value,
            "held_class": self.held_class.value if self.held_class else "",
            "accepted_on": self.accepted_on,
            "permit_issued_on": self.permit_issued_on,
            "permit_valid_until": until,
        }


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one exam, its retest included."""

    subject: Subject
    day: date
    outcome: Outcome
    score: int | None
    site_id: SiteId | None


def open_record(
    session: Session, person_id: PersonId, application: Application, *, actor: Actor, now: datetime
) -> LearnerId:
    """Open the person's record; raise `OpenRecordError` if there is one, `InvalidInputError` for a wrong day."""
    _refuse_oneself(actor, person_id)
    learner = Learner(person_id=person_id, **application.as_row())
    session.add(learner)
    with conflicts_as(CONFLICTS):
        session.flush()  # the database decides whether a record is open; the id is asked for
    audit.record(
        session, "record opened", "learner", learner.id, actor=actor, now=now, after=_plain(application.as_row())
    )
    return LearnerId(learner.id)


def correct_record(
    session: Session,
    learner_id: LearnerId,
    application: Application,
    *,
    seen: Application,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Replace what was `seen` by `application`; raise `StaleError` if somebody changed it in between."""
    _refuse_own_record(session, learner_id, actor)
    before, after = seen.as_row(), application.as_row()
    unchanged = [getattr(Learner, name) == value for name, value in before.items()]
    correction = update(Learner).where(Learner.id == learner_id, Learner.closed_at.is_(None), *unchanged)
    if rows_changed(session, correction.values(**after)) != 1:
        raise StaleError
    changed = {name for name in after if before[name] != after[name]}
    audit.record(
        session, "record corrected", "learner", learner_id, actor=actor, now=now, reason=reason,
        before=_plain({name: before[name] for name in changed}),
        after=_plain({name: after[name] for name in changed}),
    )  # fmt: skip


def close_record(session: Session, learner_id: LearnerId, *, reason: str, actor: Actor, now: datetime) -> None:
    """End the way to this licence, so that a new one can be opened; raise `NotFoundError` if it is not open."""
    _refuse_own_record(session, learner_id, actor)
    closing = update(Learner).where(Learner.id == learner_id, Learner.closed_at.is_(None)).values(closed_at=now)
    if rows_changed(session, closing) != 1:
        raise NotFoundError
    audit.record(session, "record closed", "learner", learner_id, actor=actor, now=now, reason=reason)


def record_result(session: Session, person_id: PersonId, result: Result, *, actor: Actor, now: datetime) -> None:
    """Write a result into the open record, end the booking it belongs to, and issue the permit after subject 1.

    Raises `NotFoundError` without an open record, `ScoreMismatchError` where score and outcome contradict each
    other, `ResultKnownError` for a second result of the same subject and day. Requests that
    wait in an open round rank by the new result from now on.
    """
    _refuse_oneself(actor, person_id)
    learner = session.scalar(select(Learner).where(Learner.person_id == person_id, Learner.closed_at.is_(None)))
    if learner is None:
        raise NotFoundError
    _check_score(LicenceClass(learner.licence_class), result)
    booking_id = _booking_of(session, person_id, result)
    session.add(
        ExamResult(
            learner_id=learner.id,
            subject=result.subject.value,
            day=result.day,
            outcome=result.outcome.value,
            score=result.score,
            site_id=result.site_id,
            booking_id=booking_id,
            recorded_at=now,
        )
    )
    with conflicts_as(CONFLICTS):
        session.flush()  # the database decides whether the result is known
    after = {"subject": result.subject, "day": result.day.isoformat(), "outcome": result.outcome}
    audit.record(session, "result recorded", "learner", learner.id, actor=actor, now=now, after=after)
    if booking_id is not None:
        bookings.record_outcome(session, booking_id, BookingState(result.outcome.value), actor=actor, now=now)
    if result.subject is Subject.SUBJECT_1 and result.outcome is Outcome.PASSED and not learner.permit_issued_on:
        _issue_permit(session, LearnerId(learner.id), result.day, actor=actor, now=now)
    rank_again(session, EXAMS, EXAMS.holder(person_id), now=now)


def _refuse_oneself(actor: Actor, person_id: PersonId) -> None:
    """Nobody keeps the own record."""
    if actor.person_id == person_id:
        raise NotAllowedError


def _refuse_own_record(session: Session, learner_id: LearnerId, actor: Actor) -> None:
    learner = session.get(Learner, learner_id)
    if learner is not None:
        _refuse_oneself(actor, PersonId(learner.person_id))


def _check_score(licence_class: LicenceClass, result: Result) -> None:
    """Order 162, art. 38: the pass mark decides; somebody absent has no score."""
    if result.score is None:
        return
    enough = result.score >= pass_mark(licence_class, result.subject, result.day)
    if result.outcome is Outcome.ABSENT or enough != (result.outcome is Outcome.PASSED):
        raise ScoreMismatchError("score")


def _booking_of(session: Session, person_id: PersonId, result: Result) -> BookingId | None:
    query = (
        select(Booking.id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(
            Booking.person_id == person_id,
            Booking.service == result.subject.value,
            Booking.state.in_(LIVE),
            Slot.day == result.day,
        )
    )
    found = session.scalar(query)
    return BookingId(found) if found else None


def _issue_permit(session: Session, learner_id: LearnerId, day: date, *, actor: Actor, now: datetime) -> None:
    """Order 162, art. 40: the permit is issued within one working day of passing; it is dated that day."""
    until = years_later(day, PERMIT_YEARS)
    session.execute(
        update(Learner).where(Learner.id == learner_id).values(permit_issued_on=day, permit_valid_until=until)
    )
    after = {"permit_issued_on": day.isoformat(), "permit_valid_until": until.isoformat()}
    audit.record(session, "permit issued", "learner", learner_id, actor=actor, now=now, after=after)


def _plain(row: dict[str, object]) -> dict[str, object]:
    """Return JSON values: days as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
