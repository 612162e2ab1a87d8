"""Which of several vehicles gets which window, without a database."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from booking.inspections.rules.several import Seats, assigned
from booking.kernel.ids import SlotId, VehicleId

EIGHT = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def seats(number: int, hour: int, free: int = 1) -> Seats:
    return Seats(SlotId(number), EIGHT + hour * HOUR, EIGHT + (hour + 1) * HOUR, free)


def cars(*allowed: set[int]) -> dict[VehicleId, set[SlotId]]:
    return {VehicleId(number): {SlotId(one) for one in some} for number, some in enumerate(allowed, 1)}


def test_cars_come_one_after_the_other_in_the_earliest_run_without_a_gap() -> None:
    windows = [seats(1, 0), seats(2, 2, free=9), seats(3, 3, free=9), seats(4, 4)]

    assert assigned(cars({1, 2, 3, 4}, {1, 2, 3, 4}, {1, 2, 3, 4}), windows) == {1: 2, 2: 3, 3: 4}


def test_windows_of_other_kinds_make_one_run_with_them() -> None:
    small, motorcycle = seats(1, 0), seats(7, 1)

    assert assigned(cars({1}, {7}), [small, motorcycle]) == {1: 1, 2: 7}


def test_without_a_run_several_share_a_window() -> None:
    assert assigned(cars({1, 2}, {1, 2}, {1, 2}), [seats(1, 0, free=2), seats(2, 5)]) == {1: 1, 2: 1, 3: 2}


def test_whoever_fits_elsewhere_makes_room() -> None:
    # The first car could have both windows, the second only the early one.
    assert assigned(cars({1, 2}, {1}), [seats(1, 0), seats(2, 5)]) == {1: 2, 2: 1}


def test_who_fits_nowhere_gets_nothing_and_the_others_do() -> None:
    assert assigned(cars({1}, set(), {1}), [seats(1, 0)]) == {1: 1}
    assert assigned({}, [seats(1, 0)]) == {}


@given(st.data())
def test_nobody_gets_a_full_or_forbidden_window_and_as_many_as_possible_get_one(data: st.DataObject) -> None:
    free = data.draw(st.lists(st.integers(0, 2), min_size=1, max_size=5))
    windows = [seats(number, number, one) for number, one in enumerate(free, 1)]
    allowed = data.draw(st.lists(st.sets(st.integers(1, len(free))), max_size=6))

    found = assigned(cars(*allowed), windows)

    for vehicle, slot_id in found.items():
        assert slot_id in allowed[vehicle - 1]
    for one in windows:
        assert list(found.values()).count(one.slot_id) <= one.free
    assert len(found) == most(list(allowed), dict(enumerate(free, 1)))


def most(allowed: list[set[int]], free: dict[int, int]) -> int:
    """Return how many can get a place at most, by trying everything."""
    if not allowed:
        return 0
    first, rest = allowed[0], allowed[1:]
    with_place = [1 + most(rest, {**free, one: free[one] - 1}) for one in first if free[one]]
    return max([most(rest, free), *with_place])
