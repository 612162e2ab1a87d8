"""Figures of inspections as they leave the house."""

import json

import pytest

from booking.kernel.errors import Wording
from booking.kernel.tables import read_csv
from booking.stats.exports.inspections import (
    COLUMNS,
    inspections_as_csv,
    inspections_as_data,
    inspections_as_json,
    inspections_as_table,
)
from booking.stats.exports.terminal import NONE, shortened
from booking.stats.rules.inspections import Booked, Cell, Counted, Seats, report

STATION = "4408-J-001"
FOUND = report(
    Counted(
        [
            Booked(Cell(STATION, "truck", "internet"), 2, absent=0),
            Booked(Cell(STATION, "truck", "phone"), 1, absent=1),
        ],
        [],
        {STATION: Seats(bookable=8, capacity=10, blocked=1, withdrawn=4)},
    ),
    ("small_passenger", "truck"),
)


def test_json_gives_counts_as_numbers_shares_as_text_and_null_where_a_figure_does_not_exist() -> None:
    data = json.loads(inspections_as_json(FOUND))

    total, channel = data["total"], data["channels"][0]
    assert (total["cars"], total["online"], total["online_share"]) == (3, 2, "66.67")
    assert (total["booked"], total["bookable"], total["booked_share"]) == (3, 8, "37.50")
    assert (total["on_time"], total["booked_came"], total["on_time_share"]) == (0, 0, None)
    assert (total["no_shows"], total["no_show_share"], total["wait_p50_minutes"]) == (1, "100.00", None)
    assert (total["blocked_seats"], total["withdrawn_seats"]) == (1, 4)
    assert (channel["online"], channel["online_share"], channel["bookable"], channel["blocked_seats"]) == (None,) * 4
    assert data == inspections_as_data(FOUND)


def test_csv_can_be_read_back_and_has_the_same_figures_as_json() -> None:
    rows = [cells for _, cells in read_csv(inspections_as_csv(FOUND), ("by", "code", *COLUMNS))]

    assert [(row["by"], row["code"]) for row in rows] == [
        ("total", ""),
        ("station", STATION),
        ("kind", "small_passenger"),
        ("kind", "truck"),
        *(("channel", code) for code in ("internet", "counter", "phone", "walk_in")),
    ]
    data = json.loads(inspections_as_json(FOUND))
    for row, same in zip(rows, (data["total"], *data["stations"], *data["kinds"], *data["channels"]), strict=True):
        assert {name: row[name] for name in COLUMNS} == {
            name: "" if same[name] is None else str(same[name]) for name in COLUMNS
        }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tables_are_aligned_and_bear_numerator_and_denominator(language: str) -> None:
    names = {STATION: Wording("麻章检测站", "Mazhang station")}

    text = inspections_as_table(FOUND, "zh" if language == "zh" else "en", names)

    first, second = text.rstrip("\n").split("\n\n")
    for table in (first, second):
        lines = [line.replace(NONE, "-").encode("gb18030") for line in table.splitlines()]
        assert len({len(line) for line in lines}) == 1  # two bytes where the terminal takes two columns
        assert len(lines) == 9
    assert "66.67 % (2/3)" in first
    assert names[STATION].filled("zh" if language == "zh" else "en", {}) in second


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("麻章检测站", "麻章检测站"),
        ("二四六八十二四六八十十二", "二四六八十二四六八十十二"),  # just fits
        ("东海岛机动车安全技术检验服务有限公司", "东海岛机动车安全技术检…"),
        ("Development Zone inspection station", "Development Zone inspec…"),
    ],
)
def test_what_is_too_long_is_cut_off_with_an_ellipsis(text: str, expected: str) -> None:
    assert shortened(text) == expected
