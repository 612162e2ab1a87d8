"""The order of the queue: what the office promises to everybody who waits."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.attendance.rules.order import Turn, Waiting, call_order, is_on_time, turn
from tests.conftest import NOW
from tests.unit.attendance.queues import minutes, queues, window

HOUR = timedelta(hours=1)


def numbers(*waiting: Waiting) -> list[int]:
    return [one.number for one in call_order(waiting, now=NOW)]


@given(queues(), st.randoms(use_true_random=False))
def test_the_order_is_total_and_does_not_depend_on_how_people_are_listed(
    waiting: tuple[Waiting, ...], random: Random
) -> None:
    shuffled = list(waiting)
    random.shuffle(shuffled)

    order = call_order(waiting, now=NOW)

    assert order == call_order(shuffled, now=NOW)
    assert sorted(one.number for one in order) == [one.number for one in waiting]


@given(queues())
def test_nobody_in_their_window_stands_behind_somebody_who_goes_by_arrival_and_nobody_early_before_either(
    waiting: tuple[Waiting, ...],
) -> None:
    turns = [turn(one, now=NOW) for one in call_order(waiting, now=NOW)]

    assert turns == sorted(turns)


@given(queues())
def test_those_who_go_by_arrival_go_strictly_by_arrival(waiting: tuple[Waiting, ...]) -> None:
    order = [one for one in call_order(waiting, now=NOW) if one.window is None]

    assert order == sorted(order, key=lambda one: (one.since, one.number))


@given(queues())
def test_nobody_overtakes_within_a_class_who_does_not_have_an_earlier_window(waiting: tuple[Waiting, ...]) -> None:
    order = call_order(waiting, now=NOW)

    for position, front in enumerate(order):
        for back in order[position + 1 :]:
            if turn(front, now=NOW) is turn(back, now=NOW) and front.window == back.window:
                assert (front.since, front.number) < (back.since, back.number)
            if front.window and back.window and turn(front, now=NOW) is turn(back, now=NOW):
                assert front.window <= back.window


@given(queues(), st.integers(1, 12))
def test_when_somebody_leaves_the_others_keep_their_order(waiting: tuple[Waiting, ...], leaver: int) -> None:
    stayed = [one for one in call_order(waiting, now=NOW) if one.number != leaver]

    assert list(call_order([one for one in waiting if one.number != leaver], now=NOW)) == stayed


@given(queues(), st.integers(0, 120))
def test_a_turn_only_gets_better_while_one_waits(waiting: tuple[Waiting, ...], later: int) -> None:
    for one in waiting:
        assert turn(one, now=NOW + minutes(later)) <= turn(one, now=NOW)


def test_a_day_of_all_kinds_in_words() -> None:
    in_window = Waiting(4, NOW - minutes(5), window(-30))
    of_the_window_before = Waiting(3, NOW - minutes(10), window(-90))
    walk_in = Waiting(1, NOW - minutes(80), None)
    late = Waiting(2, NOW - minutes(20), None)
    early = Waiting(5, NOW - minutes(100), window(15))

    assert numbers(early, late, walk_in, in_window, of_the_window_before) == [3, 4, 1, 2, 5]


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        (1, Turn.EARLY),
        (0, Turn.IN_WINDOW),  # the window is [starts, ends)
        (-60, Turn.IN_WINDOW),  # it is over, but they came in time for it
    ],
)
def test_whoever_came_on_time_has_a_turn_from_when_the_window_begins(starts: int, expected: Turn) -> None:
    assert turn(Waiting(1, NOW - HOUR, window(starts)), now=NOW) is expected


@pytest.mark.parametrize(
    ("arrived", "grace", "expected"),
    [
        (-300, 0, True),  # early is on time
        (59, 0, True),
        (60, 0, False),  # the window is over in the minute it ends
        (60, 5, True),
        (65, 5, False),
    ],
)
def test_a_booked_holder_is_on_time_until_window_and_grace_are_over(arrived: int, grace: int, expected: bool) -> None:
    assert is_on_time(window(0), arrived_at=NOW + minutes(arrived), grace=minutes(grace)) is expected


def test_a_missed_call_costs_the_turn_of_the_window() -> None:
    missed = Waiting(1, NOW, None)

    assert numbers(missed, Waiting(2, NOW - HOUR, None), Waiting(3, NOW, window(0))) == [3, 2, 1]
