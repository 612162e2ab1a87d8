"""Figures: how numbers follow from counts, from which spans they are read, and what the document says of them."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.stats.rules.catalogue import BY_CODE, FIGURES
from booking.stats.rules.curves import curve, rounded_up
from booking.stats.rules.document import figures_as_markdown
from booking.stats.rules.figures import Kind, Value, percentile, steps, value
from booking.stats.rules.spans import Days, month_of, parted

PAGE = Path(__file__).parents[3] / "docs" / "figures.md"
FIRST = date(2026, 1, 1)
NUMBERS = st.lists(st.integers(0, 400), min_size=1, max_size=60)
SOME_DAYS = st.sets(st.integers(0, 120).map(lambda days: FIRST + timedelta(days)))


def test_the_document_says_what_the_program_counts() -> None:
    assert PAGE.read_text() == figures_as_markdown()


@given(NUMBERS, st.sampled_from((50, 90)))
def test_a_percentile_is_the_least_number_that_so_many_do_not_exceed(numbers: list[int], percent: int) -> None:
    found = percentile(Counter(numbers), percent)

    assert found is not None
    assert sum(number <= found for number in numbers) * 100 >= percent * len(numbers)
    assert sum(number < found for number in numbers) * 100 < percent * len(numbers)


def test_of_nothing_there_is_no_number() -> None:
    for figure in FIGURES:
        if figure.kind is not Kind.COUNT:
            assert value(figure, {}).main is None
    assert value(BY_CODE["demand"], {"waiting": 3}) == Value(None, 3, 0)


def test_a_share_and_a_quotient_travel_with_what_they_are_made_of() -> None:
    assert value(BY_CODE["no_show"], {"absent": 1, "passed": 2, "cancelled": 9}) == Value(Decimal("33.33"), 1, 3)
    assert value(BY_CODE["demand"], {"granted": 20, "waiting": 13, "seats": 20}) == Value(Decimal("1.65"), 33, 20)


def test_hours_until_a_place_was_given_again_are_places_given_again() -> None:
    counted = {"0": 1, "5": 2, "open": 1}

    assert value(BY_CODE["refilled"], counted) == Value(Decimal("75.00"), 3, 4)
    assert value(BY_CODE["refill_time"], counted) == Value(Decimal(5), 3, 3, Decimal(5))


@given(NUMBERS)
def test_the_steps_of_a_spread_hold_every_number_once(numbers: list[int]) -> None:
    counted = Counter(map(str, numbers))

    assert sum(amount for _first, _last, amount in steps(BY_CODE["lead"], counted)) == len(numbers)


@given(SOME_DAYS, st.sets(st.sampled_from([date(2026, month, 1) for month in range(1, 6)])))
def test_every_day_of_a_period_is_read_from_one_place(rolled: set[date], months: set[date]) -> None:
    period = Days(FIRST + timedelta(5), FIRST + timedelta(110))

    parts = parted(period, rolled, months)

    in_months = [day for month in parts.months for day in month_of(month)]
    alone = [day for run in parts.rolled for day in run]
    afresh = [day for run in parts.afresh for day in run]
    assert sorted(in_months + alone + afresh) == list(period)
    assert rolled.issuperset(in_months + alone)
    assert not rolled.intersection(afresh)


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), ("1.5", 2), (3, 5), (7, 10), (23, 50), (100, 100)])
def test_a_scale_ends_at_a_round_number(most: object, top: int) -> None:
    assert rounded_up(Decimal(str(most))) == top


def test_a_gap_in_the_values_is_a_gap_in_the_line() -> None:
    drawn = curve(["a", "b", "c", "d"], [Decimal(5), None, Decimal(10), Decimal(0)])

    assert drawn is not None
    assert drawn.lines == ["M0.00 50.00h0M66.67 0.00h0L100.00 100.00"]
    assert curve(["a"], [None]) is None
