"""The table on the terminal and in docs/performance.md, with the machine it was taken on."""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from tests.bench.rows import Figure

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
HEAD = """| measured | answers/s | × empty route | target | p50 ms | p99 ms | target | |
|---|---:|---:|---:|---:|---:|---:|---|
"""
PROVINCE = "## A round for a province"  # the part of the page that `python -m tests.bench.province` writes
ABOUT = """# Performance

Written by `make bench`. Only ratios count: each figure stands beside the empty route of the same server (gunicorn,
2 workers of 4 threads), taken in the same run; medians of three rounds. The load generator shares the machine:
50 connections, kept alive, each asking again as soon as it is answered.

- *Race*: a slot of 100 places; 1,000 signed-in people send the form once, through cookie, CSRF token, rules, audit
  and messages. Exactly 100 are booked and 900 told that it is full, and every invariant holds afterwards, or the
  run fails.
- *Public plan*: 10 days, 60 sites, 8 sessions a day at each.
- *Request into a round*: a ranked round of 100 sessions; 200 people ask once for three of them each, through the
  API: token, rules, row, leaf, tree, audit, message, signed receipt. All get one, and every row is in the list, or
  the run fails.
"""


def line(figure: Figure) -> str:
    """Return one figure as a line of the table."""
    least = "" if figure.least_ratio is None else f"≥ {figure.least_ratio:.2f}"
    most = "" if figure.most_p99 is None else f"≤ {figure.most_p99:.0f}"
    verdict = ("reached" if figure.is_reached else "**missed**") if least or most else ""
    speed = figure.speed
    return (
        f"| {figure.what} | {speed.per_second:,.0f} | {figure.ratio:.2f} | {least}"
        f" | {speed.p50:.0f} | {speed.p99:.0f} | {most} | {verdict} |"
    )


def machine() -> str:
    """Say in one line what the figures were taken on, without its name."""
    model = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    cpu = model[1].strip() if model else platform.machine()
    return f"{cpu}, {cores} cores, {memory:.0f} GiB; {platform.system()}, Python {platform.python_version()}"


def page(figures: Mapping[str, Sequence[Figure]], day: date) -> str:
    """Return the whole page; `figures` are by database. What was measured of the large round stays on it."""
    tables = [f"\n## {database}\n\n{HEAD}" + "\n".join(map(line, measured)) for database, measured in figures.items()]
    _, title, large_round = PAGE.read_text().partition(PROVINCE)
    text = f"{ABOUT}\nTaken on {day.isoformat()}: {machine()}.\n" + "\n".join(tables)
    return f"{text}\n\n{title}{large_round}".rstrip() + "\n"


def put_part(title: str, text: str) -> None:
    """Put a part that another bench measured on the page, in its old place or at the end; leave all else as it is."""
    before, _, after = PAGE.read_text().partition(f"{title}\n")
    _, heading, rest = after.partition("\n## ")
    PAGE.write_text(f"{before.rstrip()}\n\n{title}\n\n{text.rstrip()}\n{heading}{rest}")
