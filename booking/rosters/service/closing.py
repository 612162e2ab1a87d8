"""The end of a roster: who did not come, and the counts on which operator and database agree."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.allotment.service.closures import cancel_and_ask_again
from booking.attendance.service.steps import refuse_elsewhere
from booking.audit import service as audit
from booking.bookings.models import LIVE, Booking, BookingState
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import BookingId, SiteId, SlotId
from booking.rosters.models import ClosedRoster
from booking.rosters.queries.rosters import Roster, roster
from booking.rosters.queries.settings import roster_settings
from booking.rosters.rules.admission import clock
from booking.rosters.rules.standing import Counts, Standing, differences
from booking.rosters.service.holding import OVER, attempts_of, hold, hold_all, refuse_closed
from booking.rosters.service.refusing import refusal
from booking.rosters.service.settling import end_as_absent, settle
from booking.slots.models import Slot, SlotState

WITH_RESULT = (Standing.PASSED, Standing.FAILED, Standing.RETEST)


def mark_absent(session: Session, booking_id: BookingId, *, actor: Actor, now: datetime) -> None:
    """Record that somebody did not come, or went untested; the person is told, and the record moves on.

    Final at once. Raises `RosterRefusedError`: not-on-roster, not-begun, absent, has-result, tested, cancelled,
    slot-withdrawn, roster-closed.
    """
    booking, slot = hold(session, booking_id, actor)
    refuse_closed(session, slot.id, booking_id)
    if booking.state in OVER:
        raise refusal(OVER[booking.state], booking_id)
    if booking.state not in LIVE:
        raise refusal("tested", booking_id)
    if slot.state is SlotState.WITHDRAWN:
        raise refusal("slot-withdrawn", booking_id)
    _refuse_before(session, slot, now)
    if attempts_of(session, booking_id):
        raise refusal("has-result", booking_id)
    end_as_absent(session, booking, slot, actor=actor, now=now)


def mark_absent_due(session: Session, booking_id: BookingId, *, actor: Actor, now: datetime) -> bool:
    """Record the absence of one who was due; return False if they came meanwhile."""
    booking, slot = hold(session, booking_id, actor)
    if booking.state is not BookingState.CONFIRMED or slot.state is SlotState.WITHDRAWN:
        return False
    end_as_absent(session, booking, slot, actor=actor, now=now)
    return True


def close_roster(session: Session, slot_id: SlotId, expected: Counts, *, actor: Actor, now: datetime) -> None:
    """Close a roster over the counts that the operator has seen: `Roster.when_closed`.

    Whoever has not come becomes absent, an open retest becomes a failure, and every result is settled. In a
    withdrawn slot, whoever has no result is cancelled by the office instead. Raises `RosterRefusedError`: not-begun,
    counts-differ, untested, no-record, roster-closed; then nothing is stored.
    """
    slot = _held_slot(session, slot_id, actor)
    if slot.state is not SlotState.WITHDRAWN:
        _refuse_before(session, slot, now)
    found = roster(session, slot_id, now=now)
    _refuse_untested(found)
    if differing := differences(expected, found.when_closed):
        raise refusal("counts-differ", counts_zh=differing.zh, counts_en=differing.en)
    _close(session, found, actor=actor, now=now)


def close_withdrawn(session: Session, slot_id: SlotId, *, actor: Actor, now: datetime) -> bool:
    """Close the roster of a withdrawn slot on which nobody stands any more; return False if that is not so."""
    slot = _held_slot(session, slot_id, actor)
    found = roster(session, slot_id, now=now)
    if slot.state is not SlotState.WITHDRAWN or any(row.state in LIVE for row in found.rows):
        return False
    _close(session, found, actor=actor, now=now)
    return True


def withdrawn_to_close(session: Session) -> list[SlotId]:
    """Return the withdrawn slots of exams that people had booked and on which nobody stands any more."""
    query = (
        select(Slot.id)
        .outerjoin(ClosedRoster, ClosedRoster.slot_id == Slot.id)
        .where(Slot.line == EXAMS.key, Slot.state == SlotState.WITHDRAWN, ClosedRoster.slot_id.is_(None))
        .where(select(Booking.id).where(Booking.slot_id == Slot.id).exists())
        .where(~select(Booking.id).where(Booking.slot_id == Slot.id, Booking.state.in_(LIVE)).exists())
        .order_by(Slot.id)
    )
    return [SlotId(slot_id) for slot_id in session.scalars(query)]


def _held_slot(session: Session, slot_id: SlotId, actor: Actor) -> Slot:
    """Hold a whole roster, and its slot against another closing; raise roster-closed."""
    query = select(Slot).where(Slot.id == slot_id, Slot.line == EXAMS.key).with_for_update(key_share=True)
    slot = session.scalar(query, execution_options={"populate_existing": True})
    if slot is None:
        raise NotFoundError
    refuse_elsewhere(actor, SiteId(slot.site_id))
    hold_all(session, slot_id)
    refuse_closed(session, slot_id)
    return slot


def _refuse_before(session: Session, slot: Slot, now: datetime) -> None:
    from_then = slot.starts_at + roster_settings(session, local_day(now)).late
    if now < from_then:
        raise refusal("not-begun", clock=clock(from_then))


def _refuse_untested(found: Roster) -> None:
    if found.head.is_withdrawn:
        return
    numbers = [str(row.number) for row in found.rows if row.standing is Standing.PRESENT]
    if numbers:
        raise refusal("untested", numbers=", ".join(numbers))


def _close(session: Session, found: Roster, *, actor: Actor, now: datetime) -> None:
    slot = session.get_one(Slot, found.head.slot_id)
    for row in sorted(found.rows, key=lambda row: row.booking_id):
        if row.state not in LIVE:
            continue
        if row.standing in WITH_RESULT and settle(
            session, row.booking_id, actor=actor, now=now, is_last_word=not found.head.is_withdrawn
        ):
            continue
        if found.head.is_withdrawn:
            cancel_and_ask_again(session, EXAMS, row.booking_id, actor=actor, now=now)
        else:
            end_as_absent(session, session.get_one(Booking, row.booking_id), slot, actor=actor, now=now)
    counts = found.when_closed
    numbers = {name: getattr(counts, name) for name in Counts.__slots__}
    session.add(ClosedRoster(slot_id=slot.id, **numbers, closed_at=now, closed_by=actor.account_id))
    session.flush()  # the database counts once more
    audit.record(session, "roster closed", "slot", slot.id, actor=actor, now=now, after=numbers)
