"""The columns of a table: what each holds, and whether a header names them all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from booking.kernel.errors import ImportRefusedError, LineError

MOST_ERRORS = 100  # enough to mend a file by; a file of another kind would fail on each of its lines

Value = TypeVar("Value")


class Holds(StrEnum):
    """What the cells of a column are, where a file has kinds of cells."""

    TEXT = "text"
    DAY = "day"
    TIME = "time"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Typed(Generic[Value]):
    """A parser that says what its column holds; any other parser is of texts."""

    parse: Callable[[str], Value]
    holds: Holds

    def __call__(self, cell: str) -> Value:
        return self.parse(cell)


def holding(holds: Holds) -> Callable[[Callable[[str], Value]], Typed[Value]]:
    """Mark a parser with what its column holds."""
    return lambda parse: Typed(parse, holds)


def holds_of(parser: Callable[[str], object]) -> Holds:
    """Return what the column of this parser holds."""
    return parser.holds if isinstance(parser, Typed) else Holds.TEXT


def check_header(line: int, header: Sequence[str], columns: Iterable[str]) -> None:
    """Raise `ImportRefusedError` unless the header names each of `columns` once, in any order, and nothing else."""
    columns = tuple(columns)
    errors = [LineError(line, name, "", "this column is missing") for name in columns if name not in header]
    errors += [LineError(line, name, name, "no such column is known") for name in header if name not in columns]
    errors += [LineError(line, name, name, "appears twice") for name in columns if header.count(name) > 1]
    if errors:
        raise ImportRefusedError(errors[:MOST_ERRORS])


def refused(line: int, problem: str) -> ImportRefusedError:
    """Return the refusal of a whole file, or of a whole line of it."""
    return ImportRefusedError([LineError(line, "", "", problem)])
