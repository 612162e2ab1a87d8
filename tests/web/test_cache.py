"""What is kept for a second: made by one thread at a time, and never served when it is old."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from flask import Flask

from booking.kernel.clock import FixedClock
from booking.web.cache import kept_a_moment

PATIENCE = 5  # seconds


class Slow:
    """Makes "new" only when it is told to go on."""

    def __init__(self) -> None:
        self.began, self.may_end = Event(), Event()

    def __call__(self) -> str:
        self.began.set()
        assert self.may_end.wait(PATIENCE)
        return "new"


@pytest.fixture
def asked(app: Flask) -> Callable[[Callable[[], str]], str]:
    def ask(make: Callable[[], str]) -> str:
        with app.test_request_context():
            return kept_a_moment("key", make)

    return ask


def test_what_was_made_a_moment_ago_is_not_made_again(
    asked: Callable[[Callable[[], str]], str], clock: FixedClock
) -> None:
    asked(lambda: "old")

    assert asked(lambda: "new") == "old"

    clock.instant += timedelta(seconds=1)
    assert asked(lambda: "new") == "new"


def test_while_one_makes_it_anew_others_get_the_last_one(
    asked: Callable[[Callable[[], str]], str], clock: FixedClock
) -> None:
    asked(lambda: "old")
    clock.instant += timedelta(seconds=2)
    slow = Slow()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(asked, slow)
        assert slow.began.wait(PATIENCE)
        meanwhile = asked(lambda: "another")
        slow.may_end.set()

    assert meanwhile == "old"
    assert first.result() == asked(lambda: "another") == "new"


def test_nobody_gets_what_is_older_than_three_seconds(
    asked: Callable[[Callable[[], str]], str], clock: FixedClock
) -> None:
    asked(lambda: "old")
    clock.instant += timedelta(seconds=3)
    slow = Slow()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(asked, slow)
        assert slow.began.wait(PATIENCE)
        second = pool.submit(asked, lambda: "another")
        slow.may_end.set()

    assert first.result() == second.result() == "new"


def test_a_failure_leaves_the_turn_to_the_next(asked: Callable[[Callable[[], str]], str]) -> None:
    with pytest.raises(ZeroDivisionError):
        asked(lambda: str(1 // 0))

    assert asked(lambda: "new") == "new"
