"""What `make run` takes of memory: `python -m tests.bench.memory` starts it on a city and reads what the kernel says.

BOOKING_DATA names a data folder with a city in it, which is used as it stands; without it a city is built. The sum of
the proportional sets (PSS) counts: a page of memory that processes share is in it once.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from booking.kernel.calendar import local_day
from booking.kernel.clock import SystemClock
from tests.bench.report import machine, put_part
from tests.bench.servers import ROOT, free_port

MOST_MEBIBYTES = 350  # P9
START_SECONDS, END_SECONDS = 240, 20
CONNECTIONS, ROUNDS = 8, 25
ADDRESSES = (
    "/",
    "/plans",
    "/rounds/",
    "/exams/",
    "/inspections/",
    "/stats",
    "/sites/",
    "/guides/",
    "/sign-in",
    "/nowhere",
)


NAMES = ("what began them", "web server", "— worker", "— worker", "scheduler")
TITLE = "## Memory"
ABOUT = """Written by `BOOKING_DATA=… python -m tests.bench.memory --write`: the processes of `make run` on a demo
city, when they have begun, and after 250 pages over eight connections. PSS counts once what they share; its sum
counts.
"""
HEAD = """| process | RSS MiB | PSS MiB | RSS then | PSS then |
|---|---:|---:|---:|---:|
"""


@dataclass(frozen=True, slots=True)
class Memory:
    """What one process takes, in MiB."""

    rss: float
    pss: float


@click.command()
@click.option("--write/--no-write", default=False, help="Whether to write docs/performance.md.")
def main(write: bool) -> None:
    """Measure, and print a line for each process."""
    with TemporaryDirectory(prefix="booking-memory-") as name:
        data = Path(os.environ.get("BOOKING_DATA") or name)
        with _city(data) as (top, port):
            before = _taken(top)
            _load(port)
            after = _taken(top)
    total = sum(one.pss for one in after)
    table = HEAD + "\n".join(map(_line, NAMES, before, after))
    reached = "reached" if total <= MOST_MEBIBYTES else "**missed**"
    verdict = f"In all {total:.0f} MiB; target ≤ {MOST_MEBIBYTES}: {reached}."
    click.echo(f"{table}\n\n{verdict}")
    if write:
        day = local_day(SystemClock().now()).isoformat()
        put_part(TITLE, f"{ABOUT}\nTaken on {day}: {machine()}.\n\n{table}\n\n{verdict}\n")
    sys.exit(total > MOST_MEBIBYTES)


@contextmanager
def _city(data: Path) -> Iterator[tuple[int, int]]:
    port = free_port()
    environment = {**os.environ, "BOOKING_DEMO": "1", "BOOKING_DATA": str(data), "PORT": str(port)}
    command = [sys.executable, "-m", "booking", "run"]
    running = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, running)
        yield running.pid, port
    finally:
        running.terminate()
        running.wait(END_SECONDS)


def _wait(port: int, running: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and running.poll() is None:
        try:
            _ask(port, "/healthz")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the city did not come up")


def _load(port: int) -> None:
    """Have every page asked for often, over several connections at a time."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda address: _ask(port, address), ADDRESSES * ROUNDS))


def _ask(port: int, address: str) -> None:
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", address, headers={"Accept-Encoding": "br"})
    line.getresponse().read()
    line.close()


def _taken(top: int) -> Sequence[Memory]:
    return [_memory(process) for process in _family(top)]


def _family(top: int) -> Iterator[int]:
    yield top
    for child in Path(f"/proc/{top}/task/{top}/children").read_text().split():
        yield from _family(int(child))


def _memory(process: int) -> Memory:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    found = {line.split()[0]: int(line.split()[1]) / 1024 for line in lines if line.endswith("kB")}
    return Memory(found["Rss:"], found["Pss:"])


def _line(name: str, before: Memory, after: Memory) -> str:
    return f"| {name} | {before.rss:.0f} | {before.pss:.0f} | {after.rss:.0f} | {after.pss:.0f} |"


if __name__ == "__main__":
    main()
