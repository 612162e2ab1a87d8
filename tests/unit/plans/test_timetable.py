"""When plans go out, open and close: calendar days before the exam, working days for closing."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.calendar import WorkingDays, at_local
from booking.plans.rules.timetable import PlanSettings, schedule

NATIONAL_DAY = WorkingDays(
    {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 9, 20): True, date(2026, 10, 10): True}
)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


FIRST_COME = PlanSettings(method="first_come")


def test_a_first_come_plan_is_published_eleven_days_ahead_and_opens_ten_days_ahead_at_noon() -> None:
    timetable = schedule(date(2026, 12, 8), FIRST_COME, WorkingDays())

    assert timetable.publish_at == datetime(2026, 11, 27, 1, tzinfo=UTC)  # 09:00 at the office
    assert timetable.publish_by == datetime(2026, 11, 28, 1, tzinfo=UTC)
    assert timetable.opens_at == datetime(2026, 11, 28, 4, tzinfo=UTC)  # 12:00 at the office
    assert timetable.round is None


@pytest.mark.parametrize(
    ("exam", "last_day"),
    [
        (date(2026, 9, 18), date(2026, 9, 17)),  # Friday: Thursday is the last working day
        (date(2026, 9, 28), date(2026, 9, 25)),  # Monday: the Friday before
        (date(2026, 10, 9), date(2026, 10, 8)),  # the day after the first working day after the holidays
        (date(2026, 10, 8), date(2026, 9, 30)),  # the first working day after the holidays
    ],
)
def test_booking_closes_and_cancelling_ends_with_the_last_working_day_before(exam: date, last_day: date) -> None:
    timetable = schedule(exam, PlanSettings(), NATIONAL_DAY)

    assert timetable.closes_at == at_local(last_day + timedelta(1), time.min)
    assert timetable.cancel_until == timetable.closes_at


def test_an_office_that_asks_for_no_working_day_closes_when_the_exam_day_begins() -> None:
    timetable = schedule(date(2026, 9, 28), PlanSettings(cancel_working_days=0), WorkingDays())

    assert timetable.closes_at == at_local(date(2026, 9, 28), time.min)


def test_nothing_opens_before_it_is_public() -> None:
    late = datetime(2026, 12, 1, tzinfo=UTC)

    timetable = schedule(date(2026, 12, 8), FIRST_COME, WorkingDays())

    assert timetable.published_at(late).opens_at == late
    assert timetable.published_at(timetable.publish_at).opens_at == timetable.opens_at
    assert timetable.opened_at(late).opens_at == late


@pytest.mark.parametrize("method", ["first_come", "ranked", "lottery"])
@given(exam=days, off=st.frozensets(days, max_size=20))
def test_law_holds_on_every_day_of_every_calendar(method: str, exam: date, off: frozenset[date]) -> None:
    timetable = schedule(exam, PlanSettings(method=method), WorkingDays(dict.fromkeys(off, False)))

    # Order 162, art. 52: ten days; art. 46: cancelling until one working day before
    assert timetable.publish_at < timetable.publish_by <= at_local(exam - timedelta(10), time(9))
    assert timetable.publish_by < timetable.opens_at
    assert timetable.closes_at <= at_local(exam, time.min)
