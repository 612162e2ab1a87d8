"""What people say of a visit: one rating for each kept appointment, never changed and never deleted."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base


class Rating(Base):
    """A grade from 1 (very dissatisfied) to 5, with words if its author liked. Grades 1 and 2 are answered."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("booking_id"),
        CheckConstraint("grade BETWEEN 1 AND 5", name="grade_in_range"),
        CheckConstraint("(grade <= 2) = (answer_due_on IS NOT NULL)", name="bad_ones_are_due"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by_person IS NULL) AND (answered_at IS NULL) = (answer = '')",
            name="answer_whole",
        ),
        CheckConstraint("answered_by_person <> person_id", name="not_by_oneself"),
        Index("ix_rating_given_at", "given_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    grade: Mapped[int]
    words: Mapped[str] = mapped_column(String(500), default="")
    given_at: Mapped[datetime]
    answer_due_on: Mapped[date | None]  # null: the grade asks for no answer
    answer: Mapped[str] = mapped_column(String(500), default="")
    answered_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: not answered
    answered_at: Mapped[datetime | None]  # null: not answered
