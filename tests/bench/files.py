"""How long a file of learners takes, and how much memory: `python -m tests.bench.files [ROWS]`.

A workbook is written, tried and brought in on an SQLite database of its own, in this one process.
"""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from booking.kernel.db import Sessions, make_engine
from booking.kernel.secrets import new_keyring
from booking.transfers.jobs.running import run_transfers
from booking.transfers.models import TransferState
from tests.conftest import migrated
from tests.service.transfers.office import NOW, as_xlsx, learner, open_office

ROWS = 20_000


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Print how long what is inside took, by the clock and of a processor, and the most memory there was by then."""
    began, worked = time.perf_counter(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    clock, processor = time.perf_counter() - began, time.process_time() - worked
    sys.stdout.write(f"{what:>12}: {clock:6.1f} s, {processor:6.1f} s of a processor, peak {peak} MiB\n")
    sys.stdout.flush()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'booking.db'}")
        migrated(engine)
        office = open_office(Sessions(engine, new_keyring()))
        with measured("written"):
            file = as_xlsx([learner(number) for number in range(1, rows + 1)])
        sys.stdout.write(f"{rows} learners, {len(file) // 1024} KiB\n")
        with measured("tried"):
            tried = office.tried(file)
        assert tried.state is TransferState.CHECKED, tried.errors[:3]
        office.accept(tried)
        with measured("brought in"):
            run_transfers(office.sessions, NOW)
        assert office.shown(tried.id).state is TransferState.DONE
        with measured("taken out"):
            office.made("learners", file_format="xlsx")
        engine.dispose()


if __name__ == "__main__":
    main()
