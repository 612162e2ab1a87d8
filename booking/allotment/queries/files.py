"""The record of a round as the bytes of its file, in pieces, so that a large round takes little memory.

Rows and events are kept as they stand in the record, so that nothing is parsed to be written again.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.allotment.models.rounds import Leaf, RecordEvent, Round, RoundOutcome
from booking.allotment.queries.records import LISTS, NotDrawnError
from booking.allotment.rules.encoding import instant_text
from booking.allotment.service.beacons import agreed_values
from booking.allotment.service.chain import event_json
from booking.allotment.service.drawing import checkpoints_of
from booking.kernel.errors import NotFoundError

PIECE = 2000  # rows in one statement
Part = Callable[[Session], str]


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """Which state of a record is meant. Only events are ever added, and `tag` is the hash of the last of them."""

    round_id: int
    rows: int
    events: int
    tag: str


def version_of(session: Session, round_id: int) -> RecordVersion:
    """Return the present version of a drawn round's record; raise `NotFoundError` or `NotDrawnError`."""
    columns = select(Round.frozen_leaves, Round.events, Round.event_hash).where(Round.id == round_id)
    row = session.execute(columns).one_or_none()
    if row is None:
        raise NotFoundError
    if not row.event_hash:
        raise NotDrawnError
    return RecordVersion(round_id, row.frozen_leaves - 1, row.events, row.event_hash)


def parts(version: RecordVersion) -> Iterator[Part]:
    """Yield what reads the parts of the file, each in a session of its own: a slow reader holds up no database.

    That the parts fit together is sure, since what a version counts is append-only.
    """
    yield partial(_head, round_id=version.round_id)
    yield from _listed("rows", version.rows, partial(_rows, round_id=version.round_id))
    yield from _listed("events", version.events, partial(_events, round_id=version.round_id))
    yield lambda _: "}\n"


def _listed(name: str, count: int, read: Callable[..., list[str]]) -> Iterator[Part]:
    yield lambda _: f',\n"{name}": ['
    for first in range(1, count + 1, PIECE):
        yield partial(_some, read=read, first=first, last=min(first + PIECE - 1, count))
    yield lambda _: "]"


def _some(session: Session, *, read: Callable[..., list[str]], first: int, last: int) -> str:
    return ("\n" if first == 1 else ",\n") + ",\n".join(read(session, first=first, last=last))


def _head(session: Session, *, round_id: int) -> str:
    round_, outcome = session.get_one(Round, round_id), session.get_one(RoundOutcome, round_id)
    freeze = {"n": round_.frozen_leaves, "root": round_.frozen_root, "at": instant_text(round_.objections_until)}
    members = {
        "format": '"booking-round-record/1"',
        "announcement": round_.announcement,
        "announcement_hash": json.dumps(round_.announcement_hash),
        "checkpoints": json.dumps(checkpoints_of(session, round_id)),
        "freeze": json.dumps(freeze),
        "beacon": json.dumps(agreed_values(session, round_), ensure_ascii=False),
        "seed": json.dumps(round_.seed),
        **{name: str(getattr(outcome, name)) for name in LISTS},
        "outcome_hash": json.dumps(round_.outcome_hash),
    }
    return "{" + ",\n".join(f'"{name}": {text}' for name, text in members.items())


def _rows(session: Session, *, round_id: int, first: int, last: int) -> list[str]:
    query = select(Leaf.row, Leaf.nonce).where(Leaf.round_id == round_id, Leaf.seq.between(first, last))
    return [f'{{"row": {row}, "nonce": "{nonce}"}}' for row, nonce in session.execute(query.order_by(Leaf.seq))]


def _events(session: Session, *, round_id: int, first: int, last: int) -> list[str]:
    query = select(RecordEvent).where(RecordEvent.round_id == round_id, RecordEvent.n.between(first, last))
    return [
        json.dumps(
            {
                "event": event_json(
                    n=one.n, kind=one.kind, pid=one.pid, slot_id=one.slot_id, at=one.at, reason=one.reason
                ),
                "hash": one.hash,
            }
        )
        for one in session.scalars(query.order_by(RecordEvent.n))
    ]
