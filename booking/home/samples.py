"""What the style page shows: invented data for every component. No query, no clock; the days are fixed."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from booking.web.months import Cell, Month

Text: TypeAlias = str | LazyString


@dataclass(frozen=True, slots=True)
class Reason:
    """A refusal in words."""

    message: Text
    basis: Text
    earliest: date | None


@dataclass(frozen=True, slots=True)
class Task:
    """One step to the licence, as `task_list` takes it."""

    title: Text
    status: str
    href: str | None = None
    action: Text | None = None
    note: Text | None = None
    not_before: date | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """Bookings of one subject; `share` is per cent, None where nothing was booked."""

    label: Text
    online: int
    total: int
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class NextDate:
    """One published day with places, as the front page shows it."""

    day: date
    service: str
    site_name: Text
    remaining: int
    capacity: int
    href: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A public notice; `at` is a UTC instant."""

    title: Text
    text: Text
    at: datetime


@dataclass(frozen=True, slots=True)
class Hit:
    """Sessions and bookings of one service that a closure takes back."""

    service: str
    sessions: int
    bookings: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What a closure takes back, as `impact_numbers` takes it."""

    bookings: int
    states: dict[str, int]
    services: tuple[Hit, ...]
    sessions: int
    requests: int
    holds: int
    first: datetime
    last: datetime


TAGS = (
    *(
        "passed",
        "open",
        "early",
        "locked",
        "booked",
        "waiting",
        "confirmed",
        "attended",
        "absent",
        "failed",
        "cancelled",
    ),
    *("full", "few", "closed", "draft", "submitted", "approved", "published", "collecting", "sealed", "allotted"),
    *("granted", "ended", "withdrawn", "held", "due", "overdue", "exempt"),
)
PUBLISHED_AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
CLOSES_AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ALLOTTED_AT = datetime(2026, 11, 27, 13, 30, tzinfo=UTC)
TASKS = (
    Task(lazy_gettext("Step one, passed"), "passed", note=lazy_gettext("96 of 100 points, on 12 October")),
    Task(
        lazy_gettext("Step two, requested"),
        "waiting",
        "#tasks",
        lazy_gettext("See my request"),
        lazy_gettext("Position 37 for reference; 40 places"),
    ),
    Task(lazy_gettext("Step two, open"), "open", "#tasks", lazy_gettext("Book")),
    Task(
        lazy_gettext("Step three, too early"),
        "early",
        not_before=date(2026, 12, 9),
        reasons=(
            Reason(
                lazy_gettext("Between two attempts at this subject lie at least ten days."),
                lazy_gettext("Sample order, article 1"),
                date(2026, 12, 9),
            ),
            Reason(
                lazy_gettext("The step before has not been passed."), lazy_gettext("Sample order, article 2"), None
            ),
        ),
    ),
    Task(lazy_gettext("Step four, locked"), "locked", note=lazy_gettext("Opens when step three is passed.")),
)
SHARES = (
    Share(lazy_gettext("Sample subject A"), 812, 1204, Decimal("67.44")),
    Share(lazy_gettext("Sample subject B"), 301, 949, Decimal("31.72")),
    Share(lazy_gettext("Sample subject C"), 640, 640, Decimal("100.00")),
    Share(lazy_gettext("Sample subject D"), 0, 0, None),
)
BY_DAY = (("12-01", 320), ("12-02", 288), ("12-03", 96), ("12-04", 0))
NEXT_DATES = (
    NextDate(date(2026, 12, 1), "subject_1", lazy_gettext("Sample test site East"), 46, 120, "#dates"),
    NextDate(date(2026, 12, 1), "subject_2", lazy_gettext("Sample test site West"), 3, 40, "#dates"),
    NextDate(date(2026, 12, 2), "road", lazy_gettext("Sample test site East"), 0, 32, "#dates"),
    NextDate(date(2026, 12, 2), "safety", lazy_gettext("Sample test site West"), 88, 120, "#dates"),
)
NOTICES = (
    Notice(
        lazy_gettext("Sample: test moved because of a typhoon"),
        lazy_gettext("Everybody booked keeps the ranking time and is served first in the make-up session."),
        PUBLISHED_AT,
    ),
)


def _cell(day: date) -> Cell:
    """Give each weekday its own state, so that the grid shows all of them."""
    if day.weekday() >= 5:
        return Cell(day)
    if day.day > 18:
        return Cell(day, "early", 40, 40)
    state, remaining = (("open", 26), ("few", 3), ("full", 0), ("open", 112), ("closed", 0))[day.weekday()]
    href = f"#day-{day.day}" if remaining else None
    return Cell(day, state, remaining, 120 if remaining > 40 else 40, href)


WEEKS = tuple(
    tuple(_cell(day) if day.month == 12 else None for day in week) for week in Calendar().monthdatescalendar(2026, 12)
)
MONTH = Month(lazy_gettext("December 2026"), WEEKS, None, "#calendar")
DAYS = tuple(cell for week in WEEKS for cell in week if cell)[:5]
IMPACT = Impact(
    37,
    {"confirmed": 37},
    (Hit("subject_2", 3, 25), Hit("road", 1, 12)),
    4,
    6,
    2,
    datetime(2026, 12, 1, 0, 30, tzinfo=UTC),
    datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
)
