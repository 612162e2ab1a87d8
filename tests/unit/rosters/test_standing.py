"""Where a row stands, what a roster comes to, and which counts differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.bookings.models import BookingState
from booking.rosters.rules.standing import (
    BY_BOOKING,
    Counts,
    Standing,
    differences,
    progress,
    standing,
    when_closed,
)

ROSTERS = st.lists(st.sampled_from(Standing), max_size=40)


@pytest.mark.parametrize(
    ("state", "outcomes", "expected"),
    [
        ("confirmed", [], Standing.EXPECTED),
        ("attended", [], Standing.PRESENT),
        ("attended", [(1, "passed")], Standing.PASSED),  # counts before it is settled
        ("attended", [(1, "failed")], Standing.RETEST),
        ("attended", [(1, "failed"), (2, "passed")], Standing.PASSED),
        ("attended", [(1, "failed"), (2, "failed")], Standing.FAILED),
        ("passed", [], Standing.PASSED),  # recorded at the counter
        ("passed", [(1, "failed")], Standing.PASSED),  # the retest was recorded at the counter
        ("absent", [], Standing.ABSENT),
        ("cancelled_by_office", [(1, "failed")], Standing.CANCELLED),
    ],
)
def test_a_row_stands_where_booking_and_attempts_say(
    state: str, outcomes: list[tuple[int, str]], expected: Standing
) -> None:
    assert standing(state, outcomes) is expected


def test_every_state_of_a_booking_but_a_given_up_one_is_on_the_roster() -> None:
    assert set(BY_BOOKING) == set(BookingState) - {BookingState.CANCELLED}


@given(ROSTERS)
def test_everybody_is_counted_once_and_closed_counts_add_up(standings: list[Standing]) -> None:
    now = progress(standings)
    assert now.booked == now.expected + now.present + now.absent + now.cancelled == len(standings)
    assert now.present == now.untested + now.retest + now.passed + now.failed

    for is_withdrawn in (False, True):
        counts = when_closed(now, is_withdrawn=is_withdrawn)
        assert counts.booked == counts.present + counts.absent + counts.cancelled
        untested = 0 if is_withdrawn else now.untested
        assert counts.present == counts.passed + counts.failed + untested


def test_differing_counts_are_named_with_both_numbers() -> None:
    here, seen = Counts(5, 4, 1, 2, 2, 0), Counts(5, 3, 2, 2, 1, 0)

    found = differences(seen, here)

    assert found is not None
    assert found.zh == "实到填写 3，系统 4，缺考填写 2，系统 1，不合格填写 1，系统 2"
    assert found.en == "present 3, here 4; absent 2, here 1; failed 1, here 2"
    assert differences(here, here) is None
