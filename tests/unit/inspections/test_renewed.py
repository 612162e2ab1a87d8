"""Until when the mark is valid that a passed line test gives: periods are counted from the first registration."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.inspections.rules.due import Duty, renewed_until, timeline
from booking.inspections.rules.facts import Use, VehicleFacts, VehicleKind
from booking.inspections.rules.settings import Settings

CAR = VehicleFacts(VehicleKind.SMALL_PASSENGER, Use.PRIVATE, 5, date(2010, 12, 20), valid_until=date(2026, 12, 31))
SIX_YEARS = VehicleFacts(VehicleKind.SMALL_PASSENGER, Use.PRIVATE, 5, date(2020, 12, 20), date(2026, 12, 31))
COACH = VehicleFacts(VehicleKind.LARGE_PASSENGER, Use.COACH, 45, date(2015, 12, 20), date(2026, 12, 31))
UNKNOWN = VehicleFacts(VehicleKind.SMALL_PASSENGER, Use.PRIVATE, 5, date(2010, 12, 20))
BESIDE = VehicleFacts(VehicleKind.SMALL_PASSENGER, Use.PRIVATE, 5, date(2010, 12, 20), date(2026, 10, 31))


@pytest.mark.parametrize(
    ("facts", "tested_on", "until"),
    [
        (CAR, date(2026, 10, 8), date(2027, 12, 31)),  # three months early moves nothing
        (CAR, date(2026, 12, 31), date(2027, 12, 31)),
        (CAR, date(2027, 5, 4), date(2027, 12, 31)),  # late moves nothing either
        (CAR, date(2028, 2, 1), date(2028, 12, 31)),  # a period that is over is not given
        (SIX_YEARS, date(2026, 11, 24), date(2028, 12, 31)),  # year 8: the next is two years away
        (COACH, date(2026, 11, 24), date(2027, 6, 30)),  # half-yearly after five years
        (UNKNOWN, date(2026, 11, 24), date(2027, 12, 31)),
        (BESIDE, date(2026, 10, 20), date(2027, 12, 31)),  # the computed day beside the register's is over with it
    ],
)
def test_a_passed_test_is_good_until_the_next_period_ends(facts: VehicleFacts, tested_on: date, until: date) -> None:
    assert renewed_until(facts, tested_on=tested_on, settings=Settings()) == until


@given(
    kind=st.sampled_from(VehicleKind),
    use=st.sampled_from(Use),
    registered_on=st.dates(date(1995, 1, 1), date(2026, 1, 1)),
    tested_on=st.dates(date(2026, 6, 1), date(2030, 12, 31)),
)
def test_a_renewed_mark_always_ends_on_a_computed_day_to_come(
    kind: VehicleKind, use: Use, registered_on: date, tested_on: date
) -> None:
    facts = VehicleFacts(kind, use, 5, registered_on)

    until = renewed_until(facts, tested_on=tested_on, settings=Settings())

    computed = timeline(facts, first=tested_on, last=until, settings=Settings())
    assert until > tested_on
    assert isinstance(computed[-1], Duty)
    assert computed[-1].due_on == until
