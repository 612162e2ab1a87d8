"""The public record of a round as a file, its leaves while it is secret, and receipts."""

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.allotment.models.rounds import Leaf, RecordEvent, Round, RoundOutcome, Stage
from booking.allotment.rules.draw import Json
from booking.allotment.rules.encoding import instant_text
from booking.allotment.service import keys
from booking.allotment.service.announced import announcement_of
from booking.allotment.service.beacons import agreed_values
from booking.allotment.service.chain import event_json
from booking.allotment.service.drawing import checkpoints_of
from booking.kernel.errors import ConflictError, NotFoundError, Wording

LISTS = ("order", "result", "waiting", "sample")


class NotDrawnError(ConflictError):
    """The round has no outcome yet, so that there is no complete record."""

    wording = Wording(
        "这个批次还没有排号，完整记录在排号后公布。",
        "This round is not drawn yet; its record is published after the draw.",
    )


def record_of(session: Session, round_id: int) -> Json:
    """Return the complete record of a drawn round; raise `NotFoundError` or `NotDrawnError`."""
    round_ = session.get(Round, round_id)
    if round_ is None:
        raise NotFoundError
    outcome = session.get(RoundOutcome, round_id)
    if outcome is None:
        raise NotDrawnError
    return {
        "format": "booking-round-record/1",
        "announcement": announcement_of(round_),
        "announcement_hash": round_.announcement_hash,
        "checkpoints": checkpoints_of(session, round_id),
        "rows": rows_with_nonces(session, round_id),
        "freeze": {
            "n": round_.frozen_leaves,
            "root": round_.frozen_root,
            "at": instant_text(round_.objections_until),
        },
        "beacon": agreed_values(session, round_),
        "seed": round_.seed,
        **{name: json.loads(getattr(outcome, name)) for name in LISTS},
        "outcome_hash": round_.outcome_hash,
        "events": events_of(session, round_id),
    }


def rows_with_nonces(session: Session, round_id: int) -> list[Json]:
    """Return the rows as the record has them; the caller sees to it that the round is closed."""
    query = select(Leaf.row, Leaf.nonce).where(Leaf.round_id == round_id).order_by(Leaf.seq)
    return [{"row": json.loads(row), "nonce": nonce} for row, nonce in session.execute(query)]


def events_of(session: Session, round_id: int) -> list[Json]:
    """Return the events with their hashes."""
    query = select(RecordEvent).where(RecordEvent.round_id == round_id).order_by(RecordEvent.n)
    return [
        {
            "event": event_json(
                n=one.n, kind=one.kind, pid=one.pid, slot_id=one.slot_id, at=one.at, reason=one.reason
            ),
            "hash": one.hash,
        }
        for one in session.scalars(query)
    ]


def leaves_of(session: Session, round_id: int) -> Json:
    """Return what is public of the list: leaf hashes and checkpoints at once, rows and nonces after the close."""
    round_ = session.get(Round, round_id)
    if round_ is None:
        raise NotFoundError
    query = select(Leaf.leaf).where(Leaf.round_id == round_id).order_by(Leaf.seq)
    found: Json = {
        "announcement": announcement_of(round_),
        "announcement_hash": round_.announcement_hash,
        "leaves": [round_.announcement_hash, *session.scalars(query)],
        "checkpoints": checkpoints_of(session, round_id),
    }
    if round_.stage is not Stage.COLLECTING:
        found["rows"] = rows_with_nonces(session, round_id)
    return found


def receipt_of(session: Session, round_id: int, seq: int) -> Json:
    """Return the signed receipt of a row; raise `NotFoundError`. Whose it is, the caller asks."""
    leaf = session.get(Leaf, (round_id, seq))
    if leaf is None:
        raise NotFoundError
    round_ = session.get_one(Round, round_id)
    receipt = {
        "announcement_hash": round_.announcement_hash,
        "row": json.loads(leaf.row),
        "nonce": leaf.nonce,
        "leaf": leaf.leaf,
        "n": leaf.seq + 1,
        "root": leaf.root,
    }
    return keys.sign(session, round_.office_key_id, receipt)


def receipts_of(session: Session, entries: Sequence[tuple[int, int]]) -> list[Json]:
    """Return the receipts of (round, row number) pairs."""
    return [receipt_of(session, round_id, seq) for round_id, seq in entries]
