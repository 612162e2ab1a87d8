"""From hours and lanes to windows: by example, and whatever the hours, lanes and outages are."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel.calendar import at_local
from booking.kernel.ids import SiteId, TestLaneId
from booking.sites.rules.station import Hours, LaneFacts, Outage, StationLane
from booking.sites.rules.windows import Span, Window, parts, spans, windows

DAY = date(2026, 12, 1)  # a Tuesday
SMALL = "inspection_small"
EIGHT_TO_TEN = (Hours(2, time(8), time(10)),)


def at(hour: int, minute: int = 0) -> datetime:
    return at_local(DAY, time(hour, minute))


def lane(number: int, rate: int = 12, *, kinds: str = "", service: str = SMALL, used: bool = True) -> StationLane:
    facts = LaneFacts(f"{number}号线", service, rate, kinds, used)
    return StationLane(TestLaneId(number), SiteId(1), facts)


def out(number: int, starts_at: datetime, ends_at: datetime | None) -> Outage:
    return Outage(1, TestLaneId(number), starts_at, ends_at)


def capacities(
    *lanes: StationLane, hours: tuple[Hours, ...] = EIGHT_TO_TEN, outages: tuple[Outage, ...] = ()
) -> list[int]:
    found = windows(spans(hours, DAY), lanes, outages, service=SMALL, window_minutes=60)
    return [window.capacity for window in found]


def test_each_hour_of_two_lanes_takes_what_both_can_inspect() -> None:
    found = windows(spans(EIGHT_TO_TEN, DAY), [lane(1, 12), lane(2, 10)], (), service=SMALL, window_minutes=60)

    assert found == (Window(at(8), at(9), "", 22), Window(at(9), at(10), "", 22))


def test_a_day_without_hours_has_no_window() -> None:
    assert spans(EIGHT_TO_TEN, date(2026, 12, 2)) == ()


@pytest.mark.parametrize(
    ("closes", "expected"),
    [
        (time(9, 30), [12, 6]),  # half a window is one
        (time(9, 29), [12]),  # less is none
        (time(8, 20), []),
    ],
)
def test_what_is_left_of_a_span_is_a_window_from_half_its_length_on(closes: time, expected: list[int]) -> None:
    assert capacities(lane(1), hours=(Hours(2, time(8), closes),)) == expected


def test_windows_begin_anew_after_the_midday_break() -> None:
    hours = (Hours(2, time(8), time(9, 40)), Hours(2, time(14, 15), time(15, 15)))

    found = windows(spans(hours, DAY), [lane(1)], (), service=SMALL, window_minutes=60)

    assert [(window.starts_at, window.ends_at) for window in found] == [
        (at(8), at(9)), (at(9), at(9, 40)), (at(14, 15), at(15, 15)),
    ]  # fmt: skip


def test_lanes_for_other_kinds_make_windows_of_their_own() -> None:
    hours = (Hours(2, time(8), time(9)),)
    lanes = [lane(1, 8, kinds="MINIBUS"), lane(2, 12), lane(3, 6, kinds="MINIBUS")]

    found = windows(spans(hours, DAY), lanes, (), service=SMALL, window_minutes=60)

    assert [(window.kinds, window.capacity) for window in found] == [("", 12), ("MINIBUS", 14)]


def test_lanes_out_of_use_and_of_other_services_add_nothing() -> None:
    assert capacities(lane(1), lane(2, used=False), lane(3, service="inspection_large")) == [12, 12]
    assert capacities(lane(1, used=False)) == []


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "expected"),
    [
        (at(8), at(9), [10, 22]),
        (at(7), at(8), [22, 22]),  # half-open: it works again from 8:00 on
        (at(9), None, [22, 10]),  # until further notice
        (at(8, 30), at(8, 50), [10 + 8, 22]),
        (at(8, 30), at(8, 31), [10 + 11, 22]),  # 11.8 cars are eleven
    ],
)
def test_an_outage_takes_its_time_from_its_own_lane(
    starts_at: datetime, ends_at: datetime | None, expected: list[int]
) -> None:
    assert capacities(lane(1, 12), lane(2, 10), outages=(out(1, starts_at, ends_at),)) == expected


def test_where_two_outages_meet_the_time_is_lost_once() -> None:
    both = (out(1, at(8), at(8, 30)), out(1, at(8, 10), at(8, 20)), out(1, at(8, 15), at(8, 40)))

    assert capacities(lane(1), outages=both) == [4, 12]


def test_a_window_that_takes_no_vehicle_is_none() -> None:
    assert capacities(lane(1), outages=(out(1, at(8), at(9)),)) == [12]


clocks = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
week_hours = st.lists(clocks, min_size=2, max_size=6, unique=True).map(
    lambda moments: tuple(Hours(2, *pair) for pair in zip(sorted(moments)[::2], sorted(moments)[1::2], strict=False))
)
instants = st.integers(-120, 26 * 60).map(lambda minute: at(0) + timedelta(minutes=minute))
outage_lists = st.lists(
    st.tuples(st.integers(1, 3), instants, st.one_of(st.none(), st.integers(1, 600))).map(
        lambda drawn: out(drawn[0], drawn[1], drawn[1] + timedelta(minutes=drawn[2]) if drawn[2] else None)
    ),
    max_size=5,
)
lane_lists = st.lists(st.tuples(st.integers(1, 30), st.sampled_from(["", "MINIBUS"])), min_size=1, max_size=3).map(
    lambda drawn: [lane(number, rate, kinds=kinds) for number, (rate, kinds) in enumerate(drawn, start=1)]
)
lengths = st.sampled_from([15, 20, 30, 45, 60, 90, 120])


@given(week_hours, lengths)
def test_windows_tile_the_hours_without_gap_or_overlap(hours: tuple[Hours, ...], minutes: int) -> None:
    for span in spans(hours, DAY):
        cut = list(parts(span, minutes))
        edges = [span.starts_at, *(part.ends_at for part in cut)]

        assert [part.starts_at for part in cut] == edges[:-1]
        assert timedelta(0) <= span.ends_at - edges[-1] < timedelta(minutes=minutes) / 2
        assert all(part.ends_at - part.starts_at == timedelta(minutes=minutes) for part in cut[:-1])
        assert all(part.ends_at - part.starts_at >= timedelta(minutes=minutes) / 2 for part in cut)


@given(week_hours, lane_lists, outage_lists, lengths)
def test_no_window_takes_more_than_its_lanes_can_inspect(
    hours: tuple[Hours, ...], lanes: list[StationLane], outages: list[Outage], minutes: int
) -> None:
    for window in windows(spans(hours, DAY), lanes, outages, service=SMALL, window_minutes=minutes):
        rates = sum(one.facts.vehicles_per_hour for one in lanes if one.facts.kinds == window.kinds)
        most = rates * (window.ends_at - window.starts_at) / timedelta(hours=1)

        assert 0 < window.capacity <= most
        assert any(s.starts_at <= window.starts_at and window.ends_at <= s.ends_at for s in spans(hours, DAY))


@given(week_hours, lane_lists, outage_lists, lengths)
def test_outages_only_lower_and_touch_no_window_that_they_do_not_meet(
    hours: tuple[Hours, ...], lanes: list[StationLane], outages: list[Outage], minutes: int
) -> None:
    def by_window(some: list[Outage]) -> dict[tuple[datetime, datetime, str], int]:
        found = windows(spans(hours, DAY), lanes, some, service=SMALL, window_minutes=minutes)
        return {(window.starts_at, window.ends_at, window.kinds): window.capacity for window in found}

    without, fewer, all_of_them = by_window([]), by_window(outages[1:]), by_window(outages)

    assert all_of_them.keys() <= fewer.keys() <= without.keys()
    for key, capacity in without.items():
        met = [o for o in outages if o.starts_at < key[1] and (o.ends_at is None or key[0] < o.ends_at)]
        assert all_of_them.get(key, 0) <= fewer.get(key, 0) <= capacity
        assert met or all_of_them[key] == capacity


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 50)), max_size=6))
def test_time_lost_never_counts_twice(drawn: list[tuple[int, int]]) -> None:
    outages = [out(1, at(8, 0) + timedelta(minutes=s), at(8, 0) + timedelta(minutes=s + n)) for s, n in drawn]
    usable = {minute for minute in range(60) if not any(s <= minute < s + n for s, n in drawn)}

    found = windows([Span(at(8), at(9))], [lane(1, 60)], outages, service=SMALL, window_minutes=60)

    assert sum(window.capacity for window in found) == len(usable)
