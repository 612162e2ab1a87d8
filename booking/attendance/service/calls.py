"""From the queue to the post: calling, missing a call, beginning, breaking off, leaving."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.attendance.models import Visit, VisitState
from booking.attendance.queries.visits import SHOWN, VisitRow, visit_shown
from booking.attendance.rules.order import call_order
from booking.attendance.service.steps import refuse_elsewhere, take_step, visit_at_own_site
from booking.audit import service as audit
from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import ConflictError, InvalidInputError, InvalidStateError, Wording
from booking.kernel.ids import BookingId, SiteId, VisitId

MOST_MISSED_CALLS = 2  # whoever misses this many is taken to have left
POST_LENGTH = 20
MayTake = Callable[[VisitRow], bool]


class PostBusyError(ConflictError):
    """A call to this post has not been answered yet; the database says so."""

    wording: ClassVar[Wording] = Wording(
        "这里叫到的号还没有开始办理，请先开始，或者记为过号。",
        "The number called to this place has not begun; begin it, or record that nobody came.",
    )


CONFLICTS: dict[str, type[Exception]] = {"uq_visit_called": PostBusyError}


def anybody(visit: VisitRow) -> bool:
    """Take whoever is next."""
    return True


def call_next(
    session: Session, site_id: SiteId, post: str, *, may_take: MayTake = anybody, actor: Actor, now: datetime
) -> VisitRow | None:
    """Call the first in order whom the post may take; None if nobody waits for it.

    However many call at once, each visit is called once. Raises `PostBusyError` while a call to this post stands.
    """
    refuse_elsewhere(actor, site_id)
    if not 0 < len(post) <= POST_LENGTH:
        raise InvalidInputError("post")
    # Whoever arrived after this call was asked for is not in it: nobody is called before they came.
    queue = SHOWN.where(Visit.site_id == site_id, Visit.day == local_day(now), Visit.state == VisitState.WAITING)
    rows = [VisitRow(**row) for row in session.execute(queue.where(Visit.queued_at <= now)).mappings()]
    able = {row.number: row for row in rows if may_take(row)}
    for one in call_order((row.waiting for row in able.values()), now=now):
        if _claimed(session, able[one.number].id, post, now):
            after = {"state": VisitState.CALLED, "post": post}
            audit.record(session, "visit called", "visit", able[one.number].id, actor=actor, now=now, after=after)
            return visit_shown(session, able[one.number].id)
    return None


def _claimed(session: Session, visit_id: VisitId, post: str, now: datetime) -> bool:
    claim = update(Visit).where(Visit.id == visit_id, Visit.state == VisitState.WAITING, Visit.queued_at <= now)
    with conflicts_as(CONFLICTS):
        return rows_changed(session, claim.values(state=VisitState.CALLED, called_at=now, post=post)) == 1


def call_again(session: Session, visit_id: VisitId, *, actor: Actor, now: datetime) -> None:
    """Call the same number once more to the same post; raise `InvalidStateError` if it is not called."""
    visit = visit_at_own_site(session, visit_id, actor)
    again = update(Visit).where(Visit.id == visit_id, Visit.state == VisitState.CALLED).values(called_at=now)
    if rows_changed(session, again) != 1:
        raise InvalidStateError(f"visit {visit_id} is {visit.state}")
    audit.record(session, "visit called again", "visit", visit_id, actor=actor, now=now, after={"post": visit.post})


def call_off(session: Session, visit_id: VisitId, *, actor: Actor, now: datetime) -> VisitState:
    """Record that nobody came to the call: back to the end of those who go by arrival, at the second time gone.

    Returns the state that follows.
    """
    visit = visit_at_own_site(session, visit_id, actor)
    if visit.state is not VisitState.CALLED:
        raise InvalidStateError(f"visit {visit_id} is {visit.state}")
    missed = visit.missed_calls + 1
    if missed >= MOST_MISSED_CALLS:
        _end_untested(session, visit, "visit missed its calls", actor=actor, now=now, missed=missed)
        return VisitState.LEFT
    back = {"missed_calls": missed, "queued_at": now, "called_at": None, "post": ""}
    take_step(session, visit, VisitState.WAITING, "visit missed a call", actor=actor, now=now, values=back)
    return VisitState.WAITING


def start(session: Session, visit_id: VisitId, *, actor: Actor, now: datetime) -> None:
    """Begin the test of whoever was called and came."""
    visit = visit_at_own_site(session, visit_id, actor)
    take_step(session, visit, VisitState.IN_TEST, "visit begun", actor=actor, now=now, values={"started_at": now})


def break_off(session: Session, visit_id: VisitId, *, reason: str, actor: Actor, now: datetime) -> None:
    """Put somebody back whose test cannot go on through no fault of theirs; their place is the one they had."""
    visit = visit_at_own_site(session, visit_id, actor)
    if visit.state is not VisitState.IN_TEST:
        raise InvalidStateError(f"visit {visit_id} is {visit.state}")
    back = {"started_at": None, "called_at": None, "post": ""}
    take_step(
        session, visit, VisitState.WAITING, "visit broken off", actor=actor, now=now, reason=reason, values=back
    )


def leave(session: Session, visit_id: VisitId, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """Record that somebody went before the test; a booking ends as absent, so that its holder can book again."""
    visit = visit_at_own_site(session, visit_id, actor)
    _end_untested(session, visit, "visit left", actor=actor, now=now, reason=reason)


def _end_untested(
    session: Session, visit: Visit, act: str, *, actor: Actor, now: datetime, reason: str = "", missed: int = 0
) -> None:
    values = {"ended_at": now, "missed_calls": missed or visit.missed_calls}
    take_step(session, visit, VisitState.LEFT, act, actor=actor, now=now, reason=reason, values=values)
    if visit.booking_id is None:
        return
    booking = session.get_one(Booking, visit.booking_id)
    if booking.state is BookingState.ATTENDED:  # else the office has cancelled it meanwhile
        bookings.record_outcome(session, BookingId(booking.id), BookingState.ABSENT, actor=actor, now=now)
