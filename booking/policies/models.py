"""Dated office settings, and the working-day calendar."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base


class Policy(Base):
    """The value of one office setting from a day on; in force only once a second person has approved it."""

    __tablename__ = "policy"
    __table_args__ = (
        CheckConstraint("approved_by_person <> proposed_by_person", name="two_persons"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_person IS NULL)", name="approval_whole"),
        Index("ix_policy_name_effective_from", "name", "effective_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(200))
    effective_from: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by_person: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    approved_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: only proposed
    approved_at: Mapped[datetime | None]  # null: only proposed


class CalendarDay(Base):
    """A date that is worked or not against Monday-to-Friday, with where that is known from."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_worked: Mapped[bool]
    name: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(60))
