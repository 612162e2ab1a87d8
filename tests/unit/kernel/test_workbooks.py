"""Workbooks: texts come back as they went out, and what is not what it looks like is refused by row and column."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter.worksheet import Worksheet as Page

from booking.kernel import tables, workbook_cells, workbook_parts
from booking.kernel.columns import Holds
from booking.kernel.errors import ImportRefusedError, InvalidInputError
from booking.kernel.tables import Rows
from booking.kernel.workbook_reading import read_workbook
from booking.kernel.workbooks import LONGEST_CELL, write_workbook

COLUMNS = {"number": Holds.TEXT, "day": Holds.DAY, "at": Holds.TIME, "seats": Holds.NUMBER}
ROW = ("440883199001011234", date(2026, 12, 1), time(8, 30), 40)
READ = {"number": "440883199001011234", "day": "2026-12-01", "at": "08:30", "seats": "40"}
Fill = Callable[[xlsxwriter.Workbook, Page], None]


def workbook(fill: Fill, *, header: tuple[str, ...] = tuple(COLUMNS), **options: object) -> bytes:
    """Return a workbook whose first sheet has a header and what `fill` does to it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("rows")
        sheet.write_row(0, 0, header)
        fill(book, sheet)
    return file.getvalue()


def good(book: xlsxwriter.Workbook, sheet: Page) -> None:
    """Write one right row."""
    sheet.write_string(1, 0, "440883199001011234")
    sheet.write_datetime(1, 1, date(2026, 12, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_datetime(1, 2, time(8, 30), book.add_format({"num_format": "hh:mm"}))
    sheet.write_number(1, 3, 40)


def refusals(source: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportRefusedError) as refusal:
        list(read_workbook(source, COLUMNS))
    assert all(not error.value for error in refusal.value.errors)
    return [(error.line, error.column, error.problem) for error in refusal.value.errors]


def with_part(source: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """Return the workbook with one part of it changed or added."""
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    parts[name] = change(parts.get(name, b"").decode()).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in parts.items():
            archive.writestr(entry, content)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def nothing(book: xlsxwriter.Workbook, sheet: Page) -> None:
    """Leave the header alone."""


@pytest.mark.parametrize("from_1904", [False, True])
def test_a_right_row_is_read_in_either_way_of_counting_days(from_1904: bool) -> None:
    assert list(read_workbook(workbook(good, date_1904=from_1904), COLUMNS)) == [(2, READ)]


def test_what_is_written_is_read_again_with_its_notes_passed_over() -> None:
    file = io.BytesIO()

    count = write_workbook(file, "rows", tuple(COLUMNS), [ROW, (None, None, None, None), ROW], notes=[("who", "me")])

    assert count == 3
    assert list(read_workbook(file.getvalue(), COLUMNS)) == [(2, READ), (4, READ)]  # rows as the sheet numbers them


ODD = st.text(
    st.one_of(
        st.sampled_from("=+-@\t0123456789\"'_x<>&\u3007𠮷䶮\u2028"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"),
    ),
    min_size=1,
    max_size=40,
)


TRAPS = ("=cmd|' /C calc'!A0", "007", "4.4E+17", "http://a.b", "_x0041_", "2026-12-01")


@settings(max_examples=60)
@given(st.lists(ODD.filter(str.strip), min_size=1, max_size=5))
def test_any_text_comes_back_as_it_was(odd: list[str]) -> None:
    file = io.BytesIO()
    texts = [*TRAPS, *odd]

    write_workbook(file, "rows", ("word",), [(text,) for text in texts])

    read = [cells["word"] for _, cells in read_workbook(file.getvalue(), {"word": Holds.TEXT})]
    assert read == [text.strip().replace("\r\n", "\n") for text in texts]


def test_an_instant_is_written_as_the_wall_clock_shows_it_and_too_long_a_text_is_not_cut() -> None:
    file = io.BytesIO()
    write_workbook(file, "rows", ("at",), [(datetime(2026, 12, 1, 0, 30, tzinfo=UTC),)])
    at = next(iter(read_workbook_raw(file.getvalue())))
    assert str(at) == "2026-12-01 08:30:00"

    with pytest.raises(InvalidInputError):
        write_workbook(io.BytesIO(), "rows", ("word",), [("x" * (LONGEST_CELL + 1),)])


def read_workbook_raw(source: bytes) -> list[object]:
    return list(CalamineWorkbook.from_object(io.BytesIO(source)).get_sheet_by_index(0).to_python()[1])


CELLS: list[tuple[str, Fill, tuple[int, str, str]]] = [
    ("formula", lambda book, sheet: sheet.write_formula(2, 3, "=1+1", None, 2), (3, "seats", "is a formula")),
    ("error", lambda book, sheet: sheet.write_formula(2, 3, "=A0", None, "#REF!"), (3, "seats", "is a formula")),
    (
        "merged",
        lambda book, sheet: sheet.merge_range(2, 0, 3, 0, "x"),
        (3, "number", "is one of several cells merged"),
    ),
    (
        "digits lost",
        lambda book, sheet: sheet.write_number(2, 0, 440883199001011234),
        (3, "number", "digits are lost"),
    ),
    (
        "telephone",
        lambda book, sheet: sheet.write_number(2, 0, 13800138000),
        (3, "number", "the column must be text"),
    ),
    ("true", lambda book, sheet: sheet.write_boolean(2, 0, True), (3, "number", "is TRUE or FALSE")),
    (
        "serial",
        lambda book, sheet: sheet.write_number(2, 1, 46357),
        (3, "day", "is a number; write it as YYYY-MM-DD"),
    ),
    ("beside", lambda book, sheet: sheet.write_string(2, 4, "x"), (3, "E", "stands beside the columns")),
    (
        "day in a text",
        lambda book, sheet: sheet.write_datetime(2, 0, date(2026, 3, 1), book.add_format({"num_format": "m/d"})),
        (3, "number", "was turned into a date"),
    ),
    (
        "time in a day",
        lambda book, sheet: sheet.write_number(2, 1, 46357.5, book.add_format({"num_format": "yyyy-mm-dd hh:mm"})),
        (3, "day", "has a time of day"),
    ),
    (
        "the 29 February that never was",
        lambda book, sheet: sheet.write_number(2, 1, 60, book.add_format({"num_format": "yyyy-mm-dd"})),
        (3, "day", "is not a day that can be"),
    ),
    (
        "more than a day",
        lambda book, sheet: sheet.write_number(2, 2, 1.5, book.add_format({"num_format": "[h]:mm"})),
        (3, "at", "is not a time of day"),
    ),
]


@pytest.mark.parametrize(("fill", "expected"), [row[1:] for row in CELLS], ids=[row[0] for row in CELLS])
def test_a_cell_that_is_not_what_it_looks_like_is_refused(fill: Fill, expected: tuple[int, str, str]) -> None:
    def both(book: object, sheet: object) -> None:
        good(book, sheet)
        fill(book, sheet)

    line, column, problem = refusals(workbook(both))[0]

    assert (line, column) == expected[:2]
    assert expected[2] in problem


def test_a_text_that_is_no_day_is_refused_with_its_row_by_the_parser() -> None:
    @dataclass(frozen=True, slots=True)
    class Day:
        day: date

    source = workbook(lambda book, sheet: sheet.write_string(4, 0, "2026-02-30"), header=("day",))

    with pytest.raises(ImportRefusedError) as refusal:
        list(Rows(source, {"day": tables.iso_date}, Day))

    assert [(error.line, error.column, error.value) for error in refusal.value.errors] == [(5, "day", "2026-02-30")]


def test_an_error_that_is_no_formula_is_refused() -> None:
    source = with_part(
        workbook(good), SHEET, lambda xml: xml.replace('<c r="D2"><v>40</v>', '<c r="D2" t="e"><v>#REF!</v>')
    )

    assert refusals(source) == [(2, "seats", "holds an error of the spreadsheet, such as #REF!")]


@pytest.mark.parametrize(
    ("hide", "expected"),
    [
        (lambda sheet: sheet.set_row(1, None, None, {"hidden": True}), (2, "number", "stands in a hidden row")),
        (
            lambda sheet: sheet.set_column(3, 3, None, None, {"hidden": True}),
            (1, "seats", "stands in a hidden column"),
        ),
    ],
)
def test_what_the_clerk_does_not_see_is_not_stored(
    hide: Callable[[Page], None], expected: tuple[int, str, str]
) -> None:
    def hidden(book: object, sheet: object) -> None:
        good(book, sheet)
        hide(sheet)

    line, column, problem = refusals(workbook(hidden))[0]

    assert (line, column) == expected[:2]
    assert problem.startswith(expected[2])


def second(book: xlsxwriter.Workbook, sheet: Page) -> None:
    good(book, sheet)
    book.add_worksheet("more").write_string(0, 0, "x")


def hidden_second(book: xlsxwriter.Workbook, sheet: Page) -> None:
    good(book, sheet)
    more = book.add_worksheet("more")
    more.write_string(0, 0, "x")
    more.hide()


def bomb(source: bytes) -> bytes:
    """Return a workbook with a part that unpacks to more than anybody may send."""
    return with_part(source, "xl/media/x.bin", lambda text: "0" * (workbook_parts.MOST_BYTES + 1))


WHOLE: list[tuple[str, bytes, str]] = [
    ("two sheets", workbook(second), "2 sheets hold data"),
    ("hidden sheet", workbook(hidden_second), "a hidden sheet holds data"),
    ("no rows at all", workbook(nothing, header=()), "no sheet holds any data"),
    ("macros", with_part(workbook(good), "xl/vbaProject.bin", lambda text: "x"), "the workbook has macros"),
    ("locked", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "has a password"),
    ("cut off", workbook(good)[:900], "the workbook is damaged"),
    ("a zip of something", with_part(b"PK\x05\x06" + b"\0" * 18, "a.txt", lambda text: "x"), "is not a workbook"),
    ("too far right", workbook(lambda book, sheet: sheet.write(1, 70, "x")), "a file may have 64 columns"),
    ("too far down", workbook(lambda book, sheet: sheet.write(900_000, 0, "x")), "a file may have 200000 rows"),
    ("unpacks to too much", bomb(workbook(good)), "too large when it is unpacked"),
    (
        "entities",
        with_part(workbook(good), SHEET, lambda xml: xml.replace("<work", '<!DOCTYPE a [<!ENTITY b "">]><work', 1)),
        "the workbook is damaged",
    ),
    (
        "a text that is not there",
        with_part(workbook(good), SHEET, lambda xml: xml.replace("<v>0</v>", "<v>999</v>", 1)),
        "the workbook is damaged",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("source", "problem"), [row[1:] for row in WHOLE], ids=[row[0] for row in WHOLE])
def test_a_workbook_of_another_kind_is_refused_whole(source: bytes, problem: str) -> None:
    assert problem in refusals(source)[0][2]


def test_one_long_text_in_many_cells_is_counted_as_often_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_cells, "MOST_CHARACTERS", 10_000)

    source = workbook(lambda book, sheet: sheet.write_column(1, 0, ["x" * 600] * 30))

    assert "too large when it is unpacked" in refusals(source)[0][2]


def test_a_size_that_the_archive_claims_falsely_is_not_believed() -> None:
    source = workbook(good)
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        size = archive.getinfo(SHEET).file_size
    claimed = source.replace(size.to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert claimed != source

    assert refusals(claimed)[0][2] == workbook_parts.DAMAGED


def test_a_missing_column_is_named_where_the_header_stands() -> None:
    with pytest.raises(ImportRefusedError) as refusal:
        list(read_workbook(workbook(nothing, header=("number", "day", "at", "places", "day")), COLUMNS))

    assert [(error.column, error.problem) for error in refusal.value.errors] == [
        ("seats", "this column is missing"),
        ("places", "no such column is known"),
        ("day", "appears twice"),
    ]
