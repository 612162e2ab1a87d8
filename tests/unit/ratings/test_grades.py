"""What ratings come to, and who may give one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from booking.bookings.models import BookingState
from booking.ratings.rules import Grade, can_rate, summary

ENDED = datetime(2026, 11, 1, 4, tzinfo=UTC)
MONTH = timedelta(days=30)


@pytest.mark.parametrize("state", BookingState)
def test_only_who_came_can_rate(state: BookingState) -> None:
    came = {BookingState.ATTENDED, BookingState.PASSED, BookingState.FAILED}

    assert can_rate(state, ENDED, rating_time=MONTH, now=ENDED) is (state in came)


def test_the_time_for_rating_ends() -> None:
    assert can_rate("passed", ENDED, rating_time=MONTH, now=ENDED + MONTH - timedelta(seconds=1))
    assert not can_rate("passed", ENDED, rating_time=MONTH, now=ENDED + MONTH)


def test_counts_name_every_grade_and_the_share_is_rounded_half_up() -> None:
    found = summary([(5, 1), (1, 1), (2, 4)])

    assert list(found.by_grade.items()) == [
        (Grade.VERY_SATISFIED, 1),
        (Grade.SATISFIED, 0),
        (Grade.FAIRLY, 0),
        (Grade.DISSATISFIED, 4),
        (Grade.VERY_DISSATISFIED, 1),
    ]
    assert (found.satisfied, found.total, found.share) == (1, 6, Decimal("16.67"))
    assert summary([]).share is None
