"""Guides and announcements: each version stays; none is public before a second person has approved it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base

WAITING = text("approved_at IS NULL")


class GuideVersion(Base):
    """One version of a guide. Version 0 is what the program ships and stands in no table."""

    __tablename__ = "guide_version"
    __table_args__ = (
        UniqueConstraint("name", "number"),
        # Two clerks never propose beside each other: the second one sees the first one's proposal.
        Index("uq_guide_version_waiting", "name", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("approved_by_person <> proposed_by_person", name="two_persons"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_person IS NULL)", name="approval_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by_person: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    approved_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: only proposed
    approved_at: Mapped[datetime | None]  # null: only proposed


class Announcement(Base):
    """What the office tells everybody from one local day to another, both included."""

    __tablename__ = "announcement"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        CheckConstraint("approved_by_person <> proposed_by_person", name="two_persons"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_person IS NULL)", name="approval_whole"),
        CheckConstraint("ended_at IS NULL OR approved_at IS NOT NULL", name="ended_after_approval"),
        Index("ix_announcement_last_day", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_zh: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(120))
    text_zh: Mapped[str] = mapped_column(String(2000))
    text_en: Mapped[str] = mapped_column(String(2000))
    is_urgent: Mapped[bool]
    first_day: Mapped[date]
    last_day: Mapped[date]
    proposed_by_person: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    approved_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: only proposed
    approved_at: Mapped[datetime | None]  # null: only proposed
    ended_at: Mapped[datetime | None]  # null: not taken down before its last day
