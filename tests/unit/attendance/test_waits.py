"""Estimated waits: the queue played forward agrees with the order in which people are really called."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from booking.attendance.rules.order import Waiting, call_order, turn
from booking.attendance.rules.waits import Post, ToCome, estimated_waits, post_at, wait_of_a_walk_in
from tests.conftest import NOW
from tests.unit.attendance.queues import minutes, queues, window

SIX = minutes(6)
FREE = Post(SIX, NOW)


@st.composite
def some_posts(draw: st.DrawFn) -> list[Post]:
    pairs = st.lists(st.tuples(st.integers(3, 20), st.integers(0, 15)), min_size=1, max_size=3)
    return [Post(minutes(interval), NOW + minutes(free)) for interval, free in draw(pairs)]


@st.composite
def some_to_come(draw: st.DrawFn) -> list[ToCome]:
    counts = st.dictionaries(st.sampled_from((-90, -30, 0, 30, 60)), st.integers(0, 4), max_size=4)
    return [ToCome(window(starts), count) for starts, count in draw(counts).items()]


def acted_out(waiting: Sequence[Waiting], to_come: Sequence[ToCome], posts: Sequence[Post]) -> dict[int, timedelta]:
    """Say it again, minute by minute, with nothing but `call_order`: who is here, who is called, who comes."""
    here, free, waits = list(waiting), [post.free_at for post in posts], dict[int, timedelta]()
    ghosts = [some.window for some in to_come for _ in range(some.count) if some.window.ends_at > NOW]
    at, strangers = NOW, -1
    while len(waits) < len(waiting):
        for expected in [one for one in ghosts if one.starts_at <= at]:
            ghosts.remove(expected)
            here.append(Waiting(strangers, max(NOW, expected.starts_at), expected))
            strangers -= 1
        for number, post in enumerate(posts):
            if free[number] <= at and here:
                called = call_order(here, now=at)[0]
                here.remove(called)
                free[number] = at + post.interval
                if called.number > 0:
                    waits[called.number] = at - NOW
        at += minutes(1)
    return waits


@given(queues(), some_to_come(), some_posts())
def test_the_estimate_is_what_comes_of_calling_in_order(
    waiting: tuple[Waiting, ...], to_come: list[ToCome], posts: list[Post]
) -> None:
    assert estimated_waits(waiting, to_come, posts=posts, now=NOW) == acted_out(waiting, to_come, posts)


@given(queues(), some_to_come(), some_posts())
def test_no_wait_is_negative_and_in_one_class_nobody_in_front_waits_longer(
    waiting: tuple[Waiting, ...], to_come: list[ToCome], posts: list[Post]
) -> None:
    waits = estimated_waits(waiting, to_come, posts=posts, now=NOW)

    assert set(waits) == {one.number for one in waiting}
    assert all(wait >= timedelta(0) for wait in waits.values())
    order = call_order(waiting, now=NOW)
    for position, front in enumerate(order):
        for back in order[position + 1 :]:
            if turn(front, now=NOW) is turn(back, now=NOW):
                assert waits[front.number] <= waits[back.number]


@given(queues(), some_to_come(), some_posts(), st.sampled_from((-30, 0, 30)))
def test_one_more_to_come_never_shortens_a_wait(
    waiting: tuple[Waiting, ...], to_come: list[ToCome], posts: list[Post], starts: int
) -> None:
    before = estimated_waits(waiting, to_come, posts=posts, now=NOW)

    after = estimated_waits(waiting, [*to_come, ToCome(window(starts), 1)], posts=posts, now=NOW)

    assert all(before[number] <= after[number] for number in before)


def test_the_places_booked_for_the_running_window_come_before_a_walk_in() -> None:
    running = ToCome(window(-10), 3)

    assert wait_of_a_walk_in([], [running], posts=[FREE], now=NOW) == 3 * SIX


def test_a_window_that_is_over_holds_nobody_up_and_a_later_one_only_from_when_it_begins() -> None:
    over, later = ToCome(window(-60), 5), ToCome(window(6), 5)

    assert wait_of_a_walk_in([], [over, later], posts=[FREE], now=NOW) == timedelta(0)
    assert wait_of_a_walk_in([Waiting(1, NOW, None)], [over, later], posts=[FREE], now=NOW) == 6 * SIX


def test_a_post_is_free_when_its_last_visit_has_had_its_time() -> None:
    def free_at(entered: datetime | None) -> datetime:
        return post_at(SIX, last_entered_at=entered, now=NOW).free_at

    assert free_at(None) == NOW
    assert free_at(NOW - minutes(2)) == NOW + minutes(4)
    assert free_at(NOW - minutes(50)) == NOW  # it takes longer than it should; nobody knows how much


def test_where_no_post_is_open_nothing_is_promised() -> None:
    assert estimated_waits([Waiting(1, NOW, None)], [], posts=[], now=NOW) == {}
    assert wait_of_a_walk_in([], [], posts=[], now=NOW) is None


def test_faster_posts_take_more() -> None:
    waiting = [Waiting(number, NOW + minutes(number - 10), None) for number in range(1, 5)]

    waits = estimated_waits(waiting, [], posts=[Post(minutes(4), NOW), Post(minutes(12), NOW)], now=NOW)

    assert [waits[number] for number in range(1, 5)] == [minutes(0), minutes(0), minutes(4), minutes(8)]
