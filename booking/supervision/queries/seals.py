"""How the log is sealed: the head, where one entry stands, and whether a seal still fits its entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.supervision.models import LogSeal
from booking.supervision.rules.chain import BEGINNING, Sealed, seal_of

FACTS = tuple(getattr(AuditEntry, name) for name in Sealed.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal with the one before it; `is_whole` says whether its entries still give its hash."""

    number: int
    after_id: int
    last_id: int
    entries: int
    hash: str
    sealed_at: datetime
    before: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How the log is sealed. `waiting` entries are newer than the last seal, `oldest` is the first of them."""

    head: Seal | None
    waiting: int
    oldest: datetime | None


def standing(session: Session) -> Standing:
    """Return the last seal, recomputed, and what waits for the next one; four statements."""
    head = session.scalar(select(LogSeal).order_by(LogSeal.number.desc()).limit(1))
    newer = select(func.count(), func.min(AuditEntry.at, type_=AuditEntry.at.type)).where(
        AuditEntry.id > (head.last_id if head else 0)
    )
    waiting, oldest = session.execute(newer).one()
    return Standing(_checked(session, head) if head else None, waiting, oldest)


def seal_over(session: Session, entry_id: int) -> tuple[Seal, int] | None:
    """Return the seal over an entry and its place in it; None while it is not sealed."""
    query = select(LogSeal).where(LogSeal.last_id >= entry_id, LogSeal.after_id < entry_id)
    seal = session.scalar(query.order_by(LogSeal.last_id).limit(1))
    if seal is None:
        return None
    place = select(func.count()).where(AuditEntry.id > seal.after_id, AuditEntry.id <= entry_id)
    return _checked(session, seal), session.scalar(place) or 0


def broken_seals(session: Session, *, of: int = 0, parts: int = 1) -> Iterator[int]:
    """Yield the numbers of the seals that do not fit their entries, among those whose number leaves `of`."""
    numbers = session.scalars(select(LogSeal.number).where(LogSeal.number % parts == of).order_by(LogSeal.number))
    for number in numbers.all():
        seal = session.get_one(LogSeal, number)
        if not _checked(session, seal).is_whole:
            yield number


def entries_between(session: Session, after_id: int, last_id: int) -> Sequence[Sealed]:
    """Return the entries of a piece of the log, as they go into a seal."""
    query = select(*FACTS).where(AuditEntry.id > after_id, AuditEntry.id <= last_id).order_by(AuditEntry.id)
    return [Sealed(**row) for row in session.execute(query).mappings()]


def _checked(session: Session, seal: LogSeal) -> Seal:
    previous = session.execute(
        select(LogSeal.hash, LogSeal.last_id).where(LogSeal.number == seal.number - 1)
    ).one_or_none()
    before, ended = (previous.hash, previous.last_id) if previous else (BEGINNING, 0)
    entries = entries_between(session, seal.after_id, seal.last_id)
    fits = len(entries) == seal.entries and seal_of(before, entries) == seal.hash
    return Seal(
        seal.number, seal.after_id, seal.last_id, seal.entries, seal.hash, seal.sealed_at, before,
        fits and ended == seal.after_id and (previous is not None or seal.number == 1),
    )  # fmt: skip
