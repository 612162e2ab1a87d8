"""Published slots, their quota by lane with the seat ledger, the releases that are due, and seats that are held."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, named


class Lane(StrEnum):
    """Parts of a slot's capacity."""

    ORDINARY = "ordinary"
    PRIORITY = "priority"
    MAKE_UP = "make_up"
    WALK_IN = "walk_in"


class Method(StrEnum):
    """How the places of a slot are given."""

    RANKED = "ranked"
    LOTTERY = "lottery"
    FIRST_COME = "first_come"


class SlotState(StrEnum):
    """A slot exists only once its plan is published; afterwards it can only be withdrawn."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Slot(Base):
    """One dated window at a site for one service. Frozen by trigger, except for its withdrawal.

    `day` is the local day of `starts_at`; the window is [starts_at, ends_at). `publish_by` is the last lawful
    instant of publication; later needs `exemption`, the reason a second person consented to. Where a round decides,
    requests are taken in [published_at, requests_until); what nobody waits for is first come from `opens_at` on.
    """

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("starts_at < ends_at", name="window_not_empty"),
        CheckConstraint("published_at <= publish_by OR exemption <> ''", name="published_in_time"),
        CheckConstraint("published_at <= opens_at AND opens_at < closes_at AND closes_at <= starts_at", name="order"),
        CheckConstraint("cancel_until <= starts_at", name="cancel_before_start"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawal_whole"),
        Index("ix_slot_line_service_day", "line", "service", "day"),
        Index("ix_slot_site_id_day", "site_id", "day"),
        Index("ix_slot_day", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(40))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    classes: Mapped[str] = mapped_column(String(120), default="")  # "" = every class of the site
    capacity: Mapped[int]
    method: Mapped[Method] = mapped_column(named(Method))
    publish_by: Mapped[datetime]
    published_at: Mapped[datetime]
    exemption: Mapped[str] = mapped_column(String(500), default="")
    is_make_up: Mapped[bool] = mapped_column(default=False)
    requests_until: Mapped[datetime | None]  # null: no round decides it; else requests are taken from publication on
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    cancel_until: Mapped[datetime]
    state: Mapped[SlotState] = mapped_column(named(SlotState), default=SlotState.PUBLISHED)
    withdrawn_at: Mapped[datetime | None]  # null: not withdrawn
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")
    withdrawn_reason_en: Mapped[str] = mapped_column(String(500), default="")  # "": nobody wrote any


class Quota(Base):
    """The ledger of one lane of a slot.

    `taken` seats are booked or held, `freed` ones wait for their announced hour, `blocked` ones cannot be served
    since something is out of use; the others are not released yet.
    """

    __tablename__ = "quota"
    __table_args__ = (
        CheckConstraint("0 <= taken AND taken <= released", name="taken_within_released"),
        CheckConstraint("0 <= freed AND released + freed + blocked <= capacity", name="released_within_capacity"),
        CheckConstraint("0 <= blocked", name="blocked_not_negative"),
    )

    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True)
    lane: Mapped[Lane] = mapped_column(named(Lane), primary_key=True)
    capacity: Mapped[int]
    released: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    freed: Mapped[int] = mapped_column(default=0)
    blocked: Mapped[int] = mapped_column(default=0, server_default="0")


class Release(Base):
    """Seats that become takeable at one instant. Claimed by setting `done_at` where it is still null."""

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("slot_id", "lane", "due_at"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index(
            "ix_release_due",
            "due_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    lane: Mapped[Lane] = mapped_column(named(Lane))
    amount: Mapped[int]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]  # null: not yet released


class HoldState(StrEnum):
    """What became of a held seat. HELD is live until its instant has passed, whether or not anybody noted that."""

    HELD = "held"
    TAKEN = "taken"
    GIVEN_UP = "given_up"
    LAPSED = "lapsed"


class HoldPurpose(StrEnum):
    """Why a seat is held: it comes with a reminder, or with a failed inspection."""

    REMINDER = "reminder"
    REINSPECTION = "reinspection"


class Hold(Base):
    """A seat kept for one holder in [held_at, until). It stands in `taken`, and counts for nobody from `until` on.

    Whoever finds it lapsed gives its seat back, so nothing depends on a job. `service` is the slot's, for the index.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("held_at < until", name="not_over_at_once"),
        CheckConstraint("(state = 'held') = (ended_at IS NULL)", name="end_whole"),
        Index(
            "uq_hold_held",
            "service",
            "holder",
            unique=True,
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        Index("ix_hold_slot_id_state", "slot_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    lane: Mapped[Lane] = mapped_column(named(Lane))
    service: Mapped[str] = mapped_column(String(40))
    holder: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[HoldPurpose] = mapped_column(named(HoldPurpose))
    state: Mapped[HoldState] = mapped_column(named(HoldState), default=HoldState.HELD)
    held_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # null: still held, or lapsed and not yet noted
