"""A granted place and what became of it; and the overrides that made some of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.bookings.evidence import Paper
from booking.kernel.db import Base, named
from booking.slots.models import Lane, Slot


class BookingState(StrEnum):
    """Where a booking stands. CONFIRMED and ATTENDED are live; the others are final."""

    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    ABSENT = "absent"
    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CANCELLED_BY_OFFICE = "cancelled_by_office"


LIVE = (BookingState.CONFIRMED, BookingState.ATTENDED)

# From which state to which: the same table stands in the database as a trigger.
STEPS: dict[BookingState, frozenset[BookingState]] = {
    BookingState.CONFIRMED: frozenset(set(BookingState) - {BookingState.CONFIRMED}),
    # Somebody who came but went untested is absent as well; a check-in at an exam site can be taken back.
    BookingState.ATTENDED: frozenset(set(BookingState) - {BookingState.ATTENDED, BookingState.CANCELLED}),
}


class BookingChannel(StrEnum):
    """Where a booking was made; "school" only occurs in imported history."""

    INTERNET = "internet"
    COUNTER = "counter"
    PHONE = "phone"
    SCHOOL = "school"


class Booking(Base):
    """One place for one holder: `holder` is the person, or for inspections the vehicle, that may hold only one.

    A change of slot keeps the row and its reference. `request_key` comes with the form, so that a double click
    is one booking.
    """

    __tablename__ = "booking"
    __table_args__ = (
        Index(
            "uq_booking_live",
            "service",
            "holder",
            unique=True,
            sqlite_where=text("state IN ('confirmed', 'attended')"),
            postgresql_where=text("state IN ('confirmed', 'attended')"),
        ),
        UniqueConstraint("person_id", "request_key"),
        CheckConstraint("channel = 'internet' OR reason <> ''", name="counter_has_reason"),
        Index("ix_booking_slot_id_state", "slot_id", "state"),
        Index("ix_booking_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(10), unique=True)
    line: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(40))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    lane: Mapped[Lane] = mapped_column(named(Lane))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    holder: Mapped[str] = mapped_column(String(40))
    state: Mapped[BookingState] = mapped_column(named(BookingState), default=BookingState.CONFIRMED)
    channel: Mapped[BookingChannel] = mapped_column(named(BookingChannel))
    booked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")  # of a clerk who acted on behalf
    request_key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    changes: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]  # null: live

    slot: Mapped[Slot] = relationship(lazy="raise")


class OverrideKind(StrEnum):
    """Why the office may lift a rule for one booking."""

    OFFICE_ERROR = "office_error"
    SYSTEM_FAULT = "system_fault"
    COURT = "court"
    HARDSHIP = "hardship"


class OverrideState(StrEnum):
    """Where an override stands. PROPOSED waits for the second person; the others are final."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"


class Override(Base):
    """One booking for which named refusals are lifted: proposed by one person, approved or declined by another.

    Approved, it has its booking. `decide_until` is when the slot stops taking bookings.
    """

    __tablename__ = "override"
    __table_args__ = (
        CheckConstraint("decided_by_person <> proposed_by_person", name="two_persons"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decision_dated"),
        CheckConstraint(
            "(state IN ('approved', 'declined')) = (decided_by_person IS NOT NULL)", name="decision_named"
        ),
        CheckConstraint("(state = 'approved') = (booking_id IS NOT NULL)", name="approved_has_booking"),
        CheckConstraint("lifted <> '' AND reason <> '' AND paper <> ''", name="says_why"),
        UniqueConstraint("booking_id"),
        Index(
            "uq_override_open",
            "service",
            "holder",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index("ix_override_slot_id", "slot_id"),
        Index("ix_override_decided_at", "decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(40))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    holder: Mapped[str] = mapped_column(String(40))
    channel: Mapped[BookingChannel] = mapped_column(named(BookingChannel))
    lifted: Mapped[str] = mapped_column(String(300))  # codes of refusals, in order, with commas
    kind: Mapped[OverrideKind] = mapped_column(named(OverrideKind))
    reason: Mapped[str] = mapped_column(String(500))
    paper: Mapped[Paper] = mapped_column(named(Paper))
    evidence: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[OverrideState] = mapped_column(named(OverrideState), default=OverrideState.PROPOSED)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_by_person: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    decide_until: Mapped[datetime]
    decided_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: waiting, or expired
    decided_at: Mapped[datetime | None]  # null: waiting
    answer: Mapped[str] = mapped_column(String(500), default="")  # why it was declined
    answer_en: Mapped[str] = mapped_column(String(500), default="")  # "": nobody wrote any
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))  # null: not approved
