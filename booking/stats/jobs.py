"""The nightly counting of days that are over. Each month's days are a transaction of their own; twice is as once."""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import groupby

from booking.kernel.calendar import ONE_DAY, local_day
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.stats import rolling
from booking.stats.rules.spans import Days

MOST_DAYS_A_NIGHT = 120  # other jobs wait; a history that was brought in is counted by `booking stats roll-up`
QUIET_SECONDS, ASK_EVERY = 90.0, 0.02  # a statement may take 60 seconds
Progress = Callable[[int, int], object]


def roll_up_figures(sessions: Sessions, now: datetime) -> int:
    """Count the days that are over and not counted yet, the latest first, and then whole months; return how many."""
    yesterday = local_day(now) - ONE_DAY
    with reading(sessions) as session:
        days = rolling.days_to_roll(session, None, yesterday)
    return roll_up(sessions, days[-MOST_DAYS_A_NIGHT:], yesterday, now)


def count_days(
    sessions: Sessions,
    first: date | None,
    last: date,
    now: datetime,
    *,
    anew: bool = False,
    progress: Progress | None = None,
) -> int:
    """Count the days that are over, from `first` or the first that is known to `last`; return how many were.

    `anew`: those that are counted already as well.
    """
    yesterday = local_day(now) - ONE_DAY
    last = min(last, yesterday)
    if anew:
        with unit_of_work(sessions) as session:
            rolling.forget_rolled(session, Days(first or date.min, last))
    with reading(sessions) as session:
        days = rolling.days_to_roll(session, first, last)
    return roll_up(sessions, days, yesterday, now, progress=progress)


def roll_up(
    sessions: Sessions, days: Sequence[date], last: date, now: datetime, *, progress: Progress | None = None
) -> int:
    """Count some days, then every month up to `last` whose days are all counted; return how many days were."""
    done = 0
    for some in _by_month(days):
        with unit_of_work(sessions) as session:
            number = rolling.announce(session, some)
        if not wait_until_quiet(sessions, number):
            continue  # somebody has been writing for long; the next night counts these days
        with unit_of_work(sessions) as session:
            done += rolling.roll_days(session, some, now=now)
        if progress:
            progress(done, len(days))
    with reading(sessions) as session:
        months = rolling.months_to_roll(session, last)
    for month in months:
        with unit_of_work(sessions) as session:
            rolling.roll_month(session, month, now=now)
    return done


def _by_month(days: Sequence[date]) -> Iterable[Sequence[date]]:
    """Part days into those of one month each, the latest month first."""
    return [list(some) for _, some in groupby(reversed(days), key=lambda day: (day.year, day.month))]


def wait_until_quiet(sessions: Sessions, number: int) -> bool:
    """Wait until every older writer has ended; return False if one of them takes too long.

    PostgreSQL numbers the transactions of all databases of a server in one row, so that writers elsewhere count too.
    """
    last = time.monotonic() + QUIET_SECONDS
    while True:
        with reading(sessions) as session:
            if rolling.is_quiet(session, number):
                return True
        if time.monotonic() > last:
            return False
        time.sleep(ASK_EVERY)
