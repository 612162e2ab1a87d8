"""Shares in the forms in which they leave the house: JSON as in the API, CSV, and a table for a terminal."""

import json
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from booking.kernel.errors import Language, Wording
from booking.kernel.tables import write_csv
from booking.lines import service_names
from booking.stats.rules.shares import Count, Shares

COLUMNS = ("service", "online", "total", "share")
TOTAL = "total"
HEAD = (
    Wording("科目", "Subject"),
    Wording("互联网预约", "On line"),
    Wording("全部预约", "All bookings"),
    Wording("互联网预约比率", "Share on line"),
)
ALL = Wording("合计", "All together")
NONE = "—"


def shares_as_data(shares: Shares) -> dict[str, object]:
    """Return the shares as the API gives them: counts as numbers, shares as text, None where the total is 0."""
    return {
        "items": [{"service": item.service, **_figures(item)} for item in shares.items],
        TOTAL: _figures(shares.total),
    }


def shares_as_json(shares: Shares) -> str:
    """Return the shares as JSON text in the shape of the API."""
    return json.dumps(shares_as_data(shares), indent=2)


def shares_as_csv(shares: Shares) -> str:
    """Return a header, a line for each service, and the line "total"; the share is empty where the total is 0."""
    lines = [*((item.service, item) for item in shares.items), (TOTAL, shares.total)]
    return write_csv(COLUMNS, [(code, count.online, count.total, _written(count.share)) for code, count in lines])


def shares_as_table(shares: Shares, language: Language) -> str:
    """Return the shares as aligned lines for a terminal, without a line break at the end."""
    names = service_names()
    rows = [[word.filled(language, {}) for word in HEAD]]
    for item in shares.items:
        name = names.get(item.service, Wording(item.service, item.service))
        rows.append(_cells(name.filled(language, {}), item))
    rows.append(_cells(ALL.filled(language, {}), shares.total))
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_aligned(row, widths) for row in rows)


def _figures(count: Count) -> dict[str, object]:
    return {"online": count.online, "total": count.total, "share": _written(count.share)}


def _written(share: Decimal | None) -> str | None:
    return None if share is None else f"{share:.2f}"


def _cells(label: str, count: Count) -> list[str]:
    share = _written(count.share)
    return [label, str(count.online), str(count.total), NONE if share is None else f"{share} %"]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    label, *numbers = row
    cells = [label + " " * (widths[0] - _width(label))]
    cells += [" " * (width - _width(cell)) + cell for cell, width in zip(numbers, widths[1:], strict=True)]
    return "  ".join(cells)


def _width(text: str) -> int:
    """Columns of a terminal that a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
