"""Signs of life of a worker: how far it is, for the page, and that nobody needs to take its work over.

On PostgreSQL they are written to the transfer itself, beside the work. On SQLite the work holds the one lock there is
for writing, so the signs stand in a small file beside the database, which everybody who reads it can see.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from booking.kernel.db import Sessions, unit_of_work
from booking.transfers.jobs.aside import database_file
from booking.transfers.rules import LEASE
from booking.transfers.service.working import ClaimLostError, Work, renew

EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Sign:
    """How far a worker was at an instant."""

    done: int
    total: int
    at: datetime


class Beat:
    """The signs of one worker; `tell` is called for each row, and costs next to nothing."""

    def __init__(self, sessions: Sessions, work: Work, started: datetime) -> None:
        self._sessions = sessions
        self._work = work
        self._started = started
        self._began = time.monotonic()
        self._now = (0, 0)
        self._over = threading.Event()
        self._is_lost = False

    def tell(self, done: int, total: int) -> None:
        """Note how far the work is; raise `ClaimLostError` if another process has taken it over."""
        self._now = (done, total)
        if self._is_lost:
            raise ClaimLostError

    @property
    def total(self) -> int:
        """How many rows there are, as far as it was told."""
        return self._now[1]

    def instant(self) -> datetime:
        """Return the present instant."""
        return self._started + timedelta(seconds=time.monotonic() - self._began)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Give a sign every second while what is inside goes on."""
        thread = threading.Thread(target=self._beat, name=f"transfer-{self._work.id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
            if (path := _path(self._sessions, self._work.id)) is not None:
                path.unlink(missing_ok=True)

    def _beat(self) -> None:
        while True:
            self._give_sign()
            if self._over.wait(EVERY_SECONDS):
                return

    def _give_sign(self) -> None:
        done, total = self._now
        path = _path(self._sessions, self._work.id)
        if path is not None:
            sign = {"done": done, "total": total, "at": self.instant().isoformat()}
            with suppress(OSError):
                beside = path.with_name(f"{path.name}.new")
                beside.write_text(json.dumps(sign))
                beside.replace(path)
            return
        try:
            with suppress(SQLAlchemyError), unit_of_work(self._sessions) as session:  # the next sign tries again
                renew(session, self._work, done=done, total=total, now=self.instant())
        except ClaimLostError:
            self._is_lost = True


def sign_of(sessions: Sessions, transfer_id: int) -> Sign | None:
    """Return the sign that stands beside an SQLite database; None where there is none."""
    path = _path(sessions, transfer_id)
    if path is None:
        return None
    try:
        sign = json.loads(path.read_text())
        return Sign(int(sign["done"]), int(sign["total"]), datetime.fromisoformat(sign["at"]))
    except (OSError, ValueError, KeyError):
        return None


def alive(sessions: Sessions, *, now: datetime) -> frozenset[int]:
    """Return the transfers whose workers have given a sign beside an SQLite database of late."""
    database = database_file(sessions)
    if database is None:
        return frozenset()
    found = database.parent.glob(f"{database.name}.transfer-*")
    numbers = [int(path.name.rpartition("-")[2]) for path in found if path.name.rpartition("-")[2].isdigit()]
    signs = {number: sign_of(sessions, number) for number in numbers}
    return frozenset(number for number, sign in signs.items() if sign and sign.at > now - LEASE)


def _path(sessions: Sessions, transfer_id: int) -> Path | None:
    database = database_file(sessions)
    return database.with_name(f"{database.name}.transfer-{transfer_id}") if database is not None else None
