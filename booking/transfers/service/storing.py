"""The whole file in one transaction: what a dry run undoes and a real run keeps."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.kernel import tables
from booking.kernel.db import Base
from booking.kernel.errors import BookingError, ImportRefusedError, LineError
from booking.plans.service.checks import ConflictingPlanError
from booking.transfers.kinds import INCOMING
from booking.transfers.service.working import Work, require_active


class Reader:
    """Counts the rows that an importer reads, and hands the numbers on."""

    def __init__(self, listener: tables.Listener) -> None:
        self.rows = 0
        self._listener = listener

    def __call__(self, done: int, total: int) -> None:
        self.rows = done
        self._listener(done, total)


def store(
    session: Session, work: Work, source: bytes, listener: tables.Listener, *, now: datetime
) -> Mapping[str, int]:
    """Store the file and return how many rows it has and how many rows each table gained by it.

    Raise `ImportRefusedError`, or whatever else the feature refuses with; then nothing may be kept.
    """
    require_active(session, work)
    kind = INCOMING[work.kind]
    before = {name: _count(session, model) for name, model in kind.counted.items()}
    reader = Reader(listener)
    with tables.telling(reader):
        kind.bring_in(work.scope)(session, source, actor=work.actor, now=now)
    session.flush()  # what the database refuses, it refuses in a dry run too
    gained = {name: _count(session, model) - before[name] for name, model in kind.counted.items()}
    if kind.changed:
        gained["changed"] = reader.rows - gained[kind.changed]
    return {"rows": reader.rows, **gained}


def faults(failure: BookingError) -> tuple[LineError, ...]:
    """Return what is to be told of a refused file: its lines, or the one reason for all of it."""
    if isinstance(failure, ImportRefusedError):
        return failure.errors
    if isinstance(failure, ConflictingPlanError):
        return tuple(LineError(0, "date", str(one.day), one.wording.en) for one in failure.conflicts)
    return (LineError(0, "", "", failure.wording.en),)


def _count(session: Session, model: type[Base]) -> int:
    return session.scalars(select(func.count()).select_from(model)).one()
