"""The job that sends what the outbox holds, after the transaction that wrote it.

A message is claimed before it is sent: tries and due hour are raised in a transaction of their own, and only who
raised them sends. If the process dies between claim and mark, the message goes again after its back-off: it is sent
at least once, always under the same key, and the inbox shows it once.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.notices.models import Channel, Notice
from booking.notices.senders import Senders, reason_of

log = structlog.get_logger()

# The wait after each try; when the last wait is over, too, the message is given up.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))
AT_MOST = 500
# A gateway that refuses three in a row is left alone until the next run, so that not every message burns a try.
REFUSALS_IN_A_ROW = 3
RUN_FOR = timedelta(seconds=45)
NOBODY_KNOWS = "process ended while sending"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this process, and no other, is about to send."""

    notice_id: int
    channel: Channel
    address: str
    title: str
    text: str
    tries: int

    @property
    def key(self) -> str:
        """What names the message for ever."""
        return f"notice-{self.notice_id}"


def send_due(sessions: Sessions, senders: Senders, now: datetime) -> int:
    """Send what is due, oldest first; return how many went. A failing gateway holds up no other channel."""
    began = time.monotonic()
    with reading(sessions) as session:
        due = _due(session, now)
    sent = 0
    refused: Counter[Channel] = Counter()
    for notice_id, channel in due:
        hour = now + timedelta(seconds=time.monotonic() - began)
        if hour - now > RUN_FOR:
            break
        if refused[channel] >= REFUSALS_IN_A_ROW:
            continue
        with unit_of_work(sessions) as session:
            message = claim(session, notice_id, now=hour)
        if message is None:
            continue
        failure = _handed_over(senders, message)
        with unit_of_work(sessions) as session:
            mark(session, message, failure=failure, now=hour)
        sent += not failure
        refused[channel] = refused[channel] + 1 if failure else 0
    return sent


def claim(session: Session, notice_id: int, *, now: datetime) -> Claimed | None:
    """Raise the tries of a due message and move its hour ahead; None if another was first, or all tries are used."""
    row = session.get_one(Notice, notice_id)
    tries = row.tries
    mine = update(Notice).where(
        Notice.id == notice_id, Notice.tries == tries, Notice.due_at <= now, Notice.sent_at.is_(None)
    )
    if tries >= len(BACK_OFF):  # the process of the last try died before it could say how it went
        session.execute(mine.values(failed_at=now, failure=NOBODY_KNOWS).where(Notice.failed_at.is_(None)))
        return None
    raised = mine.values(tries=tries + 1, due_at=now + BACK_OFF[tries]).returning(Notice.address_sealed)
    claimed = session.execute(raised.where(Notice.failed_at.is_(None))).one_or_none()
    if claimed is None:
        return None
    keyring = keyring_of(session)
    address = keyring.open(claimed.address_sealed or b"", column="notice.address")
    text = keyring.open(row.text_sealed, column="notice.text")
    return Claimed(notice_id, row.channel, address, row.title, text, tries + 1)


def mark(session: Session, message: Claimed, *, failure: str, now: datetime) -> None:
    """Note how a try ended; after the last one a message that did not go is given up."""
    last = message.tries >= len(BACK_OFF)
    values = {"failure": failure, "failed_at": now if last else None} if failure else {"failure": "", "sent_at": now}
    session.execute(update(Notice).where(Notice.id == message.notice_id, Notice.sent_at.is_(None)).values(**values))


def _due(session: Session, now: datetime) -> Sequence[Row[int, Channel]]:
    waiting = select(Notice.id, Notice.channel).where(
        Notice.sent_at.is_(None), Notice.failed_at.is_(None), Notice.due_at <= now
    )
    return session.execute(waiting.order_by(Notice.due_at, Notice.id).limit(AT_MOST)).all()


def _handed_over(senders: Senders, message: Claimed) -> str:
    """Send, and return why it failed, or "". Whatever a driver raises concerns this one message only."""
    try:
        if message.channel is Channel.SMS:
            senders.sms.send_sms(message.address, senders.text_message(message.text), key=message.key)
        else:
            senders.mail.send_mail(message.address, message.title, senders.letter(message.text), key=message.key)
    except Exception as failure:
        reason = reason_of(failure)
        log.warning("message refused", notice=message.notice_id, channel=message.channel.value, reason=reason)
        return reason
    return ""
