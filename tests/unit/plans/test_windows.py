"""Stations release their places in portions, keep a share for whoever comes, and close window by window."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.calendar import WorkingDays, at_local
from booking.plans.rules.timetable import Closing, PlanSettings, Portion, Timetable, part, schedule

DAY = date(2026, 12, 8)
CLOSING = Closing(book=timedelta(minutes=30), cancel=timedelta(hours=2))
STATION = PlanSettings(
    method="first_come",
    portions=(Portion(10, time(8), 60), Portion(3, time(8), 40)),
    walk_in_percent=20,
    closing=CLOSING,
)
FIRST, SECOND = at_local(date(2026, 11, 28), time(8)), at_local(date(2026, 12, 5), time(8))
NINE = at_local(DAY, time(9))


def timetable(settings: PlanSettings = STATION) -> Timetable:
    return schedule(DAY, settings, WorkingDays())


def test_sixty_per_cent_come_ten_days_ahead_and_the_rest_three_days_ahead() -> None:
    assert timetable().released(10) == ((FIRST, 6), (SECOND, 4))


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (1, [1]),  # half up: nothing is left for the second portion
        (2, [1, 1]),
        (8, [5, 3]),
        (9, [5, 4]),
    ],
)
def test_places_that_cannot_be_parted_evenly_are_parted_half_up(places: int, expected: list[int]) -> None:
    assert [amount for _, amount in timetable().released(places)] == expected


@given(places=st.integers(0, 500), percent=st.integers(0, 100))
def test_every_place_is_released_once(places: int, percent: int) -> None:
    portions = (Portion(10, time(8), percent), Portion(3, time(8), 100 - percent))

    released = timetable(PlanSettings(method="first_come", portions=portions)).released(places)

    assert sum(amount for _, amount in released) == places
    assert all(amount > 0 for _, amount in released)
    assert 0 <= part(places, percent) <= places


def test_nothing_is_released_before_it_is_public() -> None:
    late = at_local(date(2026, 12, 6), time(10))

    assert timetable().published_at(late).released(10) == ((late, 10),)


def test_what_opens_at_once_is_released_at_once() -> None:
    now = at_local(date(2026, 12, 1), time(10))

    assert timetable().opened_at(now).released(10) == ((now, 10),)


def test_each_window_closes_by_itself() -> None:
    window = timetable().of_window(NINE)

    assert window.closes_at == at_local(DAY, time(8, 30))
    assert window.cancel_until == at_local(DAY, time(7))


def test_an_exam_day_closes_as_a_whole() -> None:
    exam = schedule(DAY, PlanSettings(method="first_come"), WorkingDays())

    assert exam.of_window(NINE) == exam


@pytest.mark.parametrize(
    ("publication", "in_order"),
    [
        (at_local(DAY, time(8)), True),
        (at_local(DAY, time(8, 29)), True),
        (at_local(DAY, time(8, 30)), False),  # booking ends half an hour before the window
    ],
)
def test_a_window_can_be_added_while_there_is_time_to_book_it(publication: datetime, in_order: bool) -> None:
    assert timetable().opened_at(publication).is_in_order(publication, NINE) is in_order


def test_a_holiday_shortens_no_window_of_a_station() -> None:
    holidays = WorkingDays({date(2026, 12, 7): False, date(2026, 12, 6): False})

    assert schedule(DAY, STATION, holidays) == timetable()


def test_a_station_can_be_decided_by_a_round_and_still_closes_window_by_window() -> None:
    ranked = timetable(PlanSettings(method="ranked", walk_in_percent=20, closing=CLOSING))

    assert ranked.round is not None
    assert ranked.of_window(NINE).closes_at == at_local(DAY, time(8, 30))
