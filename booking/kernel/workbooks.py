"""Workbooks (XLSX) out: written as the rows come, in little memory; a text stays the text it is.

Nothing that is written can become a formula, a link or a number by itself, whatever a name or an address looks like.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter

from booking.kernel.calendar import LOCAL
from booking.kernel.errors import InvalidInputError, Wording

MOST_ROWS_OF_A_SHEET = 1_048_575  # below the header
LONGEST_CELL = 32_767  # characters; the program that opens it cuts the rest off without a word
NOTES_SHEET = "说明 About"  # reading passes it over
NARROWEST, WIDEST, SEEN_FOR_WIDTHS = 8, 48, 200
WIDE = "\u1100"  # from here on a character takes the room of two, near enough
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}

Cell = str | int | float | Decimal | date | datetime | time | None
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooManyRowsError(InvalidInputError):
    """A sheet holds a million rows."""

    wording = Wording(
        "行数超过一张工作表能容纳的数量，请缩短期间，或改用 CSV。",
        "There are more rows than a sheet can hold. Choose a shorter period, or CSV.",
    )


def write_workbook(
    target: BinaryIO,
    sheet: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    notes: Iterable[tuple[str, str]] = (),
    days: Collection[str] = (),
) -> int:
    """Write one sheet with a bold, frozen header, and return how many rows it has below it.

    A text stays text, None is an empty cell, a `date` a real day, an instant the local wall clock, a number a
    number. `days` names columns whose empty cells are days too, for files that are filled in; `notes` are pairs of
    words for a sheet of their own. Raise `TooManyRowsError`.
    """
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        # The moment of making would come from the machine's clock, and tells nobody anything.
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        page = _Page(book, sheet, columns, days)
        count = 0
        for count, row in enumerate(rows, 1):
            if count > MOST_ROWS_OF_A_SHEET:
                raise TooManyRowsError("rows")
            page.write(count, row)
        page.finish()
        _write_notes(book, tuple(notes))
    return count


class _Page:
    """The sheet of the rows; its columns grow as wide as what the first rows hold."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: str, columns: Sequence[str], days: Collection[str]) -> None:
        self._columns = columns
        self._page = book.add_worksheet(sheet[:31])
        self._page.freeze_panes(1, 0)
        self._text = book.add_format({"num_format": "@"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._time = book.add_format({"num_format": "hh:mm"})
        self._days = {number for number, name in enumerate(columns) if name in days}
        self._widths = [_width(name) + 2 for name in columns]
        header = book.add_format({"bold": True, "num_format": "@", "bottom": 1})
        for column, name in enumerate(columns):
            self._page.write_string(0, column, name, header)

    def write(self, number: int, row: Sequence[Cell]) -> None:
        for column, cell in enumerate(row):
            self._write(number, column, cell)
        if number <= SEEN_FOR_WIDTHS:
            for column, cell in enumerate(row[: len(self._widths)]):
                self._widths[column] = max(self._widths[column], _width("" if cell is None else str(cell)) + 1)

    def finish(self) -> None:
        for column, width in enumerate(self._widths):
            cells = self._day if column in self._days else self._text
            self._page.set_column(column, column, min(max(width, NARROWEST), WIDEST), cells)

    def _write(self, number: int, column: int, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, str):
            if len(cell) > LONGEST_CELL:
                raise InvalidInputError(self._columns[column])
            self._page.write_string(number, column, cell, self._text)
        elif isinstance(cell, datetime):
            local = cell.astimezone(LOCAL).replace(tzinfo=None) if cell.tzinfo else cell
            self._page.write_datetime(number, column, local, self._instant)
        elif isinstance(cell, date):
            self._page.write_datetime(number, column, cell, self._day)
        elif isinstance(cell, time):
            self._page.write_datetime(number, column, cell, self._time)
        elif isinstance(cell, bool):
            self._page.write_boolean(number, column, cell)
        else:
            self._page.write_number(number, column, cell)


def _write_notes(book: xlsxwriter.Workbook, notes: Sequence[tuple[str, str]]) -> None:
    if not notes:
        return
    page = book.add_worksheet(NOTES_SHEET)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 28, wrapped)
    page.set_column(1, 1, 80, wrapped)
    for number, (name, words) in enumerate(notes):
        page.write_string(number, 0, name, wrapped)
        page.write_string(number, 1, words, wrapped)


def _width(text: str) -> int:
    return sum(2 if character >= WIDE else 1 for character in text[:WIDEST])
