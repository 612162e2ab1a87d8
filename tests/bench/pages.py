"""Every page of every role, and the first page on a telephone: `python -m tests.bench.pages`.

BOOKING_DATA names a data folder with a demo city, which is copied; without it a city is built. Everybody of the city
walks through it; then each page is asked for five times in this process (what it takes of a core) and five times
over HTTP from the server of `make run`. Writes its part of docs/performance.md with --write.
"""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
import structlog

from booking.cli import LEARNERS, VEHICLES, prepared
from booking.demo.build import build_demo
from booking.kernel.calendar import local_day
from booking.kernel.clock import SystemClock
from config import read_settings
from tests.bench.first_page import MOST_BYTES, MOST_PAINT, MOST_REQUESTS, FirstPage, first_page
from tests.bench.report import machine, put_part
from tests.bench.servers import house_server
from tests.bench.walked import Page, Say, city_of, house_of, of_a_core, over_http, pages_of

TITLE = "## Pages felt"
MOST_MEDIAN, MOST_LONGEST = 100.0, 200.0  # milliseconds
SHOWN = 12  # of the pages, in docs/performance.md; the command prints all
PAGE_HEAD = """| page | who | of a core ms | median ms | longest ms | |
|---|---|---:|---:|---:|---|
"""
FIRST_HEAD = """| network | kB | more requests | first paint ms | largest paint ms | with TLS ms | moved | |
|---|---:|---:|---:|---:|---:|---:|---|
"""
ABOUT = """Written by `BOOKING_DATA=… python -m tests.bench.pages --write`. Everybody of the demo city follows every
link and form. Each page that is found is asked for five times in the process (of a core, median, nothing kept from
before), and five times over HTTP from the server of `make run`, where whatever else the machine does makes it longer.
Target: median at most 100 ms, none above 200 ms. The slowest by core:
"""
PHONE = """The first page with nothing kept, in Chromium as a telephone: a processor four times slower, a throttled
network; the quickest of five. "With TLS" adds the two round trips that open a connection. Target: 60 kB, 3 requests,
1,000 ms.
"""


@click.command()
@click.option("--write/--no-write", default=False, help="Whether to write docs/performance.md.")
@click.option("--only-first", is_flag=True, help="Only the first page.")
def main(write: bool, only_first: bool) -> None:
    """Measure."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # thousands of answers
    began, now = time.perf_counter(), SystemClock().now()

    def say(what: str) -> None:
        click.echo(f"{time.perf_counter() - began:5.0f} s  {what}")

    with _city(now) as data:
        taken, first = _measured(data, now, say, only_first=only_first)
    lines = [_line(page) for page in taken]
    telephone = FIRST_HEAD + "\n".join(map(_first_line, first))
    click.echo(f"\n{PAGE_HEAD}" + "\n".join(lines) + f"\n\n{telephone}\n\n{_about(taken)}")
    if write:
        text = f"{ABOUT}\n{PAGE_HEAD}" + "\n".join(lines[:SHOWN]) + f"\n\n{_about(taken)}\n\n{PHONE}\n{telephone}\n"
        put_part(
            TITLE, f"Taken on {local_day(now).isoformat()}: {machine()}; load of the machine {_load()}.\n\n{text}"
        )


@contextmanager
def _city(now: datetime) -> Iterator[Path]:
    if given := os.environ.get("BOOKING_DATA"):
        yield Path(given)
        return
    with TemporaryDirectory(prefix="booking-pages-") as name:
        sessions = prepared(read_settings({"BOOKING_DATA": name, "BOOKING_DEMO": "1"}))
        build_demo(sessions, now, learners=LEARNERS, vehicles=VEHICLES, echo=click.echo)
        sessions.engine.dispose()
        yield Path(name)


def _measured(data: Path, now: datetime, say: Say, *, only_first: bool) -> tuple[Sequence[Page], Sequence[FirstPage]]:
    taken: list[Page] = []
    with city_of(data, now) as city:
        settings = read_settings({"BOOKING_DATA": str(city.folder), "BOOKING_DEMO": "1"})
        if not only_first:
            with house_of(city, now) as house:
                say("walking")
                seen = pages_of(house, say)
                say(f"{len(seen)} pages of {len({page.endpoint for page in seen})} views")
                cores = of_a_core(house, seen)
                say("over HTTP")
                with house_server(settings, city.folder / "house.log") as port:
                    taken = list(over_http(house, port, cores))
        with house_server(settings, city.folder / "house.log") as port:
            say("the first page")
            return sorted(taken, key=lambda page: -page.of_a_core), first_page(port)


def _line(page: Page) -> str:
    fits = page.p50 <= MOST_MEDIAN and page.longest <= MOST_LONGEST
    return (
        f"| {page.endpoint} `{page.address[:60]}` | {page.who} | {page.of_a_core:.0f} | {page.p50:.0f}"
        f" | {page.longest:.0f} | {'' if fits else '**missed**'} |"
    )


def _first_line(page: FirstPage) -> str:
    fits = page.size <= MOST_BYTES and page.requests <= MOST_REQUESTS and page.largest <= MOST_PAINT
    network = f"{page.network.name}: {page.network.megabits:g} Mbit/s, {page.network.latency:.0f} ms"
    return (
        f"| {network} | {page.size / 1000:.1f} | {page.requests} | {page.first:.0f} | {page.largest:.0f}"
        f" | {page.largest_over_tls:.0f} | {page.moved:.3f} | {'reached' if fits else '**missed**'} |"
    )


def _about(taken: Sequence[Page]) -> str:
    if not taken:
        return ""
    cores, medians = [page.of_a_core for page in taken], [page.p50 for page in taken]
    slow, slowest = sum(one > MOST_MEDIAN for one in medians), sum(page.longest > MOST_LONGEST for page in taken)
    return (
        f"{len(taken)} pages: of a core {median(cores):.0f} ms (median) and {max(cores):.0f} ms (most); over HTTP"
        f" {median(medians):.0f} ms (median of medians), above 100 ms {slow}, longest above 200 ms {slowest}."
    )


def _load() -> str:
    return "/".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    main()
