"""How long those who wait will wait: the queue played forward, with no chance in it.

Each post takes the next as soon as it is free, and each visit keeps it for the post's interval. Booked ones who have
not come yet are counted as if they stood here: in a running window at once, later ones from when their window begins.
So the estimate errs on the long side, and seats booked for the running window come before any walk-in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush, heapreplace

from booking.attendance.rules.order import Turn, Waiting, Window, call_order, turn

NOT_HERE = 0  # in place of a number, for somebody booked who has not come; numbers begin at 1
Place = tuple[datetime, datetime, int]  # start of the window, since when, number


@dataclass(frozen=True, slots=True)
class Post:
    """A test lane or a desk: the time from one visit to the next, and when it takes the next one."""

    interval: timedelta
    free_at: datetime


@dataclass(frozen=True, slots=True)
class ToCome:
    """How many booked for a window have not come yet."""

    window: Window
    count: int


def post_at(interval: timedelta, *, last_entered_at: datetime | None, now: datetime) -> Post:
    """Return a post that last took somebody at `last_entered_at` (None: nobody is there), free now or later."""
    return Post(interval, max(now, last_entered_at + interval) if last_entered_at else now)


def estimated_waits(
    waiting: Iterable[Waiting], to_come: Iterable[ToCome], *, posts: Sequence[Post], now: datetime
) -> Mapping[int, timedelta]:
    """Return by number how long each will wait from now on; nothing where no post is open.

    Never negative. Of two in one class, the one in front never waits longer than the one behind; one more to come
    never shortens anybody's wait. While posts keep their intervals nobody waits longer than they were told, except
    those who are early: until their window begins, whoever comes may be called before them.
    """
    if not posts:
        return {}
    queue = _Queue(call_order(waiting, now=now), to_come, now)
    starts = _starts(posts, now)
    waits: dict[int, timedelta] = {}
    while len(waits) < queue.length:
        at = next(starts)
        number = queue.take(at)
        if number != NOT_HERE:
            waits[number] = at - now
    return waits


class _Queue:
    """The queue at an instant that only goes forward; it gives the same order as `call_order` at each."""

    def __init__(self, order: Sequence[Waiting], to_come: Iterable[ToCome], now: datetime) -> None:
        self.length = len(order)
        self._by_arrival = [one.number for one in reversed(order) if one.window is None]
        self._early = [_place(one) for one in order if turn(one, now=now) is Turn.EARLY]
        self._in_window = [_place(one) for one in order if turn(one, now=now) is Turn.IN_WINDOW]
        self._coming = list(_expected(to_come, now))
        for heap in (self._early, self._in_window, self._coming):
            heapify(heap)

    def take(self, at: datetime) -> int:
        """Return the number of who goes at `at`; somebody who waits must be left."""
        for later in (self._early, self._coming):
            while later and later[0][0] <= at:
                heappush(self._in_window, heappop(later))
        if self._in_window:
            return heappop(self._in_window)[2]
        return self._by_arrival.pop() if self._by_arrival else heappop(self._early)[2]


def wait_of_a_walk_in(
    waiting: Sequence[Waiting], to_come: Iterable[ToCome], *, posts: Sequence[Post], now: datetime
) -> timedelta | None:
    """Return how long somebody without a booking would wait who came now; None where no post is open."""
    number = 1 + max((one.number for one in waiting), default=0)
    return estimated_waits([*waiting, Waiting(number, now, None)], to_come, posts=posts, now=now).get(number)


def _place(one: Waiting) -> Place:
    starts_at = one.window.starts_at if one.window else one.since
    return starts_at, one.since, one.number


def _expected(to_come: Iterable[ToCome], now: datetime) -> Iterator[Place]:
    """Yield a place for each who may still come on time; whoever misses the window will go by arrival."""
    for some in to_come:
        if now < some.window.ends_at:
            since = max(now, some.window.starts_at)
            yield from [(some.window.starts_at, since, NOT_HERE)] * some.count


def _starts(posts: Sequence[Post], now: datetime) -> Iterator[datetime]:
    """Yield the instants at which one post or another takes the next, for ever."""
    free = [(max(now, post.free_at), number) for number, post in enumerate(posts)]
    heapify(free)
    while True:
        at, number = free[0]
        yield at
        heapreplace(free, (at + posts[number].interval, number))
