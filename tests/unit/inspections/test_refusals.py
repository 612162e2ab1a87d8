"""Why a window is refused: every reason, each with its article and the earliest day, and all of them at once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from booking.inspections.rules.due import standing
from booking.inspections.rules.facts import SERVICE_OF_KIND, SERVICES, Use, VehicleFacts, VehicleKind
from booking.inspections.rules.periods import Step
from booking.inspections.rules.refusals import BASES, WindowFacts, refusals
from booking.inspections.rules.settings import Settings
from booking.inspections.rules.wording import REFUSALS, basis_shown, explained
from booking.kernel.errors import Refusal
from tests.unit.inspections.vehicles import (
    CAR,
    COACH,
    DAYS,
    DEFAULTS,
    MOTORCYCLE,
    OFFICES,
    SCHOOL_BUS,
    TRUCK,
    VEHICLES,
)

TODAY = date(2026, 1, 10)
EXAMPLES = settings(max_examples=150)
# Year 10: a line test by 2026-04-30, from 2026-02-01.
DUE_CAR = replace(CAR, valid_until=date(2026, 4, 30))
# Year 4 of a car registered in 2022-03: a mark only, by 2026-03-31.
MARK_CAR = replace(CAR, registered_on=date(2022, 3, 8), valid_until=date(2026, 3, 31))


def reasons(facts: VehicleFacts, window: WindowFacts, *, today: date = TODAY) -> dict[str, Refusal]:
    """The refusals by code."""
    found = tuple(refusals(facts, window, today=today, settings=DEFAULTS))
    assert len({refusal.code for refusal in found}) == len(found)
    return {refusal.code: refusal for refusal in found}


def window_of(facts: VehicleFacts, day: date, *classes: str) -> WindowFacts:
    """A window of the vehicle's own service."""
    return WindowFacts(SERVICE_OF_KIND[facts.kind], day, classes)


def test_a_car_due_for_a_line_test_takes_a_window_in_its_months() -> None:
    assert reasons(DUE_CAR, window_of(DUE_CAR, date(2026, 4, 30))) == {}


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2026, 1, 31), ["not-due-yet"]),  # art. 54: more than three months before expiry
        (date(2026, 2, 1), []),  # the day of the window counts, not that of booking
        (date(2026, 4, 30), []),
        (date(2026, 5, 1), []),  # past it the car is late, and still inspected
    ],
)
def test_a_window_lies_within_three_months_before_expiry(day: date, codes: list[str]) -> None:
    found = reasons(DUE_CAR, window_of(DUE_CAR, day))

    assert list(found) == codes
    for refusal in found.values():
        assert (refusal.basis, refusal.earliest) == ("Order 164, art. 54", date(2026, 2, 1))
        assert refusal.facts == {"due_on": date(2026, 4, 30), "from_day": date(2026, 2, 1)}


def test_the_months_of_a_school_bus_are_one_and_have_their_own_article() -> None:
    bus = replace(SCHOOL_BUS, valid_until=date(2026, 3, 31))

    found = reasons(bus, window_of(bus, date(2026, 2, 28)))

    assert list(found) == ["not-due-yet"]
    assert (found["not-due-yet"].basis, found["not-due-yet"].earliest) == ("Order 164, art. 62", date(2026, 3, 1))
    assert reasons(bus, window_of(bus, date(2026, 3, 1))) == {}


def test_a_vehicle_exempt_from_the_visit_is_sent_to_the_mark_on_line() -> None:
    found = reasons(MARK_CAR, window_of(MARK_CAR, date(2026, 2, 2)))

    assert list(found) == ["mark-only"]
    assert (found["mark-only"].basis, found["mark-only"].earliest) == ("Order 164, art. 55", None)
    assert found["mark-only"].facts == {"due_on": date(2026, 3, 31), "from_day": date(2026, 1, 1)}


@pytest.mark.parametrize("facts", [DUE_CAR, replace(TRUCK, valid_until=date(2026, 1, 31)), MOTORCYCLE, COACH])
@pytest.mark.parametrize("service", SERVICES)
def test_a_vehicle_is_booked_under_the_service_of_its_kind_only(facts: VehicleFacts, service: str) -> None:
    refused = "wrong-service" in reasons(facts, WindowFacts(service, date(2026, 3, 2)))

    assert refused == (service != SERVICE_OF_KIND[facts.kind])


@pytest.mark.parametrize(
    ("classes", "codes"),
    [
        ((), []),  # every kind of the service
        (("TRUCK",), []),
        (("TRUCK", "SCHOOL_BUS"), []),
        (("LARGE_PASSENGER",), ["kind-not-served"]),
        (("SCHOOL_BUS", "OTHER"), ["kind-not-served"]),
    ],
)
def test_the_lanes_of_a_window_take_some_kinds(classes: tuple[str, ...], codes: list[str]) -> None:
    truck = replace(TRUCK, valid_until=date(2026, 1, 31))

    found = reasons(truck, window_of(truck, date(2026, 1, 12), *classes))

    assert list(found) == codes
    assert all(refusal.facts["classes"] == ",".join(classes) for refusal in found.values())


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        (COACH, True),
        (replace(COACH, use=Use.PRIVATE), True),
        (SCHOOL_BUS, True),
        (replace(CAR, use=Use.KINDERGARTEN_BUS), True),
        (replace(COACH, seats=19), False),  # medium
        (TRUCK, False),
        (CAR, False),
        (MOTORCYCLE, False),
    ],
)
def test_large_passenger_vehicles_and_school_buses_stay_where_they_are_registered(
    facts: VehicleFacts, refused: bool
) -> None:
    elsewhere = replace(facts, registered_here=False)

    found = reasons(elsewhere, window_of(facts, date(2026, 6, 1)))

    assert ("other-place" in found) == refused
    assert not refused or found["other-place"].basis == "Order 164, art. 54"
    assert "other-place" not in reasons(facts, window_of(facts, date(2026, 6, 1)))


def test_every_reason_is_returned_at_once() -> None:
    bus = replace(COACH, valid_until=date(2026, 12, 31), registered_here=False)
    car = replace(MARK_CAR, valid_until=date(2028, 1, 31), registered_on=date(2024, 1, 8))

    assert set(reasons(bus, WindowFacts("inspection_small", date(2026, 2, 2)))) == {
        "wrong-service",
        "other-place",
        "not-due-yet",
    }
    assert set(reasons(bus, window_of(bus, date(2026, 2, 2), "TRUCK"))) == {
        "kind-not-served",
        "other-place",
        "not-due-yet",
    }
    assert set(reasons(car, WindowFacts("inspection_small", date(2026, 2, 2), ("MINIBUS",)))) == {
        "kind-not-served",
        "not-due-yet",
        "mark-only",
    }


def test_an_overdue_vehicle_is_refused_for_nothing_that_lies_in_the_delay() -> None:
    forgotten = replace(TRUCK, valid_until=date(2020, 6, 30))  # even past the three periods: art. 13

    assert reasons(forgotten, window_of(forgotten, TODAY)) == {}


@EXAMPLES
@given(VEHICLES, DAYS, DAYS, OFFICES)
def test_a_window_on_the_earliest_day_is_free_of_that_reason(
    facts: VehicleFacts, today: date, day: date, office: Settings
) -> None:
    def codes(on: date) -> set[str]:
        window = WindowFacts(SERVICE_OF_KIND[facts.kind], on)
        return {refusal.code for refusal in refusals(facts, window, today=today, settings=office)}

    for refusal in refusals(facts, WindowFacts("inspection_small", day), today=today, settings=office):
        if refusal.earliest is not None:
            assert refusal.earliest > day
            assert refusal.code not in codes(refusal.earliest)
            assert refusal.code in codes(refusal.earliest - timedelta(days=1))


@EXAMPLES
@given(VEHICLES, DAYS, DAYS, OFFICES)
def test_a_car_is_sent_to_the_mark_exactly_when_no_test_is_due(
    facts: VehicleFacts, today: date, day: date, office: Settings
) -> None:
    found = refusals(facts, window_of(facts, day), today=today, settings=office)

    marked = standing(facts, today=today, settings=office).step is Step.MARK_ONLY
    assert ("mark-only" in {refusal.code for refusal in found}) == marked


@EXAMPLES
@given(VEHICLES, DAYS, DAYS, OFFICES)
def test_every_refusal_is_worded_with_all_gaps_filled_in_both_languages(
    facts: VehicleFacts, today: date, day: date, office: Settings
) -> None:
    window = WindowFacts("inspection_large", day, ("MINIBUS", "OTHER"))

    for refusal in refusals(facts, window, today=today, settings=office):
        chinese, english = explained(refusal, "zh"), explained(refusal, "en")

        assert not any(mark in chinese + english for mark in ("{", "}", "None"))
        assert not any(kind.value in chinese for kind in VehicleKind)
        assert "art." not in basis_shown(refusal, "zh")
        assert basis_shown(refusal, "en") == refusal.basis


def test_every_code_has_a_basis_and_a_wording() -> None:
    assert set(BASES) == set(REFUSALS)
