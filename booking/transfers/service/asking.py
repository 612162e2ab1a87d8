"""What a clerk asks of transfers: take a file in, try it, bring it in, give it up; make a file, take it out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor, may
from booking.kernel.db import rows_changed
from booking.kernel.errors import (
    InvalidInputError,
    InvalidStateError,
    NotAllowedError,
    NotFoundError,
    Wording,
)
from booking.kernel.ids import TransferId
from booking.kernel.workbook_parts import is_workbook
from booking.transfers.kinds import INCOMING, OUTGOING
from booking.transfers.models import Direction, Transfer, TransferState
from booking.transfers.rules import KEPT_IN, PIECE, fingerprint, plain_name
from booking.transfers.scope import Scope
from booking.transfers.service.pieces import forget_pieces, pieces_of, store_pieces

FORMATS = ("xlsx", "csv")
OBJECT = "transfer"


class NotCheckedError(InvalidStateError):
    """The file was not tried cleanly, was brought in already, or is another one."""

    wording: ClassVar[Wording] = Wording(
        "这个文件没有通过试导入，或者已经办理过，没有再次导入。",
        "This file has not passed its dry run, or was dealt with already. It was not brought in again.",
    )


class FileGoneError(NotFoundError):
    """The file was kept for a while and is deleted."""

    wording: ClassVar[Wording] = Wording(
        "文件已经删除。导出的文件只保留一小时，请重新导出。",
        "The file is deleted. What is exported is kept for an hour; export it again.",
    )


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes


def take_in(session: Session, kind: str, upload: Upload, scope: Scope, *, actor: Actor, now: datetime) -> TransferId:
    """Keep a file, sealed, to be tried; nothing of it is stored before somebody brings it in."""
    incoming = INCOMING.get(kind)
    if incoming is None:
        raise NotFoundError
    _require(actor, allowed=may(actor, incoming.act))
    if incoming.asks_day:
        scope = Scope(scope.first_day, scope.first_day, actor.site_id)
        _ = scope.days, scope.site
    else:
        scope = Scope()
    source = upload.content
    row = _new(
        Direction.IN,
        kind,
        "xlsx" if is_workbook(source) else "csv",
        scope,
        actor=actor,
        now=now,
        name=plain_name(upload.name),
        fingerprint=fingerprint(source),
        size=len(source),
        state=TransferState.CHECKING,
        keep_until=now + KEPT_IN,
    )
    session.add(row)
    session.flush()  # the pieces are bound to the id
    store_pieces(session, row.id, (source[start : start + PIECE] for start in range(0, len(source), PIECE)))
    audit.record(
        session, "file taken in", OBJECT, row.id, actor=actor, now=now,
        after={"kind": kind, "fingerprint": row.fingerprint},
    )  # fmt: skip
    return TransferId(row.id)


def ask_for(
    session: Session, kind: str, file_format: str, scope: Scope, *, reason: str, actor: Actor, now: datetime
) -> TransferId:
    """Have a file made; raise `InvalidInputError` for days, site or reason that are missing."""
    outgoing = OUTGOING.get(kind)
    if outgoing is None:
        raise NotFoundError
    _require(actor, allowed=may(actor, outgoing.act))
    if file_format not in FORMATS:
        raise InvalidInputError("file_format")
    if not reason.strip():
        raise InvalidInputError("reason")
    if outgoing.one_day:
        scope = replace(scope, last_day=scope.first_day)
    first, last = scope.days if outgoing.asks_days else (None, None)
    scope = Scope(first, last, actor.site_id or (scope.site_id if outgoing.asks_site else None))
    if outgoing.asks_site:
        _ = scope.site
    span = f"-{first}-{last}" if first and last else ""
    row = _new(
        Direction.OUT,
        kind,
        file_format,
        scope,
        actor=actor,
        now=now,
        name=f"{kind}{span}.{file_format}",
        reason=reason.strip(),
        state=TransferState.RUNNING,
    )
    session.add(row)
    session.flush()  # the log names the id
    audit.record(
        session, "file asked for", OBJECT, row.id, actor=actor, now=now, reason=row.reason, after={"kind": kind}
    )
    return TransferId(row.id)


def bring_in(session: Session, transfer_id: TransferId, *, seen: str, actor: Actor, now: datetime) -> None:
    """Let the file whose fingerprint was `seen` be stored, once; raise `NotCheckedError` if it may not be."""
    row = own(session, transfer_id, actor)
    _require(actor, allowed=row.kind in INCOMING and may(actor, INCOMING[row.kind].act))
    step = (
        update(Transfer)
        .where(Transfer.id == row.id, Transfer.state == TransferState.CHECKED)
        .where(Transfer.fingerprint == seen, Transfer.keep_until > now)
        .values(state=TransferState.RUNNING, done=0, tries=0, started_at=None, errors=[])
    )
    if rows_changed(session, step) != 1:
        raise NotCheckedError
    audit.record(session, "file to be brought in", OBJECT, row.id, actor=actor, now=now, after={"kind": row.kind})


def give_up(session: Session, transfer_id: TransferId, *, actor: Actor, now: datetime) -> None:
    """Delete a file that was tried; nothing of it was stored."""
    row = own(session, transfer_id, actor)
    step = (
        update(Transfer)
        .where(Transfer.id == row.id, Transfer.state == TransferState.CHECKED)
        .values(state=TransferState.GIVEN_UP, finished_at=now)
    )
    if rows_changed(session, step) != 1:
        raise InvalidStateError
    forget_pieces(session, row.id)
    audit.record(session, "file given up", OBJECT, row.id, actor=actor, now=now, after={"kind": row.kind})


def take_out(session: Session, transfer_id: TransferId, *, actor: Actor, now: datetime) -> Iterator[bytes]:
    """Log that the file is taken and return its pieces; raise `FileGoneError` when its hour is over."""
    row = own(session, transfer_id, actor)
    _require(actor, allowed=row.kind in OUTGOING and may(actor, OUTGOING[row.kind].act))
    ready = row.direction is Direction.OUT and row.state is TransferState.DONE
    if not ready or row.keep_until is None or row.keep_until <= now:
        raise FileGoneError
    audit.record(
        session, "file taken out", OBJECT, row.id, actor=actor, now=now, reason=row.reason, after={"kind": row.kind}
    )
    return pieces_of(session, row.id)


def own(session: Session, transfer_id: TransferId, actor: Actor) -> Transfer:
    """Return a transfer of this account; raise `NotFoundError` for anybody else's."""
    query = select(Transfer).where(Transfer.id == transfer_id, Transfer.asked_by == actor.account_id)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFoundError
    return row


def _new(
    direction: Direction, kind: str, file_format: str, scope: Scope, *, actor: Actor, now: datetime, **more: object
) -> Transfer:
    return Transfer(
        direction=direction,
        kind=kind,
        file_format=file_format,
        first_day=scope.first_day,
        last_day=scope.last_day,
        site_id=scope.site_id,
        asked_by=actor.account_id,
        created_at=now,
        **more,
    )


def _require(actor: Actor, *, allowed: bool) -> None:
    if not allowed or actor.account_id is None:
        raise NotAllowedError
