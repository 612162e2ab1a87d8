"""Waiting until the process is told to stop."""

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Wait = Callable[[float], bool]


@contextmanager
def until_signalled() -> Iterator[Wait]:
    """Yield a wait of some seconds that returns True, at once and ever after, when the process was told to stop."""
    reader, writer = os.pipe()
    # Writing to a pipe is all that is safe in a signal handler; an Event may lock against its own waiter.
    before = {
        number: signal.signal(number, lambda *_: os.write(writer, b".")) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield lambda seconds: bool(select.select([reader], [], [], seconds)[0])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)
