"""What can be said of a station: lanes, hours, prices, position; and how far it is."""

from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.inspections.rules.facts import VehicleKind
from booking.kernel.errors import InvalidInputError
from booking.sites.rules.districts import DISTRICTS, Point, about, district_named, kilometres
from booking.sites.rules.site import SERVICES, class_list
from booking.sites.rules.station import (
    KINDS,
    LINE,
    METHODS,
    Hours,
    LaneFacts,
    Price,
    Terms,
    check_hours,
    check_lane,
    check_terms,
    day_spans,
    kind_list,
    spans_text,
    weekdays_of,
)
from booking.slots.models import Method

LANE = LaneFacts("1号线", "inspection_large", 8, kinds="TRUCK,SCHOOL_BUS")
TERMS = Terms("从观海路口右转", "Turn right", 21_271_000, 110_361_000, "ranked", (Price("inspection_small", 8500),))
MORNING, AFTERNOON = (time(8), time(12)), (time(14, 30), time(17, 30))
points = st.builds(Point, st.integers(20_000_000, 22_000_000), st.integers(109_000_000, 111_000_000))


def test_the_kinds_are_those_that_the_line_tells_apart() -> None:
    listed = [kind for kinds in KINDS.values() for kind in kinds]

    assert sorted(listed) == sorted(kind.value.upper() for kind in VehicleKind)
    assert tuple(KINDS) == SERVICES[LINE]
    assert all(class_list(",".join(kinds)) == ",".join(kinds) for kinds in KINDS.values())


def test_a_station_can_be_put_on_each_method_or_on_none_of_its_own() -> None:
    assert set(METHODS) == {"", *(method.value for method in Method)}


@pytest.mark.parametrize(
    ("chosen", "kinds"),
    [
        ([], ""),
        (["SCHOOL_BUS", "TRUCK"], "TRUCK,SCHOOL_BUS"),
        (["OTHER", "SCHOOL_BUS", "TRUCK", "LARGE_PASSENGER"], ""),  # all of the service
        (["MOTORCYCLE", "TRUCK"], "TRUCK,MOTORCYCLE"),  # kept, so that it can be refused
    ],
)
def test_kinds_are_written_in_one_order(chosen: list[str], kinds: str) -> None:
    assert kind_list("inspection_large", chosen) == kinds


def test_a_whole_lane_is_accepted() -> None:
    check_lane(LANE)
    check_lane(replace(LANE, kinds=""))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(LANE, name=""), "name"),
        (replace(LANE, name="长" * 21), "name"),
        (replace(LANE, service="subject_2"), "service"),
        (replace(LANE, kinds="MOTORCYCLE"), "kinds"),
        (replace(LANE, kinds="TRUCK,TRUCK"), "kinds"),
        (replace(LANE, vehicles_per_hour=0), "vehicles_per_hour"),
        (replace(LANE, vehicles_per_hour=1000), "vehicles_per_hour"),
    ],
)
def test_a_lane_that_cannot_be_is_refused_by_the_field(wrong: LaneFacts, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_lane(wrong)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("08:00-12:00", (MORNING,)),
        ("14:30-17:30, 8:00-12:00", (MORNING, AFTERNOON)),
        ("8：00～12：00；14：30至17：30", (MORNING, AFTERNOON)),
        ("08:00 – 12:00 14:30 – 17:30", (MORNING, AFTERNOON)),
        ("08:00-12:00,12:00-14:00", (MORNING, (time(12), time(14)))),  # half-open: they only touch
    ],
)
def test_hours_of_a_day_are_read_as_people_write_them(text: str, spans: tuple[tuple[time, time], ...]) -> None:
    assert day_spans(text) == spans
    assert day_spans(spans_text(spans)) == spans


@pytest.mark.parametrize(
    "text", ["morning", "08:00", "12:00-08:00", "08:00-08:00", "08:00-25:00", "08:00-12:00,11:59-14:00", "8-12"]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"span|hour"):
        day_spans(text)


@pytest.mark.parametrize(
    "hours",
    [
        [Hours(0, *MORNING)],
        [Hours(8, *MORNING)],
        [Hours(1, time(12), time(12))],
        [Hours(1, *MORNING), Hours(1, time(11), time(13))],
        [Hours(1, *MORNING), Hours(1, *MORNING)],
    ],
)
def test_hours_that_cannot_be_are_refused(hours: list[Hours]) -> None:
    with pytest.raises(InvalidInputError, match="hours"):
        check_hours(hours)


def test_a_week_of_hours_says_on_which_days_a_station_is_open() -> None:
    week = [Hours(6, *MORNING), Hours(2, *AFTERNOON), Hours(2, *MORNING)]

    check_hours(week)
    assert weekdays_of(week) == "26"


def test_whole_terms_are_accepted() -> None:
    check_terms(TERMS, ["inspection_small"])
    check_terms(Terms(), [])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(TERMS, directions="长" * 501), "directions"),
        (replace(TERMS, directions_en="x" * 501), "directions_en"),
        (replace(TERMS, latitude=110_361_000, longitude=21_271_000), "latitude"),  # swapped
        (replace(TERMS, longitude=None), "longitude"),
        (replace(TERMS, latitude=None), "longitude"),
        (replace(TERMS, longitude=180_000_001), "longitude"),
        (replace(TERMS, method="auction"), "method"),
        (replace(TERMS, prices=(Price("inspection_large", 1),)), "prices"),  # not on offer
        (replace(TERMS, prices=TERMS.prices * 2), "prices"),
        (replace(TERMS, prices=(Price("inspection_small", -1),)), "prices"),
        (replace(TERMS, prices=(Price("inspection_small", 1_000_001),)), "prices"),
    ],
)
def test_terms_that_cannot_be_are_refused_by_the_field(wrong: Terms, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_terms(wrong, ["inspection_small"])

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (Point(0, 0), Point(0, 1_000_000), Decimal("111.2")),  # a degree on the equator
        (Point(39_904_200, 116_407_400), Point(31_230_400, 121_473_700), Decimal("1067.3")),  # Beijing–Shanghai
        (Point(21_271_000, 110_361_000), Point(21_271_000, 110_361_000), Decimal("0.0")),
    ],
)
def test_distances_are_those_of_the_globe(a: Point, b: Point, expected: Decimal) -> None:
    assert abs(kilometres(a, b) - expected) <= Decimal("0.2")


@given(points, points, points)
def test_a_straight_line_is_the_same_both_ways_and_never_longer_than_a_detour(a: Point, b: Point, c: Point) -> None:
    assert kilometres(a, b) == kilometres(b, a) >= 0
    assert kilometres(a, c) <= kilometres(a, b) + kilometres(b, c) + Decimal("0.2")  # each rounded to a tenth


@pytest.mark.parametrize(("distance", "said"), [("0.0", 1), ("1.4", 1), ("1.5", 2), ("12.5", 13)])
def test_pages_say_whole_kilometres(distance: str, said: int) -> None:
    assert about(Decimal(distance)) == said


def test_the_districts_are_those_of_the_city_and_near_each_other() -> None:
    codes = ["440802", "440803", "440804", "440811", "440823", "440825", "440881", "440882", "440883"]
    chikan = district_named(" 赤坎区 ")

    assert sorted(DISTRICTS) == codes
    assert chikan is DISTRICTS["440802"]
    assert district_named("天河区") is None
    assert all(kilometres(chikan.centre, other.centre) < 130 for other in DISTRICTS.values())
