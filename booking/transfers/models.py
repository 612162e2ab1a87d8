"""Transfers: one file on its way in or out, and the sealed pieces of that file."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, named


class Direction(StrEnum):
    """Which way a file goes."""

    IN = "in"
    OUT = "out"


class TransferState(StrEnum):
    """Where a transfer stands. CHECKING and RUNNING wait for a worker, CHECKED for a person; the others are final."""

    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    GIVEN_UP = "given_up"


AT_WORK = (TransferState.CHECKING, TransferState.RUNNING)
OPEN = (*AT_WORK, TransferState.CHECKED)


class Transfer(Base):
    """One file in or out. A worker holds it by `claim` until `claimed_until`; `keep_until` is when its bytes go."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("direction = 'in' OR state NOT IN ('checking', 'checked')", name="only_files_in_are_tried"),
        CheckConstraint("direction = 'in' OR reason <> ''", name="out_has_reason"),
        CheckConstraint("(finished_at IS NULL) = (state IN ('checking', 'checked', 'running'))", name="end_dated"),
        CheckConstraint("(claim = '') = (claimed_until IS NULL)", name="claim_ends"),
        CheckConstraint("0 <= done AND 0 <= total AND 0 <= tries", name="counts_not_negative"),
        Index("ix_transfer_state", "state"),
        Index("ix_transfer_asked_by", "asked_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    direction: Mapped[Direction] = mapped_column(named(Direction))
    kind: Mapped[str] = mapped_column(String(20))
    file_format: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(120))
    fingerprint: Mapped[str] = mapped_column(String(64), default="")  # SHA-256 of the file; "" until there is one
    size: Mapped[int] = mapped_column(default=0)  # bytes
    first_day: Mapped[date | None]  # null: the kind asks for no days
    last_day: Mapped[date | None]  # null: likewise
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))  # null: every site
    reason: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[TransferState] = mapped_column(named(TransferState))
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    errors: Mapped[list[Any]] = mapped_column(JSON, default=list)
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]  # null: nobody has begun yet
    finished_at: Mapped[datetime | None]  # null: open
    keep_until: Mapped[datetime | None]  # null: the bytes are gone
    claim: Mapped[str] = mapped_column(String(64), default="")
    claimed_until: Mapped[datetime | None]  # null: nobody is at work
    tries: Mapped[int] = mapped_column(default=0)


class TransferPiece(Base):
    """A piece of a file, sealed and bound to its place: files hold numbers of documents."""

    __tablename__ = "transfer_piece"
    __table_args__ = (UniqueConstraint("transfer_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"))
    number: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
