"""The draw of a frozen round: computed from what is sealed, then settled in one transaction.

Nothing of a frozen round changes any more, so the outcome is computed before anything is locked, by the same pure
code that everybody's checker runs.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from booking.allotment.models.requests import Entry, Request, RequestState, Standing
from booking.allotment.models.rounds import Checkpoint, Round, RoundOutcome, RoundSlot, Stage
from booking.allotment.rules.draw import Json, Outcome, draw, effective, outcome_hash, places_of, seed_of
from booking.allotment.rules.encoding import instant_text
from booking.allotment.service.announced import announcement_of, rows_of
from booking.allotment.service.beacons import agreed_values
from booking.allotment.service.chain import Chain, take_chain
from booking.allotment.service.granting import grant_all, passed_because, tell_passed
from booking.allotment.service.messages import Asker, Told, tell_many
from booking.audit import service as audit
from booking.bookings.line import Line
from booking.kernel.actors import Actor
from booking.kernel.db import batched, rows_changed, table_of
from booking.kernel.ids import Holder, SlotId
from booking.slots import service as slots
from booking.slots.models import Lane, Method, Quota, Slot, SlotState

AT_ONCE = 5_000  # rows in one statement that is run for each of them
PLACES = (
    update(table_of(Entry))
    .where(Entry.round_id == bindparam("of_round"), Entry.pid == bindparam("of_pid"))
    .values(
        standing=bindparam("to_standing"),
        place=bindparam("to_place"),
        queue=bindparam("to_queue"),
        slot_id=bindparam("to_slot"),
    )
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A computed draw, not yet settled."""

    outcome: Outcome
    seed: str
    outcome_hash: str


def compute(session: Session, round_id: int) -> Drawn | None:
    """Compute the draw of a frozen round, or return None while its random values are missing or in doubt."""
    round_ = session.get_one(Round, round_id)
    values = agreed_values(session, round_) if round_.stage is Stage.FROZEN else None
    if values is None:
        return None
    announcement, seed = announcement_of(round_), _seed(round_, values)
    outcome = draw(
        effective(rows_of(session, round_id)), places_of(announcement), announcement["lanes"], seed,
        method=announcement["method"], sample=announcement["sample"],
    )  # fmt: skip
    freeze = {
        "n": round_.frozen_leaves,
        "root": round_.frozen_root,
        "at": instant_text(round_.objections_until),
    }
    binding = outcome_hash(outcome, checkpoints_of(session, round_id), freeze)
    return Drawn(outcome, seed.hex(), binding.hex())


def _seed(round_: Round, values: list[Json]) -> bytes:
    root = bytes.fromhex(round_.frozen_root)
    return seed_of(bytes.fromhex(round_.announcement_hash), round_.frozen_leaves or 0, root, values)


def _still_holds(session: Session, round_id: int, drawn: Drawn) -> bool:
    """Whether the random values are those of the computed draw; asked while the round is held, when none is added."""
    round_ = session.get_one(Round, round_id)
    values = agreed_values(session, round_)
    return values is not None and _seed(round_, values).hex() == drawn.seed


def checkpoints_of(session: Session, round_id: int) -> list[dict[str, object]]:
    """Return the checkpoints as the record has them."""
    query = select(Checkpoint).where(Checkpoint.round_id == round_id).order_by(Checkpoint.number)
    return [{"n": point.n, "root": point.root, "at": instant_text(point.at)} for point in session.scalars(query)]


def settle(session: Session, line: Line, round_id: int, drawn: Drawn, *, actor: Actor, now: datetime) -> bool:
    """Make the computed draw the round's, once: ledger, bookings, requests, record, messages, in one transaction.

    Returns False if another process was first, or a random value was put right since it was computed. Who won a place
    and cannot take it any more is passed over at once, as an event of the record.
    """
    claim = update(Round).where(Round.id == round_id, Round.stage == Stage.FROZEN)
    if rows_changed(session, claim.values(drawn_at=Round.drawn_at)) != 1 or not _still_holds(
        session, round_id, drawn
    ):
        return False
    decided = {"seed": drawn.seed, "outcome_hash": drawn.outcome_hash, "event_hash": drawn.outcome_hash}
    session.execute(claim.values(stage=Stage.DRAWN, drawn_at=now, **decided))
    outcome = drawn.outcome
    lists = {name: json.dumps(getattr(outcome, name)) for name in ("order", "result", "waiting", "sample")}
    session.execute(insert(RoundOutcome).values(round_id=round_id, **lists))
    _note_places(session, round_id, outcome)
    chain = take_chain(session, round_id)
    granted = _grant(session, line, round_id, outcome, chain, actor=actor, now=now)
    chain.save(session)
    _tell_the_waiting(session, line, round_id, now=now)
    after = {"granted": granted, "waiting": len(outcome.waiting), "outcome": drawn.outcome_hash}
    audit.record(session, "round drawn", "round", round_id, actor=actor, now=now, after=after)
    return True


def _note_places(session: Session, round_id: int, outcome: Outcome) -> None:
    queue = {pid: number for number, pid in enumerate(outcome.waiting, start=1)}
    granted = dict(outcome.result)
    rows = (
        {
            "of_round": round_id,
            "of_pid": pid,
            "to_standing": (Standing.GRANTED if pid in granted else Standing.WAITING).value,
            "to_place": place,
            "to_queue": queue.get(pid, 0),
            "to_slot": int(granted[pid]) if pid in granted else None,
        }
        for place, pid in enumerate(outcome.order, start=1)
    )
    for some in batched(rows, size=AT_ONCE):
        session.execute(PLACES, list(some))


def _grant(
    session: Session, line: Line, round_id: int, outcome: Outcome, chain: Chain, *, actor: Actor, now: datetime
) -> int:
    entries = {
        entry.pid: entry
        for entry in session.scalars(select(Entry).where(Entry.round_id == round_id, Entry.slot_id.is_not(None)))
    }
    winners = [entries[pid] for pid, _ in outcome.result]
    found = session.scalars(select(Slot).join(RoundSlot).where(RoundSlot.round_id == round_id)).all()
    places = {slot.id: slot for slot in found}
    requests = requests_of(session, winners)
    passed = passed_because(
        session, line, [(entry, requests[entry.request_id]) for entry in winners], places, now=now
    )
    taking = [entry for entry in winners if entry.holder not in passed]
    lanes = _ledger_lanes(session, round_id, taking)
    _settle_ledger(session, places, taking, lanes, actor=actor, now=now)
    for entry in winners:
        if reason := passed.get(Holder(entry.holder)):
            is_office = places[entry.slot_id or 0].state is SlotState.WITHDRAWN
            kind = "cancelled_by_office" if is_office else "cancelled"
            chain.add(kind, entry.pid, entry.slot_id or 0, now, reason)
            entry.standing, entry.passed_because = Standing.PASSED, reason
            requests[entry.request_id].is_make_up |= is_office
    gone = [(entry, requests[entry.request_id]) for entry in winners if entry.holder in passed]
    tell_passed(session, line, gone, places, now=now)
    grant_all(session, line, [(entry, requests[entry.request_id], lanes[entry.pid]) for entry in taking], places,
              actor=actor, now=now)  # fmt: skip
    return len(taking)


def requests_of(session: Session, entries: Sequence[Entry]) -> Mapping[int, Request]:
    """Return the requests behind entries, by id."""
    found: dict[int, Request] = {}
    for some in batched(dict.fromkeys(entry.request_id for entry in entries)):
        found.update({one.id: one for one in session.scalars(select(Request).where(Request.id.in_(some)))})
    return found


def _ledger_lanes(session: Session, round_id: int, taking: Sequence[Entry]) -> Mapping[str, Lane]:
    """Say in which lane of the ledger each seat is kept: the person's own while it has room, else one that fell.

    The draw merges quotas from lane to lane; per slot, any way of keeping the count within each lane is right.
    """
    query = select(Quota.slot_id, Quota.lane, Quota.capacity).join(RoundSlot, RoundSlot.slot_id == Quota.slot_id)
    left = {
        (row.slot_id, row.lane): row.capacity for row in session.execute(query.where(RoundSlot.round_id == round_id))
    }
    kept: dict[str, Lane] = {}
    for is_own in (True, False):
        for entry in taking:
            if entry.pid in kept:
                continue
            lanes = (entry.lane,) if is_own else (Lane.MAKE_UP, Lane.PRIORITY, Lane.ORDINARY)
            lane = next((lane for lane in lanes if left.get((entry.slot_id, lane), 0)), None)
            if lane is not None:
                kept[entry.pid] = lane
                left[entry.slot_id, lane] -= 1
    return kept


def _settle_ledger(
    session: Session,
    places: Mapping[int, Slot],
    taking: Sequence[Entry],
    lanes: Mapping[str, Lane],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    counts = Counter((entry.slot_id or 0, lanes[entry.pid]) for entry in taking)
    given: dict[SlotId, dict[Lane, int]] = {
        SlotId(slot.id): {} for slot in places.values() if slot.state is SlotState.PUBLISHED
    }
    for (slot_id, lane), count in counts.items():
        given[SlotId(slot_id)][lane] = count
    slots.settle_draw(session, given, actor=actor, now=now)


def _tell_the_waiting(session: Session, line: Line, round_id: int, *, now: datetime) -> None:
    """Tell everybody without a place where they stand; in a lottery the loss is counted towards the next."""
    round_ = session.get_one(Round, round_id)
    columns = (Request.id, Request.person_id, Request.holder, Request.service, Request.reference, Entry.queue)
    query = (
        select(*columns)
        .join(Request, Request.id == Entry.request_id)
        .where(Entry.round_id == round_id, Entry.standing == Standing.WAITING, Request.state == RequestState.LIVE)
    )
    waiting = session.execute(query).all()
    if round_.method is Method.LOTTERY:
        for some in batched(row.id for row in waiting):
            session.execute(update(Request).where(Request.id.in_(some)).values(losses=Request.losses + 1))
    told = (
        Told(
            Asker(row.id, row.person_id, row.holder, row.service, row.reference),
            f"request {row.id} round {round_id} waiting",
            {"queue": row.queue, "round": round_id, "day": round_.day},
        )
        for row in waiting
    )
    tell_many(session, "request_not_granted", told, line=line, now=now)
