"""How a vehicle stands: the register's day, the earliest application, and what delay costs."""

from dataclasses import replace
from datetime import date

import pytest

from booking.inspections.rules.due import DueStanding, State, is_bound_to_place, next_duty, standing, timeline
from booking.inspections.rules.facts import Use, VehicleFacts, VehicleKind
from booking.inspections.rules.periods import Kept, Step, kept
from booking.inspections.rules.settings import Settings
from tests.unit.inspections.vehicles import CAR, COACH, DEFAULTS, MOTORCYCLE, SCHOOL_BUS, TO_THE_DAY, TRUCK

MARK, TEST = Step.MARK_ONLY, Step.LINE_TEST


def stands(facts: VehicleFacts, today: date, until: date | None = None) -> DueStanding:
    """How the vehicle stands with that day in the register."""
    return standing(replace(facts, valid_until=until), today=today, settings=DEFAULTS)


def test_the_car_of_april_2016_under_all_reforms() -> None:
    found = timeline(CAR, first=date(2016, 4, 1), last=date(2033, 12, 31), settings=DEFAULTS)

    assert [(duty.due_on, duty.step, duty.rule_set) for duty in found] == [
        (date(2018, 4, 30), MARK, "2014"),  # year 2
        (date(2020, 4, 30), MARK, "2014"),  # year 4
        (date(2022, 4, 30), TEST, "2020"),  # year 6, five months before the next reform
        (date(2024, 4, 30), MARK, "2022"),  # year 8; year 7 had fallen away in 2020
        (date(2026, 4, 30), TEST, "2022"),  # year 10
        (date(2027, 4, 30), TEST, "2022"),  # and from here yearly, past year 15 too
        (date(2028, 4, 30), TEST, "2022"),
        (date(2029, 4, 30), TEST, "2022"),
        (date(2030, 4, 30), TEST, "2022"),
        (date(2031, 4, 30), TEST, "2022"),
        (date(2032, 4, 30), TEST, "2022"),
        (date(2033, 4, 30), TEST, "2022"),
    ]


def test_the_first_and_the_last_day_of_a_timeline_are_in_it() -> None:
    found = timeline(CAR, first=date(2018, 4, 30), last=date(2022, 4, 30), settings=DEFAULTS)

    assert [duty.due_on.year for duty in found] == [2018, 2020, 2022]
    assert timeline(CAR, first=date(2018, 5, 1), last=date(2020, 4, 29), settings=DEFAULTS) == ()


@pytest.mark.parametrize(
    ("registered_on", "to_the_day", "month_end"),
    [
        (date(2016, 4, 1), date(2018, 4, 1), date(2018, 4, 30)),
        (date(2016, 4, 30), date(2018, 4, 30), date(2018, 4, 30)),
        (date(2016, 2, 29), date(2018, 2, 28), date(2018, 2, 28)),
        (date(2018, 2, 10), date(2020, 2, 10), date(2020, 2, 29)),
        (date(2016, 12, 31), date(2018, 12, 31), date(2018, 12, 31)),
    ],
)
def test_a_mark_is_valid_to_the_end_of_the_month_where_the_office_reads_the_licence_so(
    registered_on: date, to_the_day: date, month_end: date
) -> None:
    car = replace(CAR, registered_on=registered_on)

    assert next_duty(car, today=registered_on, settings=TO_THE_DAY).due_on == to_the_day
    assert next_duty(car, today=registered_on, settings=DEFAULTS).due_on == month_end


def test_with_the_month_end_a_duty_is_judged_by_the_rules_of_that_later_day() -> None:
    car = replace(CAR, registered_on=date(2014, 9, 15))  # year 8 ends on 2022-09-30, a day before the reform
    later = replace(CAR, registered_on=date(2014, 10, 1))

    assert next_duty(car, today=date(2022, 9, 1), settings=DEFAULTS).step is TEST
    assert next_duty(later, today=date(2022, 9, 1), settings=DEFAULTS).step is MARK


@pytest.mark.parametrize(
    ("facts", "until", "opens_on"),
    [
        (CAR, date(2026, 4, 30), date(2026, 2, 1)),  # art. 54: three months, the month of expiry is the third
        (CAR, date(2026, 5, 31), date(2026, 3, 1)),
        (CAR, date(2026, 4, 15), date(2026, 1, 16)),
        (CAR, date(2026, 5, 30), date(2026, 2, 28)),  # there is no 31 February
        (SCHOOL_BUS, date(2026, 4, 30), date(2026, 4, 1)),  # art. 62: one month
        (replace(COACH, use=Use.SCHOOL_BUS), date(2026, 4, 30), date(2026, 4, 1)),
    ],
)
def test_a_mark_opens_months_before_it_runs_out(facts: VehicleFacts, until: date, opens_on: date) -> None:
    eve = date.fromordinal(opens_on.toordinal() - 1)

    assert stands(facts, opens_on, until).opens_on == opens_on
    assert stands(facts, eve, until).state is State.NOT_YET
    assert stands(facts, opens_on, until).state is State.OPEN
    assert stands(facts, until, until).state is State.OPEN  # its last day is a valid one
    assert stands(facts, date.fromordinal(until.toordinal() + 1), until).state is State.OVERDUE


def test_without_a_day_in_the_register_the_computed_one_stands_in() -> None:
    found = stands(CAR, date(2026, 3, 1))

    assert (found.due_on, found.computed_on, found.step) == (date(2026, 4, 30), date(2026, 4, 30), TEST)
    assert not found.differs
    assert not found.is_overdue


def test_the_day_of_the_register_governs_and_the_computed_one_is_told() -> None:
    found = stands(CAR, date(2026, 3, 1), until=date(2026, 6, 30))

    assert (found.due_on, found.computed_on, found.differs) == (date(2026, 6, 30), date(2026, 4, 30), True)
    assert (found.step, found.opens_on, found.state) == (TEST, date(2026, 4, 1), State.NOT_YET)


@pytest.mark.parametrize(
    ("facts", "until", "step", "computed_on"),
    [
        (CAR, date(2022, 1, 31), TEST, date(2022, 4, 30)),  # three months beside year 6
        (CAR, date(2022, 7, 31), TEST, date(2022, 4, 30)),
        (CAR, date(2023, 4, 30), MARK, date(2024, 4, 30)),  # a yearly mark from before the reform: year 7
        (CAR, date(2025, 4, 30), MARK, date(2026, 4, 30)),  # year 9
        (CAR, date(2021, 4, 30), MARK, date(2022, 4, 30)),  # year 5
        (MOTORCYCLE, date(2026, 1, 31), MARK, date(2027, 3, 31)),
        (replace(CAR, kind=VehicleKind.MINIBUS), date(2023, 10, 31), TEST, date(2024, 4, 30)),
    ],
)
def test_a_day_of_the_register_beside_no_duty_takes_the_step_of_its_age(
    facts: VehicleFacts, until: date, step: Step, computed_on: date
) -> None:
    found = stands(facts, until, until)

    assert (found.step, found.computed_on) == (step, computed_on)


def test_a_test_missed_while_overdue_stays_to_be_done() -> None:
    until = date(2024, 4, 30)  # year 8, a mark; year 10, a test, opens on 2026-02-01

    assert stands(CAR, date(2026, 1, 31), until).step is MARK
    assert stands(CAR, date(2026, 2, 1), until).step is TEST
    assert stands(CAR, date(2026, 2, 1), until).due_on == until
    assert stands(CAR, date(2022, 6, 1), date(2018, 4, 30)).step is TEST


def test_three_whole_periods_without_a_mark_lead_to_scrapping() -> None:
    until = date(2022, 4, 30)  # then 2024-04-30, 2026-04-30 and 2027-04-30

    missed = {
        today: stands(CAR, today, until).missed
        for today in (date(2022, 5, 1), date(2024, 4, 30), date(2024, 5, 1), date(2026, 5, 1), date(2027, 4, 30))
    }

    assert list(missed.values()) == [0, 0, 1, 2, 2]
    assert stands(CAR, date(2022, 5, 1), until).scrapped_from == date(2027, 5, 1)
    assert stands(CAR, date(2027, 5, 1), until).missed == 3


@pytest.mark.parametrize(
    ("facts", "until", "scrapped_from"),
    [
        (TRUCK, date(2025, 6, 30), date(2028, 7, 1)),
        (SCHOOL_BUS, date(2026, 3, 31), date(2027, 10, 1)),
        (CAR, date(2026, 4, 30), date(2029, 5, 1)),
    ],
)
def test_the_periods_to_scrapping_are_the_vehicles_own(facts: VehicleFacts, until: date, scrapped_from: date) -> None:
    assert stands(facts, date.fromordinal(until.toordinal() + 1), until).scrapped_from == scrapped_from


def test_only_an_overdue_vehicle_has_consequences() -> None:
    until = date(2026, 4, 30)

    assert stands(CAR, until, until).consequences == ()
    assert stands(CAR, until, until).scrapped_from is None
    assert [found.code for found in stands(CAR, date(2026, 5, 1), until).consequences] == [
        "fine",
        "points",
        "scrapping-ahead",
    ]
    assert stands(CAR, date(2029, 5, 1), until).consequences[-1].code == "scrapping"


@pytest.mark.parametrize("use", Use)
def test_points_are_three_for_coaches_tourist_coaches_and_dangerous_goods(use: Use) -> None:
    found = stands(replace(COACH, use=use), date(2026, 8, 1), date(2026, 6, 30))
    points = next(consequence for consequence in found.consequences if consequence.code == "points")

    heavy = use.value in {"B", "E", "R"}
    assert points.facts["points"] == (3 if heavy else 1)
    assert points.basis.en == ("Order 163, art. 11" if heavy else "Order 163, art. 12")


@pytest.mark.parametrize(
    ("facts", "bound"),
    [
        (COACH, True),
        (replace(COACH, seats=20), True),
        (replace(COACH, seats=19), False),  # a medium one
        (SCHOOL_BUS, True),
        (replace(CAR, use=Use.KINDERGARTEN_BUS), True),
        (CAR, False),
        (TRUCK, False),
        (MOTORCYCLE, False),
    ],
)
def test_large_passenger_vehicles_and_school_buses_are_bound_to_their_place(facts: VehicleFacts, bound: bool) -> None:
    assert is_bound_to_place(facts, DEFAULTS) is bound


@pytest.mark.parametrize(
    ("facts", "on", "reasons"),
    [
        (CAR, date(2023, 1, 1), ()),
        (replace(CAR, seats=7), date(2020, 11, 19), (Kept.SEATS,)),
        (replace(CAR, seats=7), date(2020, 11, 20), ()),
        (replace(CAR, kind=VehicleKind.MINIBUS, was_altered=True), date(2023, 1, 1), (Kept.MINIBUS, Kept.ALTERATION)),
        (replace(CAR, use=Use.OTHER, had_casualty_accident=True), date(2023, 1, 1), (Kept.USE, Kept.ACCIDENT)),
        (replace(CAR, had_casualty_accident=True), date(2014, 8, 31), ()),  # nothing to be excepted from yet
        (replace(TRUCK, had_casualty_accident=True), date(2023, 1, 1), ()),  # no reform speaks of trucks
        (replace(MOTORCYCLE, was_altered=True), date(2023, 1, 1), (Kept.ALTERATION,)),
    ],
)
def test_everything_that_keeps_the_older_period_is_named(
    facts: VehicleFacts, on: date, reasons: tuple[Kept, ...]
) -> None:
    assert kept(facts, on, DEFAULTS) == reasons


SEVEN_SEATS = replace(CAR, seats=7, registered_on=date(2018, 11, 25))  # due on 2020-11-30
ANOTHER_READING = {
    "reform_2020_on": (SEVEN_SEATS, Settings(reform_2020_on=date(2020, 12, 1)), TEST),
    "rental_is_operating": (replace(CAR, use=Use.RENTAL), Settings(rental_is_operating=False), MARK),
    "training_is_operating": (replace(CAR, use=Use.TRAINING), Settings(training_is_operating=False), MARK),
    "converted_is_operating": (replace(CAR, use=Use.FORMER_TAXI), Settings(converted_is_operating=True), TEST),
    "emergency_in_reforms": (replace(CAR, use=Use.POLICE), Settings(emergency_in_reforms=False), TEST),
}  # fmt: skip


@pytest.mark.parametrize(("facts", "office", "step"), ANOTHER_READING.values(), ids=ANOTHER_READING)
def test_each_reading_of_an_unsettled_point_changes_the_next_step(
    facts: VehicleFacts, office: Settings, step: Step
) -> None:
    today = facts.registered_on

    usual = timeline(facts, first=today, last=date(2020, 12, 1), settings=DEFAULTS)[-1]
    other = timeline(facts, first=today, last=date(2020, 12, 1), settings=office)[-1]

    assert (usual.step, other.step) == (MARK if step is TEST else TEST, step)


def test_special_purpose_vehicles_can_be_read_as_trucks() -> None:
    crane = VehicleFacts(VehicleKind.OTHER, Use.PRIVATE, 2, date(2010, 1, 5))

    usual = next_duty(crane, today=date(2020, 2, 1), settings=DEFAULTS)
    as_truck = next_duty(crane, today=date(2020, 2, 1), settings=Settings(special_purpose_yearly=False))

    assert (usual.due_on, as_truck.due_on) == (date(2021, 1, 31), date(2020, 7, 31))


def test_an_office_can_bind_medium_buses_to_their_place_too() -> None:
    medium = replace(COACH, seats=12)

    assert not is_bound_to_place(medium, DEFAULTS)
    assert is_bound_to_place(medium, Settings(large_bus_seats=10))
