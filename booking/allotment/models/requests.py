"""Requests with their wishes, and how each holder stands in each round."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.bookings.models import BookingChannel
from booking.kernel.db import Base, named
from booking.slots.models import Lane


class RequestState(StrEnum):
    """The life of a request. It is live until it is granted, withdrawn, or nothing on its list can be had."""

    LIVE = "live"
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class Standing(StrEnum):
    """How a holder stands in a round: in its list, out of it, or what the draw and the days after it brought."""

    IN = "in"
    OUT = "out"
    GRANTED = "granted"
    WAITING = "waiting"
    PASSED = "passed"


class Request(Base):
    """A standing wish of one holder for one service. `version` rises with every change of its wishes.

    `person_id` is who is told, and whose list it stands in.
    `carry_on` lets site wishes enter later rounds too; `notice_hours` is how long before the slot a late grant may
    still come; `is_make_up` marks people whose place the office took away.
    """

    __tablename__ = "request"
    __table_args__ = (
        Index(
            "uq_request_live",
            "service",
            "holder",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
        UniqueConstraint("person_id", "request_key"),
        CheckConstraint("channel = 'internet' OR reason <> ''", name="counter_has_reason"),
        CheckConstraint("(state = 'live') = (ended_at IS NULL)", name="end_whole"),
        CheckConstraint("notice_hours >= 0", name="notice_not_negative"),
        Index("ix_request_person_id", "person_id"),
        Index("ix_request_state_service", "state", "service"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(10), unique=True)
    line: Mapped[str] = mapped_column(String(20))
    service: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    holder: Mapped[str] = mapped_column(String(40))
    state: Mapped[RequestState] = mapped_column(named(RequestState), default=RequestState.LIVE)
    channel: Mapped[BookingChannel] = mapped_column(named(BookingChannel))
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    request_key: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    carry_on: Mapped[bool] = mapped_column(default=False)
    notice_hours: Mapped[int]
    is_make_up: Mapped[bool] = mapped_column(default=False)
    losses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))  # null: nothing granted
    ended_at: Mapped[datetime | None]  # null: live


class RequestWish(Base):
    """One wish of a request, in order from 1: a slot, or any slot at a site."""

    __tablename__ = "request_wish"
    __table_args__ = (
        CheckConstraint("(slot_id IS NULL) <> (site_id IS NULL)", name="slot_or_site"),
        UniqueConstraint("request_id", "slot_id"),
        UniqueConstraint("request_id", "site_id"),
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))  # null: a site wish
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))  # null: a slot wish


class Entry(Base):
    """A holder in a round: the effective row, and after the draw the place in the order and what was granted.

    Of several vehicles of one owner each has an entry of its own. `place` and `queue` count from 1; `queue` is 0 for
    whoever was granted at once.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("round_id", "pid"),
        Index("ix_entry_round_id_standing", "round_id", "standing", "lane", "ranking_time"),
        Index("ix_entry_request_id", "request_id"),
        Index("ix_entry_slot_id", "slot_id"),
        Index("ix_entry_booking_id", "booking_id"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    holder: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"))
    pid: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int]
    lane: Mapped[Lane] = mapped_column(named(Lane))
    ranking_time: Mapped[datetime | None]  # null: a lottery
    wishes: Mapped[str] = mapped_column(Text)
    standing: Mapped[Standing] = mapped_column(named(Standing), default=Standing.IN)
    place: Mapped[int] = mapped_column(default=0)
    queue: Mapped[int] = mapped_column(default=0)
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))  # null: nothing granted in this round
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))  # null: none made in this round
    passed_because: Mapped[str] = mapped_column(String(40), default="")
