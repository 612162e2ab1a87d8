"""Where the points of a line over time lie, in a square of 100 by 100 from the top left. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

NICE = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Curve:
    """The lines of one figure over time. A gap in the values is a gap in the line.

    `lines` are paths; `marks` are the scale: how high and what is written there. `ends` are the labels below.
    """

    lines: Sequence[str]
    marks: Sequence[tuple[Decimal, Decimal]]
    ends: Sequence[tuple[Decimal, str]]


def curve(labels: Sequence[str], *series: Sequence[Decimal | None]) -> Curve | None:
    """Return the curve of one or more series over the same labels; None where there is nothing to draw."""
    known = [value for values in series for value in values if value is not None]
    if not known:
        return None
    top = rounded_up(max(known))
    step = Decimal(100) / max(len(labels) - 1, 1)
    lines = [_path([(number * step, value) for number, value in enumerate(values)], top) for values in series]
    marks = [(Decimal(100) - Decimal(25) * part, top * part / 4) for part in range(0, 5, 2)]
    shown = sorted({0, len(labels) // 2, len(labels) - 1}) if len(labels) > 2 else range(len(labels))
    return Curve(lines, marks, [(_written(number * step), labels[number]) for number in shown])


def rounded_up(most: Decimal) -> Decimal:
    """Return the end of a scale: the least of 1, 2, 5, 10, 20, … that is not below `most`."""
    power = Decimal(1)
    while power * 10 < most:
        power *= 10
    return next((power * nice for nice in NICE if power * nice >= most), power)


def _path(points: Sequence[tuple[Decimal, Decimal | None]], top: Decimal) -> str:
    """Return the path; a point that stands alone is a line of no length, which a round end makes a dot."""
    words, is_down = [], False
    for x, value in points:
        if value is None:
            is_down = False
            continue
        place = f"{_written(x)} {_written(100 - 100 * value / top)}"
        words.append(f"L{place}" if is_down else f"M{place}h0")
        is_down = True
    return "".join(words)


def _written(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"))
