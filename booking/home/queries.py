"""What the front page tells: the next days with places."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import text
from sqlalchemy.orm import Session

from booking.kernel.calendar import local_day
from booking.lines import LINES
from booking.slots.queries import OpenSlot, slots_between

DAYS_AHEAD = 14
SHOWN_OF_A_LINE = 4


@dataclass(frozen=True, slots=True)
class NextDate:
    """One day of one service at one site; counts of places."""

    day: date
    service: str
    site_id: int
    site_name: str
    site_name_en: str
    remaining: int
    capacity: int
    is_collecting: bool


def next_dates(session: Session, *, now: datetime) -> Mapping[str, Sequence[NextDate]]:
    """Return the next days of each line with places to ask for or to book, full ones last, at most four of each.

    Lines without any are left out.
    """
    found = {line: _of_line(session, line, now) for line in LINES}
    return {line: dates for line, dates in found.items() if dates}


def _of_line(session: Session, line: str, now: datetime) -> Sequence[NextDate]:
    today = local_day(now)
    found = slots_between(session, today, today + timedelta(DAYS_AHEAD), line=line)
    slots = [slot for slot in found if slot.is_open(now) or slot.is_collecting(now)]
    days = sorted(_by_day(slots, now), key=lambda item: (not item.is_collecting and item.remaining == 0, item.day))
    return days[:SHOWN_OF_A_LINE]


def _by_day(slots: Sequence[OpenSlot], now: datetime) -> Iterator[NextDate]:
    def key(slot: OpenSlot) -> tuple[date, str, int]:
        return slot.day, slot.service, slot.site_id

    for _, group in groupby(sorted(slots, key=key), key):
        same = list(group)
        first = same[0]
        yield NextDate(
            first.day,
            first.service,
            first.site_id,
            first.site_name,
            first.site_name_en,
            sum(slot.remaining for slot in same),
            sum(slot.capacity for slot in same),
            any(slot.is_collecting(now) for slot in same),
        )


def answers(session: Session) -> bool:
    """Ask the database the smallest question there is."""
    return bool(session.scalar(text("SELECT 1")) == 1)
