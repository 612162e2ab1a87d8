"""When a tally is conspicuous. It opens a case for a human to look at, and never blocks anybody by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from booking.kernel.calendar import local_day


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of one thing one subject did: its busiest `part`, all of it, and where asked its share of `of`."""

    subject: str
    role: str
    part: str
    amount: int
    total: int
    of: int  # all acts of the subject; 0 where no share is asked for
    latest: datetime

    @property
    def day(self) -> date:
        """The local day of the last act that was counted."""
        return local_day(self.latest)


@dataclass(frozen=True, slots=True)
class Tallied:
    """The greatest tallies of a period, with what they are compared with: `medians` by role, and all together."""

    tallies: Sequence[Tally]
    medians: Mapping[str, int]
    everything: int


@dataclass(frozen=True, slots=True)
class Limits:
    """From which amount on a tally is conspicuous; it must exceed `times` the median and `share` in a hundred too."""

    least: int
    times: int = 0  # 0: not compared with others
    share: int = 0  # 0: no share is asked for


def is_conspicuous(tally: Tally, limits: Limits, median: int) -> bool:
    """Say whether somebody should look at it."""
    return (
        tally.amount >= limits.least
        and (not limits.times or tally.amount >= limits.times * median)
        and (not limits.share or 100 * tally.total > limits.share * tally.of)
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """The tally that matters of one subject: whether it is conspicuous, and whether nobody has looked at it yet."""

    tally: Tally
    is_found: bool
    is_open: bool


def judgements(tallied: Tallied, limits: Limits, is_looked_at: Callable[[Tally], bool]) -> Sequence[Judgement]:
    """Judge each subject once: by what nobody has looked at if there is any, and by its greatest tally otherwise.

    The findings come first, then the greatest.
    """
    best: dict[str, Judgement] = {}
    for tally in tallied.tallies:
        is_found = is_conspicuous(tally, limits, tallied.medians.get(tally.role, 0))
        one = Judgement(tally, is_found, is_found and not is_looked_at(tally))
        known = best.get(tally.subject)
        if known is None or _weight(one) > _weight(known):
            best[tally.subject] = one
    return sorted(best.values(), key=lambda one: (not one.is_open, not one.is_found, -one.tally.amount))


def _weight(one: Judgement) -> tuple[bool, bool, int]:
    return one.is_open, one.is_found, one.tally.amount
