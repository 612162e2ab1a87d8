"""Who is called next. This is the office's own rule: no order of the ministry settles it.

Whoever booked and came on time goes first within their window; everybody else goes by arrival.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The time for which a place was booked: [starts_at, ends_at)."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits: the number of the day, and since when it stands in the queue.

    `window` is that of a booked holder who came on time and missed no call. None: it goes by arrival, as walk-ins,
    same-day re-inspections, late ones and those who missed a call do.
    """

    number: int
    since: datetime
    window: Window | None


class Turn(IntEnum):
    """The three classes of those who wait, in the order in which they go."""

    IN_WINDOW = 0
    BY_ARRIVAL = 1
    EARLY = 2


def is_on_time(window: Window, *, arrived_at: datetime, grace: timedelta) -> bool:
    """Say whether a booked holder came before its window, and the grace after it, were over. Early is on time."""
    return arrived_at < window.ends_at + grace


def turn(one: Waiting, *, now: datetime) -> Turn:
    """Say in which class somebody waits at `now`. A window that is over keeps its turn: they came in time for it."""
    if one.window is None:
        return Turn.BY_ARRIVAL
    return Turn.IN_WINDOW if one.window.starts_at <= now else Turn.EARLY


def call_order(waiting: Iterable[Waiting], *, now: datetime) -> tuple[Waiting, ...]:
    """Return those who wait in the order in which they are called at `now`.

    What is promised, each proved by a property test:
    - The order is total and depends on nothing but who waits and `now`, not on how they are listed.
    - Nobody in their window stands behind somebody who goes by arrival; the earlier window goes first.
    - Those who go by arrival go strictly by arrival, whether they are late, walk-ins or re-inspections.
    - Nobody overtakes within a class: of two with the same window too, the first to arrive goes first.
    - Whoever is early stands behind all who may go now, and is called early only if nobody else waits.
    - When somebody leaves, the order of the others stays as it was.
    """
    return tuple(sorted(waiting, key=lambda one: _rank(one, now)))


def _rank(one: Waiting, now: datetime) -> tuple[Turn, datetime, datetime, int]:
    # Numbers are given in the order of arrival: they decide between two who arrived in the same instant.
    starts_at = one.window.starts_at if one.window else one.since
    return turn(one, now=now), starts_at, one.since, one.number
