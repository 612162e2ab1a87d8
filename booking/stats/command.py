"""`booking stats`: the figures of the office for a terminal, or for another program."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any, Literal

import click
from sqlalchemy.orm import Session

from booking.kernel.calendar import ONE_DAY, local_day
from booking.kernel.db import Sessions
from booking.kernel.errors import InvalidInputError, Wording
from booking.stats.exports.inspections import inspections_as_csv, inspections_as_json, inspections_as_table
from booking.stats.exports.shares import shares_as_csv, shares_as_json, shares_as_table
from booking.stats.jobs import count_days
from booking.stats.queries.inspections import inspections_at, stations, the_station
from booking.stats.queries.shares import shares
from booking.stats.rules.inspections import DAYS_SHOWN, Report
from booking.stats.rules.shares import Shares
from booking.stats.rules.spans import Days

Style = Literal["table", "json", "csv"]
Day = click.DateTime(formats=["%Y-%m-%d"])
STYLE = click.option(
    "--format", "style", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)

SHARES: Mapping[Style, Callable[[Shares], str]] = {
    "table": lambda found: shares_as_table(found, "zh"),
    "json": shares_as_json,
    "csv": shares_as_csv,
}
INSPECTIONS: Mapping[Style, Callable[[Report, Mapping[str, Wording]], str]] = {
    "table": lambda found, names: inspections_as_table(found, "zh", names),
    "json": lambda found, names: inspections_as_json(found),
    "csv": lambda found, names: inspections_as_csv(found),
}


def statistics(
    looking: Callable[[], AbstractContextManager[Session]],
    opened: Callable[[], Sessions],
    in_one_line: Callable[..., Any],
    now: Callable[[], datetime],
) -> click.Group:
    """Return the group of commands; `looking` gives a session to read with, `in_one_line` words what fails."""

    @click.group("stats")
    def group() -> None:
        """Figures of the office."""

    @group.command("shares")
    @click.option("--from", "first", type=Day, required=True, help="First day, YYYY-MM-DD.")
    @click.option("--to", "last", type=Day, required=True, help="Last day, included.")
    @STYLE
    @in_one_line
    def of_exams(first: datetime, last: datetime, style: Style) -> None:
        """Booking shares by subject: on line, all, share."""
        with looking() as session:
            found = shares(session, first.date(), last.date())
        click.echo(SHARES[style](found), nl=False)

    @group.command("inspections")
    @click.option("--from", "first", type=Day, help="First day, YYYY-MM-DD; else the last 30 days.")
    @click.option("--to", "last", type=Day, help="Last day, included; else today.")
    @click.option("--station", metavar="CODE", help="One station; else all of them.")
    @STYLE
    @in_one_line
    def of_inspections(first: datetime | None, last: datetime | None, station: str | None, style: Style) -> None:
        """Cars by station, kind and channel: share on line, fill, punctuality, waits, no-shows, results."""
        until = last.date() if last else local_day(now())
        since = first.date() if first else until - timedelta(DAYS_SHOWN - 1)
        if until < since:
            raise InvalidInputError("to")
        with looking() as session:
            known = stations(session)
            chosen = known if station is None else [the_station(known, station)]
            found = inspections_at(session, since, until, chosen)
        names = {one.code: Wording(one.name, one.name_en) for one in chosen}
        click.echo(INSPECTIONS[style](found, names), nl=False)

    group.add_command(_roll_up(opened, in_one_line, now))
    return group


def _roll_up(
    opened: Callable[[], Sessions], in_one_line: Callable[..., Any], now: Callable[[], datetime]
) -> click.Command:
    @click.command("roll-up")
    @click.option("--from", "first", type=Day, help="First day, YYYY-MM-DD; else the first that is known.")
    @click.option("--to", "last", type=Day, help="Last day, included; else yesterday.")
    @click.option("--anew", is_flag=True, help="Count days again that are counted already.")
    @in_one_line
    def counted(first: datetime | None, last: datetime | None, anew: bool) -> None:
        """Count the days that are over, so that years of figures are read at once."""
        yesterday = local_day(now()) - ONE_DAY
        days = Days(first.date() if first else date.min, min(last.date() if last else yesterday, yesterday))
        if days.last < days.first:
            raise InvalidInputError("to")
        since = days.first if first else None
        done = count_days(opened(), since, days.last, now(), anew=anew, progress=_tell)
        click.echo(f"Counted days: {done}.")

    return counted


def _tell(done: int, of: int) -> None:
    click.echo(f"{done} of {of} days", err=True)
