"""Whether somebody who stands at the door may be checked in: the first reason against it, or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.kernel.calendar import local_day, local_time
from booking.kernel.errors import Fact
from booking.rosters.rules.refused import Refused

CLOCK_RUNS_OFF = timedelta(minutes=2)  # how far ahead the clock of a device may be
ENDED = {"cancelled": "cancelled", "cancelled_by_office": "slot-withdrawn"}
HERE = {"absent": "absent", "passed": "tested", "failed": "tested"}


@dataclass(frozen=True, slots=True)
class Door:
    """The hours of check-in: from `early` before the start until `late` after it.

    What a device sends is not taken any more once it is older than `offline`.
    """

    early: timedelta
    late: timedelta
    offline: timedelta


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the booking that was found. Of the document, `tail` is kept, `shown_tail` was looked at."""

    booking_state: str
    is_here: bool
    site: str
    site_en: str
    day: date
    starts_at: datetime
    is_withdrawn: bool
    is_closed: bool
    checked_in_at: datetime | None
    tail: str
    shown_tail: str
    needs_tail: bool


def clock_refused(door: Door, *, at: datetime, now: datetime) -> Refused | None:
    """Judge the clock of the device: never in the future, and not too long ago."""
    if at > now + CLOCK_RUNS_OFF:
        return Refused("clock-ahead")
    return Refused("clock-behind") if at < now - door.offline else None


def refused(facts: Facts, door: Door, *, at: datetime) -> Refused | None:
    """Return the first reason against checking in somebody at `at`; nothing is told before the identity fits."""
    if facts.needs_tail and not facts.shown_tail:
        return Refused("identity-missing")
    if facts.shown_tail and facts.shown_tail != facts.tail:
        return Refused("identity-differs")
    return _other_place(facts, at) or _ended(facts) or _hour(facts, door, at)


def _other_place(facts: Facts, at: datetime) -> Refused | None:
    there: Mapping[str, Fact] = {
        "day": facts.day,
        "clock": clock(facts.starts_at),
        "site": facts.site,
        "site_en": facts.site_en,
    }
    if facts.booking_state in ENDED:
        return Refused(ENDED[facts.booking_state])
    if not facts.is_here:
        return Refused("other-site", there)
    return Refused("other-day", there) if local_day(at) != facts.day else None


def _ended(facts: Facts) -> Refused | None:
    if facts.booking_state in HERE:
        return Refused(HERE[facts.booking_state])
    if facts.is_closed:
        return Refused("roster-closed")
    if facts.booking_state == "attended":
        return Refused("checked-in", {"clock": clock(facts.checked_in_at or facts.starts_at)})
    return Refused("slot-withdrawn") if facts.is_withdrawn else None


def _hour(facts: Facts, door: Door, at: datetime) -> Refused | None:
    begins, ends = facts.starts_at - door.early, facts.starts_at + door.late
    if at < begins:
        return Refused("too-early", {"clock": clock(begins)})
    return Refused("too-late", {"clock": clock(ends)}) if at >= ends else None


def clock(instant: datetime) -> str:
    """Return the wall-clock time at the office, as sentences show it."""
    return f"{local_time(instant):%H:%M}"
