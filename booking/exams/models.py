"""The learner's record: one licence applied for, and the results on the way to it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.accounts.models import Person
from booking.kernel.db import Base


class Learner(Base):
    """A person on the way to one licence class; at most one such way is open at a time.

    Licence classes, kinds, subjects and outcomes are stored as the codes of `exams.rules.facts`.
    """

    __tablename__ = "learner"
    __table_args__ = (
        Index(
            "uq_learner_open",
            "person_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_learner_person_id", "person_id", "accepted_on", "id"),
        CheckConstraint("permit_valid_until > permit_issued_on", name="permit_not_empty"),
        CheckConstraint("permit_issued_on >= accepted_on", name="permit_after_acceptance"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    licence_class: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str] = mapped_column(String(10))
    held_class: Mapped[str] = mapped_column(String(2), default="")  # of an upgrade, where known
    accepted_on: Mapped[date]
    permit_issued_on: Mapped[date | None]  # null: none yet
    permit_valid_until: Mapped[date | None]  # null: none yet
    closed_at: Mapped[datetime | None]  # null: the person is still on the way

    person: Mapped[Person] = relationship(lazy="raise")


class ExamResult(Base):
    """The outcome of one booked exam, its retest included. One a day and subject at most."""

    __tablename__ = "exam_result"
    __table_args__ = (
        UniqueConstraint("learner_id", "subject", "day"),
        Index("ix_exam_result_day", "day"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learner.id"))
    subject: Mapped[str] = mapped_column(String(20))
    day: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(10))
    score: Mapped[int | None]  # null: absent, or not reported
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))  # null: taken elsewhere
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))  # null: not booked here
    recorded_at: Mapped[datetime]
