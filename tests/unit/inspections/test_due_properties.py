"""What holds for every vehicle, whatever the facts, the day and the readings of the office."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.inspections.rules.due import Duty, State, next_duty, standing, timeline
from booking.inspections.rules.facts import Use, VehicleFacts, VehicleKind
from booking.inspections.rules.months import month_end, months_between, months_later
from booking.inspections.rules.periods import RULE_SETS, Step, falls_due, phase_at
from booking.inspections.rules.settings import Settings
from tests.unit.inspections.vehicles import DAYS, DEFAULTS, OFFICES, VEHICLES

EXAMPLES = settings(max_examples=150)
FORTY_YEARS = timedelta(days=40 * 366)
LONGEST = timedelta(days=2 * 366 + 31)


def life(facts: VehicleFacts, office: Settings) -> tuple[Duty, ...]:
    """Forty years of duties."""
    return timeline(facts, first=date.min, last=facts.registered_on + FORTY_YEARS, settings=office)


@EXAMPLES
@given(VEHICLES, OFFICES)
def test_duties_come_in_order_one_on_a_day_and_without_a_gap(facts: VehicleFacts, office: Settings) -> None:
    days = [facts.registered_on, *(duty.due_on for duty in life(facts, office))]

    assert all(before < after <= before + LONGEST for before, after in pairwise(days))


@EXAMPLES
@given(VEHICLES, OFFICES, DAYS, DAYS)
def test_a_part_of_a_timeline_is_a_part_of_the_whole(
    facts: VehicleFacts, office: Settings, first: date, last: date
) -> None:
    part = timeline(facts, first=first, last=last, settings=office)

    whole = timeline(facts, first=date.min, last=max(first, last), settings=office)
    assert part == tuple(duty for duty in whole if first <= duty.due_on <= last)


@EXAMPLES
@given(VEHICLES, OFFICES, DAYS)
def test_the_next_duty_is_the_first_of_the_timeline(facts: VehicleFacts, office: Settings, today: date) -> None:
    duty = next_duty(facts, today=today, settings=office)

    assert duty == timeline(facts, first=today, last=duty.due_on, settings=office)[0]


@pytest.mark.parametrize("of_kind", ["cars", "motorcycles"])
def test_a_later_reform_never_asks_more_often_nor_for_a_test_instead_of_a_mark(of_kind: str) -> None:
    for before, after in pairwise(RULE_SETS):
        older, newer = getattr(before, of_kind), getattr(after, of_kind)
        for age in (age for age in range(6, 40 * 12, 6) if falls_due(newer, age)):
            assert falls_due(older, age)
            assert phase_at(older, age).step is Step.LINE_TEST or phase_at(newer, age).step is Step.MARK_ONLY


@EXAMPLES
@given(DAYS, st.integers(1, 9), OFFICES)
def test_a_private_car_is_never_due_when_an_excepted_one_is_not(
    registered_on: date, seats: int, office: Settings
) -> None:
    car = VehicleFacts(VehicleKind.SMALL_PASSENGER, Use.PRIVATE, seats, registered_on)
    excepted = replace(car, was_altered=True)

    assert {duty.due_on for duty in life(car, office)} <= {duty.due_on for duty in life(excepted, office)}


@EXAMPLES
@given(VEHICLES, OFFICES)
def test_only_a_reform_gives_a_mark_without_a_test(facts: VehicleFacts, office: Settings) -> None:
    for duty in life(facts, office):
        if duty.step is Step.MARK_ONLY:
            assert duty.due_on >= date(2014, 9, 1)
            assert facts.kind in (VehicleKind.SMALL_PASSENGER, VehicleKind.MOTORCYCLE)
            assert not facts.had_casualty_accident
            assert not facts.was_altered
            assert not facts.is_school_bus


@EXAMPLES
@given(VEHICLES, OFFICES, DAYS)
def test_a_standing_is_whole_for_any_facts(facts: VehicleFacts, office: Settings, today: date) -> None:
    found = standing(facts, today=today, settings=office)

    assert found.opens_on <= found.due_on
    assert found.state is (
        State.NOT_YET if today < found.opens_on else State.OPEN if today <= found.due_on else State.OVERDUE
    )
    assert found.is_overdue == bool(found.consequences) == (found.scrapped_from is not None)
    assert found.missed == 0 or found.is_overdue
    assert facts.valid_until is None or found.due_on == facts.valid_until
    if found.scrapped_from is not None:
        assert (found.missed >= 3) == (today >= found.scrapped_from)


@EXAMPLES
@given(VEHICLES, OFFICES, st.integers(0, 30))
def test_a_register_that_agrees_with_the_computed_day_says_the_same(
    facts: VehicleFacts, office: Settings, which: int
) -> None:
    duties = life(facts, office)
    duty = duties[which % len(duties)]

    found = standing(replace(facts, valid_until=duty.due_on), today=duty.due_on, settings=office)

    assert (found.step, found.basis, found.rule_set) == (duty.step, duty.basis, duty.rule_set)
    assert not found.differs


@EXAMPLES
@given(VEHICLES, DAYS, st.integers(0, 1500))
def test_waiting_never_turns_a_test_that_is_due_into_a_mark(facts: VehicleFacts, today: date, wait: int) -> None:
    facts = replace(facts, valid_until=facts.valid_until or today)
    later = today + timedelta(days=wait)

    before = standing(facts, today=today, settings=DEFAULTS)
    after = standing(facts, today=later, settings=DEFAULTS)

    assert before.step is Step.MARK_ONLY or after.step is Step.LINE_TEST
    assert before.missed <= after.missed


@EXAMPLES
@given(DAYS, st.integers(-500, 500))
def test_months_are_counted_by_the_calendar(day: date, months: int) -> None:
    later = months_later(day, months)

    assert months_between(day, later) == months
    assert later.day == day.day or (later.day < day.day and later == month_end(later))
