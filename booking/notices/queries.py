"""Messages as pages show them: a person's inbox, and how sending stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from booking.kernel.db import keyring_of
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import PersonId
from booking.notices.models import Channel, Notice


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of an inbox."""

    id: int
    title: str
    created_at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """The same message on a channel that leaves the house."""

    channel: Channel
    sent_at: datetime | None
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of an inbox in full."""

    id: int
    title: str
    text: str
    created_at: datetime
    is_read: bool
    copies: Sequence[Copy]


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How sending stands on one channel. `oldest` is when the longest-waiting message was written."""

    channel: Channel
    sent: int
    waiting: int
    tried: int
    given_up: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """A message that did not go, without text or address."""

    id: int
    channel: Channel
    template: str
    created_at: datetime
    due_at: datetime
    tries: int
    failure: str
    failed_at: datetime | None


def inbox(session: Session, person_id: PersonId, *, before: int | None = None, limit: int = 20) -> Sequence[Listed]:
    """Return a person's messages, newest first, from the one before `before` on."""
    query = select(Notice.id, Notice.title, Notice.created_at, Notice.read_at.is_not(None))
    query = query.where(Notice.person_id == person_id, Notice.channel == Channel.INBOX)
    if before is not None:
        query = query.where(Notice.id < before)
    return [Listed(*row) for row in session.execute(query.order_by(Notice.id.desc()).limit(limit))]


def unread_count(session: Session, person_id: PersonId) -> int:
    """Return how many messages of a person were never opened."""
    query = select(func.count()).where(
        Notice.person_id == person_id, Notice.channel == Channel.INBOX, Notice.read_at.is_(None)
    )
    return session.scalar(query) or 0


def message_shown(session: Session, person_id: PersonId, notice_id: int) -> Message:
    """Return one message in full; raise `NotFoundError` when there is none or it is somebody else's."""
    query = select(Notice).where(
        Notice.id == notice_id, Notice.person_id == person_id, Notice.channel == Channel.INBOX
    )
    row = session.scalar(query)
    if row is None:
        raise NotFoundError
    others = select(Notice.channel, Notice.sent_at, Notice.failed_at)
    others = others.where(Notice.event == row.event, Notice.channel != Channel.INBOX).order_by(Notice.channel)
    copies = [Copy(*copy) for copy in session.execute(others)]
    text = keyring_of(session).open(row.text_sealed, column="notice.text")
    return Message(row.id, row.title, text, row.created_at, row.read_at is not None, copies)


def channel_states(session: Session, *, since: datetime) -> Sequence[ChannelState]:
    """Return how sending stands, by channel: what still waits or was given up, and what went since `since`."""
    is_open = Notice.sent_at.is_(None) & Notice.failed_at.is_(None)
    query = (
        select(
            Notice.channel,
            func.count(case((Notice.sent_at.is_not(None), 1))),
            func.count(case((is_open, 1))),
            func.count(case((is_open & (Notice.tries > 0), 1))),
            func.count(case((Notice.failed_at.is_not(None), 1))),
            func.min(case((is_open, Notice.created_at))),
        )
        .where(Notice.channel != Channel.INBOX, Notice.sent_at.is_(None) | (Notice.sent_at >= since))
        .group_by(Notice.channel)
    )
    known: Mapping[Channel, ChannelState] = {row[0]: ChannelState(*row) for row in session.execute(query)}
    outward = (Channel.SMS, Channel.MAIL)
    return [known.get(channel, ChannelState(channel, 0, 0, 0, 0, None)) for channel in outward]


def stuck(session: Session, *, limit: int = 50) -> Sequence[Stuck]:
    """Return messages that were tried and did not go, given-up ones included, newest first."""
    columns = (getattr(Notice, name) for name in Stuck.__dataclass_fields__)
    query = select(*columns).where(Notice.sent_at.is_(None), Notice.tries > 0, Notice.failure != "")
    return [Stuck(*row) for row in session.execute(query.order_by(Notice.id.desc()).limit(limit))]
