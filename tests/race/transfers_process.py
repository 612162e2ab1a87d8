"""A worker of transfers in a process of its own, killed while it stores a file of learners."""

import os
import signal
from datetime import datetime
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Connection

from booking.kernel.db import Sessions, make_engine
from booking.kernel.secrets import read_keyring
from booking.transfers.jobs.running import run_transfers


def kill_at(sessions: Sessions, number: int) -> None:
    """Let this process be killed at that learner, or (0) at the commit."""
    inserted = 0

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def count(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        nonlocal inserted
        inserted += statement.startswith("INSERT INTO learner")
        if number and inserted == number:
            die()

    def end(connection: Connection) -> None:
        if inserted:
            die()

    event.listen(sessions.engine, "before_cursor_execute", count)
    event.listen(sessions.engine, "commit", end)


def work(url: str, keys: Path, hour: datetime, number: int) -> None:
    """Store what is due at that hour, until killed at that learner, or (0) at the commit."""
    sessions = Sessions(make_engine(url), read_keyring(keys))
    kill_at(sessions, number)
    run_transfers(sessions, hour)
