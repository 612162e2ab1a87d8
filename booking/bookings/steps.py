"""One step in the life of a booking, taken exactly once, with its row in the log."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.bookings.evidence import NO_EVIDENCE, Evidence
from booking.bookings.models import LIVE, STEPS, Booking, BookingState
from booking.kernel.actors import Actor
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import ConflictError, InvalidStateError, Wording


class ResultWaitsError(ConflictError):
    """The exam site has recorded a result that has not taken effect yet; the database says so."""

    wording: ClassVar[Wording] = Wording(
        "考场已登记该考生当天的成绩，正等待生效，请稍后再看。",
        "The exam site has recorded a result of this person that is about to take effect; please look again soon.",
    )


class RosterIsClosedError(InvalidStateError):
    """The roster of the slot is closed, and its bookings with it; the database says so."""

    wording: ClassVar[Wording] = Wording(
        "该场次的名单已经封存，不能再改动。需要更正的，请到窗口办理。",
        "The roster of that session is closed. What is wrong is put right at the counter.",
    )


CONFLICTS: dict[str, type[Exception]] = {"tested_booking": ResultWaitsError, "closed_booking": RosterIsClosedError}


def end(
    session: Session,
    booking: Booking,
    state: BookingState,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    evidence: Evidence = NO_EVIDENCE,
) -> None:
    """Take one step in the life of a booking, exactly once, with its audit row."""
    _take(session, booking, state, f"booking {state}", actor=actor, now=now, reason=reason, evidence=evidence)


def take_attendance_back(session: Session, booking: Booking, *, actor: Actor, now: datetime) -> None:
    """Undo that the holder was recorded as present; raise `InvalidStateError` if that is not how it stands."""
    if booking.state is not BookingState.ATTENDED:
        raise InvalidStateError(f"booking {booking.id} is {booking.state}")
    _take(session, booking, BookingState.CONFIRMED, "attendance undone", actor=actor, now=now)


def _take(
    session: Session,
    booking: Booking,
    state: BookingState,
    act: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    evidence: Evidence = NO_EVIDENCE,
) -> None:
    before = booking.state
    if state not in STEPS.get(before, frozenset()):
        raise InvalidStateError(f"booking {booking.id} is {before} and cannot become {state}")
    step = update(Booking).where(Booking.id == booking.id, Booking.state == before)
    ended_at = None if state in LIVE else now
    with conflicts_as(CONFLICTS):
        changed = rows_changed(session, step.values(state=state, ended_at=ended_at))
    if changed != 1:
        raise ConflictError
    audit.record(
        session, act, "booking", booking.id,
        actor=actor, now=now, before={"state": before}, after={"state": state, **evidence.facts}, reason=reason,
    )  # fmt: skip
