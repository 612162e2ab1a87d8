"""The run that is measured, in a process of its own: from the close of a round to its record in a file.

Reads one order as JSON from standard input and writes what each step took to standard output.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from booking.allotment import jobs
from booking.allotment.models.rounds import Round
from booking.allotment.queries.files import parts, version_of
from booking.app import open_sessions
from booking.exams.line import EXAMS
from booking.kernel.db import Sessions, reading
from config import read_settings
from tests.bench.crowd import DEMO


@dataclass
class Ran:
    """Seconds by step, and the most memory that the process had, in MiB."""

    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    mebibytes: float = 0.0

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Note how long the block takes."""
        began = time.perf_counter()
        yield
        self.seconds[step] = time.perf_counter() - began


def run(sessions: Sessions, round_id: int, file: Path) -> Ran:
    """Close, freeze, fetch the value, draw and record one round at its announced instants."""
    with reading(sessions) as session:
        round_ = session.get_one(Round, round_id)
    ran = Ran()
    steps: tuple[tuple[str, Callable[[datetime], int], datetime], ...] = (
        ("close", lambda at: jobs.advance_rounds(sessions, EXAMS, DEMO, at), round_.closes_at),
        ("freeze", lambda at: jobs.advance_rounds(sessions, EXAMS, DEMO, at), round_.objections_until),
        ("value", lambda at: jobs.fetch_values(sessions, EXAMS, DEMO, at), round_.beacon_not_before),
        ("draw", lambda at: jobs.draw_rounds(sessions, EXAMS, at), round_.beacon_not_before),
    )
    for name, step, at in steps:
        with ran.timed(name):
            done = step(at)
        if done != 1:
            raise RuntimeError(f"{name} was done {done} times")
    with ran.timed("record"):
        _write(sessions, round_id, file)
    used = resource.getrusage(resource.RUSAGE_SELF)
    ran.cpu_seconds, ran.mebibytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return ran


def _write(sessions: Sessions, round_id: int, file: Path) -> None:
    with reading(sessions) as session:
        version = version_of(session, round_id)
    with file.open("w", encoding="utf-8") as record:
        for part in parts(version):
            with reading(sessions) as session:
                record.write(part(session))


def main() -> None:
    """Run the order."""
    order = json.load(sys.stdin)
    settings = read_settings(order["environment"])
    ran = run(open_sessions(settings), order["round"], Path(order["file"]))
    json.dump(asdict(ran), sys.stdout)


if __name__ == "__main__":
    main()
