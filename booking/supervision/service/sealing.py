"""Sealing the log, piece after piece. What is sealed cannot be changed without every later seal telling of it."""

from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.kernel.db import conflicts_as
from booking.kernel.errors import ConflictError, Wording
from booking.supervision.models import LogSeal
from booking.supervision.queries.seals import entries_between
from booking.supervision.rules.chain import BEGINNING, seal_of

MOST_ENTRIES = 1000  # under one seal
# An entry bears the hour at which its act began; whoever began a minute ago has asked for its number by now.
SETTLED = timedelta(minutes=1)


class SealedAlreadyError(ConflictError):
    """Another process has sealed this piece."""

    wording: ClassVar[Wording] = Wording("日志的这一段已经封存。", "This piece of the log is sealed already.")


CONFLICTS: dict[str, type[Exception]] = {
    "pk_log_seal": SealedAlreadyError,
    "uq_log_seal_last_id": SealedAlreadyError,
}


def last_settled(session: Session, *, now: datetime) -> int:
    """Return the number of the last entry that is old enough to be sealed; 0 for none."""
    query = select(AuditEntry.id).where(AuditEntry.at <= now - SETTLED).order_by(AuditEntry.id.desc()).limit(1)
    return session.scalar(query) or 0


def writers_number(session: Session) -> int:
    """Return a number that every transaction that has begun to write is below; 0 where one writes at a time."""
    if session.get_bind().dialect.name == "sqlite":
        return 0
    return int(session.scalar(text("SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint)")) or 0)


def seal_next(session: Session, up_to: int, *, now: datetime) -> int:
    """Seal the next piece of the log, at most up to the entry `up_to`; return how many entries it has.

    Nobody may still be writing an entry up to there. Raises `SealedAlreadyError` when another process was first.
    """
    head = session.execute(
        select(LogSeal.number, LogSeal.last_id, LogSeal.hash).order_by(LogSeal.number.desc()).limit(1)
    ).one_or_none()
    number, after_id, before = head if head else (0, 0, BEGINNING)
    piece = select(AuditEntry.id).where(AuditEntry.id > after_id, AuditEntry.id <= up_to)
    ids = session.scalars(piece.order_by(AuditEntry.id).limit(MOST_ENTRIES)).all()
    if not ids:
        return 0
    seal = {
        "number": number + 1,
        "after_id": after_id,
        "last_id": ids[-1],
        "entries": len(ids),
        "hash": seal_of(before, entries_between(session, after_id, ids[-1])),
        "sealed_at": now,
    }
    with conflicts_as(CONFLICTS):
        session.execute(insert(LogSeal).values(**seal))
    return len(ids)
