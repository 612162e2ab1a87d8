"""Results: recorded at once on the visit, and carried to the booking when they can no longer be undone.

A booking that has passed or failed is final for ever, and a wrong button is pressed sooner or later. So a result
waits on its visit until the office's time for undoing is over, or until somebody acts upon it. Then it is settled:
closed, and taken to the booking in the same transaction. While no scheduler runs it waits, and is not lost.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.attendance.models import RESULTS, UNSETTLED_IN_SQL, Visit, VisitState
from booking.attendance.queries.settings import DaySettings
from booking.attendance.service.steps import STANDS_SOMEWHERE, take_step, visit_at_own_site
from booking.audit import service as audit
from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor
from booking.kernel.db import conflicts_as
from booking.kernel.errors import ConflictError, InvalidStateError, Wording
from booking.kernel.ids import BookingId, Holder, VisitId
from booking.sites.models import Site

OUTCOMES = {VisitState.PASSED: BookingState.PASSED, VisitState.FAILED: BookingState.FAILED}


class ResultFinalError(ConflictError):
    """The time for undoing is over, or the result has been acted upon."""

    wording: ClassVar[Wording] = Wording(
        "这个结果已经生效，不能撤回。需要更正的，请联系车管所。",
        "This result is final and can no longer be taken back. If it is wrong, call the office.",
    )


def record_result(session: Session, visit_id: VisitId, passed: bool, *, actor: Actor, now: datetime) -> None:
    """Record that the holder passed or failed, and end the visit; the booking follows when the result is settled.

    A visit of an earlier day gets its result as well. Raises `InvalidStateError` unless it is in test.
    """
    visit = visit_at_own_site(session, visit_id, actor)
    state = VisitState.PASSED if passed else VisitState.FAILED
    take_step(session, visit, state, f"visit {state}", actor=actor, now=now, values={"ended_at": now})


def undo_result(session: Session, visit_id: VisitId, *, settings: DaySettings, actor: Actor, now: datetime) -> None:
    """Take a result back, so that the visit is in test again.

    Raises `ResultFinalError` if it is too late for that, and `AlreadyHereError` if the holder waits elsewhere by now.
    """
    visit = visit_at_own_site(session, visit_id, actor)
    if visit.state not in RESULTS or visit.ended_at is None:
        raise InvalidStateError(f"visit {visit_id} is {visit.state}")
    if visit.settled_at is not None or now >= visit.ended_at + settings.undo:
        raise ResultFinalError
    with conflicts_as(STANDS_SOMEWHERE):
        take_step(
            session, visit, VisitState.IN_TEST, "result undone", actor=actor, now=now, values={"ended_at": None}
        )


def settle_result(session: Session, visit_id: VisitId, *, actor: Actor, now: datetime) -> bool:
    """Close a result and take it to the booking, once; return False where there is none that is open.

    A booking that the office cancelled meanwhile stays cancelled; the visit keeps its result.
    """
    claim = (
        update(Visit)
        .where(Visit.id == visit_id, Visit.state.in_(RESULTS), Visit.settled_at.is_(None))
        .values(settled_at=now)
        .returning(Visit.state, Visit.booking_id)
    )
    row = session.execute(claim).one_or_none()
    if row is None:
        return False
    audit.record(session, "result settled", "visit", visit_id, actor=actor, now=now, after={"state": row.state})
    if row.booking_id is not None:
        booking = session.get_one(Booking, row.booking_id)
        if booking.state is BookingState.ATTENDED:
            bookings.record_outcome(session, BookingId(booking.id), OUTCOMES[row.state], actor=actor, now=now)
    return True


def settle_results_of(session: Session, holder: Holder, *, actor: Actor, now: datetime) -> int:
    """Settle what is open of one holder, for an act that builds upon it, such as booking a re-inspection."""
    query = select(Visit.id).where(UNSETTLED_IN_SQL, Visit.holder == holder).order_by(Visit.id)
    return sum(settle_result(session, VisitId(one), actor=actor, now=now) for one in session.scalars(query).all())


def due_results(session: Session, line_key: str, *, undo: timedelta, now: datetime) -> Sequence[VisitId]:
    """Return the visits of a line whose result can no longer be undone and is not settled yet, in order."""
    query = (
        select(Visit.id)
        .join(Site, Site.id == Visit.site_id)
        .where(UNSETTLED_IN_SQL, Visit.ended_at <= now - undo, Site.line == line_key)
        .order_by(Visit.id)
    )
    return [VisitId(visit_id) for visit_id in session.scalars(query)]
