"""Which days are read from where: months that are rolled up, days that are, and the others afresh. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from booking.kernel.calendar import ONE_DAY


@dataclass(frozen=True, slots=True)
class Days:
    """Local days, both included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + number * ONE_DAY


@dataclass(frozen=True, slots=True)
class Parts:
    """A period in three parts that do not overlap: firsts of months, runs of days, and runs to count afresh."""

    months: Sequence[date]
    rolled: Sequence[Days]
    afresh: Sequence[Days]


def month_of(day: date) -> Days:
    """Return the days of the month in which `day` lies."""
    first = day.replace(day=1)
    return Days(first, (first + timedelta(31)).replace(day=1) - ONE_DAY)


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(day.weekday())


def parted(period: Days, rolled_days: Collection[date], rolled_months: Collection[date]) -> Parts:
    """Part a period. A month counts only where it lies in the period whole and each of its days is rolled up."""
    of_months = Counter((day.year, day.month) for day in rolled_days)
    months = [
        first
        for first in sorted(rolled_months)
        if period.first <= first
        and (last := month_of(first).last) <= period.last
        and of_months[first.year, first.month] == last.day
    ]
    covered = {(first.year, first.month) for first in months}
    rest = [day for day in period if (day.year, day.month) not in covered]
    return Parts(
        months,
        runs([day for day in rest if day in rolled_days]),
        runs([day for day in rest if day not in rolled_days]),
    )


def runs(days: Sequence[date]) -> Sequence[Days]:
    """Join ascending days that follow one another."""
    found: list[Days] = []
    for day in days:
        if found and found[-1].last + ONE_DAY == day:
            found[-1] = Days(found[-1].first, day)
        else:
            found.append(Days(day, day))
    return found
