"""Queues for tests: those who wait, and windows around now."""

from datetime import timedelta

from hypothesis import strategies as st

from booking.attendance.rules.order import Waiting, Window
from tests.conftest import NOW


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def window(starts: int, length: int = 60) -> Window:
    """Return a window that begins so many minutes after now."""
    return Window(NOW + minutes(starts), NOW + minutes(starts + length))


@st.composite
def queues(draw: st.DrawFn) -> tuple[Waiting, ...]:
    """Draw up to twelve who wait. Numbers are in any order, as a missed call puts a small one behind later ones."""
    arrivals = draw(st.lists(st.integers(-90, 0), max_size=12))
    windows = st.one_of(st.none(), st.sampled_from((-120, -60, -30, 0, 30, 60)))
    return tuple(
        Waiting(number, NOW + minutes(at), None if (starts := draw(windows)) is None else window(starts))
        for number, at in enumerate(arrivals, 1)
    )
