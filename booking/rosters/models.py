"""Check-ins, attempts and closed rosters. A roster itself is no row: it is the bookings of one slot of an exam."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, named


class How(StrEnum):
    """What somebody was found by."""

    TICKET = "ticket"
    REFERENCE = "reference"
    DOCUMENT = "document"


class AttemptOutcome(StrEnum):
    """How one try ended; the words are those of `exams.rules.facts.Outcome`."""

    PASSED = "passed"
    FAILED = "failed"


STANDS = text("undone_at IS NULL")
UNSETTLED = text("undone_at IS NULL AND settled_at IS NULL")


class CheckIn(Base):
    """Somebody came and was recognised. One stands for each booking; an undone one stays in the table.

    `checked_in_at` is when it happened, by the clock of the device; `recorded_at` is when the server heard of it.
    `device_key` is made by the device, so that a check-in that is sent twice is one.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("device_key"),
        Index("uq_check_in_stands", "booking_id", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
        Index("ix_check_in_slot_id", "slot_id"),
        CheckConstraint("checked_in_at <= recorded_at AND recorded_at <= undone_at", name="times_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    how: Mapped[How] = mapped_column(named(How))
    checked_in_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # null: the system
    device_key: Mapped[str] = mapped_column(String(64))
    undone_at: Mapped[datetime | None]  # null: it stands


class Attempt(Base):
    """One try on one booking: the test (1), or the retest (2) after a first that failed.

    It counts at once. It can be undone for a while and is settled afterwards: then it is in the learner's record.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        Index(
            "uq_attempt_stands",
            "booking_id",
            "number",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        Index("ix_attempt_unsettled", "recorded_at", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
        CheckConstraint("number IN (1, 2)", name="number_known"),
        CheckConstraint("outcome IN ('passed', 'failed')", name="outcome_known"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score_in_range"),
        CheckConstraint("settled_at IS NULL OR undone_at IS NULL", name="settled_stands"),
        CheckConstraint("recorded_at <= settled_at AND recorded_at <= undone_at", name="times_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    number: Mapped[int]
    outcome: Mapped[AttemptOutcome] = mapped_column(named(AttemptOutcome))
    score: Mapped[int | None]  # null: not reported
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # null: the system
    settled_at: Mapped[datetime | None]  # null: can still be undone, or waits for a retest
    undone_at: Mapped[datetime | None]  # null: it stands


class ClosedRoster(Base):
    """A roster that accepts nothing more, with the counts on which operator and database agreed."""

    __tablename__ = "closed_roster"
    __table_args__ = (
        CheckConstraint(
            "present >= 0 AND absent >= 0 AND passed >= 0 AND failed >= 0 AND cancelled >= 0", name="not_negative"
        ),
        CheckConstraint("booked = present + absent + cancelled", name="everybody_counted"),
        CheckConstraint("present = passed + failed", name="everybody_tested"),
    )

    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True)
    booked: Mapped[int]
    present: Mapped[int]
    absent: Mapped[int]
    passed: Mapped[int]
    failed: Mapped[int]
    cancelled: Mapped[int]  # by the office, when the slot was withdrawn
    closed_at: Mapped[datetime]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # null: the system
