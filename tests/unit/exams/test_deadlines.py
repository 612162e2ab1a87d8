"""The last day for a cancellation on line: one working day before the exam (Order 162, arts. 46 and 110)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.exams.rules.deadlines import cancel_deadline, day_after_wait
from booking.exams.rules.settings import Settings
from booking.kernel.calendar import WorkingDays


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# The holiday notice for 2026: days off, and the weekends that are worked for them.
OFF_2026 = [
    *days(date(2026, 1, 1), date(2026, 1, 3)),
    *days(date(2026, 2, 15), date(2026, 2, 23)),
    *days(date(2026, 4, 4), date(2026, 4, 6)),
    *days(date(2026, 5, 1), date(2026, 5, 5)),
    *days(date(2026, 6, 19), date(2026, 6, 21)),
    *days(date(2026, 9, 25), date(2026, 9, 27)),
    *days(date(2026, 10, 1), date(2026, 10, 7)),
]
WORKED_WEEKENDS_2026 = [
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
]
CALENDAR_2026 = WorkingDays({**dict.fromkeys(OFF_2026, False), **dict.fromkeys(WORKED_WEEKENDS_2026, True)})


@pytest.mark.parametrize(
    ("exam_day", "deadline"),
    [
        (date(2026, 11, 25), date(2026, 11, 24)),  # Wednesday: the day before
        (date(2026, 11, 23), date(2026, 11, 20)),  # Monday: Friday
        (date(2026, 11, 21), date(2026, 11, 20)),  # a Saturday session: Friday
        (date(2026, 11, 22), date(2026, 11, 20)),  # a Sunday session: Friday
        (date(2026, 9, 18), date(2026, 9, 17)),
        (date(2026, 9, 21), date(2026, 9, 20)),  # Monday after a worked Sunday
        (date(2026, 9, 28), date(2026, 9, 24)),  # Mid-Autumn lies between
        (date(2026, 10, 8), date(2026, 9, 30)),  # the day after National Day week
        (date(2026, 10, 4), date(2026, 9, 30)),  # a session inside the holiday
        (date(2026, 10, 9), date(2026, 10, 8)),
        (date(2026, 10, 11), date(2026, 10, 10)),  # Sunday after a worked Saturday
        (date(2026, 10, 12), date(2026, 10, 10)),  # Monday after a worked Saturday
        (date(2026, 2, 24), date(2026, 2, 14)),  # Spring Festival: back to the worked Saturday
        (date(2026, 1, 5), date(2026, 1, 4)),  # Monday after a worked Sunday
        (date(2026, 5, 6), date(2026, 4, 30)),
        (date(2027, 1, 4), date(2027, 1, 1)),  # no notice for 2027 yet: the weekday rule
    ],
)
def test_a_booking_is_cancelled_until_the_working_day_before(exam_day: date, deadline: date) -> None:
    assert cancel_deadline(exam_day, CALENDAR_2026) == deadline


@given(st.dates(date(2026, 1, 10), date(2026, 12, 31)))
def test_exactly_one_working_day_lies_from_the_deadline_to_the_exam(exam_day: date) -> None:
    deadline = cancel_deadline(exam_day, CALENDAR_2026)

    between = days(deadline, exam_day - timedelta(days=1))

    assert deadline < exam_day
    assert [day for day in between if CALENDAR_2026.is_worked(day)] == [deadline]


@pytest.mark.parametrize(
    ("wait", "first_day_counts", "expected"),
    [
        (10, True, date(2026, 11, 11)),
        (10, False, date(2026, 11, 12)),
        (0, True, date(2026, 11, 1)),
        (0, False, date(2026, 11, 1)),
    ],
)
def test_waits_are_calendar_days(wait: int, first_day_counts: bool, expected: date) -> None:
    assert day_after_wait(date(2026, 11, 1), wait, Settings(first_day_counts=first_day_counts)) == expected
