"""What is small, what a file may be called, and how a refusal is said in Chinese."""

from datetime import date

import pytest

from booking.kernel.errors import InvalidInputError, LineError, StaleError
from booking.transfers.rules import MOST_NAME, SMALL_BYTES, is_small, plain_name
from booking.transfers.scope import MOST_DAYS, Scope
from booking.transfers.views.words import told


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"a\n" * 500, True),
        (b"a\n" * 501, False),
        (b"a" * (SMALL_BYTES + 1), False),
        (b"PK\x03\x04" + b"\n" * 600, True),  # bytes of a workbook are no lines
        (b"PK\x03\x04" + b"x" * 30_000, False),
    ],
)
def test_small_is_what_a_clerk_can_wait_for(source: bytes, expected: bool) -> None:
    assert is_small(source) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("学员.xlsx", "学员.xlsx"),
        ("C:\\tmp\\a.csv", "a.csv"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie: x.csv"),
        ("", "file"),
        ("x" * 200 + ".csv", "x" * (MOST_NAME - 4) + ".csv"),
    ],
)
def test_a_file_keeps_the_plain_part_of_its_name(name: str, expected: str) -> None:
    assert plain_name(name) == expected


def test_days_are_at_most_six_years() -> None:
    first = date(2020, 1, 1)
    assert Scope(first, first).days == (first, first)
    with pytest.raises(InvalidInputError):
        _ = Scope(first, date.fromordinal(first.toordinal() + MOST_DAYS + 1)).days


def test_what_a_feature_refuses_is_said_in_chinese_with_its_facts() -> None:
    plan = "There is a plan for this site, service and day already (no. 5); change that one."

    first, second = told([LineError(2, "date", "2026-12-01", plan), LineError(0, "", "", StaleError.wording.en)])

    assert (first.line, first.problem) == (
        2,
        "这里同一业务、同一天已有一份计划（第 5 号），请在那份计划上修改。",
    )
    assert second.problem == StaleError.wording.zh
