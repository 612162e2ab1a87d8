"""Figures of inspections as JSON, as CSV and as tables for a terminal, under the same names everywhere."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from booking.inspections.rules.facts import KINDS
from booking.kernel.errors import Language, Wording
from booking.kernel.tables import write_csv
from booking.stats.exports.terminal import NONE, aligned, percent
from booking.stats.rules.inspections import UNKNOWN, WALK_IN, Ratio, Report, Row
from booking.stats.rules.shares import ONLINE

TOTAL, STATION, KIND, CHANNEL = "total", "station", "kind", "channel"
NAMES: Mapping[str, Wording] = {
    **{kind.value: name for kind, name in KINDS.items()},
    UNKNOWN: Wording("不详", "not known"),
    ONLINE: Wording("网上预约", "booked on line"),
    "counter": Wording("窗口预约", "booked at the counter"),
    "phone": Wording("电话预约", "booked by telephone"),
    WALK_IN: Wording("没有预约", "without a booking"),
}
ALL = Wording("合计", "All together")

# Name, and what stands under it; a share stands behind its two numbers.
COLUMNS: Mapping[str, Callable[[Row], object]] = {
    "cars": lambda row: row.cars,
    "all_cars": lambda row: row.of_all.total,
    "cars_share": lambda row: _share(row.of_all),
    "online": lambda row: row.online and row.online.some,
    "online_share": lambda row: _share(row.online),
    "booked": lambda row: row.booked,
    "bookable": lambda row: row.fill and row.fill.total,
    "booked_share": lambda row: _share(row.fill),
    "served": lambda row: row.started,
    "capacity": lambda row: row.served and row.served.total,
    "served_share": lambda row: _share(row.served),
    "on_time": lambda row: row.on_time.some,
    "booked_came": lambda row: row.on_time.total,
    "on_time_share": lambda row: _share(row.on_time),
    "wait_p50_minutes": lambda row: _written(row.wait_median),
    "wait_p90_minutes": lambda row: _written(row.wait_nine_of_ten),
    "no_shows": lambda row: row.absent.some,
    "booked_due": lambda row: row.absent.total,
    "no_show_share": lambda row: _share(row.absent),
    "first_passed": lambda row: row.first_pass.some,
    "first_results": lambda row: row.first_pass.total,
    "first_pass_share": lambda row: _share(row.first_pass),
    "reinspections": lambda row: row.reinspections,
    "blocked_seats": lambda row: row.seats and row.seats.blocked,
    "withdrawn_seats": lambda row: row.seats and row.seats.withdrawn,
}

Column = tuple[Wording, Callable[[Row], str]]
CARS: Sequence[Column] = (
    (Wording("车次", "Cars"), lambda row: str(row.cars)),
    (Wording("占全部车次", "Of all cars"), lambda row: _cell(row.of_all)),
    (Wording("网上预约比率", "Share on line"), lambda row: _cell(row.online)),
    (Wording("预约占可约名额", "Booked of bookable seats"), lambda row: _cell(row.fill)),
    (Wording("检验占全部名额", "Tested of all seats"), lambda row: _cell(row.served)),
    (Wording("停用名额", "Blocked seats"), lambda row: str(row.seats.blocked) if row.seats else NONE),
    (Wording("取消名额", "Withdrawn seats"), lambda row: str(row.seats.withdrawn) if row.seats else NONE),
)
DAY: Sequence[Column] = (
    (Wording("准时到站", "On time"), lambda row: _cell(row.on_time)),
    (Wording("半数等候（分钟）", "Half wait (min)"), lambda row: _written(row.wait_median) or NONE),
    (Wording("九成等候（分钟）", "9 of 10 wait (min)"), lambda row: _written(row.wait_nine_of_ten) or NONE),
    (Wording("未到", "No-shows"), lambda row: _cell(row.absent)),
    (Wording("初次检验合格", "Passed first time"), lambda row: _cell(row.first_pass)),
    (Wording("复检", "Re-inspections"), lambda row: str(row.reinspections)),
)


def inspections_as_data(report: Report) -> dict[str, object]:
    """Return counts as numbers, shares and minutes as text, None where a figure does not exist."""
    return {
        TOTAL: _figures(report.total),
        "stations": [{"code": row.code, **_figures(row)} for row in report.stations],
        "kinds": [{"code": row.code, **_figures(row)} for row in report.kinds],
        "channels": [{"code": row.code, **_figures(row)} for row in report.channels],
    }


def inspections_as_json(report: Report) -> str:
    """Return the figures as JSON text."""
    return json.dumps(inspections_as_data(report), indent=2) + "\n"


def inspections_as_csv(report: Report) -> str:
    """Return a header and a line for each row: what it is of, its code, its figures; empty where there is none."""
    lines = [[by, row.code, *(figure(row) for figure in COLUMNS.values())] for by, row in _all(report)]
    return write_csv(("by", "code", *COLUMNS), lines)


def inspections_as_table(report: Report, language: Language, stations: Mapping[str, Wording]) -> str:
    """Return two tables for a terminal; `stations` are named by their codes."""
    names = {**NAMES, **stations}
    blocks = []
    for columns in (CARS, DAY):
        lines = [["", *(head.filled(language, {}) for head, _ in columns)]]
        for by, row in _all(report):
            name = ALL if by == TOTAL else names.get(row.code, Wording(row.code, row.code))
            lines.append([name.filled(language, {}), *(cell(row) for _, cell in columns)])
        blocks.append("\n".join(aligned(lines)))
    return "\n\n".join(blocks) + "\n"


def _all(report: Report) -> Iterator[tuple[str, Row]]:
    """Yield each row with what it is a row of, the total first."""
    yield TOTAL, report.total
    for by, rows in ((STATION, report.stations), (KIND, report.kinds), (CHANNEL, report.channels)):
        yield from ((by, row) for row in rows)


def _figures(row: Row) -> dict[str, object]:
    return {name: figure(row) for name, figure in COLUMNS.items()}


def _share(ratio: Ratio | None) -> str | None:
    return None if ratio is None else _written(ratio.share)


def _written(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure)


def _cell(ratio: Ratio | None) -> str:
    return NONE if ratio is None else f"{percent(ratio.share)} ({ratio.some}/{ratio.total})"
