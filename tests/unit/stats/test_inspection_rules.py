"""Figures of inspections: what a car is, which numbers each share is made of, and what has no figure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.attendance.rules.figures import Stay
from booking.stats.rules.inspections import (
    CHANNELS,
    UNKNOWN,
    WALK_IN,
    Booked,
    Came,
    Cell,
    Counted,
    Ratio,
    Report,
    Row,
    Seats,
    report,
)

NINE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
KINDS = ("small_passenger", "truck", "motorcycle")
CELLS = st.builds(
    Cell, st.sampled_from(("A", "B")), st.sampled_from((*KINDS, UNKNOWN)), st.sampled_from(("internet", "counter"))
)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def cell(station: str = "A", kind: str = "small_passenger", channel: str = "internet") -> Cell:
    return Cell(station, kind, channel)


def came(
    where: Cell | None = None,
    *,
    came_at: int = 0,
    waited: int | None = 0,
    outcome: str = "passed",
    on_time: bool = True,
    again: bool = False,
) -> Came:
    """A visit by minutes after nine; booked for nine unless its channel is the gate."""
    where = where or cell()
    is_booked = where.channel != WALK_IN
    arrived = NINE + minutes(came_at)
    begun = None if waited is None else max(arrived, NINE) + minutes(waited)
    return Came(where, Stay(again, on_time and is_booked, NINE if is_booked else None, arrived, begun, outcome))


def reported(bookings: list[Booked], visits: list[Came], seats: dict[str, Seats] | None = None) -> Report:
    return report(Counted(bookings, visits, seats or {"A": Seats(), "B": Seats()}), KINDS)


def test_every_car_counts_once_whether_it_was_booked_or_only_came() -> None:
    found = reported(
        [Booked(cell(), 3, absent=1), Booked(cell(channel="counter"), 1, absent=0)],
        [came(), came(), came(cell(channel="counter")), came(cell(channel=WALK_IN)), came(cell(channel=WALK_IN))],
    )

    assert found.total.cars == 6  # four booked, of whom one stayed away, and two more
    assert found.total.online == Ratio(3, 6)
    assert [(row.code, row.cars) for row in found.channels] == [
        ("internet", 3),
        ("counter", 1),
        ("phone", 0),
        ("walk_in", 2),
    ]


def test_without_a_car_every_share_is_none_and_every_row_is_there() -> None:
    found = reported([], [])

    for row in (found.total, *found.stations, *found.kinds, *found.channels):
        ratios = (row.of_all, row.online, row.fill, row.served, row.on_time, row.absent, row.first_pass)
        assert {ratio.share for ratio in ratios if ratio} == {None}
        assert (row.wait_median, row.wait_nine_of_ten) == (None, None)
        assert (row.cars, row.booked, row.started, row.reinspections) == (0, 0, 0, 0)
    assert [row.code for row in found.stations] == ["A", "B"]
    assert [row.code for row in found.kinds] == list(KINDS)
    assert [row.code for row in found.channels] == list(CHANNELS)


@pytest.mark.parametrize(
    ("online", "others", "expected"),
    [
        (1, 2, "33.33"),
        (2, 1, "66.67"),
        (1, 799, "0.13"),  # 0.125: a half goes up
        (1, 159, "0.63"),  # 0.625: half-even would say 0.62
        (0, 5, "0.00"),
        (5, 0, "100.00"),
    ],
)
def test_shares_are_rounded_half_up_to_two_decimals(online: int, others: int, expected: str) -> None:
    found = reported([Booked(cell(), online, 0), Booked(cell(channel="phone"), others, 0)], [])

    assert found.total.online is not None
    assert str(found.total.online.share) == expected


def test_fill_is_of_the_seats_that_could_be_had_and_served_of_all_that_could_be_used() -> None:
    seats = {"A": Seats(bookable=8, capacity=10, blocked=2, withdrawn=0), "B": Seats(8, 10, 0, 20)}
    found = reported([Booked(cell(), 3, 0), Booked(cell("B"), 1, 0)], [came(), came(), came(waited=None)], seats)

    first, second = found.stations
    assert (first.fill, first.served) == (Ratio(3, 8), Ratio(2, 10))
    assert (second.fill, second.served) == (Ratio(1, 8), Ratio(0, 10))
    assert (found.total.fill, found.total.served) == (Ratio(4, 16), Ratio(2, 20))
    assert found.total.seats == Seats(16, 20, 2, 20)


def test_kinds_and_channels_have_no_fill_and_channels_no_share_on_line() -> None:
    found = reported([Booked(cell(), 1, 0)], [], {"A": Seats(4, 5, 0, 0)})

    assert {(row.fill, row.served, row.seats) for row in (*found.kinds, *found.channels)} == {(None, None, None)}
    assert {row.online for row in found.channels} == {None}
    assert found.kinds[0].online == Ratio(1, 1)


def test_punctuality_is_of_the_booked_cars_that_came() -> None:
    found = reported(
        [Booked(cell(), 4, absent=1)],
        [came(), came(on_time=False), came(), came(cell(channel=WALK_IN))],
    )

    assert found.total.on_time == Ratio(2, 3)
    assert found.total.absent == Ratio(1, 4)
    assert found.channels[-1].on_time == Ratio(0, 0)


def test_a_booked_car_waits_from_its_window_on_and_a_walk_in_from_its_arrival() -> None:
    walk_in = cell(channel=WALK_IN)
    found = reported(
        [Booked(cell(), 2, 0)],
        [came(came_at=-20, waited=5), came(came_at=10, waited=7), came(walk_in, came_at=3, waited=31)],
    )

    assert (found.total.wait_median, found.total.wait_nine_of_ten) == (Decimal("7.0"), Decimal("31.0"))
    assert found.channels[0].wait_median == Decimal("5.0")  # the smaller of two is what half do not exceed
    assert found.channels[-1].wait_median == Decimal("31.0")


def test_the_first_time_pass_rate_leaves_out_reinspections_and_whoever_has_no_result() -> None:
    found = reported(
        [Booked(cell(), 5, 0)],
        [
            came(outcome="passed"),
            came(outcome="failed"),
            came(outcome="left", waited=None),
            came(outcome=""),
            came(outcome="passed", again=True),
        ],
    )

    assert found.total.first_pass == Ratio(1, 2)
    assert found.total.reinspections == 1


def test_a_kind_that_nobody_knows_comes_last_so_that_the_rows_add_up() -> None:
    found = reported([Booked(cell(kind=UNKNOWN), 2, 0), Booked(cell(kind="truck"), 1, 0)], [])

    assert [(row.code, row.cars) for row in found.kinds] == [
        ("small_passenger", 0),
        ("truck", 1),
        ("motorcycle", 0),
        (UNKNOWN, 2),
    ]


@given(st.lists(st.builds(Booked, CELLS, st.integers(0, 50), st.just(0))), st.lists(st.tuples(CELLS, st.booleans())))
def test_stations_kinds_and_channels_each_add_up_to_all_cars(
    bookings: list[Booked], arrivals: list[tuple[Cell, bool]]
) -> None:
    visits = [came(Cell(at.station, at.kind, WALK_IN) if walks else at) for at, walks in arrivals]

    found = reported(bookings, visits)

    expected = sum(one.count for one in bookings) + sum(walks for _, walks in arrivals)
    parts: list[list[Row]] = [list(found.stations), list(found.kinds), list(found.channels)]
    assert found.total.cars == expected
    for rows in parts:
        assert sum(row.cars for row in rows) == expected
        assert sum(row.booked for row in rows) == found.total.booked
        assert sum(row.started for row in rows) == found.total.started
        assert sum(row.first_pass.total for row in rows) == found.total.first_pass.total
