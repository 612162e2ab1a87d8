"""From a weekly pattern with exceptions to the days and lines of a plan. Wall-clock times at the office."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

YEARS = range(2000, 2100)
MOST_DAYS = 400  # a year and a little: a pattern without an end would fill the database


def plannable(day: date) -> date:
    """Return the day, or raise ValueError: nobody plans for another century, and calendars end somewhere."""
    if day.year not in YEARS:
        raise ValueError("is not in a year that can be planned")
    return day


@dataclass(frozen=True, slots=True, order=True)
class PlannedLine:
    """One future slot: [starts, ends) on its day, for `classes` ("C1,C2"; "" = every class of the site)."""

    starts: time
    ends: time
    classes: str = ""
    ordinary: int = 0
    priority: int = 0

    @property
    def places(self) -> int:
        return self.ordinary + self.priority

    @property
    def class_codes(self) -> frozenset[str]:
        return frozenset(code for code in self.classes.split(",") if code)

    def overlaps(self, other: "PlannedLine") -> bool:
        """Whether both want the same learners at the same time; two classes may be tested side by side."""
        meets = self.starts < other.ends and other.starts < self.ends
        mine, theirs = self.class_codes, other.class_codes
        return meets and (not mine or not theirs or bool(mine & theirs))


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """The lines of one local day, in order of time."""

    day: date
    lines: tuple[PlannedLine, ...]

    @property
    def places(self) -> int:
        return sum(line.places for line in self.lines)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What happens on each of the ISO `weekdays` (1 = Monday) from `first` to `last`, both included."""

    first: date
    last: date
    weekdays: frozenset[int]
    lines: tuple[PlannedLine, ...]


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Days left out, days added whatever their weekday, also outside the range, and days with `other` sessions.

    A day that is left out is left out, whatever else is said of it.
    """

    skipped: frozenset[date] = field(default=frozenset())
    extra: frozenset[date] = field(default=frozenset())
    other: Mapping[date, tuple[PlannedLine, ...]] = field(default_factory=dict)


def expand(pattern: Pattern, exceptions: Exceptions = Exceptions()) -> tuple[PlannedDay, ...]:
    """Return the days of the pattern in order, each once, at most `MOST_DAYS`."""
    wanted = {*_regular_days(pattern), *exceptions.extra, *exceptions.other} - exceptions.skipped
    return tuple(
        PlannedDay(day, tuple(sorted(exceptions.other.get(day, pattern.lines)))) for day in sorted(wanted)[:MOST_DAYS]
    )


def _regular_days(pattern: Pattern) -> Iterator[date]:
    for offset in range(min((pattern.last - pattern.first).days + 1, MOST_DAYS)):
        day = pattern.first + timedelta(days=offset)
        if day.isoweekday() in pattern.weekdays:
            yield day
