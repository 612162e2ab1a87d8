"""What an entry of the office's calendar table means, and when one is needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

# Each of the years 2004 to 2026 has at least 16 holidays from Monday to Friday: fewer entries than this are single
# days of the office's own, not a year whose holidays were published.
HOLIDAYS_OF_A_KNOWN_YEAR = 7


@dataclass(frozen=True, slots=True)
class PublicDay:
    """A day that the State Council's holiday notice names: off, or a weekend day worked in its place."""

    day: date
    is_worked: bool
    name: str


@dataclass(frozen=True, slots=True)
class DayState:
    """What the calendar says of a day; `is_worked` None: nothing, so that Monday to Friday decides."""

    is_worked: bool | None
    name: str = ""


USUAL = DayState(None)


def unknown_years(first: date, last: date, days_off: Iterable[date]) -> Sequence[int]:
    """Return the years from `first` to `last` for which the calendar has too few days off to be known."""
    known: dict[int, int] = {}
    for day in days_off:
        known[day.year] = known.get(day.year, 0) + 1
    return [year for year in range(first.year, last.year + 1) if known.get(year, 0) < HOLIDAYS_OF_A_KNOWN_YEAR]
