"""Writing messages. They are rows of the same transaction as the act they tell of; `jobs` sends them after it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import Update, insert, update
from sqlalchemy.orm import Session

from booking.kernel.calendar import LOCAL, ONE_DAY, local_day
from booking.kernel.db import keyring_of, table_of
from booking.kernel.errors import Language
from booking.kernel.ids import PersonId
from booking.kernel.secrets import Keyring
from booking.notices.models import Channel, Notice

TEMPLATES = Path(__file__).parents[2] / "templates" / "notices"
WEEKDAYS = "一二三四五六日"
NOTICE = insert(table_of(Notice))  # Core, so that rows with and without an address are one statement


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes. `person_id` is None for somebody who is only registering."""

    person_id: PersonId | None
    phone: str
    email: str | None
    language: Language


@dataclass(frozen=True, slots=True)
class Telling:
    """One message to be written. `event` names what happened, once for ever ("booking 17 confirmed")."""

    to: Recipient
    template: str
    event: str
    facts: Mapping[str, object]


def tell(
    session: Session,
    to: Recipient,
    template: str,
    *,
    event: str,
    facts: Mapping[str, object],
    now: datetime,
    channels: Sequence[Channel] = tuple(Channel),
) -> None:
    """Write one message on every channel that reaches the person.

    `template` names `templates/notices/<template>.<language>.txt`, whose first line is the title. Telling an event
    twice violates a constraint.
    """
    tell_all(session, [Telling(to, template, event, facts)], now=now, channels=channels)


def tell_all(
    session: Session, tellings: Iterable[Telling], *, now: datetime, channels: Sequence[Channel] = tuple(Channel)
) -> None:
    """Write many messages in one statement; as `tell` for each."""
    keyring = keyring_of(session)
    rows = [row for telling in tellings for row in _rows(telling, keyring, now, channels)]
    if rows:
        session.execute(NOTICE, rows)


def _rows(
    telling: Telling, keyring: Keyring, now: datetime, channels: Sequence[Channel]
) -> Iterator[dict[str, object]]:
    to = telling.to
    title, text = _written(telling.template, to.language, telling.facts)
    addresses = {Channel.INBOX: "" if to.person_id else None, Channel.SMS: to.phone or None, Channel.MAIL: to.email}
    for channel in channels:
        if (address := addresses[channel]) is not None:
            yield {
                "event": telling.event,
                "channel": channel,
                "person_id": to.person_id,
                "template": telling.template,
                "title": title,
                "address_sealed": keyring.seal(address, column="notice.address") if address else None,
                "text_sealed": keyring.seal(text, column="notice.text"),
                "created_at": now,
                "due_at": now,
                "tries": 0,
                "failure": "",
                "sent_at": now if channel is Channel.INBOX else None,
            }


def read_out(template: str, language: Language, facts: Mapping[str, object]) -> tuple[str, str]:
    """Return title and text of a message as it would be written; nothing is sent."""
    return _written(template, language, facts)


def mark_read(session: Session, person_id: PersonId, notice_id: int, *, now: datetime) -> None:
    """Note that a person opened a message; the first opening counts. It is the reader's mark, so no audit row."""
    session.execute(_unread(person_id).where(Notice.id == notice_id).values(read_at=now))


def mark_all_read(session: Session, person_id: PersonId, *, now: datetime) -> None:
    """Note that a person has seen every message there is."""
    session.execute(_unread(person_id).values(read_at=now))


def _unread(person_id: PersonId) -> Update:
    return update(Notice).where(
        Notice.person_id == person_id, Notice.channel == Channel.INBOX, Notice.read_at.is_(None)
    )


def _written(template: str, language: Language, facts: Mapping[str, object]) -> tuple[str, str]:
    text = ENVIRONMENT.get_template(f"{template}.{language}.txt").render(facts).strip()
    title, _, body = text.partition("\n")
    return title.strip(), body.strip()


def _day_zh(day: date) -> str:
    return f"{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"


def _day_en(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _clock(instant: datetime) -> str:
    return instant.astimezone(LOCAL).strftime("%H:%M")


def _ends(instant: datetime) -> tuple[date, str]:
    """Return day and hour of a deadline; midnight is the end of the day before, as on the pages."""
    if instant.astimezone(LOCAL).time() == time.min:
        return local_day(instant) - ONE_DAY, "24:00"
    return local_day(instant), _clock(instant)


def _until_zh(instant: datetime) -> str:
    day, hour = _ends(instant)
    return f"{_day_zh(day)}{hour}"


def _until_en(instant: datetime) -> str:
    day, hour = _ends(instant)
    return f"{hour} on {_day_en(day)}"


def _ended(typed: str, stop: str) -> str:
    """Return what somebody typed with one full stop, whether or not it was typed with one."""
    return typed.strip().rstrip("。.；;") + stop


# Plain text, so nothing is escaped; a missing fact is an error at once and not a gap in a message. Templates change
# with the program only: to look at the file for each message would cost a round of 100,000 people a second.
ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    undefined=StrictUndefined,
    autoescape=select_autoescape(),  # of pages; messages are plain text
    auto_reload=False,
)
ENVIRONMENT.filters.update(
    day_zh=_day_zh, day_en=_day_en, clock=_clock, until_zh=_until_zh, until_en=_until_en, ended=_ended
)
