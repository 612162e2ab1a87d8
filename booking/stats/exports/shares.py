"""Shares in the forms in which they leave the house: JSON as in the API, CSV, and a table for a terminal."""

import json
from decimal import Decimal

from booking.kernel.errors import Language, Wording
from booking.kernel.tables import write_csv
from booking.lines import service_names
from booking.stats.exports.terminal import aligned, percent
from booking.stats.rules.shares import Count, Shares

COLUMNS = ("service", "online", "total", "share")
TOTAL = "total"
HEAD = (
    Wording("科目", "Subject"),
    Wording("网上预约", "On line"),
    Wording("全部预约", "All bookings"),
    Wording("网上预约比率", "Share on line"),
)
ALL = Wording("合计", "All together")


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
    return "\n".join(aligned(rows))


def _figures(count: Count) -> dict[str, object]:
    return {"online": count.online, "total": count.total, "share": _written(count.share)}


def _written(share: Decimal | None) -> str | None:
    return None if share is None else f"{share:.2f}"


def _cells(label: str, count: Count) -> list[str]:
    return [label, str(count.online), str(count.total), percent(count.share)]
