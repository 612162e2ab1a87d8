"""Transfers as pages and the worker read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from booking.kernel.actors import Actor
from booking.kernel.errors import LineError, NotFoundError
from booking.kernel.ids import TransferId
from booking.transfers.models import AT_WORK, Direction, Transfer, TransferState

SHOWN = 50


@dataclass(frozen=True, slots=True)
class ShownTransfer:
    """One transfer as its page shows it."""

    id: TransferId
    direction: Direction
    kind: str
    file_format: str
    name: str
    fingerprint: str
    size: int
    first_day: date | None
    last_day: date | None
    reason: str
    state: TransferState
    total: int
    done: int
    counts: Mapping[str, int]
    errors: Sequence[LineError]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    keep_until: datetime | None

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has it, or will have it next."""
        return self.state in AT_WORK

    def can_be_taken(self, now: datetime) -> bool:
        """Say whether there is a file to take."""
        ready = self.direction is Direction.OUT and self.state is TransferState.DONE
        return ready and self.keep_until is not None and self.keep_until > now


COLUMNS = tuple(getattr(Transfer, field.name) for field in fields(ShownTransfer))


def transfer(session: Session, transfer_id: TransferId, actor: Actor) -> ShownTransfer:
    """Return a transfer of this account; raise `NotFoundError` for anybody else's."""
    found = _shown(session, _own(actor).where(Transfer.id == transfer_id))
    if not found:
        raise NotFoundError
    return found[0]


def transfers(session: Session, actor: Actor) -> Sequence[ShownTransfer]:
    """Return the latest transfers of this account, the newest first."""
    return _shown(session, _own(actor).order_by(Transfer.id.desc()).limit(SHOWN))


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Say whether a transfer waits for a worker, or a file for its end."""
    free = or_(Transfer.claimed_until.is_(None), Transfer.claimed_until <= now)
    waits = and_(Transfer.state.in_(AT_WORK), free)
    outworn = and_(Transfer.keep_until <= now, Transfer.state.not_in(AT_WORK))
    return session.scalar(select(Transfer.id).where(or_(waits, outworn)).limit(1)) is not None


def _own(actor: Actor) -> Select[tuple[object, ...]]:
    return select(*COLUMNS).where(Transfer.asked_by == actor.account_id)


def _shown(session: Session, query: Select[tuple[object, ...]]) -> Sequence[ShownTransfer]:
    rows = session.execute(query).mappings()
    return [ShownTransfer(**{**row, "errors": [LineError(**error) for error in row["errors"]]}) for row in rows]
