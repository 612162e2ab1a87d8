"""Local days and working days. The office lives in one zone; the database keeps UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


def local_day(instant: datetime) -> date:
    """Return the day at the office on which `instant` falls (never `.date()` of a UTC time)."""
    return instant.astimezone(LOCAL).date()


def local_time(instant: datetime) -> time:
    """Return the wall-clock time at the office at `instant`."""
    return instant.astimezone(LOCAL).time()


def at_local(day: date, clock_time: time) -> datetime:
    """Return the UTC instant of a wall-clock time at the office."""
    return datetime.combine(day, clock_time, tzinfo=LOCAL).astimezone(UTC)


def start_of(day: date) -> datetime:
    """Return the UTC instant at which `day` begins at the office."""
    return at_local(day, time.min)


def years_later(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February becomes 28 February in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Which days are worked: Monday to Friday, except where the office's calendar table says otherwise.

    A day without an entry falls back to the weekday rule, so a year without published holidays never fails.
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict)

    def is_worked(self, day: date) -> bool:
        return self.exceptions.get(day, day.isoweekday() <= 5)

    def before(self, day: date, count: int) -> date:
        """Return the `count`-th working day before `day`; `day` itself does not count."""
        return self._step(day, count, -ONE_DAY)

    def after(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day`; `day` itself does not count."""
        return self._step(day, count, ONE_DAY)

    def _step(self, day: date, count: int, step: timedelta) -> date:
        while count > 0:
            day += step
            count -= self.is_worked(day)
        return day
