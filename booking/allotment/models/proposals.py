"""What one person proposes and a second consents to: corrections of a row, and closures."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, named
from booking.slots.models import Lane


class Correction(Base):
    """The proposal to put a row right before the freeze, and the second person's consent, which writes the row."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint("approved_by_person <> proposed_by_person", name="two_persons"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_person IS NULL)", name="approval_whole"),
        Index("ix_correction_round_id", "round_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    holder: Mapped[str] = mapped_column(String(40))
    lane: Mapped[Lane] = mapped_column(named(Lane))
    ranking_time: Mapped[datetime | None]  # null: a lottery
    reason: Mapped[str] = mapped_column(String(500))
    proposed_by_person: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    approved_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: only proposed
    approved_at: Mapped[datetime | None]  # null: only proposed


class Closure(Base):
    """The office closes a site, or all of its line, on some local days, for a reason: proposed, then consented to.

    Hit are the published slots that match, and have not begun, when it is approved.
    """

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint("approved_by_person <> proposed_by_person", name="two_persons"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_person IS NULL)", name="approval_whole"),
        CheckConstraint("first_day <= last_day", name="days_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(40), default="")  # "" = every service
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))  # null: every site of the line
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    reason_en: Mapped[str] = mapped_column(String(500), default="")  # "": nobody wrote any
    bookings_seen: Mapped[int | None]  # hit, and looked at, when it was proposed; null: nobody was asked to look
    proposed_by_person: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    approved_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: only proposed
    approved_at: Mapped[datetime | None]  # null: only proposed
    slots: Mapped[int] = mapped_column(default=0)  # withdrawn by it
