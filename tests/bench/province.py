"""A round for a whole province, too large for every `make bench`: `python -m tests.bench.province`.

Measures the run from the close of the round to its record in a file, in a process of its own, and the checking of
that record by `booking verify`; writes its part of docs/performance.md and leaves the rest of the page as it is.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from booking.kernel.calendar import local_day
from booking.kernel.clock import SystemClock
from booking.kernel.db import Sessions
from config import Settings
from tests.bench import crowd
from tests.bench.crowd import Crowd
from tests.bench.drawing import Ran
from tests.bench.installations import KINDS, prepared_database
from tests.bench.report import PROVINCE, machine, put_part
from tests.bench.servers import ROOT

BOOKING = Path(sys.executable).with_name("booking")
STARTS = 5
ABOUT = """Written by `python -m tests.bench.province`. One process closes the round, freezes it, fetches the value,
draws and settles it (ledger, bookings, requests, audit, a message to everybody), and writes the record; then
`booking verify` recomputes that file. Seconds of the clock: whatever else the machine does makes them longer.
"""
HEAD = "| measured | seconds | target | MiB | target | |\n|---|---:|---:|---:|---:|---|\n"


class BrokenRecordError(Exception):
    """The checker did not accept the record, so that there is no figure."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One line of the table; a target of None is none."""

    what: str
    seconds: float
    most_seconds: float | None = None
    mebibytes: float | None = None
    most_mebibytes: float | None = None

    def line(self) -> str:
        """Return the line."""
        within = self.most_seconds is None or self.seconds <= self.most_seconds
        fits = self.most_mebibytes is None or (self.mebibytes or 0) <= self.most_mebibytes
        verdict = "" if self.most_seconds is None else "reached" if within and fits else "**missed**"
        cells = [_shown(one) for one in (self.most_seconds, self.mebibytes, self.most_mebibytes)]
        most_seconds, mebibytes, most_mebibytes = cells
        return (
            f"| {self.what} | {self.seconds:,.1f} | {most_seconds and f'≤ {most_seconds}'} | {mebibytes}"
            f" | {most_mebibytes and f'≤ {most_mebibytes}'} | {verdict} |"
        )


@click.command()
@click.option("--people", default=100_000, help="How many ask.")
@click.option("--slots", default=500, help="For how many sessions, of 20 places each.")
@click.option("--database", "kind", default="postgresql", type=click.Choice(KINDS))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day to write on the page; today.")
@click.option("--write/--no-write", default=True, help="Whether to write the page.")
def main(people: int, slots: int, kind: str, day: datetime | None, write: bool) -> None:
    """Measure one round of many people."""
    with prepared_database(kind) as (settings, sessions, database):
        round_id, file = _filled(sessions, Crowd(people, slots, slots * 20)), settings.data / "record.json"
        taken = [*_run(settings, round_id, file), *_checked(file)]
    title = f"{people:,} requests for {slots * 20:,} places in {slots} sessions, three wishes each, on {database}."
    today = day.date() if day else local_day(SystemClock().now())
    lines = "\n".join(one.line() for one in taken)
    text = f"{title}\n{ABOUT}\nTaken on {today.isoformat()}: {machine()}.\n\n{HEAD}{lines}\n"
    click.echo(text)
    if write:
        put_part(PROVINCE, text)


def _filled(sessions: Sessions, wanted: Crowd) -> int:
    now = SystemClock().now()
    round_id, slot_ids = crowd.open_round(sessions, wanted.slots, wanted.seats, now=now)
    crowd.fill(sessions, round_id, wanted, slot_ids, now=now)
    click.echo(f"{wanted.people:,} people have asked")
    return round_id


def _run(settings: Settings, round_id: int, file: Path) -> list[Taken]:
    environment = {"BOOKING_DEMO": "1", "BOOKING_DATA": str(settings.data), "DATABASE_URL": settings.database_url}
    order = {"environment": environment, "round": round_id, "file": str(file)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.drawing"],
        cwd=ROOT, input=json.dumps(order), capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    ran = Ran(**json.loads(done.stdout))
    return [
        Taken("close to record, in all", sum(ran.seconds.values()), 60, ran.mebibytes, 1024),
        Taken("— of a core, in that process", ran.cpu_seconds),
        *(Taken(f"— {step}", seconds) for step, seconds in ran.seconds.items()),
    ]


def _checked(file: Path) -> list[Taken]:
    verifying = _seconds(["verify", str(file)])
    start = min(_seconds(["verify", "--help"]) for _ in range(STARTS))
    size = file.stat().st_size / 2**20
    return [
        Taken(f"booking verify, {size:.0f} MiB of record", verifying, 10),
        Taken("start of the command", start, 0.3),
    ]


def _seconds(words: list[str]) -> float:
    began = time.perf_counter()
    done = subprocess.run([BOOKING, *words], capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise BrokenRecordError(done.stdout[-2000:])
    return time.perf_counter() - began


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}" if number >= 1 else f"{number:.1f}"


if __name__ == "__main__":
    main()
