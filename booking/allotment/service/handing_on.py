"""Freed and leftover seats of drawn rounds: daily, at the announced hour, to the queue in order; the rest on sale.

Bookings end in many ways and know nothing of rounds; `follow` writes into the chain what became of those that a round
gave. A seat that comes to somebody who cannot take it is granted and passed on, so that the order is the queue's own.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from booking.allotment.models.requests import Entry, Request, RequestState, Standing
from booking.allotment.models.rounds import Round, RoundSlot, Stage
from booking.allotment.rules.draw import Applicant, places_of
from booking.allotment.rules.events import Line as Queue
from booking.allotment.service import requests
from booking.allotment.service.announced import announcement_of
from booking.allotment.service.chain import Chain, take_chain
from booking.allotment.service.entering import hold_live
from booking.allotment.service.granting import TOO_LATE, grant_all, is_too_late, passed_because, tell_passed
from booking.allotment.service.messages import tell_of_request
from booking.allotment.service.wishes import wish_list
from booking.audit import service as audit
from booking.bookings.line import Line
from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor
from booking.kernel.ids import Holder, SlotId
from booking.slots import service as slots
from booking.slots.models import Lane, Quota, Slot, SlotState

LANES = (Lane.ORDINARY, Lane.PRIORITY, Lane.MAKE_UP)
ENDED = {
    BookingState.CANCELLED: "cancelled",
    BookingState.CANCELLED_BY_OFFICE: "cancelled_by_office",
    BookingState.ABSENT: "absent",
}


def rounds_to_follow(session: Session, line: str) -> Sequence[int]:
    """Return the drawn rounds in which a granted booking has ended and the record does not say so yet."""
    query = (
        select(Entry.round_id)
        .join(Booking, Booking.id == Entry.booking_id)
        .where(Entry.standing == Standing.GRANTED, Booking.state.in_(ENDED), Booking.line == line)
    )
    return session.scalars(query.distinct().order_by(Entry.round_id)).all()


def follow(session: Session, round_id: int) -> int:
    """Write the ends of granted bookings into the record of their round; return how many there were."""
    chain = take_chain(session, round_id)
    ended = _follow(session, chain)
    chain.save(session)
    return ended


def rounds_to_hand_on(session: Session, line: str, *, now: datetime) -> Sequence[int]:
    """Return the drawn rounds with freed seats in slots still to come, in the order of their days."""
    query = (
        select(Round.id)
        .join(RoundSlot, RoundSlot.round_id == Round.id)
        .join(Slot, Slot.id == RoundSlot.slot_id)
        .join(Quota, Quota.slot_id == Slot.id)
        .where(Round.line == line, Round.stage == Stage.DRAWN, Quota.freed > 0)
        .where(Slot.state == SlotState.PUBLISHED, Slot.closes_at > now)
    )
    return session.scalars(query.group_by(Round.id).order_by(Round.day, Round.id)).all()


def hand_on(session: Session, line: Line, round_id: int, *, actor: Actor, now: datetime) -> int:
    """Hand the round's freed seats to its queue in order, then put the rest on sale; return how many were granted.

    Before the first announced hour (a slot's `opens_at`) nothing goes on sale: what the draw itself passed on goes to
    the queue at once.
    """
    chain = take_chain(session, round_id)
    _hold_ledger(session, round_id)
    _follow(session, chain)
    given = _hand_to_queue(session, line, chain, actor=actor, now=now)
    chain.save(session)
    query = select(Slot.id).join(RoundSlot, RoundSlot.slot_id == Slot.id)
    on_sale = session.scalars(query.where(RoundSlot.round_id == round_id, Slot.opens_at <= now)).all()
    slots.return_freed_seats(session, actor=actor, now=now, of=[SlotId(slot_id) for slot_id in on_sale])
    session.execute(update(Round).where(Round.id == round_id).values(handed_on_at=now))
    audit.record(session, "seats handed on", "round", round_id, actor=actor, now=now, after={"granted": given})
    return given


def return_undecided(session: Session, line: str, *, actor: Actor, now: datetime) -> int:
    """Put on sale the seats of slots whose round was never opened, since no scheduler ran; return how many."""
    query = (
        select(Slot.id)
        .where(Slot.line == line, Slot.requests_until <= now, Slot.opens_at <= now, Slot.closes_at > now)
        .where(~select(RoundSlot.slot_id).where(RoundSlot.slot_id == Slot.id).exists())
    )
    undecided = [SlotId(slot_id) for slot_id in session.scalars(query)]
    return slots.return_freed_seats(session, actor=actor, now=now, of=undecided) if undecided else 0


def requests_without_hope(
    session: Session, line: str, *, now: datetime, of: Sequence[int] | None = None
) -> Sequence[int]:
    """Return the live requests of which nothing can be had any more: no open round, no queue for a slot to come.

    Whose place the office took away is left to the office to help. `of` asks only about some.
    """
    open_round = (
        select(Entry.round_id)
        .join(Round, Round.id == Entry.round_id)
        .where(Entry.request_id == Request.id, Entry.standing == Standing.IN)
    )
    queue = (
        select(Entry.round_id)
        .join(RoundSlot, RoundSlot.round_id == Entry.round_id)
        .join(Slot, Slot.id == RoundSlot.slot_id)
        .where(Entry.request_id == Request.id, Entry.standing == Standing.WAITING, Slot.closes_at > now)
    )
    query = select(Request.id).where(
        Request.line == line,
        Request.state == RequestState.LIVE,
        Request.carry_on.is_(False),
        Request.is_make_up.is_(False),
    )
    if of is not None:
        query = query.where(Request.id.in_(of))
    return session.scalars(query.where(~open_round.exists(), ~queue.exists()).order_by(Request.id)).all()


def end_without_hope(session: Session, line: Line, request_id: int, *, actor: Actor, now: datetime) -> bool:
    """End a live request of which nothing is left, and tell the person what to do next; return False if it is not.

    Asked again here, while its row is held: the person may have given it other wishes since it was found.
    """
    if not hold_live(session, Request.id == request_id):
        return False
    if not requests_without_hope(session, line.key, now=now, of=[request_id]):
        return False
    request = session.get_one(Request, request_id)
    requests.end(session, request, RequestState.ENDED, actor=actor, now=now)
    tell_of_request(session, "request_ended", request, line=line, now=now)
    return True


def _hold_ledger(session: Session, round_id: int) -> None:
    """Hold the seats of a round until the commit, in ascending slot id.

    A seat given back from here on waits for the next announced hour: else it could be handed on before the record
    says that it was given back, or go on sale without having been offered to the queue.
    """
    mine = select(RoundSlot.slot_id).where(RoundSlot.round_id == round_id).order_by(RoundSlot.slot_id)
    for slot_id in session.scalars(mine).all():
        held = update(Quota).where(Quota.slot_id == slot_id).values(freed=Quota.freed)
        session.execute(held.execution_options(synchronize_session=False))


def _follow(session: Session, chain: Chain) -> int:
    query = (
        select(Entry, Booking.state, Booking.ended_at)
        .join(Booking, Booking.id == Entry.booking_id)
        .where(Entry.round_id == chain.round_id, Entry.standing == Standing.GRANTED, Booking.state.in_(ENDED))
        .order_by(Booking.ended_at, Booking.id)
    )
    ended = session.execute(query).all()
    for entry, state, ended_at in ended:
        chain.add(ENDED[state], entry.pid, entry.slot_id or 0, ended_at or chain.latest)
        entry.standing, entry.passed_because = Standing.PASSED, ENDED[state]
    return len(ended)


def _hand_to_queue(session: Session, line: Line, chain: Chain, *, actor: Actor, now: datetime) -> int:
    freed = list(_freed(session, chain.round_id, now))
    if not freed:  # most often: then nobody of a long queue need be looked at
        return 0
    entries = {
        entry.pid: entry
        for entry in session.scalars(
            select(Entry)
            .where(Entry.round_id == chain.round_id, Entry.standing == Standing.WAITING)
            .order_by(Entry.queue)
        )
    }
    announcement = announcement_of(session.get_one(Round, chain.round_id))
    applicants = {pid: Applicant(pid, "", "", 0, tuple(wish_list(entry.wishes))) for pid, entry in entries.items()}
    queue, gone, given = Queue(list(entries), applicants, places_of(announcement)), set[str](), 0
    for slot, seats in freed:
        taken = 0
        while taken < seats and (pid := queue.next_for(str(slot.id), gone)):
            gone.add(pid)
            chain.add("granted", pid, slot.id, now)
            if reason := _take(session, line, entries[pid], slot, actor=actor, now=now):
                chain.add("cancelled", pid, slot.id, now, reason)
            else:
                taken += 1
        given += taken
    return given


def _take(session: Session, line: Line, entry: Entry, slot: Slot, *, actor: Actor, now: datetime) -> str:
    """Give the seat to whoever's turn it is, or return why it is passed on. In a round nobody gets a second turn."""
    request = session.get_one(Request, entry.request_id)
    entry.slot_id = slot.id
    places = {slot.id: slot}
    reason = passed_because(session, line, [(entry, request)], places, now=now).get(Holder(entry.holder), "")
    if not reason and is_too_late(request, slot, now):
        reason = TOO_LATE
    if reason:
        entry.standing, entry.passed_because = Standing.PASSED, reason
        session.flush()  # the next statement counts who still waits
        tell_passed(session, line, [(entry, request)], places, now=now)
        return reason
    lane = slots.hand_over(session, SlotId(slot.id), LANES)
    turn = (entry, request, lane)
    grant_all(session, line, [turn], places, actor=actor, now=now)
    return ""


def _freed(session: Session, round_id: int, now: datetime) -> Iterator[tuple[Slot, int]]:
    """Yield the slots still to come that have freed seats, with how many: the latest first.

    A seat in the afternoon is not yet too late for somebody to whom one in the morning would be.
    """
    query = (
        select(Slot, func.sum(Quota.freed))
        .join(Quota, Quota.slot_id == Slot.id)
        .join(RoundSlot, RoundSlot.slot_id == Slot.id)
        .where(RoundSlot.round_id == round_id, Slot.state == SlotState.PUBLISHED, Slot.closes_at > now)
        .where(Quota.lane.in_(LANES))
        .group_by(Slot.id)
        .having(func.sum(Quota.freed) > 0)
        .order_by(Slot.starts_at.desc(), Slot.id)
    )
    yield from ((slot, int(seats)) for slot, seats in session.execute(query).all())
