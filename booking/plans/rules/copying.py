"""Copying weeks: the same sessions on the same weekdays, so many weeks later."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from booking.plans.rules.conflicts import Conflict
from booking.plans.rules.pattern import PlannedDay, plannable

MOST_WEEKS = 8


@dataclass(frozen=True, slots=True)
class SourceDay:
    """One plan of the week that is copied."""

    service: str
    planned: PlannedDay


@dataclass(frozen=True, slots=True)
class CopiedDay:
    """What one plan becomes in a later week: a draft, or nothing, for the reasons in `conflicts`."""

    service: str
    source: date
    planned: PlannedDay
    conflicts: tuple[Conflict, ...] = ()


def target_weeks(first: date, count: int) -> tuple[date, ...]:
    """Return the Mondays of `count` weeks from that of `first` on; raise ValueError beyond the calendar."""
    monday = first - timedelta(days=first.weekday())
    weeks = tuple(monday + timedelta(weeks=number) for number in range(count))
    return tuple(plannable(week) for week in weeks)


def copied(sources: Sequence[SourceDay], monday: date, targets: Iterable[date]) -> Iterator[tuple[str, PlannedDay]]:
    """Yield (service, day) for each plan of the week of `monday` in each target week, week by week."""
    for target in targets:
        for source in sources:
            yield source.service, PlannedDay(source.planned.day + (target - monday), source.planned.lines)
