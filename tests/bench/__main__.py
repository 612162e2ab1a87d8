"""`make bench`: measure every row on both databases, print the table, and write docs/performance.md.

Leaves with 1 when a measurement could not be taken or the books were wrong after it; a missed target is only
marked, since machines differ from hour to hour.
"""

import signal
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from types import FrameType

import click

from booking.kernel.calendar import local_day
from booking.kernel.clock import SystemClock
from tests.bench.installations import KINDS, installed
from tests.bench.report import PAGE, line, machine, page
from tests.bench.requests import UnexpectedAnswersError
from tests.bench.rows import ROWS, Figure, Row, warm_up
from tests.bench.servers import NotServingError

MOST_SECONDS = 235  # then everything is ended, whatever is still missing
BEGAN = time.monotonic()


class TooLongError(Exception):
    """The whole run took longer than it may."""


@click.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day to write on the page; today.")
@click.option("--only", multiple=True, type=click.Choice([row.name for row in ROWS]), help="Only these rows.")
@click.option("--database", "kinds", multiple=True, type=click.Choice(KINDS), help="Only this kind of database.")
def main(day: datetime | None, only: Sequence[str], kinds: Sequence[str]) -> None:
    """Measure, and write the page unless only a part was asked for."""
    signal.signal(signal.SIGALRM, _too_long)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.alarm(MOST_SECONDS)
    rows = [row for row in ROWS if not only or row.name in only]
    figures: dict[str, list[Figure]] = {}
    try:
        for kind in kinds or KINDS:
            database, measured = _measured(kind, rows)
            figures[database] = measured
    except (UnexpectedAnswersError, NotServingError, TooLongError) as failure:
        click.echo(f"No figures: {failure}", err=True)
        sys.exit(1)
    text = page(figures, day.date() if day else local_day(SystemClock().now()))
    if not only and not kinds:
        PAGE.write_text(text)
        _say("docs/performance.md is written")


def _measured(kind: str, rows: Sequence[Row]) -> tuple[str, list[Figure]]:
    figures: list[Figure] = []
    _say(f"{kind}: building the schema, starting the servers")
    with installed(kind) as house:
        warm_up(house)
        click.echo(f"\n{house.database} · {machine()}")
        for row in rows:
            _say(f"{row.name}: {row.title}")
            figures += row.measure(house, _say)
    click.echo("\n" + "\n".join(map(line, figures)) + "\n")
    return house.database, figures


def _say(text: str) -> None:
    click.echo(f"{time.monotonic() - BEGAN:5.0f} s  {text}")


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TooLongError(f"stopped after {MOST_SECONDS} s")


if __name__ == "__main__":
    main()
