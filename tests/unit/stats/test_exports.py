"""Shares as they leave the house."""

import json
from decimal import Decimal

from booking.kernel.tables import read_csv
from booking.stats.exports.shares import COLUMNS, shares_as_csv, shares_as_data, shares_as_json, shares_as_table
from booking.stats.rules.shares import Count, Shares

SPRING = Shares(
    (
        Count("subject_1", 2223, 7008),
        Count("subject_2", 1563, 7580),
        Count("road", 581, 5539),
        Count("safety", 0, 5337),
    ),
    Count("", 4367, 25464),
)
EMPTY = Shares((Count("road", 0, 0),), Count("", 0, 0))


def test_json_gives_counts_as_numbers_and_shares_as_text() -> None:
    data = json.loads(shares_as_json(SPRING))

    assert data["items"][0] == {"service": "subject_1", "online": 2223, "total": 7008, "share": "31.72"}
    assert data["items"][3] == {"service": "safety", "online": 0, "total": 5337, "share": "0.00"}
    assert data["total"] == {"online": 4367, "total": 25464, "share": "17.15"}
    assert data == shares_as_data(SPRING)


def test_json_says_null_where_there_is_no_booking() -> None:
    data = json.loads(shares_as_json(EMPTY))

    assert data["items"] == [{"service": "road", "online": 0, "total": 0, "share": None}]
    assert data["total"] == {"online": 0, "total": 0, "share": None}


def test_csv_can_be_read_back_and_ends_with_the_total() -> None:
    rows = [cells for _, cells in read_csv(shares_as_csv(SPRING), COLUMNS)]

    assert len(rows) == 5
    assert rows[2] == {"service": "road", "online": "581", "total": "5539", "share": "10.49"}
    assert rows[-1] == {"service": "total", "online": "4367", "total": "25464", "share": "17.15"}


def test_csv_leaves_a_share_empty_where_there_is_no_booking() -> None:
    assert shares_as_csv(EMPTY).splitlines() == ["service,online,total,share", "road,0,0,", "total,0,0,"]


def test_the_english_table_is_aligned_and_bears_numerator_and_denominator() -> None:
    lines = shares_as_table(SPRING, "en").splitlines()

    assert len(lines) == 6
    assert len({len(line) for line in lines}) == 1
    assert lines[-1].split() == ["All", "together", "4367", "25464", "17.15", "%"]


def test_the_chinese_table_is_aligned_in_columns_of_a_terminal() -> None:
    lines = shares_as_table(SPRING, "zh").splitlines()

    assert "合计" in lines[-1]
    assert "科目一" in lines[1]
    assert len({len(line.encode("gb18030")) for line in lines}) == 1  # two bytes where the terminal takes two columns


def test_the_table_shows_a_dash_where_there_is_no_share_and_the_code_of_an_unknown_service() -> None:
    shares = Shares((Count("inspection_boat", 0, 0),), Count("", 0, 0))

    lines = shares_as_table(shares, "en").splitlines()

    assert lines[1].split() == ["inspection_boat", "0", "0", "—"]


def test_a_share_of_all_is_written_with_its_decimals() -> None:
    assert Count("road", 3, 3).share == Decimal("100.00")
    assert "road,3,3,100.00" in shares_as_csv(Shares((Count("road", 3, 3),), Count("", 3, 3)))
