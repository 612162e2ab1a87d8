"""Asks what must always hold of the live database.

A row in an answer is one breach; its columns say where to look. Both databases answer the same SQL, except where
a date or a catalogue has to be asked in its own words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import text
from sqlalchemy.orm import Session

from booking.invariants.figures import FIGURES
from booking.invariants.house import HOUSE
from booking.invariants.overrides import OVERRIDES
from booking.invariants.own_words import OWN_WORDS
from booking.invariants.rosters import ROSTERS
from booking.invariants.rounds import ROUNDS
from booking.invariants.transfers import TRANSFERS
from booking.invariants.visits import VISITS

GRACE = timedelta(minutes=5)  # for jobs that run every minute
LONGEST_UNDO = timedelta(minutes=120)  # the most that the office may set
statement = cache(text)  # reading a query for its parameters costs as much as asking it of a small house
INVARIANTS = (*HOUSE, *ROUNDS, *ROSTERS, *VISITS, *OVERRIDES, *FIGURES, *TRANSFERS)


@dataclass(frozen=True, slots=True)
class Finding:
    """How many breaches of one invariant there are, and the first of them."""

    name: str
    count: int
    first: str


def findings(session: Session, *, now: datetime) -> Iterator[Finding]:
    """Ask every invariant and yield how it stands, in the order of the table."""
    kind = session.get_bind().dialect.name
    given = {"late": now - GRACE, "undone": now - GRACE - LONGEST_UNDO}
    for invariant in (*INVARIANTS, *OWN_WORDS[kind]):
        rows = session.execute(statement(invariant.query), given).all()
        first = ", ".join(str(cell) for cell in rows[0]) if rows else ""
        yield Finding(invariant.name, len(rows), first)
