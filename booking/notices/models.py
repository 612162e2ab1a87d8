"""The outbox: every message to a person, with when it is due, how often it was tried, and when it went."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.db import Base, named


class Channel(StrEnum):
    """How a message reaches a person."""

    INBOX = "inbox"
    SMS = "sms"
    MAIL = "mail"


class Notice(Base):
    """One message on one channel. Text and address are sealed; `event` makes a repeated act tell once."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("event", "channel"),
        CheckConstraint("tries >= 0", name="tries_not_negative"),
        Index(
            "ix_notice_due",
            "due_at",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
        Index("ix_notice_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(String(120))
    channel: Mapped[Channel] = mapped_column(named(Channel))
    person_id: Mapped[int | None]  # null: a code for somebody who is only registering
    template: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(120))
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # null: the inbox needs none
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]  # null: not yet sent
    failed_at: Mapped[datetime | None]  # null: not given up
    read_at: Mapped[datetime | None]  # null: not yet opened in the inbox
    failure: Mapped[str] = mapped_column(String(200), default="")
