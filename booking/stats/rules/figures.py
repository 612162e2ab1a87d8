"""How a number follows from counts by bucket. Pure: a figure and its counts in, a value out.

A value never travels without what it is made of: how many of how many, or of how many a median is the median.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from booking.kernel.errors import Wording
from booking.stats.rules.shares import HUNDREDTH, share

COUNTED, OUT_OF = Wording("个数", "Counted"), Wording("总数", "Out of")


class Kind(StrEnum):
    """What a figure is: a share in percent, a quotient, a spread (half and nine in ten), or a plain count."""

    SHARE = "share"
    QUOTIENT = "quotient"
    SPREAD = "spread"
    COUNT = "count"


class Unit(StrEnum):
    """What a figure is counted in."""

    PERCENT = "percent"
    DAYS = "days"
    HOURS = "hours"
    TIMES = "times"
    PIECES = "pieces"


@dataclass(frozen=True, slots=True)
class Figure:
    """One defined number: `some` and `of` are buckets of its measure; a spread is over buckets that are numbers.

    `words` names the buckets in the order in which they are shown. A figure without site or class has no value
    where one is asked for.
    """

    code: str
    name: Wording
    kind: Kind
    unit: Unit
    measure: str
    meaning: Wording
    some: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    words: Mapping[str, Wording] | None = None
    numbers_as: str = ""  # the bucket that all numbers together stand for
    is_public: bool = False
    has_site: bool = True
    has_class: bool = True
    lines: tuple[str, ...] = ("exams",)
    some_name: Wording = COUNTED
    of_name: Wording = OUT_OF
    rest_name: Wording | None = None  # of what is between the two, where it is a number of its own
    is_parted: bool = True  # whether the buckets are parts of one whole


@dataclass(frozen=True, slots=True)
class Value:
    """What a figure is: `main` is None where there is nothing to say, `nine` is what nine in ten do not exceed."""

    main: Decimal | None
    some: int
    total: int
    nine: Decimal | None = None


def value(figure: Figure, counted: Mapping[str, int]) -> Value:
    """Return what a figure is by the counts of its measure."""
    if figure.kind is Kind.SPREAD:
        numbers = {int(bucket): amount for bucket, amount in counted.items() if bucket.isdigit() and amount}
        total = sum(numbers.values())
        return Value(percentile(numbers, 50), total, total, percentile(numbers, 90))
    counted = named(figure, counted)
    some = sum(counted.get(bucket, 0) for bucket in figure.some)
    if figure.kind is Kind.COUNT:
        return Value(Decimal(some), some, some)
    total = sum(counted.get(bucket, 0) for bucket in figure.of)
    return Value(share(some, total) if figure.kind is Kind.SHARE else quotient(some, total), some, total)


def named(figure: Figure, counted: Mapping[str, int]) -> Mapping[str, int]:
    """Return the counts by the buckets that have words; numbers are put together where they stand for one."""
    if not figure.numbers_as:
        return counted
    found: Counter[str] = Counter()
    for bucket, amount in counted.items():
        found[figure.numbers_as if bucket.isdigit() else bucket] += amount
    return found


def percentile(numbers: Mapping[int, int], percent: int) -> Decimal | None:
    """Return the least number that at least `percent` of all do not exceed; None for none at all."""
    reached, total = 0, sum(numbers.values())
    for number in sorted(numbers):
        reached += numbers[number]
        if reached * 100 >= total * percent and numbers[number]:
            return Decimal(number)
    return None


def quotient(some: int, total: int) -> Decimal | None:
    """Return how many there are for each, two decimals, half up; None where there is none to be divided by."""
    return (Decimal(some) / total).quantize(HUNDREDTH, ROUND_HALF_UP) if total else None


STEPS: Mapping[Unit, tuple[int, ...]] = {
    Unit.DAYS: (0, 1, 4, 8, 15, 31, 61, 91),
    Unit.HOURS: (0, 1, 2, 6, 12, 24, 48, 96),
}


def steps(figure: Figure, counted: Mapping[str, int]) -> list[tuple[int, int | None, int]]:
    """Return a spread in steps: from, up to (None: without end), and how many."""
    starts = STEPS[figure.unit]
    ends = [*(start - 1 for start in starts[1:]), None]
    numbers = {int(bucket): amount for bucket, amount in counted.items() if bucket.isdigit()}
    return [
        (start, end, sum(amount for number, amount in numbers.items() if start <= number and _is_within(number, end)))
        for start, end in zip(starts, ends, strict=True)
    ]


def _is_within(number: int, end: int | None) -> bool:
    return end is None or number <= end
