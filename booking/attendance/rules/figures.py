"""What a day came to: punctuality, waits, absences, results. Shares are percent with two decimals, half up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH, TENTH = Decimal("0.01"), Decimal("0.1")
MEDIAN, NINE_OF_TEN = 50, 90


@dataclass(frozen=True, slots=True)
class Stay:
    """One visit as the figures see it. `outcome` is "passed", "failed", "left", or "" while it is open."""

    is_reinspection: bool
    on_time: bool
    window_starts_at: datetime | None  # None: not booked
    arrived_at: datetime
    started_at: datetime | None  # None: not begun
    outcome: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of a day (or of any visits), and what follows from them."""

    visits: int
    booked: int
    on_time: int
    walk_ins: int
    reinspections: int
    absent: int
    started: int
    passed: int
    failed: int
    left: int
    capacity: int
    wait_median: Decimal | None  # minutes; None: nobody was started
    wait_nine_of_ten: Decimal | None

    @property
    def on_time_share(self) -> Decimal | None:
        """Of the booked who came, those who came before their window was over."""
        return percent(self.on_time, self.booked)

    @property
    def absent_share(self) -> Decimal | None:
        """Of all booked, those who did not come."""
        return percent(self.absent, self.booked + self.absent)

    @property
    def fill(self) -> Decimal | None:
        """Of the visits that the open windows had room for, those that were begun."""
        return percent(self.started, self.capacity)


def waited(stay: Stay) -> timedelta | None:
    """Return the wait from arrival to start; of a booked one from when its window began, if that was later.

    Time before the window is one's own, and a start before the window is no wait at all. None: not begun.
    """
    if stay.started_at is None:
        return None
    since = max(stay.arrived_at, stay.window_starts_at or stay.arrived_at)
    return max(timedelta(0), stay.started_at - since)


def figures(stays: Iterable[Stay], *, absent: int, capacity: int) -> Figures:
    """Count the visits; `absent` booked ones did not come, and the windows had room for `capacity`.

    A re-inspection that was booked counts among both; a walk-in is neither.
    """
    stays = tuple(stays)
    booked = [stay for stay in stays if stay.window_starts_at is not None]
    outcomes = [stay.outcome for stay in stays]
    waits = sorted(wait for stay in stays if (wait := waited(stay)) is not None)
    return Figures(
        visits=len(stays),
        booked=len(booked),
        on_time=sum(stay.on_time for stay in booked),
        walk_ins=sum(stay.window_starts_at is None and not stay.is_reinspection for stay in stays),
        reinspections=sum(stay.is_reinspection for stay in stays),
        absent=absent,
        started=len(waits),
        passed=outcomes.count("passed"),
        failed=outcomes.count("failed"),
        left=outcomes.count("left"),
        capacity=capacity,
        wait_median=nearest_rank(waits, MEDIAN),
        wait_nine_of_ten=nearest_rank(waits, NINE_OF_TEN),
    )


def nearest_rank(ordered: Sequence[timedelta], percentage: int) -> Decimal | None:
    """Return the smallest of the waits that at least `percentage` in a hundred do not exceed, in minutes."""
    if not ordered:
        return None
    rank = -(-percentage * len(ordered) // 100)
    return (Decimal(int(ordered[rank - 1].total_seconds())) / 60).quantize(TENTH, ROUND_HALF_UP)


def percent(some: int, total: int) -> Decimal | None:
    """Return `some` of `total` in percent; None where there is nothing to share."""
    return None if total == 0 else (Decimal(100 * some) / total).quantize(HUNDREDTH, ROUND_HALF_UP)
