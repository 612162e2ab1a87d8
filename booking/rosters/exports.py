"""A roster as a file."""

from collections.abc import Iterator

from booking.kernel.calendar import LOCAL
from booking.kernel.tables import write_csv
from booking.kernel.workbooks import Cell
from booking.rosters.queries.rosters import Roster
from booking.rosters.queries.rows import RosterRow
from booking.rosters.rules.standing import FIRST, RETEST

COLUMNS = (
    "number", "reference", "name", "document_tail", "licence_class", "standing", "arrival", "checked_in_at",
    "outcome_1", "score_1", "outcome_2", "score_2",
)  # fmt: skip


def roster_csv(roster: Roster) -> str:
    """Return the rows as CSV in the order of the roster; of documents only the last four characters."""
    return write_csv(COLUMNS, [tuple(_cells(row)) for row in roster.rows])


def roster_rows(roster: Roster) -> Iterator[tuple[Cell, ...]]:
    """Yield the same rows for a workbook."""
    return (tuple(_cells(row)) for row in roster.rows)


def _cells(row: RosterRow) -> Iterator[Cell]:
    yield from (row.number, row.reference, row.name, row.tail, row.licence_class, row.standing.value)
    came = row.check_in
    yield came.arrival if came else None
    yield came.checked_in_at.astimezone(LOCAL).isoformat(timespec="minutes") if came else None
    tried = {one.number: one for one in row.attempts}
    for number in (FIRST, RETEST):
        one = tried.get(number)
        yield one.outcome.value if one else None
        yield one.score if one else None
