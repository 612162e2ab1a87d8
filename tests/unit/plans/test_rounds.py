"""When requests close and what follows: in this order on every day, moved forward only where holidays force it."""

from datetime import date, datetime, time, timedelta

import pytest
from chinese_calendar import is_workday
from hypothesis import assume, given
from hypothesis import strategies as st

from booking.kernel.calendar import LOCAL, WorkingDays, at_local, local_day, start_of
from booking.plans.rules.timetable import PlanSettings, RoundSettings, Timetable, round_times, schedule

ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2025, 2, 1), date(2026, 12, 31)  # two years, less the first month: its exams look back to 2024
EXAM_DAYS = [FIRST + timedelta(days) for days in range((LAST - FIRST).days + 1)]
CALENDAR = WorkingDays({day: is_workday(day) for day in (date(2025, 1, 1) + timedelta(days) for days in range(730))})
MORNING = time(8, 30)
any_day = st.dates(date(2026, 2, 1), date(2027, 12, 31))


def steps(timetable: Timetable) -> list[datetime]:
    """Return every step of a round in the order in which it has to come."""
    times = timetable.round
    assert times is not None
    return [
        timetable.publish_at, timetable.publish_by, times.closes_at, times.objections_until,
        times.beacon_not_before, times.handed_on_at, timetable.closes_at,
    ]  # fmt: skip


def read(timetable: Timetable) -> list[str]:
    """Return the steps as the office reads them."""
    return [f"{step.astimezone(LOCAL):%m-%d %H:%M}" for step in steps(timetable)]


# publication, its limit, close, end of objections, random value, first handing-on, end of booking and cancelling
TABLE = {
    "an ordinary Monday": (
        date(2026, 9, 14),
        ["09-03 09:00", "09-04 09:00", "09-09 17:00", "09-10 12:00", "09-10 21:30", "09-11 12:00", "09-12 00:00"],
    ),
    "an ordinary Friday": (
        date(2026, 9, 18),
        ["09-07 09:00", "09-08 09:00", "09-13 17:00", "09-14 12:00", "09-14 21:30", "09-15 12:00", "09-18 00:00"],
    ),
    "the Monday after Mid-Autumn: Thursday is the last day for cancelling, everything is a day earlier": (
        date(2026, 9, 28),
        ["09-16 09:00", "09-17 09:00", "09-22 17:00", "09-23 12:00", "09-23 21:30", "09-24 12:00", "09-25 00:00"],
    ),
    "the first working day after Golden Week: five days earlier": (
        date(2026, 10, 8),
        ["09-22 09:00", "09-23 09:00", "09-28 17:00", "09-29 12:00", "09-29 21:30", "09-30 12:00", "10-01 00:00"],
    ),
    "the Friday after Golden Week: Thursday is left for cancelling, so nothing moves": (
        date(2026, 10, 9),
        ["09-28 09:00", "09-29 09:00", "10-04 17:00", "10-05 12:00", "10-05 21:30", "10-06 12:00", "10-09 00:00"],
    ),
    "the day after Spring Festival: the Saturday before it is worked": (
        date(2026, 2, 24),
        ["02-06 09:00", "02-07 09:00", "02-12 17:00", "02-13 12:00", "02-13 21:30", "02-14 12:00", "02-15 00:00"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("exam", "expected"), TABLE.values(), ids=TABLE)
def test_the_steps_of_a_round_are(exam: date, expected: list[str]) -> None:
    assert read(schedule(exam, PlanSettings(), CALENDAR)) == expected


@pytest.mark.parametrize("close_days", range(4, 10))
def test_on_every_day_of_two_years_the_steps_are_in_order(close_days: int) -> None:
    settings = PlanSettings(rounds=RoundSettings(close_days_before=close_days))

    for exam in EXAM_DAYS:
        timetable = schedule(exam, settings, CALENDAR)
        assert steps(timetable) == sorted(set(steps(timetable))), exam
        assert timetable.is_in_order(timetable.publish_at, at_local(exam, MORNING)), exam
        assert timetable.is_in_order(timetable.publish_by, at_local(exam, MORNING)), exam


def test_on_every_day_a_place_can_still_be_cancelled_on_line_for_a_day_after_the_draw() -> None:
    for exam in EXAM_DAYS:
        timetable = schedule(exam, PlanSettings(), CALENDAR)

        # Order 162, art. 46, counts one working day; so the draw comes before the last one of them.
        assert timetable.round is not None
        assert timetable.round.beacon_not_before + ONE_DAY <= timetable.cancel_until, exam


def test_an_ordinary_week_is_not_moved() -> None:
    ordinary = [exam for exam in EXAM_DAYS if (exam - CALENDAR.before(exam, 1)).days <= 3]

    for exam in ordinary:
        timetable = schedule(exam, PlanSettings(), CALENDAR)
        assert timetable.publish_at == at_local(exam - timedelta(11), time(9))
        assert timetable.round == round_times(exam - timedelta(5), RoundSettings())
    assert len(ordinary) > 0.9 * len(EXAM_DAYS)


def test_only_as_many_days_are_moved_as_holidays_take() -> None:
    for exam in EXAM_DAYS:
        timetable = schedule(exam, PlanSettings(), CALENDAR)
        off = (exam - CALENDAR.before(exam, 1)).days - 3

        assert timetable.publish_at == at_local(exam - timedelta(11 + max(off, 0)), time(9)), exam


@given(
    exam=any_day,
    off=st.frozensets(st.integers(1, 60), max_size=40),
    close_days=st.integers(4, 9),
    working_days=st.integers(0, 1),
    hour=st.times(),
)
def test_no_calendar_and_no_hour_brings_the_steps_out_of_order(
    exam: date, off: frozenset[int], close_days: int, working_days: int, hour: time
) -> None:
    rounds = RoundSettings(close_days_before=close_days, handing_on_hour=hour)
    settings = PlanSettings(cancel_working_days=working_days, rounds=rounds)
    closed = WorkingDays({exam - timedelta(days): False for days in off})

    timetable = schedule(exam, settings, closed)

    assert steps(timetable) == sorted(set(steps(timetable)))
    assert timetable.is_in_order(timetable.publish_by, at_local(exam, MORNING))
    assert timetable.publish_by <= at_local(exam - timedelta(10), time(9))  # Order 162, art. 52


@given(exam=any_day, minutes=st.integers(0, 20 * 24 * 60))
def test_whenever_it_goes_out_there_is_a_day_for_requests_or_no_round(exam: date, minutes: int) -> None:
    planned = schedule(exam, PlanSettings(), WorkingDays())
    publication = planned.publish_at + timedelta(minutes=minutes)
    assume(publication < planned.closes_at)

    actual = planned.published_at(publication)

    assert actual.is_in_order(publication, at_local(exam, MORNING))
    if actual.round:
        assert actual.round == planned.round
        assert publication + ONE_DAY < actual.round.closes_at
    else:
        assert actual.opens_at == publication


@pytest.mark.parametrize(("seconds", "has_round"), [(-1, True), (0, False)])
def test_a_day_before_the_close_it_is_too_late_for_a_round(seconds: int, *, has_round: bool) -> None:
    planned = schedule(date(2026, 12, 8), PlanSettings(), WorkingDays())
    last = at_local(date(2026, 12, 2), time(17)) + timedelta(seconds=seconds)

    for actual in (planned.published_at(last), planned.opened_at(last)):
        assert (actual.round is not None) is has_round
        assert actual.opens_at == (at_local(date(2026, 12, 5), time(12)) if has_round else last)


def test_a_round_that_closes_before_it_is_public_is_out_of_order() -> None:
    """Control of the properties above: the check of the order can say no."""
    timetable = schedule(date(2026, 12, 8), PlanSettings(), WorkingDays())
    begins = at_local(date(2026, 12, 8), MORNING)
    assert timetable.round is not None

    assert not timetable.is_in_order(timetable.round.closes_at, begins)
    assert not timetable.is_in_order(timetable.publish_at, timetable.closes_at - ONE_DAY)


def test_an_office_that_asks_for_no_working_day_moves_nothing() -> None:
    timetable = schedule(date(2026, 10, 8), PlanSettings(cancel_working_days=0), CALENDAR)

    assert timetable.closes_at == start_of(date(2026, 10, 8))
    assert local_day(timetable.publish_at) == date(2026, 9, 27)
