"""Plans before they become slots, and withdrawals of published slots."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from booking.kernel.db import Base, named
from booking.slots.models import Method


class PlanState(StrEnum):
    """The life of a plan. A returned plan is a draft again; a discarded one leaves the board."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class PlanKind(StrEnum):
    """A make-up plan adds a session after publication, exempt from the ten days, with a reason."""

    REGULAR = "regular"
    MAKE_UP = "make_up"


class Plan(Base):
    """The slots of one site and service for one local day, on their way to publication.

    `version` rises with every change of content, `content_hash` is what the approver saw. `publish_at` is when
    the scheduler publishes, `publish_by` the last lawful instant; later needs `exemption`.
    """

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("approved_by_person <> drafted_by_person", name="two_persons"),
        CheckConstraint("(state IN ('approved', 'published')) = (approved_at IS NOT NULL)", name="approval_whole"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="publication_whole"),
        CheckConstraint("published_at <= publish_by OR exemption <> ''", name="published_in_time"),
        CheckConstraint("kind <> 'make_up' OR exemption <> ''", name="make_up_has_reason"),
        Index(
            "uq_plan_regular",
            "site_id",
            "service",
            "day",
            unique=True,
            sqlite_where=text("kind = 'regular' AND state <> 'discarded'"),
            postgresql_where=text("kind = 'regular' AND state <> 'discarded'"),
        ),
        Index("ix_plan_state_publish_at", "state", "publish_at"),
        Index("ix_plan_day", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(40))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date]
    kind: Mapped[PlanKind] = mapped_column(named(PlanKind), default=PlanKind.REGULAR)
    method: Mapped[Method] = mapped_column(named(Method))
    state: Mapped[PlanState] = mapped_column(named(PlanState), default=PlanState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    publish_at: Mapped[datetime]
    publish_by: Mapped[datetime]
    exemption: Mapped[str] = mapped_column(String(500), default="")
    drafted_by_person: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]  # null: a draft
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: not approved
    approved_at: Mapped[datetime | None]  # null: not approved
    published_at: Mapped[datetime | None]  # null: not published
    returned_reason: Mapped[str] = mapped_column(String(500), default="")


class PlanLine(Base):
    """One slot of a plan. Once published, `slot_id` names the slot that was made from it."""

    __tablename__ = "plan_line"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="window_not_empty"),
        CheckConstraint("ordinary >= 0 AND priority >= 0 AND ordinary + priority > 0", name="has_places"),
        UniqueConstraint("slot_id"),
        Index("ix_plan_line_plan_id", "plan_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    classes: Mapped[str] = mapped_column(String(120), default="")
    ordinary: Mapped[int]
    priority: Mapped[int] = mapped_column(default=0)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))  # null: not published

    plan: Mapped[Plan] = relationship(lazy="raise")


class Withdrawal(Base):
    """The proposal to take back a published slot, and the second person's consent."""

    __tablename__ = "withdrawal"
    __table_args__ = (
        CheckConstraint("approved_by_person <> proposed_by_person", name="two_persons"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_person IS NULL)", name="approval_whole"),
        UniqueConstraint("slot_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    reason: Mapped[str] = mapped_column(String(500))
    reason_en: Mapped[str] = mapped_column(String(500), default="")  # "": nobody wrote any
    bookings_seen: Mapped[int | None]  # hit, and looked at, when it was proposed; null: nobody was asked to look
    proposed_by_person: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    approved_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: only proposed
    approved_at: Mapped[datetime | None]  # null: only proposed
