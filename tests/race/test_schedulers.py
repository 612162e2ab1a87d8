"""Several scheduler processes on one database, killed at random: every release happens exactly once."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from booking.audit.models import AuditEntry, JobRun
from booking.kernel.clock import SystemClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.kernel.secrets import Keyring, write_keyring
from booking.slots.models import Lane, Quota, Release
from tests import factories
from tests.forking import forked
from tests.race import scheduler_process

pytestmark = pytest.mark.race

PROCESSES = 3
DEADLINE = 15.0  # generous: a starved machine is no failure, a lost release is


def eventually(happened: Callable[[], bool], what: str) -> None:
    """Wait until something is so; fail when the deadline passes."""
    deadline = time.monotonic() + DEADLINE
    while not happened():
        assert time.monotonic() < deadline, f"it did not happen in time: {what}"
        time.sleep(0.02)


class Fleet:
    """Scheduler processes that can be killed and started again."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment, self.folder = environment, folder
        self.running: list[BaseProcess] = []
        self.started = 0

    def start(self) -> None:
        self.started += 1
        log = self.folder / f"scheduler-{self.started}.log"
        self.running.append(forked(scheduler_process.main, self.environment, log, log))

    def kill(self, process: BaseProcess) -> None:
        process.kill()
        process.join()
        self.running.remove(process)

    def kill_all(self) -> None:
        for process in list(self.running):
            self.kill(process)

    def told(self, event: str) -> list[int]:
        """Return the ids of the processes that logged an event, in no particular order."""
        lines = [line for path in self.folder.glob("scheduler-*.log") for line in path.read_text().splitlines()]
        events = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [entry["process"] for entry in events if entry["event"] == event]

    def ready(self) -> set[int]:
        """Return the processes that lead or stand by."""
        return {*self.told("leadership taken"), *self.told("standing by")}

    def leader(self) -> BaseProcess | None:
        """Return the living process that took the lead, or None while nobody has it."""
        assert all(process.is_alive() for process in self.running), "a scheduler died by itself"
        led = set(self.told("leadership taken")) - set(self.told("leadership ended"))
        return next((process for process in self.running if process.pid in led), None)


@pytest.fixture
def fleet(database_url: str, keyring: Keyring, tmp_path: Path) -> Iterator[Fleet]:
    write_keyring(keyring, tmp_path / "keys.json")
    own = {"DATABASE_URL": database_url, "BOOKING_KEYS": str(tmp_path / "keys.json"), "BOOKING_DATA": str(tmp_path)}
    fleet = Fleet(own, tmp_path)
    yield fleet
    fleet.kill_all()


def slot_to_release(sessions: Sessions, hours: list[datetime], amounts: Sequence[int] = ()) -> SlotId:
    """Add a slot whose seats are released at these hours, one each unless told otherwise."""
    rows = zip(hours, amounts or [1] * len(hours), strict=True)
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=0, capacity=200)
        values = [{"slot_id": slot_id, "lane": Lane.ORDINARY, "amount": n, "due_at": hour} for hour, n in rows]
        session.execute(insert(Release), values)
    return slot_id


def released(sessions: Sessions, slot_id: SlotId) -> tuple[int, int]:
    """Return how many seats were released, and how many releases the log tells of."""
    with reading(sessions) as session:
        seats = session.scalar(select(Quota.released).where(Quota.slot_id == slot_id)) or 0
        rows = select(func.count()).where(AuditEntry.act == "seats released", AuditEntry.object_id == str(slot_id))
        return seats, session.scalar(rows) or 0


def done(sessions: Sessions, slot_id: SlotId) -> int:
    """Return how many releases are marked as done, however often they were."""
    with reading(sessions) as session:
        marked = select(func.count()).where(Release.slot_id == slot_id, Release.done_at.is_not(None))
        return session.scalar(marked) or 0


def reached(sessions: Sessions, slot_id: SlotId, count: int) -> bool:
    """Say whether so many releases are done."""
    return done(sessions, slot_id) >= count


@pytest.mark.parametrize("all_lead", [False, True], ids=["one leads", "all lead at once"])
def test_three_schedulers_killed_at_random_release_everything_exactly_once(
    sessions: Sessions, fleet: Fleet, all_lead: bool
) -> None:
    chance = random.Random(4408)
    fleet.environment["ALL_LEAD"] = str(int(all_lead))
    for _ in range(PROCESSES):
        fleet.start()
    eventually(lambda: len(fleet.ready()) == PROCESSES, "all are there")
    start = SystemClock().now()
    # In bursts, so that several processes find the same releases due and work through them at the same time.
    hours = [start + timedelta(seconds=burst, milliseconds=number) for burst in range(3) for number in range(12)]
    slot_id = slot_to_release(sessions, hours)

    kills = 0
    while (seen := done(sessions, slot_id)) < len(hours):
        wanted = min(seen + chance.randint(1, 12), len(hours))
        eventually(partial(reached, sessions, slot_id, wanted), "the next releases")
        leader = fleet.leader()
        fleet.kill(leader if leader is not None and chance.random() < 0.7 else chance.choice(fleet.running))
        fleet.start()
        kills += 1

    assert kills >= 3
    assert released(sessions, slot_id) == (len(hours), len(hours))


def test_releases_that_were_due_while_all_were_dead_happen_at_the_restart_in_due_order(
    sessions: Sessions, fleet: Fleet
) -> None:
    fleet.start()
    eventually(lambda: fleet.leader() is not None, "somebody leads")
    fleet.kill_all()
    now = SystemClock().now()
    slot_id = slot_to_release(
        sessions,
        [now - late for late in (timedelta(seconds=3), timedelta(hours=1), timedelta(days=1))],
        amounts=[1, 2, 4],
    )
    assert released(sessions, slot_id) == (0, 0)

    fleet.start()
    eventually(partial(reached, sessions, slot_id, 3), "the releases of the absence")

    assert released(sessions, slot_id) == (7, 3)
    with reading(sessions) as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.act == "seats released").order_by(AuditEntry.id))
        assert [entry.after["amount"] for entry in told] == [4, 2, 1]


def test_one_leads_and_when_it_is_killed_another_takes_over(sessions: Sessions, fleet: Fleet) -> None:
    fleet.start()
    fleet.start()
    eventually(lambda: fleet.leader() is not None, "somebody leads")
    first = fleet.leader()
    assert first is not None
    assert len(fleet.told("leadership taken")) == 1

    fleet.kill(first)
    killed = time.monotonic()
    eventually(lambda: fleet.leader() is not None, "the other takes over")

    assert time.monotonic() - killed < 5
    slot_id = slot_to_release(sessions, [SystemClock().now()])
    eventually(lambda: released(sessions, slot_id) == (1, 1), "the new leader acts")


def test_a_scheduler_that_is_told_to_stop_goes_in_order(sessions: Sessions, fleet: Fleet) -> None:
    fleet.start()
    eventually(lambda: fleet.leader() is not None, "somebody leads")
    process = fleet.running[0]

    process.terminate()

    process.join(DEADLINE)
    assert process.exitcode == 0
    assert fleet.told("leadership ended") == [process.pid]
    with reading(sessions) as session:
        assert session.scalars(select(JobRun.id).where(JobRun.failure != "")).all() == []


def test_two_that_read_first_and_release_then_release_twice(sessions: Sessions) -> None:
    """The control: without the claim, the releases of two processes that both looked are done twice."""
    now = SystemClock().now()
    slot_id = slot_to_release(sessions, [now])
    both_have_looked = threading.Barrier(2, timeout=DEADLINE)

    def naive() -> None:
        with reading(sessions) as session:
            due = session.scalars(select(Release.id).where(Release.done_at.is_(None))).all()
        both_have_looked.wait()
        for _ in due:
            with unit_of_work(sessions) as session:
                session.execute(update(Quota).where(Quota.slot_id == slot_id).values(released=Quota.released + 1))

    threads = [threading.Thread(target=naive) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert released(sessions, slot_id)[0] == 2
