"""The commands of this system. Each opens what it needs, calls one verb, and says in one line what happened."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import NoReturn, ParamSpec

import click
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from booking import scheduler, schema
from booking.accounts import queries as accounts
from booking.accounts.service import resets, staff
from booking.allotment import verifying
from booking.app import open_sessions
from booking.bookings import ticket_command
from booking.demo.build import build_demo, is_empty
from booking.demo.city import let_in_by_password
from booking.demo.signins import sign_ins_in_words
from booking.invariants import asking as invariants
from booking.kernel.actors import SYSTEM
from booking.kernel.calendar import LOCAL, local_day
from booking.kernel.clock import SystemClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import BookingError, ImportRefusedError
from booking.kernel.logs import start_logging
from booking.kernel.secrets import UnfitKeysError, new_keyring, write_keyring
from booking.policies import service as policies
from booking.processes import city_command, web_command
from booking.simulation.command import simulate
from booking.stats.command import statistics
from booking.transfers.command import file_commands
from config import ConfigurationError, Settings, prepare_data_folder, read_settings

P = ParamSpec("P")
ROOT = Path(__file__).parents[1]
LEARNERS, VEHICLES = 300, 120  # of the demo city that `run` builds


def fail(text: str) -> None:
    """Say what is wrong on standard error and leave with 1."""
    click.echo(text, err=True)
    sys.exit(1)


def in_one_line(command: Callable[P, None]) -> Callable[P, None]:
    """Turn foreseeable failures into one clear line each."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ImportRefusedError as failure:
            fail("Nothing was stored.\n" + "\n".join(str(error) for error in failure.errors))
        except (ConfigurationError, UnfitKeysError) as failure:
            fail(str(failure))
        except BookingError as failure:
            fail(f"{failure.wording.en} ({failure})" if str(failure) else failure.wording.en)
        except OperationalError:
            fail("E07 The database does not answer; is DATABASE_URL right, and is the server running?")

    return wrapped


def ready(settings: Settings) -> Sessions:
    """Open the database of an installation that `booking init` has prepared."""
    sessions = open_sessions(settings)
    if not schema.is_current(sessions.engine):
        raise ConfigurationError("E08 The schema is missing or older than this program; run: booking init")
    return sessions


@contextmanager
def writing() -> Iterator[tuple[Session, datetime]]:
    """Give a session that commits at the end, and the present instant."""
    with unit_of_work(ready(read_settings())) as session:
        yield session, SystemClock().now()


@click.group()
def main() -> None:
    """Booking of driving tests and vehicle inspections for a city vehicle office."""
    os.umask(0o077)  # database, keys and outbox are for this user alone
    start_logging(as_json=not sys.stderr.isatty())


@main.command()
@in_one_line
def init() -> None:
    """Create or upgrade the schema and the keys; make the first administrator.

    Login, name and password of the administrator come from BOOKING_ADMIN_LOGIN, BOOKING_ADMIN_NAME and
    BOOKING_ADMIN_PASSWORD, or are asked for; with no terminal and no variables that step is left out.
    """
    settings = read_settings()
    sessions = prepared(settings)
    with reading(sessions) as session:
        has_administrator = accounts.has_administrator(session)
    if not has_administrator and not settings.is_demo:
        _first_administrator(sessions)
    click.echo(f"Ready: {sessions.engine.url.render_as_string(hide_password=True)}")


def prepared(settings: Settings) -> Sessions:
    """Make folder, keys, schema and calendar where they are missing, and open the database."""
    prepare_data_folder(settings)
    if not settings.key_file.exists():
        write_keyring(new_keyring(), settings.key_file)
    sessions = open_sessions(settings)
    schema.upgrade(sessions.engine)
    now = SystemClock().now()
    with unit_of_work(sessions) as session:
        policies.seed_calendar(session, range(now.year - 1, now.year + 2), actor=SYSTEM, now=now)
    return sessions


def _first_administrator(sessions: Sessions) -> None:
    names = ("BOOKING_ADMIN_LOGIN", "BOOKING_ADMIN_NAME", "BOOKING_ADMIN_PASSWORD")
    login, name, password = (os.environ.get(variable, "") for variable in names)
    if not login and sys.stdin.isatty():
        login = click.prompt("Login of the first administrator")
        name = click.prompt("Name")
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not login:
        click.echo(
            "No administrator yet; set BOOKING_ADMIN_LOGIN, _NAME and _PASSWORD, then run this again.", err=True
        )
        return
    with unit_of_work(sessions) as session:
        staff.first_administrator(session, login, name, password, SystemClock().now())


@main.command()
@click.option("--learners", default=LEARNERS, show_default=True, help="How many learners.")
@click.option(
    "--vehicles",
    default=VEHICLES,
    show_default=True,
    type=click.IntRange(0, 9_999),
    help="How many vehicles: 11 or more, or none.",
)
@click.option(
    "--logins", type=click.Path(dir_okay=False, path_type=Path), help="Write login,password,role,token here."
)
@in_one_line
def demo(learners: int, vehicles: int, logins: Path | None) -> None:
    """Fill an empty database with a fictional full city on today's clock."""
    settings = read_settings({**os.environ, "BOOKING_DEMO": "1"})
    sessions = prepared(settings)
    rows = build_demo(sessions, SystemClock().now(), learners=learners, vehicles=vehicles, echo=click.echo)
    if logins is not None:
        logins.write_text("login,password,role,token\n" + "".join(",".join(row) + "\n" for row in rows))
    click.echo(f"The demo city stands: {learners} learners, {vehicles} vehicles.")


@main.command()
@in_one_line
def run() -> None:
    """Quick start: the demo city on an embedded database, web server and scheduler together."""
    settings = read_settings({**os.environ, "BOOKING_DEMO": "1"})
    os.environ["BOOKING_DEMO"] = "1"
    sessions, now = prepared(settings), SystemClock().now()
    if is_empty(sessions):
        click.echo("Building the demo city (once; less than a minute) …")
        build_demo(sessions, now, learners=LEARNERS, vehicles=VEHICLES, echo=click.echo)
    with unit_of_work(sessions) as session:
        let_in_by_password(session, now=now)  # in a city that was built before there were second factors
    sessions.engine.dispose()
    click.echo(sign_ins_in_words(local_day(now)))
    click.echo(f"Open http://127.0.0.1:{settings.port}   (Ctrl-C ends it)")
    sys.stdout.flush()
    # What building and preparing took is given back: the city's processes begin with nothing.
    _become(city_command(settings.port))


@main.command()
@click.option("--port", type=int, help="Port; the environment's PORT, else 8000.")
@in_one_line
def serve(port: int | None) -> None:
    """Serve the pages on the configured database (behind a proxy that ends TLS)."""
    settings = read_settings()
    ready(settings)
    _become(web_command(port or settings.port))


def _become(command: list[str]) -> NoReturn:
    """Go on as another program of this house, under the same process number."""
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter and arguments


@main.command()
@click.argument("login")
@click.option("--reason", required=True, help="Why it is done here and not by two persons; it stands in the log.")
@in_one_line
def reset_account(login: str, reason: str) -> None:
    """Take the second factor off a staff account and set its password: for when no administrator can sign in.

    The password comes from BOOKING_NEW_PASSWORD, or is asked for.
    """
    password = os.environ.get("BOOKING_NEW_PASSWORD") or click.prompt(
        "New password", hide_input=True, confirmation_prompt=True
    )
    with writing() as (session, now):
        resets.reset_by_command(session, login, password, reason=reason, now=now)
    click.echo(f"Reset: {login}. The next sign-in sets a second factor up. The person is told.")


@main.command("scheduler")
@in_one_line
def run_scheduler() -> None:
    """Run the jobs at their hours; several may run, one acts."""
    settings = read_settings()
    ready(settings)
    scheduler.run(settings)


@main.command()
@click.argument("name")
@click.option("--at", type=click.DateTime(), help="As if it were this hour at the office (YYYY-MM-DDTHH:MM:SS).")
@in_one_line
def run_job(name: str, at: datetime | None) -> None:
    """Run one job by hand, and say how much it did."""
    now = at.replace(tzinfo=LOCAL) if at else SystemClock().now()
    settings = read_settings()
    done = scheduler.run_job(ready(settings), name, now, outside=scheduler.outside_of(settings))
    click.echo(f"{name}: {done}")


@main.command()
@in_one_line
def check() -> None:
    """Ask the live database every invariant; leave with 1 if one does not hold."""
    broken = 0
    with reading(ready(read_settings())) as session:
        for finding in invariants.findings(session, now=SystemClock().now()):
            broken += bool(finding.count)
            click.echo(f"{'BREACH' if finding.count else 'ok':6} {finding.count:5}  {finding.name}")
            if finding.count:
                click.echo(f"              first: {finding.first}")
    sys.exit(1 if broken else 0)


# `booking.entry` runs these without this module; here they stand for `booking --help`.
def alone(name: str, run: Callable[[Sequence[str]], int], what: str) -> click.Command:
    """Return a command that reads its own words and needs nothing of the house."""
    words, options = click.Argument(["words"], nargs=-1, type=click.UNPROCESSED), {"ignore_unknown_options": True}
    return click.Command(
        name, options, lambda words: sys.exit(run(words)), params=[words], help=what, add_help_option=False
    )


NEEDS_NOTHING = "no database, network or secret is needed."
main.add_command(alone("verify", verifying.main, f"Recompute a round from its public record; {NEEDS_NOTHING}"))
main.add_command(alone("ticket", ticket_command.main, f"Check the signature of a ticket; {NEEDS_NOTHING}"))
main.add_command(simulate)


@contextmanager
def looking() -> Iterator[Session]:
    """Give a session that only reads."""
    with reading(ready(read_settings())) as session:
        yield session


main.add_command(statistics(looking, lambda: ready(read_settings()), in_one_line, SystemClock().now))


for one in file_commands(writing, looking, SystemClock().now, in_one_line, fail):
    main.add_command(one)
