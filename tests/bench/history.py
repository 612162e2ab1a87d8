"""Five years of figures: `python -m tests.bench.history` measures every page of figures on two million bookings.

Builds the years in a PostgreSQL of its own, rolls them up as the command does, serves the real application, and asks
for each page five times; writes its part of docs/performance.md and leaves the rest of the page as it is.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import click

from booking.accounts.models import SignIn, SignInKind
from booking.app import create_app
from booking.kernel.actors import Role
from booking.kernel.calendar import ONE_DAY, local_day
from booking.kernel.clock import SystemClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.secrets import new_token, token_hash
from booking.stats.jobs import count_days
from booking.stats.queries.counted import Asked, counts
from booking.stats.rules.catalogue import FIGURES
from booking.stats.rules.spans import Days
from config import Settings
from tests import factories
from tests.bench import years
from tests.bench.installations import prepared_database
from tests.bench.report import machine, put_part
from tests.bench.requests import UnexpectedAnswersError, sign_in_cookie
from tests.bench.servers import house_server

HISTORY = "## Five years of figures"
TIMES, OK = 5, 200
STATS_SECONDS, PAGE_SECONDS, FILE_SECONDS, FILE_MEBIBYTES = 0.2, 1.0, 30.0, 300.0
FILE_ROWS = 200_000
ABOUT = """Written by `python -m tests.bench.history`. Each page is asked for five times over HTTP, signed in as a
supervisor, the load generator and the database on the same machine; the median counts, and of a group of pages the
slowest page's. Beside it stands the least of its five, which what else the machine does blurs least. The days ahead
are never rolled up: they are counted afresh for each page that shows them.
"""
HEAD = "| measured | median s | least s | target | MiB | target | |\n|---|---:|---:|---:|---:|---:|---|\n"


@dataclass(frozen=True, slots=True)
class Taken:
    """One line of the table; a target of None is none."""

    what: str
    seconds: float
    most_seconds: float | None = None
    mebibytes: float | None = None
    least: float | None = None

    def line(self) -> str:
        """Return the line."""
        fits = self.mebibytes is None or self.mebibytes <= FILE_MEBIBYTES
        within = self.most_seconds is None or self.seconds <= self.most_seconds
        verdict = "" if self.most_seconds is None else "reached" if fits and within else "**missed**"
        memory = ("", "") if self.mebibytes is None else (f"{self.mebibytes:,.0f}", f"≤ {FILE_MEBIBYTES:.0f}")
        most = "" if self.most_seconds is None else f"≤ {self.most_seconds:g}"
        least = "" if self.least is None else f"{self.least:,.2f}"
        return f"| {self.what} | {self.seconds:,.2f} | {least} | {most} | {memory[0]} | {memory[1]} | {verdict} |"


@dataclass(frozen=True, slots=True)
class House:
    """Where the pages are, and who asks for them."""

    port: int
    cookie: str

    def ask(self, address: str) -> float:
        """Return the seconds until a page was there whole; raise if it is not a page."""
        began = time.perf_counter()
        line = HTTPConnection("127.0.0.1", self.port, timeout=120)
        line.request("GET", address, headers={"Cookie": self.cookie})
        answer = line.getresponse()
        answer.read()
        line.close()
        if answer.status != OK:
            raise UnexpectedAnswersError(f"{address} answered {answer.status}")
        return time.perf_counter() - began


@click.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day to write on the page; today.")
@click.option("--days", "of", default=years.DAYS, help="How many days.")
@click.option("--write/--no-write", default=True, help="Whether to write the page.")
def main(day: datetime | None, of: int, write: bool) -> None:
    """Measure."""
    began = time.perf_counter()
    present = local_day(SystemClock().now())

    def say(what: str) -> None:
        click.echo(f"{time.perf_counter() - began:5.0f} s  {what}")

    with prepared_database("postgresql") as (settings, sessions, database):
        days = years.span(present, of)
        bookings = years.fill(sessions, days, say)
        say(f"{bookings:,} bookings; rolling up")
        rolled = _roll_up(sessions, days)
        say("measuring")
        token = _signed_in(sessions)
        cookie = sign_in_cookie(create_app(settings, sessions=sessions), token)
        taken = [rolled, *_measured(settings, sessions, days, cookie, say)]
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    lines = "\n".join(one.line() for one in taken)
    text = (
        f"{bookings:,} bookings of {of:,} days at {years.SITES} sites, on {database}.\n{ABOUT}\n"
        f"Taken on {(day.date() if day else present).isoformat()}: {machine()}; load of the machine {load}.\n\n"
        f"{HEAD}{lines}\n"
    )
    click.echo(text)
    if write:
        put_part(HISTORY, text)


def _roll_up(sessions: Sessions, days: years.Span) -> Taken:
    began = time.perf_counter()
    done = count_days(sessions, None, days.last, SystemClock().now())
    return Taken(f"rolling up {done:,} days", time.perf_counter() - began)


def _measured(
    settings: Settings, sessions: Sessions, days: years.Span, cookie: str, say: years.Echo
) -> Iterator[Taken]:
    with house_server(settings, settings.data / "house.log") as port:
        house = House(port, cookie)
        for what, most, addresses in _pages(days):
            say(what)
            yield _slowest(house, what, most, addresses)
        say("a file of rows")
        yield from _file(house, sessions, days)


def _pages(days: years.Span) -> Sequence[tuple[str, float, Sequence[str]]]:
    whole = f"from={days.first.isoformat()}&to={days.last.isoformat()}"
    past = f"from={days.first.isoformat()}&to={(days.today - ONE_DAY).isoformat()}"
    each = [figure.code for figure in FIGURES]
    public = [figure.code for figure in FIGURES if figure.is_public]
    ways = ("", "&by=site", "&by=class", "&site=3", "&class=C2", "&site=3&class=C2&service=road")
    return (
        ("/stats, this year", STATS_SECONDS, ["/stats"]),
        ("/stats, five years", STATS_SECONDS, [f"/stats?{whole}", f"/stats?{past}"]),
        ("/stats of one site", STATS_SECONDS, ["/stats?site=3", f"/stats?{whole}&site=3"]),
        ("public figures, a year and five", PAGE_SECONDS,
         [f"/stats/{code}{more}" for code in public for more in ("", f"?{whole}")]),
        ("all figures of the office, a year", PAGE_SECONDS, [f"/desk/figures?{way}" for way in ways]),
        ("all figures of the office, five years", PAGE_SECONDS, [f"/desk/figures?{whole}{way}" for way in ways]),
        ("each figure of the office, a year", PAGE_SECONDS,
         [f"/desk/figures/{code}?{way}" for code in each for way in ways]),
        ("each figure of the office, five years", PAGE_SECONDS,
         [f"/desk/figures/{code}?{whole}{way}" for code in each for way in ways]),
        ("rows of each figure, five years", PAGE_SECONDS,
         [f"/desk/figures/{code}/rows?{whole}{more}" for code in each for more in
          ("", "&part=some&site=3", f"&below={(days.today - timedelta(900)).isoformat()}.0.x")]),
    )  # fmt: skip


def _slowest(house: House, what: str, most: float, addresses: Sequence[str]) -> Taken:
    asked = {address: [house.ask(address) for _ in range(TIMES)] for address in addresses}
    slowest = max(addresses, key=lambda address: median(asked[address]))
    found, least = median(asked[slowest]), min(asked[slowest])
    click.echo(f"         {found:.3f} s, at least {least:.3f} s  {slowest}")
    number = f" ({len(addresses)} pages)" if len(addresses) > 1 else ""
    return Taken(f"{what}{number}", found, most, least=least)


def _file(house: House, sessions: Sessions, days: years.Span) -> Iterator[Taken]:
    """Yield what a workbook takes, with the most memory that a process of the server has had by then."""
    first = _since_rows(sessions, days, FILE_ROWS)
    span = f"from={first.isoformat()}&to={days.today.isoformat()}"
    before = _spent(house.port)
    seconds = house.ask(f"/desk/figures/online/rows.xlsx?{span}")
    after = _spent(house.port)
    yield Taken(f"XLSX of {FILE_ROWS:,} rows and more", seconds, FILE_SECONDS, after.mebibytes)
    yield Taken("— of a core, in the serving process", after.seconds - before.seconds)


def _since_rows(sessions: Sessions, days: years.Span, wanted: int) -> date:
    asked = Asked(Days(days.first, days.today), "exams", site_id=None)
    with reading(sessions) as session:
        by_day = counts(session, ("booked",), asked, by="day")
    found = 0
    for key, amounts in sorted(by_day.items(), reverse=True):
        found += amounts.total()
        if found >= wanted:
            first: date = key[1]
            return first
    raise SystemExit(f"only {found:,} rows")


@dataclass(frozen=True, slots=True)
class Spent:
    """What the processes that serve have used: seconds of a core in all, and the largest's peak of memory."""

    seconds: float
    mebibytes: float


def _spent(port: int) -> Spent:
    seconds, peaks = 0.0, [0.0]
    for folder in Path("/proc").iterdir():
        try:
            if f"127.0.0.1:{port}".encode() not in (folder / "cmdline").read_bytes():
                continue
            used = (folder / "stat").read_text().rpartition(")")[2].split()
            seconds += (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")
            lines = (folder / "status").read_text().splitlines()
            peaks += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")]
        except OSError:
            continue
    return Spent(seconds, max(peaks))


def _signed_in(sessions: Sessions) -> str:
    token, now = new_token(), SystemClock().now()
    with unit_of_work(sessions) as session:
        supervisor = factories.account(session, Role.SUPERVISOR)
        session.add(
            SignIn(
                token_hash=token_hash(token), account_id=supervisor.account_id, kind=SignInKind.WEB, epoch=1,
                created_at=now, seen_at=now, expires_at=now + timedelta(hours=8),
            )
        )  # fmt: skip
    return token


if __name__ == "__main__":
    main()
