"""Schedulers killed at every boundary of the steps of rounds, fifty times: one sealed list, one outcome."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.engine import make_url

from booking.allotment.queries import records
from booking.allotment.rules.draw import Json
from booking.audit.models import AuditEntry
from booking.kernel.db import Sessions, make_engine, reading
from booking.kernel.secrets import Keyring, write_keyring
from booking.notices.models import Notice
from tests.race.rounds_process import take_steps
from tests.service.allotment.city import CLOSE, DAY, DRAW, FREEZE, HOUR, MINUTE, NOON, Town, unsound

pytestmark = pytest.mark.race

ROOT = Path(__file__).parents[2]
PHASES = ("the steps up to the draw", "handing on")
# Fifty in all; a copy of a PostgreSQL database takes longer than one of a file.
KILLS = {
    ("sqlite", PHASES[0]): 24,
    ("sqlite", PHASES[1]): 12,
    ("postgresql", PHASES[0]): 9,
    ("postgresql", PHASES[1]): 5,
}
NEVER = 10**9


class Forge:
    """Runs the steps of rounds in processes that can be killed, on fresh copies of one prepared database."""

    def __init__(self, url: str, keyring: Keyring, folder: Path) -> None:
        self.url, self.folder, self.copies = make_url(url), folder, 0
        write_keyring(keyring, folder / "keys.json")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.race.rounds_process"],
            env={**os.environ, "BOOKING_KEYS": str(folder / "keys.json")},
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *orders: tuple[str, list[datetime], int]) -> list[int]:
        """Run processes at the same time and return their exit codes."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        told = [
            {"url": url, "hours": [hour.isoformat() for hour in hours], "kill_at": kill}
            for url, hours, kill in orders
        ]
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        codes: list[int] = json.loads(self.process.stdout.readline())
        return codes

    def copy(self) -> str:
        """Copy the prepared database, to which nobody is connected, and return the copy's address."""
        self.copies += 1
        if self.url.get_backend_name() == "sqlite":
            path = f"{self.url.database}-{self.copies}"
            shutil.copy(str(self.url.database), path)
            return f"sqlite:///{path}"
        name = f"{self.url.database}_{self.copies}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {self.url.database} STRATEGY file_copy")
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        if self.url.get_backend_name() != "sqlite":
            self._admin(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _admin(self, statement: str) -> None:
        engine = make_engine(self.url.set(database="postgres").render_as_string(hide_password=False))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))
        engine.dispose()

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def forge(database_url: str, keyring: Keyring, tmp_path: Path) -> Iterator[Forge]:
    forge = Forge(database_url, keyring, tmp_path)
    yield forge
    forge.stop()


def prepared(sessions: Sessions, phase: str) -> list[datetime]:
    """Fill the database up to the phase and return the hours that are still to come."""
    town = Town(sessions)
    first, second = town.add_slot(ordinary=2, priority=1), town.add_slot(starts=time(14), ordinary=1)
    later = town.add_slot(day=DAY + timedelta(days=7))
    people = town.add_learners(8)
    town.open()
    for number, person in enumerate(people):
        town.ask(person, *((first, second, later) if number % 2 else (second, first)), notice_hours=0)
    if phase == PHASES[1]:
        town.draw()
        for person in people[:2]:
            town.cancel(person, now=DRAW + HOUR)
        hours = [NOON]
    else:
        town.advance(CLOSE - HOUR)
        town.withdraw(people[0], town.request(people[0]).reference, now=CLOSE - MINUTE)
        hours = [CLOSE, FREEZE, DRAW]
    sessions.engine.dispose()
    return hours


def record_in(sessions: Sessions, round_id: int) -> Json:
    with reading(sessions) as session:
        return records.record_of(session, round_id)


def told_and_logged(sessions: Sessions) -> tuple[list[str], list[str]]:
    """Return the messages and the steps in the log; that seats were looked for to hand on may be noted twice."""
    with reading(sessions) as session:
        events = session.scalars(select(Notice.event).where(Notice.event.startswith("request"))).all()
        logged = select(AuditEntry.act).where(AuditEntry.object_kind.in_(("round", "request", "booking", "slot")))
        acts = session.scalars(logged.where(AuditEntry.act != "seats handed on")).all()
        return sorted(events), sorted(acts)


@pytest.mark.parametrize("phase", PHASES)
def test_a_scheduler_killed_anywhere_leaves_what_another_finishes_to_the_same_outcome(
    sessions: Sessions, forge: Forge, open_sessions: Callable[[str], Sessions], phase: str
) -> None:
    hours = prepared(sessions, phase)
    assert forge.run((forge.copy(), hours, NEVER)) == [0]
    undisturbed = open_sessions(forge.copy())
    sent = 0

    def count(*_: object) -> None:
        nonlocal sent
        sent += 1

    for name in ("before_cursor_execute", "commit"):
        event.listen(undisturbed.engine, name, count)
    take_steps(undisturbed, hours)
    total = sent
    expected = (record_in(undisturbed, 1), told_and_logged(undisturbed))
    kills = KILLS[sessions.engine.dialect.name, phase]
    points = [1 + number * (total - 1) // (kills - 1) for number in range(kills)]

    for number, point in enumerate(points):
        url = forge.copy()
        rival = [(url, hours, NEVER)] if number % 4 == 3 else []
        codes = forge.run((url, hours, point), *rival)
        assert codes[0] == -9 or rival, f"was not killed at {point} of {total}"
        assert forge.run((url, hours, NEVER)) == [0]

        after = open_sessions(url)
        assert (record_in(after, 1), told_and_logged(after)) == expected, f"killed at {point} of {total}"
        assert unsound(after, 1) == []
        after.engine.dispose()
        forge.drop(url)
    assert expected[0]["events"] or phase != PHASES[1]
