"""When a tally is conspicuous. It opens a case for a human to look at, and never blocks anybody by itself."""

from collections.abc import Iterator, Mapping, Sequence
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


def findings(tallied: Tallied, limits: Limits) -> Iterator[Tally]:
    """Yield what is conspicuous, each subject once, the greatest first."""
    seen: set[str] = set()
    for tally in sorted(tallied.tallies, key=lambda one: (-one.amount, one.subject)):
        if tally.subject not in seen and is_conspicuous(tally, limits, tallied.medians.get(tally.role, 0)):
            seen.add(tally.subject)
            yield tally


def of_each(tallied: Tallied) -> Sequence[Tally]:
    """Return the greatest tally of each subject, the greatest first."""
    best: dict[str, Tally] = {}
    for tally in sorted(tallied.tallies, key=lambda one: (-one.amount, one.subject)):
        best.setdefault(tally.subject, tally)
    return list(best.values())
