"""The command `booking simulate`. It opens no database and reads no settings: nothing real goes in."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import click

from booking.simulation.city import METHODS, Assumptions, Method
from booking.simulation.picture import picture
from booking.simulation.resales import LEAST_PLACES, LEAST_QUEUE, Resales, resales
from booking.simulation.tables import as_json, as_table, resales_as_table
from booking.simulation.weeks import Echo, simulate_method

DEFAULT = Assumptions()
WHOLE, SHARE = click.IntRange(min=0), click.FloatRange(0, 1)


def methods_of(context: click.Context, parameter: click.Parameter, value: str) -> list[Method]:
    """Read a list of methods; the order of the table stays the same."""
    names = {name.strip() for name in value.split(",")}
    if not names <= set(METHODS):
        raise click.BadParameter(f"choose from {', '.join(METHODS)}", context, parameter)
    return [method for method in METHODS if method in names]


def say(text: str) -> None:
    """Report progress beside the output."""
    click.echo(text, err=True)


@click.command()
@click.option("--weeks", type=click.IntRange(1, 5200), default=DEFAULT.weeks, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed prints the same table.")
@click.option("--learners-per-week", "learners", type=WHOLE, default=DEFAULT.learners, show_default=True)
@click.option("--places-per-week", "places", type=click.IntRange(min=1), default=DEFAULT.places, show_default=True)
@click.option("--backlog", type=WHOLE, default=DEFAULT.backlog, show_default=True, help="Who waits at first.")
@click.option("--touts", type=WHOLE, default=DEFAULT.touts, show_default=True)
@click.option("--accomplices", type=WHOLE, default=DEFAULT.accomplices, show_default=True, help="Of each tout.")
@click.option("--customers", type=SHARE, default=DEFAULT.customers, show_default=True, help="Share who would pay.")
@click.option("--slow", type=SHARE, default=DEFAULT.slow, show_default=True, help="Share with slow devices.")
@click.option("--cancels", type=SHARE, default=DEFAULT.cancels, show_default=True, help="Share of granted places.")
@click.option("--absent", type=SHARE, default=DEFAULT.absent, show_default=True, help="Share who stay away.")
@click.option("--fails", type=SHARE, default=DEFAULT.fails, show_default=True, help="Share who fail and come back.")
@click.option("--methods", callback=methods_of, default=",".join(METHODS), show_default=True)
@click.option("--resales", "count", type=WHOLE, default=0, help="Also try so many resales of one place, per method.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Draw the picture into this file.")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
def simulate(
    seed: int, methods: list[Method], count: int, svg: Path | None, style: Literal["table", "json"],
    **numbers: float,
) -> None:  # fmt: skip
    """Live weeks of learners, touts and rules, and compare how places can be given.

    The draw and the queue are those of the real system; the people are invented. docs/simulation.md says what is
    assumed.
    """
    build: Callable[..., Assumptions] = Assumptions  # click has checked each number
    assumed = build(**numbers)
    accounts = [simulate_method(method, assumed, seed, say) for method in methods]
    found = resold(methods, count, seed, assumed, say)
    if svg is not None:
        _write(svg, picture(assumed, seed, accounts))
    if style == "json":
        click.echo(as_json(assumed, seed, accounts, found), nl=False)
        return
    click.echo(as_table(assumed, seed, accounts), nl=False)
    if found:
        click.echo("\n" + resales_as_table(found), nl=False)


def resold(methods: list[Method], count: int, seed: int, assumed: Assumptions, echo: Echo) -> list[Resales]:
    """Try the resales of every method, and of an informed tout where there is a queue to read.

    Raises `click.UsageError` where the city is too small for the people of the trade.
    """
    if not count:
        return []
    if assumed.places < LEAST_PLACES or assumed.backlog < LEAST_QUEUE:
        raise click.UsageError(f"--resales needs at least {LEAST_PLACES} places and a backlog of {LEAST_QUEUE}.")
    return [
        resales(count, seed, method, informed=informed, assumed=assumed, echo=echo)
        for informed in (False, True)
        for method in methods
        if method != "first_come" or not informed
    ]


def _write(file: Path, content: str) -> None:
    try:
        file.write_text(content, encoding="utf-8")
    except OSError as failure:
        raise click.FileError(str(file), failure.strerror or "") from failure
