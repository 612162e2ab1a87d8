"""The steps of a round before its draw: checkpoints, close, freeze. Each is claimed by one conditional UPDATE.

A step may ring late, twice, or in two processes: it is dated with the announced instant, and done once.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from booking.allotment.models.rounds import Checkpoint, Round, Stage
from booking.allotment.rules.tree import Tree
from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.errors import InvalidStateError


def due(session: Session, line: str, stage: Stage, *, now: datetime) -> Sequence[int]:
    """Return the rounds of a line that wait in `stage` for a step whose hour has come, in due order."""
    hour = {Stage.COLLECTING: Round.closes_at, Stage.CLOSED: Round.objections_until}
    at = hour.get(stage, Round.beacon_not_before)
    query = select(Round.id).where(Round.line == line, Round.stage == stage, at <= now)
    return session.scalars(query.order_by(at, Round.id)).all()


def rounds_to_checkpoint(session: Session, line: str, *, now: datetime) -> Sequence[int]:
    """Return the open rounds whose tree has grown since the latest checkpoint."""
    grown = (Round.stage == Stage.COLLECTING, Round.closes_at > now, Round.leaves > Round.checkpointed)
    return session.scalars(select(Round.id).where(Round.line == line, *grown).order_by(Round.id)).all()


def checkpoint(session: Session, round_id: int, *, now: datetime) -> bool:
    """Publish the root of an open round that has grown; return False if it has not, or no longer is open.

    A clock behind that of the latest row or checkpoint publishes nothing: no checkpoint is dated before another.
    """
    at = now.replace(microsecond=0)
    claim = (
        update(Round)
        .where(Round.id == round_id, Round.stage == Stage.COLLECTING, Round.closes_at > now)
        .where(Round.leaves > Round.checkpointed, Round.latest_minute <= at)
        .where(~select(Checkpoint.number).where(Checkpoint.round_id == round_id, Checkpoint.at > at).exists())
        .values(checkpointed=Round.leaves, latest_minute=at.replace(second=0))
        .returning(Round.leaves, Round.peaks)
    )
    claimed = session.execute(claim).one_or_none()
    if claimed is None:
        return False
    _publish(session, round_id, claimed.leaves, claimed.peaks, at)
    return True


def close(session: Session, round_id: int, *, actor: Actor, now: datetime) -> bool:
    """Seal the list of a round whose close has come; its last checkpoint bears the announced instant."""
    claim = (
        update(Round)
        .where(Round.id == round_id, Round.stage == Stage.COLLECTING, Round.closes_at <= now)
        .values(stage=Stage.CLOSED, checkpointed=Round.leaves)
        .returning(Round.leaves, Round.peaks, Round.closes_at)
    )
    claimed = session.execute(claim).one_or_none()
    if claimed is None:
        return False
    _publish(session, round_id, claimed.leaves, claimed.peaks, claimed.closes_at)
    latest = update(Round).where(Round.id == round_id, Round.latest_minute < claimed.closes_at)
    session.execute(latest.values(latest_minute=claimed.closes_at.replace(second=0)))
    after = {"leaves": claimed.leaves}
    audit.record(session, "round closed", "round", round_id, actor=actor, now=now, after=after)
    return True


def freeze(session: Session, round_id: int, *, actor: Actor, now: datetime) -> bool:
    """Freeze the list of a round whose objections have ended: from here on nothing can be added."""
    claim = (
        update(Round)
        .where(Round.id == round_id, Round.stage == Stage.CLOSED, Round.objections_until <= now)
        .values(stage=Stage.FROZEN, frozen_leaves=Round.leaves)
        .returning(Round.leaves, Round.peaks)
    )
    claimed = session.execute(claim).one_or_none()
    if claimed is None:
        return False
    root = Tree.from_text(claimed.leaves, claimed.peaks).root().hex()
    session.execute(update(Round).where(Round.id == round_id).values(frozen_root=root))
    after = {"leaves": claimed.leaves, "root": root}
    audit.record(session, "round frozen", "round", round_id, actor=actor, now=now, after=after)
    return True


def destroy_keys(session: Session, line: str, last_day: date, *, actor: Actor, now: datetime) -> int:
    """Destroy the secrets of the rounds up to the local day `last_day`: their pseudonyms become anonymous."""
    old = update(Round).where(Round.line == line, Round.day <= last_day, Round.key_sealed.is_not(None))
    destroyed = session.scalars(old.values(key_sealed=None).returning(Round.id)).all()
    for round_id in destroyed:
        audit.record(session, "round key destroyed", "round", round_id, actor=actor, now=now)
    return len(destroyed)


def _publish(session: Session, round_id: int, n: int, peaks: str, at: datetime) -> None:
    latest = session.scalar(select(func.max(Checkpoint.number)).where(Checkpoint.round_id == round_id))
    if latest is None:
        raise InvalidStateError(f"round {round_id} has no first checkpoint")
    root = Tree.from_text(n, peaks).root().hex()
    session.execute(insert(Checkpoint).values(round_id=round_id, number=latest + 1, n=n, root=root, at=at))
