"""The figures of a day: what a wait is, who was on time, and how shares are rounded."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from booking.attendance.rules.figures import Stay, figures, nearest_rank, waited
from tests.conftest import NOW
from tests.unit.attendance.queues import minutes


def stay(
    arrived: int = 0, *, starts: int | None = None, started: int | None = 10, on_time: bool = True, **more: Any
) -> Stay:
    """Return a visit; `starts` is that of its window, in minutes after now like the others."""
    given = {"is_reinspection": False, "outcome": "passed", **more}
    return Stay(
        on_time=starts is not None and on_time,
        window_starts_at=None if starts is None else NOW + minutes(starts),
        arrived_at=NOW + minutes(arrived),
        started_at=None if started is None else NOW + minutes(started),
        **given,
    )


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (stay(0, started=10), 10),  # a walk-in waits from its arrival
        (stay(-30, starts=0, started=10), 10),  # early: from when the window begins
        (stay(5, starts=0, started=10), 5),  # in its window: from its arrival
        (stay(70, starts=0, started=90, on_time=False), 20),  # late: likewise
        (stay(-30, starts=0, started=-20), 0),  # called before its window, for nobody else waited
    ],
)
def test_a_wait_counts_from_arrival_or_from_the_window_whichever_is_later(one: Stay, expected: int) -> None:
    assert waited(one) == minutes(expected)


def test_whoever_was_not_begun_has_no_wait() -> None:
    assert waited(stay(started=None, outcome="left")) is None


def test_a_day_is_counted() -> None:
    stays = [
        stay(starts=0),
        stay(starts=0, outcome="failed"),
        stay(70, starts=0, started=80, on_time=False),
        stay(),
        stay(is_reinspection=True, outcome=""),
        stay(started=None, outcome="left"),
    ]

    day = figures(stays, absent=1, capacity=8)

    assert (day.visits, day.booked, day.on_time, day.walk_ins, day.reinspections) == (6, 3, 2, 2, 1)
    assert (day.started, day.passed, day.failed, day.left, day.absent) == (5, 3, 1, 1, 1)
    assert day.on_time_share == Decimal("66.67")
    assert day.absent_share == Decimal("25.00")
    assert day.fill == Decimal("62.50")
    assert day.wait_median == Decimal("10.0")


def test_of_nothing_there_are_no_shares_and_no_waits() -> None:
    day = figures([], absent=0, capacity=0)

    assert (day.on_time_share, day.absent_share, day.fill, day.wait_median, day.wait_nine_of_ten) == (None,) * 5


@pytest.mark.parametrize(("percentage", "expected"), [(50, "5.0"), (90, "9.0"), (100, "10.0"), (1, "1.0")])
def test_percentiles_are_waits_that_somebody_had(percentage: int, expected: str) -> None:
    assert nearest_rank([minutes(count) for count in range(1, 11)], percentage) == Decimal(expected)


def test_minutes_are_rounded_to_tenths() -> None:
    assert nearest_rank([timedelta(seconds=93)], 50) == Decimal("1.6")  # 1.55, half up
