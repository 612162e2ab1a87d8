"""Text where room is counted in columns, as in a terminal: a Chinese character takes two."""

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

NONE = "—"


def percent(share: Decimal | None) -> str:
    """Write a share; a dash where there is none."""
    return NONE if share is None else f"{share} %"


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a line for each row, the first cell to the left and the others to the right."""
    rows = list(rows)
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [_line(row, widths) for row in rows]


def shortened(text: str, most: int = 24) -> str:
    """Return what fits into `most` columns, an ellipsis at its end where something is cut off.

    As it stands, it fits over a bar on the narrowest phone with its share beside it.
    """
    if _width(text) <= most:
        return text
    while _width(text) >= most:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    label, *numbers = row
    cells = [label + " " * (widths[0] - _width(label))]
    cells += [" " * (width - _width(cell)) + cell for cell, width in zip(numbers, widths[1:], strict=True)]
    return "  ".join(cells)


def _width(text: str) -> int:
    """Columns of a terminal that a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
