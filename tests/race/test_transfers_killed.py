"""Workers killed while they store a file: nothing of it is kept, and the next one stores all of it once."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from booking.audit.models import AuditEntry
from booking.exams.models import Learner
from booking.kernel.db import Sessions, reading
from booking.kernel.secrets import Keyring, write_keyring
from booking.transfers.jobs.running import run_transfers
from booking.transfers.models import TransferState
from booking.transfers.rules import LEASE
from tests.forking import forked
from tests.race import transfers_process
from tests.service.transfers.office import NOW, all_rows, as_csv, learner, open_office

pytestmark = pytest.mark.race

MANY = 12


@pytest.fixture
def worker(database_url: str, keyring: Keyring, tmp_path: Path) -> Callable[[datetime, int], int | None]:
    """Return what runs a worker at an hour, to be killed at a statement, and tells its exit code."""
    write_keyring(keyring, tmp_path / "keys.json")

    def run(hour: datetime, kill_at: int) -> int | None:
        act = partial(transfers_process.work, database_url, tmp_path / "keys.json", hour, kill_at)
        process = forked(act, {}, tmp_path / "out.txt", tmp_path / "err.txt")
        process.join()
        return process.exitcode

    return run


def learners_imported(sessions: Sessions) -> int:
    with reading(sessions) as session:
        query = select(func.count()).select_from(AuditEntry).where(AuditEntry.act == "file brought in")
        return session.scalars(query).one()


@pytest.mark.parametrize("kill_at", [7, 0])
def test_a_file_whose_worker_is_killed_is_stored_once_by_the_next(
    sessions: Sessions, worker: Callable[[datetime, int], int | None], kill_at: int
) -> None:
    office = open_office(sessions)
    tried = office.tried(as_csv([learner(number) for number in range(1, MANY + 1)]))
    office.accept(tried)
    before = all_rows(sessions)

    killed = worker(NOW, kill_at)
    after = all_rows(sessions)
    run_transfers(sessions, NOW)  # the dead one still holds it
    still = office.shown(tried.id).state
    run_transfers(sessions, NOW + 2 * LEASE)

    assert killed == -9
    assert after == before
    assert still is TransferState.RUNNING
    assert office.shown(tried.id).state is TransferState.DONE
    with reading(sessions) as session:
        assert session.scalars(select(func.count()).select_from(Learner)).one() == MANY
    assert learners_imported(sessions) == 1
