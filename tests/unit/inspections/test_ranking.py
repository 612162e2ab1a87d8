"""Since when a vehicle's request ranks: by its due day, and later only by a place given up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.bookings.rules import Ranking
from booking.inspections.rules.facts import VehicleFacts
from booking.inspections.rules.ranking import DUE, GIVEN_UP, ranking
from booking.inspections.rules.settings import Settings
from booking.kernel.calendar import start_of
from tests.unit.inspections.vehicles import CAR, DAYS, DEFAULTS, OFFICES, VEHICLES

TODAY = date(2026, 4, 1)
MORNING = datetime(2026, 4, 1, 1, 10, 59, 7, tzinfo=UTC)  # 09:10 at the office


def ranked(until: date, given_up_at: datetime | None = None) -> Ranking:
    """The ranking of a car whose mark ends on that day."""
    return ranking(replace(CAR, valid_until=until), today=TODAY, settings=DEFAULTS, given_up_at=given_up_at)


def test_a_request_ranks_by_the_beginning_of_the_due_day() -> None:
    found = ranked(date(2026, 4, 30))

    assert found.time == start_of(date(2026, 4, 30))
    assert [moment.what for moment in found.moments] == [DUE]
    assert found.moments[0].basis.en == "Rule of this office"


def test_overdue_and_soon_due_cars_go_first() -> None:
    order = [ranked(until).time for until in (date(2025, 4, 30), date(2026, 4, 30), date(2026, 5, 31))]

    assert order == sorted(order)
    assert len(set(order)) == 3


def test_a_place_given_up_in_good_time_costs_nothing() -> None:
    found = ranked(date(2026, 4, 30), MORNING)

    assert found.time == start_of(date(2026, 4, 30))
    assert [moment.what for moment in found.moments] == [GIVEN_UP, DUE]


def test_an_overdue_car_that_gives_up_a_place_counts_from_that_minute() -> None:
    found = ranked(date(2026, 3, 31), MORNING)

    assert found.time == datetime(2026, 4, 1, 1, 10, tzinfo=UTC)
    assert [moment.what for moment in found.moments] == [DUE, GIVEN_UP]
    assert found.time < ranked(date(2026, 4, 30)).time  # and still before those not due yet


def test_the_computed_day_ranks_where_the_register_is_not_known() -> None:
    found = ranking(CAR, today=TODAY, settings=DEFAULTS, given_up_at=None)

    assert found.time == start_of(date(2026, 4, 30))


@settings(max_examples=150)
@given(VEHICLES, DAYS, OFFICES, st.none() | st.integers(-900, 900))
def test_any_vehicle_ranks_and_the_latest_moment_decides(
    facts: VehicleFacts, today: date, office: Settings, ago: int | None
) -> None:
    given_up_at = None if ago is None else start_of(today) - timedelta(days=ago, seconds=7)

    found = ranking(facts, today=today, settings=office, given_up_at=given_up_at)

    assert found.time == max(moment.at for moment in found.moments) == found.moments[-1].at
    assert found.time.utcoffset() == timedelta(0)
    assert list(found.moments) == sorted(found.moments, key=lambda moment: moment.at)
