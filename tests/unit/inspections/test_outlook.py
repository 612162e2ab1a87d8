"""The coming ten years of a vehicle: one line for each mark, beginning with the one the register names."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given

from booking.inspections.rules.facts import VehicleFacts
from booking.inspections.rules.outlook import outlook
from booking.inspections.rules.periods import Step
from booking.inspections.rules.settings import Settings
from booking.kernel.calendar import years_later
from tests.unit.inspections.vehicles import CAR, DAYS, DEFAULTS, OFFICES, VEHICLES


def test_a_car_in_its_eighth_year_has_a_mark_a_test_and_then_a_test_each_year() -> None:
    car = replace(CAR, registered_on=date(2018, 12, 10), valid_until=date(2026, 12, 31))

    _, duties = outlook(car, today=date(2026, 11, 24), settings=DEFAULTS)

    assert [(duty.due_on.year, duty.step) for duty in duties[:4]] == [
        (2026, Step.MARK_ONLY),
        (2028, Step.LINE_TEST),
        (2029, Step.LINE_TEST),
        (2030, Step.LINE_TEST),
    ]
    assert duties[-1].due_on < date(2036, 11, 24)


def test_the_register_stands_in_for_the_computed_day_beside_it() -> None:
    car = replace(CAR, valid_until=date(2026, 6, 30))  # computed: 2026-04-30

    _, duties = outlook(car, today=date(2026, 3, 1), settings=DEFAULTS)

    assert [duty.due_on for duty in duties[:2]] == [date(2026, 6, 30), date(2027, 4, 30)]


def test_what_was_missed_stands_in_the_first_line_only() -> None:
    car = replace(CAR, valid_until=date(2022, 4, 30))

    stand, duties = outlook(car, today=date(2026, 5, 2), settings=DEFAULTS)

    assert stand.is_overdue
    assert [duty.due_on for duty in duties[:2]] == [date(2022, 4, 30), date(2027, 4, 30)]


@given(VEHICLES, DAYS, OFFICES)
def test_the_lines_are_in_order_and_none_but_the_first_lies_outside_the_ten_years(
    facts: VehicleFacts, today: date, settings: Settings
) -> None:
    today = max(today, facts.registered_on)

    stand, duties = outlook(facts, today=today, settings=settings)

    days = [duty.due_on for duty in duties]
    assert days == sorted(set(days))
    assert days[0] == stand.due_on
    assert all(today <= day <= years_later(today, 10) for day in days[1:])
    assert all(later - day > timedelta(days=59) for day, later in pairwise(days))
