"""Tables as files: CSV or XLSX in, all or nothing, with everything at fault named; and CSV out.

A CSV file is UTF-8, with or without a byte-order mark. Both have a header that names each column once, in any order.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import BinaryIO, Generic, TextIO, TypeVar

from booking.kernel.columns import (
    MOST_ERRORS,
    Holds,
    Typed,
    check_header,
    holding,
    holds_of,
    refused,
)
from booking.kernel.errors import ImportRefusedError, LineError
from booking.kernel.workbook_parts import is_workbook
from booking.kernel.workbook_reading import read_workbook

LARGEST_FILE = 8 * 1024 * 1024  # bytes
MARK = "\ufeff"
HIDDEN = "***"
# A spreadsheet takes a cell that begins like this for a formula and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Row = TypeVar("Row")
# Returns the value of a cell's text, or raises ValueError with the problem in words.
Parser = Callable[[str], object]
# Told how many rows of how many have been read.
Listener = Callable[[int, int], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def read_table(source: str | bytes, columns: Mapping[str, Holds]) -> Sequence[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV file or a workbook, told apart by what they are and not by their names.

    Each row is (its number in the file, its trimmed cells by column). Raise `ImportRefusedError` for all that
    `read_csv` and `read_workbook` refuse.
    """
    if isinstance(source, bytes) and is_workbook(source):
        if len(source) > LARGEST_FILE:
            raise refused(1, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MiB")
        return tuple(read_workbook(source, columns))
    return tuple(read_csv(source, tuple(columns)))


def read_csv(source: str | bytes, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row as (its line in the file, its trimmed cells by column); blank lines are passed over.

    The whole file is looked at first: raise `ImportRefusedError` if it is too large, not UTF-8, not CSV, if its
    header is not made of exactly `columns`, or if a row has more or fewer fields than the header.
    """
    records = _records(_text(source))
    line, header = next(records, (1, []))
    header = [name.strip() for name in header]
    check_header(line, header, columns)
    rows, errors = [], []
    for line, cells in records:
        if len(cells) != len(header):
            errors.append(LineError(line, "", "", f"has {len(cells)} fields; the header has {len(header)}"))
        rows.append((line, {name: _plain(cell) for name, cell in zip(header, cells, strict=False)}))
    if errors:
        raise ImportRefusedError(errors[:MOST_ERRORS])
    return iter(rows)


@contextmanager
def telling(listener: Listener) -> Iterator[None]:
    """Tell `listener` of every row that is read inside, and how many there are, whoever reads them."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


class Rows(Generic[Row]):
    """The rows of a file, each cell parsed, each row built into what the importer works with.

    `parsers` names the columns; a parser returns the value or raises ValueError with the problem in words. `build`
    takes the values by column name. Iterating yields (line, row) for good rows and, after the last one, raises
    `ImportRefusedError` if anything was wrong, whether a parser found it or the importer (`wrong`).
    Cells of `secret` columns (identity numbers, telephones) are named but never shown in an error.
    """

    def __init__(
        self,
        source: str | bytes,
        parsers: Mapping[str, Parser],
        build: Callable[..., Row],
        *,
        secret: Collection[str] = (),
    ) -> None:
        self._cells = read_table(source, {column: holds_of(parser) for column, parser in parsers.items()})
        self._parsers = parsers
        self._build = build
        self._secret = secret
        self._errors: list[LineError] = []

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        tell = _listener.get()
        for count, (line, cells) in enumerate(self._cells, 1):
            if tell is not None:
                tell(count, len(self._cells))
            before = len(self._errors)
            values = {column: self._value(line, column, cells[column]) for column in self._parsers}
            if len(self._errors) == before:
                yield line, self._build(**values)
        self.refuse_if_wrong()

    def wrong(self, line: int, column: str, value: str, problem: str) -> None:
        """Note something wrong; after a hundred of them, raise `ImportRefusedError` at once."""
        shown = HIDDEN if column in self._secret and value else value
        self._errors.append(LineError(line, column, shown, problem))
        if len(self._errors) >= MOST_ERRORS:
            self.refuse_if_wrong()

    def refuse_if_wrong(self) -> None:
        """Raise `ImportRefusedError` with all that was noted; for checks that come after the iteration."""
        if self._errors:
            raise ImportRefusedError(self._errors)

    def _value(self, line: int, column: str, cell: str) -> object:
        try:
            return self._parsers[column](cell)
        except ValueError as problem:
            self.wrong(line, column, cell, str(problem))
            return None


def text(most: int) -> Callable[[str], str]:
    """Return the parser of a text that must be there, of at most `most` characters."""

    def parse(cell: str) -> str:
        if not cell:
            raise ValueError("is empty")
        return optional_text(most)(cell)

    return parse


def optional_text(most: int) -> Callable[[str], str]:
    """Return the parser of a text of at most `most` characters that may be empty."""

    def parse(cell: str) -> str:
        if len(cell) > most:
            raise ValueError(f"has more than {most} characters")
        return cell

    return parse


@holding(Holds.DAY)
def iso_date(cell: str) -> date:
    """Parse a day written YYYY-MM-DD, and nothing else."""
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        day = None
    # From Python 3.11 on fromisoformat also takes 20261201 and 2026-W49-2.
    if day is None or day.isoformat() != cell:
        raise ValueError("is not a day written YYYY-MM-DD")
    return day


def choice(*codes: str) -> Callable[[str], str]:
    """Return the parser of one of the given codes."""

    def parse(cell: str) -> str:
        if cell not in codes:
            raise ValueError(f"is not one of {', '.join(codes)}")
        return cell

    return parse


def whole_number(least: int, most: int) -> Typed[int]:
    """Return the parser of a whole number in ASCII digits from `least` to `most`, both allowed."""

    @holding(Holds.NUMBER)
    def parse(cell: str) -> int:
        digits = cell.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 19 and least <= int(cell) <= most):
            raise ValueError(f"is not a whole number from {least} to {most}")
        return int(cell)

    return parse


def optional(parser: Callable[[str], Row]) -> Typed[Row | None]:
    """Return a parser that gives None for an empty cell and asks `parser` about any other."""
    return Typed(lambda cell: parser(cell) if cell else None, holds_of(parser))


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a CSV text with a header; None becomes an empty cell.

    A text that a spreadsheet would run as a formula gets a leading apostrophe, which `read_csv` takes off again.
    """
    file = io.StringIO(newline="")
    write_csv_to(file, columns, rows)
    return file.getvalue()


def write_csv_to(target: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write what `write_csv` returns, row by row."""
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)


def write_csv_file(
    target: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[object]], *, encoding: str = "utf-8-sig"
) -> None:
    """Write what `write_csv` returns to a file of bytes, row by row, with the mark by which Excel knows UTF-8."""
    text = io.TextIOWrapper(target, encoding=encoding, newline="", write_through=True)
    write_csv_to(text, columns, rows)
    text.detach()  # flushes, and leaves the file open


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _text(source: str | bytes) -> str:
    if isinstance(source, str):
        source = source.encode()
    if len(source) > LARGEST_FILE:
        raise refused(1, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MiB")
    if b"\0" in source:
        raise refused(_line_at(source, source.index(b"\0")), "a NUL byte: this is not a text file in UTF-8")
    try:
        return source.decode().removeprefix(MARK)
    except UnicodeDecodeError as failure:
        raise refused(_line_at(source, failure.start), "is not UTF-8; save the file as CSV UTF-8") from failure


def _line_at(source: bytes, position: int) -> int:
    return source.count(b"\n", 0, position) + 1


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line on which it begins, fields) for each record that is not a blank line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                yield begins, fields
            begins = reader.line_num + 1
    except csv.Error as failure:
        raise refused(begins, f"is not CSV: {failure}") from failure
