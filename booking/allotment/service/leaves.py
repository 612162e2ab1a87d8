"""Appending rows to the record of a round: the one place where its tree grows.

The round's row is locked for a few statements only; all that needs no lock is done before. Whoever appends to
several rounds does so in ascending round id.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Update, insert, update
from sqlalchemy.orm import Session

from booking.allotment.errors import RoundClosedError
from booking.allotment.models.rounds import Leaf, Round, Stage
from booking.allotment.rules.encoding import canonical, instant_text, minute_text
from booking.allotment.rules.tree import Tree, row_leaf
from booking.kernel.db import batched, table_of
from booking.slots.models import Lane

NONCE_BYTES = 16
LEAVES = insert(table_of(Leaf))


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be written. `ranking_time` None is a lottery's or a withdrawal's; `by` names who corrected."""

    kind: str
    pid: str
    lane: Lane = Lane.ORDINARY
    ranking_time: datetime | None = None
    losses: int = 0
    wishes: Sequence[str] = ()
    reason: str = ""
    by: Sequence[str] = field(default=())


def append(session: Session, round_id: int, rows: Sequence[NewRow], *, now: datetime) -> list[int]:
    """Write the rows into a round that is collecting and return their numbers; raise `RoundClosedError`."""
    claim = update(Round).where(Round.id == round_id, Round.stage == Stage.COLLECTING, Round.closes_at > now)
    return _append(session, round_id, claim.values(leaves=Round.leaves + len(rows)), rows, now)


def append_after_close(session: Session, round_id: int, rows: Sequence[NewRow], *, now: datetime) -> list[int]:
    """Write corrections into a round that is closed and not yet frozen; raise `RoundClosedError`."""
    claim = update(Round).where(Round.id == round_id, Round.stage == Stage.CLOSED, Round.objections_until > now)
    return _append(session, round_id, claim.values(leaves=Round.leaves + len(rows)), rows, now)


def _append(session: Session, round_id: int, claim: Update, rows: Sequence[NewRow], now: datetime) -> list[int]:
    claimed = session.execute(claim.returning(Round.leaves, Round.peaks, Round.latest_minute)).one_or_none()
    if claimed is None:
        raise RoundClosedError
    first = claimed.leaves - len(rows)
    minute = max(now, claimed.latest_minute).replace(second=0, microsecond=0)
    tree = Tree.from_text(first, claimed.peaks)
    numbers = []
    for some in batched(rows):
        written = [_leaf(round_id, tree, row, minute) for row in some]
        session.execute(LEAVES, written)
        numbers += [int(str(leaf["seq"])) for leaf in written]
    grown = update(Round).where(Round.id == round_id).values(peaks=tree.as_text(), latest_minute=minute)
    session.execute(grown)  # of the row that the claim has locked
    return numbers


def _leaf(round_id: int, tree: Tree, new: NewRow, minute: datetime) -> dict[str, object]:
    nonce = os.urandom(NONCE_BYTES)
    row: dict[str, object] = {
        "seq": tree.n,
        "kind": new.kind,
        "pid": new.pid,
        "lane": new.lane.value,
        "ranking_time": instant_text(new.ranking_time) if new.ranking_time else "",
        "losses": new.losses,
        "wishes": list(new.wishes),
        "minute": minute_text(minute),
        "reason": new.reason,
    }
    if new.kind == "correct":
        row["by"] = list(new.by)
    leaf = row_leaf(row, nonce)
    number = tree.n
    tree.append(leaf)
    return {
        "round_id": round_id,
        "seq": number,
        "row": canonical(row).decode(),
        "nonce": nonce.hex(),
        "leaf": leaf.hex(),
        "root": tree.root().hex(),
        "pid": new.pid,
    }


def row_of(leaf: Leaf) -> dict[str, object]:
    """Return the row as the record has it."""
    row: dict[str, object] = json.loads(leaf.row)
    return row
