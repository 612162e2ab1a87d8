"""Workbooks (XLSX) in: one sheet, one header, and cells that are what they look like.

A spreadsheet turns long numbers into 4.4E+17, codes into numbers and some words into days. What cannot be the thing
that was meant is refused with its row and column, never guessed at.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from booking.kernel.columns import MOST_ERRORS, Holds, check_header, refused
from booking.kernel.errors import ImportRefusedError, LineError
from booking.kernel.workbook_cells import lengths_of_strings, letters, looked_at
from booking.kernel.workbook_parts import DAMAGED, Parts, Sheet, packed, sheets, unpacked
from booking.kernel.workbooks import NOTES_SHEET

Raw = int | float | str | bool | date | datetime | time | timedelta
Line = tuple[int, dict[str, str]]
FIRST_SURE_YEAR = 1901  # spreadsheets count a 29 February 1900 that never was
MIDNIGHT = time()


def read_workbook(source: bytes, columns: Mapping[str, Holds]) -> Iterator[Line]:
    """Yield each row as (its number in the sheet, its trimmed cells as text by column); blank rows are passed over.

    The whole file is looked at first. Raise `ImportRefusedError` with row, column and reason if anything in it is
    not plainly what `columns` ask for: formulas, errors, merged or hidden cells, numbers where texts belong, times
    in days, more than one sheet of data, macros, passwords, or more than can be honest.
    """
    parts = unpacked(source)
    sheet, wrong = _only_sheet(parts)
    rows = _rows(packed(parts), sheet)
    number, header_cells = next(rows, (1, []))
    header = [cell.strip() if isinstance(cell, str) else str(cell) for cell in header_cells]
    while header and not header[-1]:
        header.pop()
    check_header(number, header, columns)
    seen = [_located(header, row, column, problem) for row, column, problem in wrong]
    errors: list[LineError] = []
    lines = [(row, _cells(row, cells, header, columns, errors)) for row, cells in rows]
    told = {(error.line, error.column) for error in seen}
    errors = seen + [error for error in errors if (error.line, error.column) not in told]
    if errors:
        raise ImportRefusedError(sorted(errors, key=lambda error: error.line)[:MOST_ERRORS])
    return iter(lines)


def _only_sheet(parts: Parts) -> tuple[Sheet, list[tuple[int, int, str]]]:
    """Return the one sheet with data, and what is wrong with cells of it."""
    lengths = lengths_of_strings(parts)
    found = [
        (sheet, look)
        for sheet in sheets(parts)
        if sheet.name != NOTES_SHEET and (look := looked_at(parts, sheet, lengths)).cells
    ]
    if any(sheet.is_hidden for sheet, _ in found):
        raise refused(1, "a hidden sheet holds data; show it or delete it")
    if len(found) > 1:
        raise refused(1, f"{len(found)} sheets hold data; only one may")
    if not found:
        raise refused(1, "no sheet holds any data")
    return found[0][0], found[0][1].wrong


def _rows(source: bytes, sheet: Sheet) -> Iterator[tuple[int, Sequence[Raw]]]:
    """Yield (number, cells) of the rows that are not blank."""
    try:
        with CalamineWorkbook.from_object(io.BytesIO(source)) as book:
            rows = book.get_sheet_by_name(sheet.name).iter_rows()
            for number, cells in enumerate(rows, 1):
                if any(not isinstance(cell, str) or cell.strip() for cell in cells):
                    yield number, cells
    except CalamineError as failure:
        raise refused(1, DAMAGED) from failure


def _located(header: Sequence[str], row: int, column: int, problem: str) -> LineError:
    name = header[column - 1] if column <= len(header) else ""
    return LineError(row, name or letters(column), "", problem)


def _cells(
    row: int,
    cells: Sequence[Raw],
    header: Sequence[str],
    columns: Mapping[str, Holds],
    errors: list[LineError],
) -> dict[str, str]:
    texts = {}
    for name, cell in zip(header, cells, strict=False):
        try:
            texts[name] = _text(cell, columns[name])
        except ValueError as problem:
            errors.append(LineError(row, name, "", str(problem)))
    for column, cell in enumerate(cells[len(header) :], len(header) + 1):
        if not isinstance(cell, str) or cell.strip():
            errors.append(LineError(row, letters(column), "", "stands beside the columns of the header"))
    return {name: texts.get(name, "") for name in header}


def _text(cell: Raw, holds: Holds) -> str:
    """Return the cell as the text a CSV file would have; raise ValueError with the problem in words."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        raise ValueError("is TRUE or FALSE, and not what the column holds")
    if isinstance(cell, int | float):
        return _of_number(float(cell), holds)
    return _of_instant(cell, holds)


def _of_number(cell: float, holds: Holds) -> str:
    if holds is Holds.NUMBER:
        return str(int(cell)) if cell.is_integer() else str(cell)
    if holds is Holds.TEXT:
        raise ValueError("is a number; the column must be text, for digits are lost")
    raise ValueError("is a number; write it as YYYY-MM-DD or HH:MM, or give the cell that format")


def _of_instant(cell: date | datetime | time | timedelta, holds: Holds) -> str:
    if holds in {Holds.TEXT, Holds.NUMBER}:
        raise ValueError("was turned into a date or a time by the spreadsheet; the column must be text or number")
    if holds is Holds.DAY:
        return _of_day(cell)
    if isinstance(cell, time):
        return cell.isoformat("auto" if cell.second or cell.microsecond else "minutes")
    raise ValueError("is not a time of day")


def _of_day(cell: date | datetime | time | timedelta) -> str:
    if isinstance(cell, datetime):
        if cell.time() != MIDNIGHT:
            raise ValueError("has a time of day; only the day belongs here")
        cell = cell.date()
    if not isinstance(cell, date) or cell.year < FIRST_SURE_YEAR:
        raise ValueError("is not a day that can be")
    return cell.isoformat()
