"""A weekly pattern with exceptions becomes days; checked by example and by property."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.plans.rules.pattern import MOST_DAYS, Exceptions, Pattern, PlannedLine, expand
from booking.plans.rules.written import read_sessions, written

MORNING = PlannedLine(time(8, 30), time(9, 30), "C1", ordinary=40, priority=5)
FIRST = date(2026, 12, 7)

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
weekdays = st.frozensets(st.integers(1, 7))


def pattern(first: date = FIRST, last: date = FIRST + timedelta(13), on: str = "12345") -> Pattern:
    return Pattern(first, last, frozenset(int(day) for day in on), (MORNING,))


def test_two_weeks_of_working_days_are_ten_days() -> None:
    planned = expand(pattern())

    assert [day.day.isoweekday() for day in planned] == [1, 2, 3, 4, 5] * 2
    assert all(day.lines == (MORNING,) and day.places == 45 for day in planned)


def test_a_skipped_day_is_left_out_and_an_extra_day_comes_in_whatever_its_weekday() -> None:
    saturday = date(2026, 12, 12)

    planned = expand(pattern(), Exceptions(skipped=frozenset({FIRST}), extra=frozenset({saturday})))

    assert FIRST not in {day.day for day in planned}
    assert saturday in {day.day for day in planned}


def test_a_day_both_skipped_and_added_is_left_out() -> None:
    planned = expand(pattern(), Exceptions(skipped=frozenset({FIRST}), extra=frozenset({FIRST})))

    assert FIRST not in {day.day for day in planned}


def test_lines_come_in_order_of_time() -> None:
    late = PlannedLine(time(14, 30), time(15, 30), ordinary=1)

    planned = expand(Pattern(FIRST, FIRST, frozenset({1}), (late, MORNING)))

    assert planned[0].lines == (MORNING, late)


def test_a_pattern_that_never_ends_is_cut() -> None:
    assert len(expand(pattern(last=date(2999, 1, 1), on="1234567"))) == MOST_DAYS


@given(
    first=days, last=days, on=weekdays, skipped=st.frozensets(days, max_size=9), extra=st.frozensets(days, max_size=9)
)
def test_a_day_is_planned_exactly_if_the_pattern_or_an_exception_says_so(
    first: date, last: date, on: frozenset[int], skipped: frozenset[date], extra: frozenset[date]
) -> None:
    last = min(last, first + timedelta(300))

    planned = [day.day for day in expand(Pattern(first, last, on, (MORNING,)), Exceptions(skipped, extra))]

    span = [first + timedelta(n) for n in range(max((last - first).days + 1, 0))]
    wanted = {day for day in span if day.isoweekday() in on} | extra
    assert planned == sorted(wanted - skipped)


@given(
    st.lists(st.tuples(st.integers(0, 22), st.integers(1, 3), st.sampled_from(["", "C1", "C2", "C1,C2"])), max_size=6)
)
def test_overlap_is_mutual_and_needs_a_common_class(rows: list[tuple[int, int, str]]) -> None:
    lines = [
        PlannedLine(time(hour), time(min(hour + hours, 23)), classes, ordinary=1) for hour, hours, classes in rows
    ]

    for one in lines:
        for other in lines:
            assert one.overlaps(other) == other.overlaps(one)
            if {one.classes, other.classes} == {"C1", "C2"}:
                assert not one.overlaps(other)


def test_a_day_with_other_sessions_has_these_and_no_others_whatever_its_weekday() -> None:
    saturday, evening = date(2026, 12, 12), PlannedLine(time(18), time(19), "", ordinary=20)

    planned = {
        one.day: one.lines for one in expand(pattern(), Exceptions(other={FIRST: (evening,), saturday: (evening,)}))
    }

    assert planned[FIRST] == planned[saturday] == (evening,)
    assert planned[FIRST + timedelta(1)] == (MORNING,)


sessions = st.builds(
    PlannedLine,
    st.builds(time, st.integers(0, 11), st.sampled_from([0, 30])),
    st.builds(time, st.integers(12, 23), st.sampled_from([0, 30])),
    st.sampled_from(["", "C1", "C1,C2"]),
    st.integers(1, 500),
    st.integers(0, 50),
)


@given(st.dictionaries(days, st.lists(sessions, min_size=1, max_size=3), max_size=4))
def test_sessions_are_read_as_they_are_written(planned: dict[date, list[PlannedLine]]) -> None:
    text = "\n\n".join(written(day, line) for day, lines in planned.items() for line in lines)

    assert read_sessions(text) == {day: tuple(sorted(lines)) for day, lines in planned.items()}


@pytest.mark.parametrize(
    "line", ["2026-12-24", "2026-12-24 8:30-9:30 40", "2026-02-30 08:30-09:30 40", "x", "2126-12-24 08:30-09:30 1"]
)
def test_a_line_that_is_no_session_is_named_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="2"):
        read_sessions(f"2026-12-24 08:30-09:30 C1 40+5\n{line}")
