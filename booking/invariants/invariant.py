"""One statement about the database, as a question whose answer must be empty."""

from dataclasses import dataclass

GONE = "('cancelled', 'cancelled_by_office')"
LIVE = "('confirmed', 'attended')"


@dataclass(frozen=True, slots=True)
class Invariant:
    """One statement and the query that finds its breaches.

    `:late` stands for five minutes ago, `:undone` for the last instant whose results nobody can still undo.
    """

    name: str
    query: str
