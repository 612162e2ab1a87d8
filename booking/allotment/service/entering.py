"""Rows of requests in rounds: entering, leaving, going on into later rounds, and ranking anew.

Only rounds that are collecting are touched: what is sealed stays.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from booking.allotment.errors import RequestRefusedError
from booking.allotment.models.requests import Entry, Request, RequestState, RequestWish, Standing
from booking.allotment.models.rounds import Round, RoundSlot, Stage
from booking.allotment.service import keys, leaves
from booking.allotment.service.leaves import NewRow
from booking.allotment.service.wishes import AnyAt, WishFor, open_choices, wish_list
from booking.allotment.service.wishes import rows_by_round as rows_of_rounds
from booking.bookings.line import Line
from booking.kernel.db import batched, rows_changed
from booking.kernel.ids import Holder, SiteId, SlotId
from booking.slots.models import Lane, Method, Slot


def change_rounds(
    session: Session, line: Line, request: Request, rows: Mapping[int, list[str]], *, now: datetime
) -> None:
    """Bring the request's rows in the rounds that are collecting to exactly `rows`: enter, replace or withdraw.

    In ascending round id, so that two people who change in opposite directions never wait in a ring.
    """
    entries = {entry.round_id: entry for entry in _open_entries(session, [request.id], now)}
    ranking_time = _ranking_time(session, line, request)
    for round_id in sorted({*rows, *entries}):
        if round_id in rows:
            _enter(session, line, request, (round_id, rows[round_id]), ranking_time, now=now)
        else:
            _leave(session, round_id, [entries[round_id]], now=now)


def enter_rounds(
    session: Session, line: Line, request: Request, rows: Mapping[int, list[str]], *, now: datetime
) -> None:
    """Write the request's row into each of the rounds, in ascending id, and note how the holder stands there."""
    ranking_time = _ranking_time(session, line, request)
    for row in sorted(rows.items()):
        _enter(session, line, request, row, ranking_time, now=now)


def leave_rounds(session: Session, request_ids: Iterable[int], *, now: datetime) -> None:
    """Withdraw the rows of requests from the rounds that are still collecting, round by round in ascending id."""
    entries = [entry for some in batched(request_ids) for entry in _open_entries(session, some, now)]
    for round_id in sorted({entry.round_id for entry in entries}):
        _leave(session, round_id, [entry for entry in entries if entry.round_id == round_id], now=now)


def _enter(
    session: Session,
    line: Line,
    request: Request,
    wanted: tuple[int, list[str]],
    ranking_time: datetime,
    *,
    now: datetime,
) -> None:
    round_id, wishes = wanted
    round_ = session.get_one(Round, round_id)
    holder = Holder(request.holder)
    pid = keys.pseudonyms(session, line, round_, [holder])[holder]
    entry = session.get(Entry, (round_id, holder))
    row = NewRow(
        kind="replace" if entry is not None and entry.standing is Standing.IN else "apply",
        pid=pid,
        lane=_lane(session, line, request, round_, now),
        ranking_time=None if round_.method is Method.LOTTERY else ranking_time,
        losses=request.losses,
        wishes=wishes,
    )
    (seq,) = leaves.append(session, round_id, [row], now=now)
    if entry is None:
        entry = Entry(round_id=round_id, holder=holder, pid=pid)
        session.add(entry)
    entry.request_id, entry.person_id = request.id, request.person_id
    entry.seq, entry.lane, entry.standing = seq, row.lane, Standing.IN
    entry.ranking_time, entry.wishes = row.ranking_time, json.dumps(wishes)
    session.flush()  # a later statement of this transaction counts the entries


def _leave(session: Session, round_id: int, entries: Sequence[Entry], *, now: datetime) -> None:
    numbers = leaves.append(session, round_id, [NewRow("withdraw", entry.pid) for entry in entries], now=now)
    for entry, number in zip(entries, numbers, strict=True):
        entry.seq, entry.standing = number, Standing.OUT
    session.flush()  # a later statement of this transaction counts the entries


def _open_entries(session: Session, request_ids: Sequence[int], now: datetime) -> Sequence[Entry]:
    query = (
        select(Entry)
        .join(Round, Round.id == Entry.round_id)
        .where(Entry.request_id.in_(request_ids), Entry.standing == Standing.IN)
        .where(Round.stage == Stage.COLLECTING, Round.closes_at > now)
    )
    return session.scalars(query.order_by(Entry.round_id)).all()


def carried_on(session: Session, round_id: int) -> Sequence[int]:
    """Return the live requests that go on into a round that is collecting and have no row there yet."""
    there = select(RoundSlot.round_id).join(Slot, Slot.id == RoundSlot.slot_id)
    query = (
        select(Request.id)
        .join(RequestWish, RequestWish.request_id == Request.id)
        .join(Round, (Round.line == Request.line) & (Round.service == Request.service))
        .where(Round.id == round_id, Round.stage == Stage.COLLECTING)
        .where(Request.state == RequestState.LIVE, Request.carry_on)
        .where(there.where(RoundSlot.round_id == round_id, Slot.site_id == RequestWish.site_id).exists())
        .where(~select(Entry.pid).where(Entry.round_id == round_id, Entry.request_id == Request.id).exists())
    )
    return session.scalars(query.distinct().order_by(Request.id)).all()


def rounds_to_carry(session: Session, line: str) -> Sequence[int]:
    """Return the collecting rounds into which not all requests that go on have been entered."""
    query = select(Round.id).where(Round.line == line, Round.stage == Stage.COLLECTING, Round.carried_at.is_(None))
    return session.scalars(query.order_by(Round.id)).all()


def all_carried(session: Session, round_id: int, *, now: datetime) -> None:
    """Note that every request that goes on has had its chance to enter the round."""
    session.execute(update(Round).where(Round.id == round_id).values(carried_at=now))


def carry_on(session: Session, line: Line, request_id: int, round_id: int, *, now: datetime) -> bool:
    """Enter a live request into a later round by its site wishes; return False if the rules allow nothing there.

    Whatever the rules refuse now is asked again at the next round.
    """
    if not hold_live(session, Request.id == request_id):
        return False
    request = session.get_one(Request, request_id)
    sites = [wish for wish in wishes_of(session, request_id) if isinstance(wish, AnyAt)]
    choices = [one for one in open_choices(session, line, request.service, now=now) if one.round_id == round_id]
    try:
        rows = rows_of_rounds(session, line, Holder(request.holder), sites, choices, now=now)
    except RequestRefusedError:
        return False
    enter_rounds(session, line, request, rows, now=now)
    return bool(rows)


def rank_again(session: Session, line: Line, holder: Holder, *, now: datetime) -> None:
    """Write new rows for the holder's live requests where an event of these days has moved the ranking time.

    Only rounds that are collecting: what is sealed stays.
    """
    if not hold_live(session, Request.holder == holder, Request.line == line.key):
        return
    query = (
        select(Entry, Request)
        .join(Request, Request.id == Entry.request_id)
        .join(Round, Round.id == Entry.round_id)
        .where(Entry.holder == holder, Entry.standing == Standing.IN, Request.line == line.key)
        .where(Round.stage == Stage.COLLECTING, Round.closes_at > now, Round.method == Method.RANKED)
        .where(Request.state == RequestState.LIVE)
        .order_by(Entry.round_id)
    )
    for entry, request in session.execute(query).all():
        if _ranking_time(session, line, request) != entry.ranking_time:
            enter_rounds(session, line, request, {entry.round_id: wish_list(entry.wishes)}, now=now)


def wishes_of(session: Session, request_id: int) -> list[WishFor]:
    """Return the wishes of a request in order."""
    query = select(RequestWish).where(RequestWish.request_id == request_id).order_by(RequestWish.place)
    return [
        SlotId(wish.slot_id) if wish.slot_id is not None else AnyAt(SiteId(wish.site_id or 0))
        for wish in session.scalars(query)
    ]


def hold_live(session: Session, *which: ColumnElement[bool]) -> int:
    """Hold the live requests among these until the commit and return how many there are.

    A change or withdrawal of this moment was first, or waits and then finds the rows that are written here.
    """
    held = update(Request).where(*which, Request.state == RequestState.LIVE).values(version=Request.version)
    return rows_changed(session, held.execution_options(synchronize_session=False))


def _lane(session: Session, line: Line, request: Request, round_: Round, now: datetime) -> Lane:
    if request.is_make_up:
        return Lane.MAKE_UP
    slot = Slot(line=round_.line, service=round_.service, day=round_.day)
    return line.lanes(session, Holder(request.holder), slot, now=now)[0]


def _ranking_time(session: Session, line: Line, request: Request) -> datetime:
    ranking = line.ranking(session, Holder(request.holder), request.service)
    return ranking.time if ranking else request.created_at
