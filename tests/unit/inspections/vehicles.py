"""Invented vehicles for the tests of the inspection rules. Nothing here is of a real owner."""

from datetime import date

from hypothesis import strategies as st

from booking.inspections.rules.facts import Use, VehicleFacts, VehicleKind
from booking.inspections.rules.settings import Settings

DEFAULTS = Settings()
TO_THE_DAY = Settings(registered_month_end=False)

# The example of the issue: a private car that has lived through every reform.
CAR = VehicleFacts(VehicleKind.SMALL_PASSENGER, Use.PRIVATE, 5, date(2016, 4, 1))
TRUCK = VehicleFacts(VehicleKind.TRUCK, Use.FREIGHT, 2, date(2019, 6, 15))
COACH = VehicleFacts(VehicleKind.LARGE_PASSENGER, Use.COACH, 45, date(2019, 6, 15))
MOTORCYCLE = VehicleFacts(VehicleKind.MOTORCYCLE, Use.PRIVATE, 2, date(2021, 3, 3))
SCHOOL_BUS = VehicleFacts(VehicleKind.SCHOOL_BUS, Use.PRIMARY_SCHOOL_BUS, 30, date(2021, 9, 1))

DAYS = st.dates(date(1995, 1, 1), date(2040, 12, 31))
VEHICLES = st.builds(
    VehicleFacts,
    kind=st.sampled_from(VehicleKind),
    use=st.sampled_from(Use),
    seats=st.integers(1, 60),
    registered_on=DAYS,
    valid_until=st.none() | DAYS,
    had_casualty_accident=st.booleans(),
    was_altered=st.booleans(),
    registered_here=st.booleans(),
)
OFFICES = st.builds(
    Settings,
    reform_2020_on=st.dates(date(2020, 10, 1), date(2021, 1, 31)),
    registered_month_end=st.booleans(),
    rental_is_operating=st.booleans(),
    training_is_operating=st.booleans(),
    converted_is_operating=st.booleans(),
    emergency_in_reforms=st.booleans(),
    special_purpose_yearly=st.booleans(),
    large_bus_seats=st.sampled_from([10, 20]),
)
