"""The five grades, who may give one and until when, and what grades come to. Pure.

Guangdong's trial rules of 2019 for 好差评: five grades, the two lowest are bad and are followed up, one rating for
each service, the author's data protected. How many days there are for rating and answering is the office's setting.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum

from booking.kernel.errors import Wording


class Grade(IntEnum):
    """How satisfied somebody was."""

    VERY_DISSATISFIED = 1
    DISSATISFIED = 2
    FAIRLY = 3
    SATISFIED = 4
    VERY_SATISFIED = 5

    @property
    def is_bad(self) -> bool:
        """Whether the office owes an answer."""
        return self <= Grade.DISSATISFIED


WORDS: Mapping[Grade, Wording] = {
    Grade.VERY_SATISFIED: Wording("非常满意", "Very satisfied"),
    Grade.SATISFIED: Wording("满意", "Satisfied"),
    Grade.FAIRLY: Wording("基本满意", "Fairly satisfied"),
    Grade.DISSATISFIED: Wording("不满意", "Dissatisfied"),
    Grade.VERY_DISSATISFIED: Wording("非常不满意", "Very dissatisfied"),
}
CAME = frozenset({"attended", "passed", "failed"})


def can_rate(state: str, ends_at: datetime, *, rating_time: timedelta, now: datetime) -> bool:
    """Say whether a booking may be rated: its holder came, and `rating_time` has not passed since its window.

    Whoever was absent or had cancelled was not served, so there is nothing to rate.
    """
    return state in CAME and now < ends_at + rating_time


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts by grade. Those who said nothing are not counted as satisfied."""

    by_grade: Mapping[Grade, int]

    @property
    def total(self) -> int:
        """How many were given."""
        return sum(self.by_grade.values())

    @property
    def satisfied(self) -> int:
        """How many were not bad."""
        return sum(count for grade, count in self.by_grade.items() if not grade.is_bad)

    @property
    def share(self) -> Decimal | None:
        """The share that was not bad, in percent with two decimals, rounded half up; None where nobody rated."""
        if not self.total:
            return None
        return (Decimal(100 * self.satisfied) / self.total).quantize(Decimal("0.01"), ROUND_HALF_UP)


def summary(counts: Iterable[tuple[int, int]]) -> Summary:
    """Return the summary of (grade, count), every grade named."""
    found = dict(counts)
    return Summary({grade: found.get(int(grade), 0) for grade in sorted(Grade, reverse=True)})
