"""Rounds and their public record: leaves, checkpoints, random values, outcome, events."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, named
from booking.slots.models import Method


class Stage(StrEnum):
    """Where a round stands. Each step is claimed by one conditional UPDATE from the stage before it."""

    COLLECTING = "collecting"
    CLOSED = "closed"
    FROZEN = "frozen"
    DRAWN = "drawn"


class OfficeKey(Base):
    """The office's Ed25519 key pair for receipts; the newest signs."""

    __tablename__ = "office_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    public: Mapped[str] = mapped_column(String(64), unique=True)
    private_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Round(Base):
    """All slots of one service and exam day whose requests close together. The announcement is leaf 0, frozen.

    `leaves` counts leaf 0 too; `peaks` are the complete subtrees of the tree over them. `latest_minute` keeps
    minutes from running backwards whatever clock a web process has.
    """

    __tablename__ = "round"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at AND closes_at < objections_until", name="times_in_order"),
        CheckConstraint("objections_until < beacon_not_before", name="random_value_after_freeze"),
        CheckConstraint("(stage = 'drawn') = (outcome_hash <> '')", name="drawn_has_outcome"),
        Index("ix_round_stage", "stage"),
        Index("ix_round_line_service_day", "line", "service", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(40))
    day: Mapped[date]
    method: Mapped[Method] = mapped_column(named(Method))
    attempt: Mapped[int] = mapped_column(default=1)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    objections_until: Mapped[datetime]
    beacon_not_before: Mapped[datetime]
    announcement: Mapped[str] = mapped_column(Text)
    announcement_hash: Mapped[str] = mapped_column(String(64))
    key_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # null: destroyed when retention ended
    office_key_id: Mapped[int] = mapped_column(ForeignKey("office_key.id"))
    stage: Mapped[Stage] = mapped_column(named(Stage), default=Stage.COLLECTING)
    leaves: Mapped[int] = mapped_column(default=1)
    peaks: Mapped[str] = mapped_column(Text)
    latest_minute: Mapped[datetime]
    carried_at: Mapped[datetime | None]  # null: requests that go on have not all been entered yet
    checkpointed: Mapped[int] = mapped_column(default=1)  # leaves at the latest checkpoint
    frozen_leaves: Mapped[int | None]  # null: not frozen
    frozen_root: Mapped[str] = mapped_column(String(64), default="")
    alarmed_at: Mapped[datetime | None]  # null: the random value has given no cause for alarm
    drawn_at: Mapped[datetime | None]  # null: not drawn
    seed: Mapped[str] = mapped_column(String(64), default="")
    outcome_hash: Mapped[str] = mapped_column(String(64), default="")
    events: Mapped[int] = mapped_column(default=0)
    event_hash: Mapped[str] = mapped_column(String(64), default="")  # of the latest event, or the outcome hash
    handed_on_at: Mapped[datetime | None]  # null: freed and leftover seats have not yet been handed on


class RoundSlot(Base):
    """Which slot belongs to which round: one each."""

    __tablename__ = "round_slot"

    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)


class RoundOutcome(Base):
    """What the draw decided, as the lists of the record in JSON."""

    __tablename__ = "round_outcome"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    order: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    waiting: Mapped[str] = mapped_column(Text)
    sample: Mapped[str] = mapped_column(Text)


class Leaf(Base):
    """One row of the record, append-only. `root` is that of the tree up to and with this leaf."""

    __tablename__ = "leaf"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(String(32))
    leaf: Mapped[str] = mapped_column(String(64))
    root: Mapped[str] = mapped_column(String(64))
    pid: Mapped[str] = mapped_column(String(32))

    __table_args__ = (
        Index("ix_leaf_round_id_pid", "round_id", "pid"),
        Index("ix_leaf_round_id_leaf", "round_id", "leaf"),
    )


class Checkpoint(Base):
    """The root of the first `n` leaves, published at an instant; append-only."""

    __tablename__ = "checkpoint"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class RecordEvent(Base):
    """One event after the draw, chained to the one before it; append-only."""

    __tablename__ = "record_event"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    pid: Mapped[str] = mapped_column(String(32))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(40), default="")
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_record_event_round_id_pid", "round_id", "pid"),)


class BeaconValue(Base):
    """A public random value of a round, by source. Of a named draw, two people enter what was drawn; whoever made a
    slip enters it again, and the latest of each person counts.
    """

    __tablename__ = "beacon_value"
    __table_args__ = (
        CheckConstraint("(entered_by_person IS NULL) = (source NOT LIKE 'draw:%')", name="draws_are_entered"),
        Index("ix_beacon_value_round_id", "round_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    source: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(200))
    entered_by_person: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # null: fetched by the system
    at: Mapped[datetime]
