"""Results of a day from a file: all lines or none, every wrong one named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.attendance.service.steps import refuse_elsewhere
from booking.audit import service as audit
from booking.bookings.models import Booking
from booking.exams.line import EXAMS
from booking.kernel import tables
from booking.kernel.actors import Actor
from booking.kernel.errors import NotAllowedError
from booking.kernel.ids import BookingId, SiteId, SlotId
from booking.rosters.models import AttemptOutcome
from booking.rosters.service.attempts import AttemptResult, record_attempt
from booking.rosters.service.holding import hold_all
from booking.rosters.service.refusing import RosterRefusedError
from booking.slots.models import Slot

ATTEMPT_COLUMNS: Mapping[str, tables.Parser] = {
    "reference": tables.text(10),
    "attempt": tables.whole_number(1, 2),
    "outcome": tables.choice(*AttemptOutcome),
    "score": tables.optional(tables.whole_number(0, 100)),
}
# Which column is at fault, and what is wrong with it, by the code of the refusal.
PROBLEMS = {
    "not-checked-in": ("reference", "was not checked in"),
    "absent": ("reference", "is recorded as absent"),
    "cancelled": ("reference", "is cancelled"),
    "slot-withdrawn": ("reference", "is of a session that the office has withdrawn"),
    "roster-closed": ("reference", "is on a roster that is closed"),
    "result-known": ("attempt", "has a result already"),
    "no-retest": ("attempt", "is a retest without a first attempt that failed"),
    "score-differs": ("score", "does not fit the outcome and the pass mark"),
    "no-record": ("reference", "is of somebody without an open learner's record"),
}


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One line of a file of attempts."""

    reference: str
    attempt: int
    outcome: str
    score: int | None

    @property
    def result(self) -> AttemptResult:
        """What the line says."""
        return AttemptResult(self.attempt, AttemptOutcome(self.outcome), self.score)


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

    A test stands before its retest in the file. All or nothing: raises `ImportRefusedError` naming line, column and
    value of everything that is wrong; `NotAllowedError` for operators of another site.
    """
    refuse_elsewhere(actor, site_id)
    rows = tables.Rows(source, ATTEMPT_COLUMNS, AttemptRow)
    of_day = select(Slot.id).where(Slot.line == EXAMS.key, Slot.site_id == site_id, Slot.day == day)
    slot_ids = {SlotId(one) for one in session.scalars(of_day)}
    hold_all(session, *(slot_ids if slot_id is None else slot_ids & {slot_id}))
    recorded = 0
    for line, row in rows:
        booking_id, problem = _on_roster(session, row.reference, site_id, day, slot_id)
        column = "reference"
        if booking_id is not None:
            column, problem = _problem(session, booking_id, row, actor, now)
        if problem:
            value = getattr(row, column)
            rows.wrong(line, column, "" if value is None else str(value), problem)
        recorded += not problem
    audit.record(session, "attempts imported", "import", "attempts", actor=actor, now=now, after={"count": recorded})
    return recorded


def _on_roster(
    session: Session, reference: str, site_id: SiteId, day: date, slot_id: SlotId | None
) -> tuple[BookingId | None, str]:
    """Return the booking of that reference if it is on the rosters that are meant, else what is wrong with it."""
    query = (
        select(Booking.id, Slot.id.label("slot_id"), Slot.site_id, Slot.day)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Booking.reference == reference.upper(), Booking.line == EXAMS.key)
    )
    found = session.execute(query).one_or_none()
    if found is None or found.site_id != site_id:
        return None, "is not on this roster"
    if found.day != day:
        return None, f"is on the roster of another day, {found.day.isoformat()}"
    if slot_id is not None and found.slot_id != slot_id:
        return None, "is not on this roster"
    return BookingId(found.id), ""


def _problem(
    session: Session, booking_id: BookingId, row: AttemptRow, actor: Actor, now: datetime
) -> tuple[str, str]:
    """Record one attempt; return the column at fault and what is wrong with it, or two empty texts."""
    try:
        with session.begin_nested():  # a refused line must not end the transaction: the next ones are read too
            record_attempt(session, booking_id, row.result, actor=actor, now=now)
    except RosterRefusedError as failure:
        return PROBLEMS[failure.refused.code]
    except NotAllowedError:
        return "reference", "is not for this account to judge"
    return "", ""
