"""Spot checks: drawn each week so that nobody chooses, and closed by the supervisor with what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Account
from booking.audit import service as audit
from booking.bookings.models import Booking
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.calendar import ONE_DAY, local_day, start_of
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, Wording
from booking.policies import queries as policies
from booking.stats.rules.spans import Days
from booking.supervision.models import LogSeal, Outcome, SpotCheck, SpotDraw
from booking.supervision.rules.catalogue import DRAW
from booking.supervision.rules.chain import drawn

ONE_WEEK = timedelta(days=7)
LONGEST_NOTE = 500


class LookedAtAlreadyError(ConflictError):
    """Somebody has looked at this finding, or closed this check; what they wrote stays."""

    wording: ClassVar[Wording] = Wording(
        "这一项已经有人看过，结论不能改写。", "Somebody has looked at this already; what they wrote stays as it is."
    )


class DrawnAlreadyError(ConflictError):
    """Another process has drawn this week's checks."""

    wording: ClassVar[Wording] = Wording("这一周的抽查已经抽出。", "This week's checks are drawn already.")


CONFLICTS: dict[str, type[Exception]] = {"uq_spot_check_rule_subject_last": LookedAtAlreadyError}
DRAWS: dict[str, type[Exception]] = {"pk_spot_draw": DrawnAlreadyError}


@dataclass(frozen=True, slots=True)
class Looked:
    """What the supervisor came to."""

    outcome: Outcome
    note: str

    def refuse_if_unsaid(self) -> str:
        """Return the note; raise `InvalidInputError` where there is none, or no outcome."""
        note = self.note.strip()
        if not note or len(note) > LONGEST_NOTE:
            raise InvalidInputError("note")
        if self.outcome is Outcome.OPEN:
            raise InvalidInputError("outcome")
        return note


def look_at(
    session: Session, rule: str, subject: str, days: Days, amount: int, *, looked: Looked, actor: Actor, now: datetime
) -> int:
    """Note that a finding was looked at, once for these days, and return the check's id.

    Raises `NotAllowedError` for the supervisor's own acts, `LookedAtAlreadyError`, `InvalidInputError`.
    """
    note = looked.refuse_if_unsaid()
    _refuse_own(session, subject, actor)
    values = {
        "rule": rule, "subject": subject, "first": days.first, "last": days.last, "amount": amount, "opened_at": now,
        "outcome": looked.outcome, "note": note, "closed_at": now, "closed_by_person": actor.person_id,
    }  # fmt: skip
    with conflicts_as(CONFLICTS):
        check_id: int = session.scalars(insert(SpotCheck).values(**values).returning(SpotCheck.id)).one()
    after = {"rule": rule, "outcome": looked.outcome.value, "amount": amount}
    audit.record(session, "finding looked at", "spot_check", check_id, actor=actor, now=now, after=after, reason=note)
    return check_id


def close(session: Session, check_id: int, *, looked: Looked, actor: Actor, now: datetime) -> None:
    """Close an open check with what was found.

    Raises `NotFoundError`, `NotAllowedError` for the supervisor's own case, `LookedAtAlreadyError`,
    `InvalidInputError`.
    """
    note = looked.refuse_if_unsaid()
    check = session.get(SpotCheck, check_id)
    if check is None:
        raise NotFoundError
    _refuse_own(session, check.subject, actor)
    closing = (
        update(SpotCheck)
        .where(SpotCheck.id == check_id, SpotCheck.outcome == Outcome.OPEN)
        .values(outcome=looked.outcome, note=note, closed_at=now, closed_by_person=actor.person_id)
    )
    if rows_changed(session, closing) != 1:
        raise LookedAtAlreadyError
    after = {"rule": check.rule, "outcome": looked.outcome.value}
    audit.record(session, "spot check closed", "spot_check", check_id, actor=actor, now=now, after=after, reason=note)


def draw_week(session: Session, *, now: datetime) -> int:
    """Draw the checks of the week that is over, from the first seal after it; return how many, 0 where it is done.

    Raises `DrawnAlreadyError` when another process was first.
    """
    monday = _monday(local_day(now))
    week, ends = monday - ONE_WEEK, start_of(monday)
    seal = session.execute(
        select(LogSeal.number, LogSeal.hash).where(LogSeal.sealed_at >= ends).order_by(LogSeal.number).limit(1)
    ).one_or_none()
    if seal is None or session.get(SpotDraw, week) is not None:
        return 0
    made = {row.reference: row.id for row in session.execute(bookings_of_week(week))}
    amount = policies.all_values(session, monday).number("supervision.spot_checks")
    chosen = drawn(seal.hash, list(made), amount)
    values = {"week": week, "seal": seal.number, "seed": seal.hash, "bookings": len(made), "drawn": len(chosen)}
    with conflicts_as(DRAWS):
        session.execute(insert(SpotDraw).values(**values, drawn_at=now))
    if chosen:
        _open(session, [made[reference] for reference in chosen], Days(week, monday - ONE_DAY), now)
    after = {"seal": seal.number, "bookings": len(made), "count": len(chosen)}
    audit.record(session, "spot checks drawn", "spot_draw", week.isoformat(), actor=SYSTEM, now=now, after=after)
    return len(chosen)


def bookings_of_week(week: date) -> Select[str, int]:
    """Return the statement for the bookings made in the week of a Monday: reference and id."""
    begins, ends = start_of(week), start_of(week + ONE_WEEK)
    return select(Booking.reference, Booking.id).where(Booking.created_at >= begins, Booking.created_at < ends)


def _open(session: Session, booking_ids: Sequence[int], days: Days, now: datetime) -> None:
    opened = [
        {
            "rule": DRAW, "subject": f"booking:{booking_id}", "first": days.first, "last": days.last, "amount": 0,
            "opened_at": now, "outcome": Outcome.OPEN, "note": "",
        }
        for booking_id in booking_ids
    ]  # fmt: skip
    session.execute(insert(SpotCheck), opened)


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _refuse_own(session: Session, subject: str, actor: Actor) -> None:
    """Nobody judges their own acts, in whichever account, nor a booking of their own."""
    kind, _, number = subject.partition(":")
    number = number.partition("/")[0]
    if not number.isdigit():
        return
    about = {
        "person": select(Account.person_id).where(Account.person_id == int(number)),
        "account": select(Account.person_id).where(Account.id == int(number)),
        "booking": select(Booking.person_id).where(Booking.id == int(number)),
    }
    if kind in about and actor.person_id in session.scalars(about[kind]).all():
        raise NotAllowedError
