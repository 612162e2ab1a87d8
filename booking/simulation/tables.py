"""The figures as text for people and as JSON for programs; both say what was assumed, and the seed."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from booking.simulation.account import Account
from booking.simulation.city import Assumptions
from booking.simulation.resales import CUSTOMERS, Resales

FIRST, COLUMN = 58, 12
# Heading, or (label, name of the figure, how it is written).
ROWS: tuple[tuple[str, str, str], ...] = (
    ("wait in weeks, from entitled to granted", "", ""),
    ("  half of the people at most (p50)", "wait_p50", "d"),
    ("  95 of 100 at most (p95)", "wait_p95", "d"),
    ("  99 of 100 at most (p99)", "wait_p99", "d"),
    ("  the longest", "wait_max", "d"),
    ("  mean of all", "wait_mean", ".1f"),
    ("  mean of people with slow devices", "wait_mean_slow", ".1f"),
    ("  mean of touts' customers", "wait_mean_customers", ".1f"),
    ("people unserved at the end", "unserved", "d"),
    ("seats in which nobody sat", "unused", ".1%"),
    ("  of these left empty (the others: absent)", "empty", ".1%"),
    ("places that touts deliver to paying customers", "through_touts", ".1%"),
    ("places that reach touts' customers, by any way", "customers", ".1%"),
    ("  fair share: if each went to somebody who waits", "customers_fair", ".1%"),
    ("places that reach people with slow devices", "slow", ".1%"),
    ("  fair share", "slow_fair", ".1%"),
    ("places that accomplices give back for a customer", "resold", "d"),
    ("  of these reach a customer of the same tout", "resold_reach", ".1%"),
    ("  fair share: if each went to somebody who wants it", "resold_fair", ".1%"),
)


def as_table(assumed: Assumptions, seed: int, accounts: Sequence[Account]) -> str:
    """Return the table of all methods, one column each."""
    figures = [account.figures() for account in accounts]
    lines = [
        f"{assumed.weeks} weeks; a week {assumed.learners} learners and {assumed.places} places; "
        f"{assumed.backlog} waiting at first;",
        f"{assumed.touts} touts with {assumed.accomplices} accomplices each; seed {seed}",
        "",
        _line("", [account.method for account in accounts]),
    ]
    lines += [
        _line(label, [format(found[name], style) for found in figures] if name else []) for label, name, style in ROWS
    ]
    return "\n".join(lines) + "\n"


def resales_as_table(found: Sequence[Resales]) -> str:
    """Return the sub-table of the resales; a cell is empty where a tout has no queue to read."""
    plain = [one for one in found if not one.informed]
    informed = {one.method: one for one in found if one.informed}
    most = max((one.count for one in found), default=0)
    served = [informed.get(one.method) for one in plain]
    lines = [
        _line(f"{most:,} resales at an agreed moment", [one.method for one in plain]),
        _line("  reach a customer of the tout", [format(one.share, ".1%") for one in plain]),
        _line("  fair share", [format(one.fair_share, ".1%") for one in plain]),
        _line("  times the fair share", [format(one.times_fair, ".2f") for one in plain]),
        _line(f"  customers with a place in the end, of {CUSTOMERS}", [_served(one) for one in plain]),
        "the same, when the tout waits until it is his customer's turn",
        _line("  reach a customer of the tout", [format(one.share, ".1%") if one else "–" for one in served]),
        _line("  times the fair share", [format(one.times_fair, ".2f") if one else "–" for one in served]),
        _line(
            f"  customers with a place in the end, of {CUSTOMERS}", [_served(one) if one else "–" for one in served]
        ),
    ]
    return "\n".join(lines) + "\n"


def as_json(assumed: Assumptions, seed: int, accounts: Sequence[Account], found: Sequence[Resales]) -> str:
    """Return everything as one JSON object; shares lie between 0 and 1."""
    content = {
        "seed": seed,
        "assumptions": asdict(assumed),
        "methods": {account.method: {**account.counters(), **account.figures()} for account in accounts},
        "resales": [
            {**asdict(one), "share": one.share, "fair_share": one.fair_share, "times_fair": one.times_fair}
            for one in found
        ],
    }
    return json.dumps(content, indent=2) + "\n"


def _served(one: Resales) -> str:
    return format(one.served / one.count if one.count else 0, ".2f")


def _line(label: str, cells: Sequence[str]) -> str:
    return (f"{label:<{FIRST}}" + "".join(f"{cell:>{COLUMN}}" for cell in cells)).rstrip()
