"""Seals over the log, the weekly draws, and spot checks. Seals and draws are written once; a closed check stays."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, named


class LogSeal(Base):
    """The seal over the log's entries after `after_id`, up to `last_id`; `hash` takes in the seal before it."""

    __tablename__ = "log_seal"
    __table_args__ = (
        UniqueConstraint("last_id"),
        CheckConstraint("after_id < last_id AND entries > 0", name="not_empty"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    after_id: Mapped[int]
    last_id: Mapped[int]
    entries: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]


class SpotDraw(Base):
    """The draw of one week: from which seal its seed came, how many bookings there were, how many were drawn."""

    __tablename__ = "spot_draw"

    week: Mapped[date] = mapped_column(primary_key=True)  # its Monday
    seal: Mapped[int] = mapped_column(ForeignKey("log_seal.number"))
    seed: Mapped[str] = mapped_column(String(64))
    bookings: Mapped[int]
    drawn: Mapped[int]
    drawn_at: Mapped[datetime]


class Outcome(StrEnum):
    """What a look at a case came to. OPEN: nobody has looked yet."""

    OPEN = "open"
    CLEAN = "clean"
    EXPLAINED = "explained"
    IRREGULAR = "irregular"


class SpotCheck(Base):
    """One case to look at, or looked at: a finding of a rule, or a booking that was drawn.

    `rule` is the rule's code, or "draw"; `subject` is "account:7", "booking:12" and the like. The days are those
    that were looked at; later acts of the same subject are a new finding.
    """

    __tablename__ = "spot_check"
    __table_args__ = (
        UniqueConstraint("rule", "subject", "last"),
        CheckConstraint("first <= last", name="days_in_order"),
        CheckConstraint("(outcome = 'open') = (closed_at IS NULL)", name="close_dated"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_person IS NULL)", name="close_named"),
        CheckConstraint("(closed_at IS NULL) = (note = '')", name="close_explained"),
        Index("ix_spot_check_outcome", "outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(80))
    first: Mapped[date]
    last: Mapped[date]
    amount: Mapped[int] = mapped_column(default=0)  # of the finding when it was looked at; 0 for a draw
    opened_at: Mapped[datetime]
    outcome: Mapped[Outcome] = mapped_column(named(Outcome), default=Outcome.OPEN)
    note: Mapped[str] = mapped_column(String(500), default="")
    closed_at: Mapped[datetime | None]  # null: nobody has looked yet
    closed_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: as above
