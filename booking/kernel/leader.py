"""Who leads among several scheduler processes: a lock that opens by itself when its holder dies.

The lock only keeps the others quiet. What must happen once is claimed in the rows themselves, so two leaders for a
moment (a cut network, a paused process) do no harm.
"""

import contextlib
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Engine, TextClause, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

ADVISORY_KEY = 4_408_002
# The server notices within about eleven seconds that the machine of a leader is gone; a dead process it sees at once.
KEEPALIVE = ("SET tcp_keepalives_idle = 5", "SET tcp_keepalives_interval = 2", "SET tcp_keepalives_count = 3")
TAKE = text("SELECT pg_try_advisory_lock(:key)")
LET_GO = text("SELECT pg_advisory_unlock(:key)")
HOLDS = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = :key"
    " AND pid = pg_backend_pid() AND granted)"
)


class LeaderLock(Protocol):
    """A lock of which one process at a time holds one."""

    def take(self) -> bool:
        """Try once, without waiting; False if another process holds it or the database cannot be reached."""

    def is_held(self) -> bool:
        """Ask whether it is still held; False once it is lost, and then for good until it is taken again."""

    def give_up(self) -> None:
        """Let others have it; nothing happens if it is not held."""


class AdvisoryLock:
    """A PostgreSQL advisory lock on a connection of its own, which no pool and no transaction ever touches.

    It does not work through a pooler that changes the server connection between transactions.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def take(self) -> bool:
        try:
            return self._ask(TAKE)
        except SQLAlchemyError:
            self.give_up()
            return False

    def is_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            held = self._ask(HOLDS)
        except SQLAlchemyError:
            held = False
        if not held:
            self.give_up()
        return held

    def give_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError):  # it may be broken, which is why it is given up
                connection.execute(LET_GO, {"key": ADVISORY_KEY})  # at once, not when the server notices the end
            with contextlib.suppress(SQLAlchemyError):
                connection.close()

    def _ask(self, question: TextClause) -> bool:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._connection.detach()
            for setting in KEEPALIVE:
                self._connection.exec_driver_sql(setting)
        return bool(self._connection.scalar(question, {"key": ADVISORY_KEY}))


class FileBesideDatabase:
    """A file lock next to the SQLite file; the kernel opens it when the process ends."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.name}.scheduler-lock")
        self._lock = FileLock(self.path, timeout=0, mode=0o600, thread_local=False, fallback_to_soft=False)
        self._inode = 0

    def take(self) -> bool:
        try:
            self._lock.acquire()
        except (Timeout, OSError):
            return False
        self._inode = self.path.stat().st_ino
        return True

    def is_held(self) -> bool:
        # Whoever deletes the file lets a second process lock a new one of the same name.
        try:
            same = self.path.stat().st_ino == self._inode
        except OSError:
            same = False
        if not same:
            self.give_up()
        return self._lock.is_locked

    def give_up(self) -> None:
        self._lock.release(force=True)


def leader_lock(engine: Engine) -> LeaderLock:
    """Return the lock that fits the database of `engine`."""
    if engine.dialect.name == "postgresql":
        return AdvisoryLock(engine)
    return FileBesideDatabase(Path(engine.url.database or "").absolute())
