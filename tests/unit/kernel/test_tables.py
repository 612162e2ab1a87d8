"""CSV files: what is taken, what is refused and how the fault is named, and what is written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.kernel import columns, tables
from booking.kernel.errors import ImportRefusedError, LineError
from booking.kernel.tables import LARGEST_FILE, Rows, read_csv, write_csv

COLUMNS = ("code", "day", "seats")


@dataclass(frozen=True, slots=True)
class Seats:
    code: str
    day: date
    seats: int


PARSERS: dict[str, tables.Parser] = {
    "code": tables.text(5),
    "day": tables.iso_date,
    "seats": tables.whole_number(0, 99),
}


def refused(source: str | bytes) -> list[LineError]:
    with pytest.raises(ImportRefusedError) as refusal:
        list(Rows(source, PARSERS, Seats))
    return list(refusal.value.errors)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_utf_8_is_read_with_or_without_a_mark_and_with_either_line_ending(mark: bytes, ending: bytes) -> None:
    source = mark + ending.join([b"code,day,seats", "麻章,2026-12-01,40".encode()])

    assert list(read_csv(source, COLUMNS)) == [(2, {"code": "麻章", "day": "2026-12-01", "seats": "40"})]


def test_columns_may_stand_in_any_order_and_cells_are_trimmed() -> None:
    assert list(read_csv("seats, code ,day\n 4 ,A,2026-12-01\n", COLUMNS)) == [
        (2, {"seats": "4", "code": "A", "day": "2026-12-01"})
    ]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    source = 'code,day,seats\n\n"A\nB",2026-12-01,1\n,,\nC,2026-12-02,2\n'

    assert [line for line, _ in read_csv(source, COLUMNS)] == [3, 6]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", [(1, "code", "missing"), (1, "day", "missing"), (1, "seats", "missing")]),
        ("code,day", [(1, "seats", "missing")]),
        ("code,day,seats,colour", [(1, "colour", "known")]),
        ("code,day,seats,day", [(1, "day", "twice")]),
    ],
)
def test_a_header_must_name_each_column_once(header: str, expected: list[tuple[int, str, str]]) -> None:
    errors = refused(header + "\n")

    assert [(error.line, error.column, error.problem.split()[-1]) for error in errors] == expected


def test_every_row_with_the_wrong_number_of_fields_is_named() -> None:
    errors = refused("code,day,seats\nA,2026-12-01\nB,2026-12-01,1\nC,2026-12-01,1,1\n")

    assert [(error.line, error.problem) for error in errors] == [
        (2, "has 2 fields; the header has 3"),
        (4, "has 4 fields; the header has 3"),
    ]


@pytest.mark.parametrize(
    ("source", "line", "word"),
    [
        (b"code,day,seats\nA,\xb5\xe7,1\n", 2, "UTF-8"),  # GBK
        ("code,day,seats\n".encode("utf-16"), 1, "NUL"),
        (b"code,day,seats\nA,2026-12-01,1\nA,\0,1\n", 3, "NUL"),
        (b'code,day,seats\nA,"2026-12-01"x,1\n', 2, "CSV"),
        (b'code,day,seats\nA,2026-12-01,1\n"A,2026-12-01,1\n', 3, "CSV"),
        (b"x" * (LARGEST_FILE + 1), 1, "8 MiB"),
    ],
)
def test_what_is_no_csv_in_utf_8_is_refused_with_its_line(source: bytes, line: int, word: str) -> None:
    (error,) = refused(source)

    assert error.line == line
    assert word in error.problem


def test_rows_are_built_from_parsed_cells() -> None:
    assert list(Rows("code,day,seats\nA,2026-12-01,40\n", PARSERS, Seats)) == [(2, Seats("A", date(2026, 12, 1), 40))]


def test_everything_wrong_is_named_with_line_column_and_value() -> None:
    errors = refused("code,day,seats\n,2026-13-01,40\nB,2026-12-01,many\nC,2026-12-01,1\n")

    assert errors == [
        LineError(2, "code", "", "is empty"),
        LineError(2, "day", "2026-13-01", "is not a day written YYYY-MM-DD"),
        LineError(3, "seats", "many", "is not a whole number from 0 to 99"),
    ]


def test_what_the_importer_finds_wrong_refuses_the_file_too() -> None:
    rows = Rows("code,day,seats\nA,2026-12-01,1\nA,2026-12-02,1\n", PARSERS, Seats)

    def imported() -> None:
        for line, row in rows:
            if line == 3:
                rows.wrong(line, "code", row.code, "appears twice")

    with pytest.raises(ImportRefusedError, match="line 3, column code: 'A': appears twice"):
        imported()


def test_the_value_of_a_secret_column_is_not_shown() -> None:
    with pytest.raises(ImportRefusedError) as refusal:
        list(Rows("code,day,seats\n19900000000,2026-12-01,1\n", PARSERS, Seats, secret=("code",)))

    assert "19900000000" not in str(refusal.value)
    assert "column code" in str(refusal.value)


def test_a_file_of_nothing_but_faults_stops_after_a_hundred() -> None:
    assert len(refused("code,day,seats\n" + ",,\nA,x,1\n" * 5000)) == columns.MOST_ERRORS


@pytest.mark.parametrize(
    ("parser", "cell", "value"),
    [
        (tables.choice("exams", "inspections"), "exams", "exams"),
        (tables.optional_text(3), "", ""),
        (tables.optional(tables.iso_date), "", None),
        (tables.optional(tables.iso_date), "2028-02-29", date(2028, 2, 29)),
        (tables.whole_number(-5, 5), "-5", -5),
        (tables.text(2), "考场", "考场"),
    ],
)
def test_parsers_take(parser: Callable[[str], object], cell: str, value: object) -> None:
    assert parser(cell) == value


@pytest.mark.parametrize(
    ("parser", "cell"),
    [
        (tables.choice("exams"), "exam"),
        (tables.choice("exams"), ""),
        (tables.text(2), "三个字"),
        (tables.optional_text(2), "三个字"),
        (tables.iso_date, "20261201"),
        (tables.iso_date, "2026-W49-2"),
        (tables.iso_date, "2027-02-29"),
        (tables.whole_number(0, 9), "10"),
        (tables.whole_number(0, 9), "-1"),
        (tables.whole_number(0, 9), "1.0"),
        (tables.whole_number(0, 9), "1_0"),
        (tables.whole_number(0, 9), "٣"),
        (tables.whole_number(0, 9), "9" * 5000),
        (tables.whole_number(0, 9), ""),
    ],
)
def test_parsers_refuse(parser: Callable[[str], object], cell: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|has) "):
        parser(cell)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_looks_like_a_formula_is_written_as_text(start: str) -> None:
    written = write_csv(("code",), [[f"{start}1+1"]])

    assert written.splitlines()[1].lstrip('"').startswith("'")


def test_numbers_days_and_empty_cells_are_written_as_they_are() -> None:
    assert write_csv(COLUMNS, [["A,B", date(2026, 12, 1), -4], [None, "", 0]]) == (
        'code,day,seats\n"A,B",2026-12-01,-4\n,,0\n'
    )


@given(st.lists(st.tuples(*[st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=8)] * 3), max_size=5))
def test_what_was_written_is_read_back(rows: list[tuple[str, str, str]]) -> None:
    trimmed = [("x", second.strip(), third.strip()) for _, second, third in rows]
    kept = [row for row in trimmed if not any(cell.startswith("'") for cell in row)]

    read = [tuple(cells.values()) for _, cells in read_csv(write_csv(COLUMNS, kept), COLUMNS)]

    assert read == kept
