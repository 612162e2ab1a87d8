"""Something that happens at the worst moment: in another transaction, just before a certain statement is sent."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

from sqlalchemy import Connection, event

from booking.kernel.db import Sessions

# How long the other may take. Whoever has to wait for the transaction at work goes on after it.
SECONDS = 0.4


@contextmanager
def meanwhile(sessions: Sessions, statement: str, act: Callable[[], object], *, times: int = 1) -> Iterator[None]:
    """Do `act` when the `times`-th statement that begins so is about to be sent; raise what it raised."""
    pool, begun, seen = ThreadPoolExecutor(1), list[Future[object]](), 0

    def look(_connection: Connection, _cursor: object, sent: str, *_: object) -> None:
        nonlocal seen
        seen += sent.lstrip().startswith(statement)
        if seen == times and not begun:
            begun.append(pool.submit(act))
            wait(begun, timeout=SECONDS)

    event.listen(sessions.engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(sessions.engine, "before_cursor_execute", look)
        pool.shutdown()
    assert begun, f"no statement began with {statement!r}"
    begun[0].result()
