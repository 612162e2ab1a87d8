"""What a run has counted, and the figures that follow from it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from booking.simulation.city import Learner, Method


@dataclass(frozen=True, slots=True)
class Wait:
    """How long one person waited for one place, in whole weeks; for who is still unserved, until now."""

    weeks: int
    is_slow: bool
    is_customer: bool


@dataclass(slots=True)
class Fair:
    """How many places a group got, and how many it would have got if each had gone to a random person who waits."""

    got: int = 0
    fair: float = 0.0

    def count(self, places: int, got: int, chance: float) -> None:
        """Take in some places, and the chance that one of them goes to the group at random."""
        self.got += got
        self.fair += places * chance


@dataclass(slots=True)
class Account:
    """The counters of one method. `granted` counts places given to learners, not to touts' accomplices."""

    method: Method
    waits: list[Wait] = field(default_factory=list)
    unserved: int = 0
    seats: int = 0
    sat: int = 0
    absent: int = 0
    empty: int = 0
    granted: int = 0
    through_touts: int = 0
    resold: int = 0
    customers: Fair = field(default_factory=Fair)
    slow: Fair = field(default_factory=Fair)
    resales: Fair = field(default_factory=Fair)

    def grant(self, one: Learner, week: int, *, through_tout: bool) -> None:
        """Count a place given to a learner, and the wait that it ends."""
        self.granted += 1
        self.through_touts += through_tout
        self.waits.append(wait_of(one, week))

    def figures(self) -> dict[str, float]:
        """Return the figures of the table by name: weeks, people, or shares between 0 and 1."""
        waited = [wait.weeks for wait in self.waits]
        return {
            **{f"wait_p{share}": percentile(waited, share) for share in (50, 95, 99)},
            "wait_max": max(waited, default=0),
            "wait_mean": mean(waited),
            "wait_mean_slow": mean(wait.weeks for wait in self.waits if wait.is_slow),
            "wait_mean_customers": mean(wait.weeks for wait in self.waits if wait.is_customer),
            "unserved": self.unserved,
            "unused": share_of(self.empty + self.absent, self.seats),
            "empty": share_of(self.empty, self.seats),
            "through_touts": share_of(self.through_touts, self.granted),
            "customers": share_of(self.customers.got, self.granted),
            "customers_fair": share_of(self.customers.fair, self.granted),
            "slow": share_of(self.slow.got, self.granted),
            "slow_fair": share_of(self.slow.fair, self.granted),
            "resold": self.resold,
            "resold_reach": share_of(self.resales.got, self.resold),
            "resold_fair": share_of(self.resales.fair, self.resold),
        }

    def counters(self) -> dict[str, float]:
        """Return what was counted, beside the waits."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, int)}


def wait_of(one: Learner, week: int) -> Wait:
    """Return the wait of somebody who gets a place, or still has none, in `week`."""
    return Wait(week - one.entitled, one.slow, one.tout is not None)


def percentile(values: Sequence[int], share: int) -> int:
    """Return the smallest value that `share` per cent of all do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)] if ordered else 0


def mean(values: Iterable[int]) -> float:
    """Return the mean; 0 of none."""
    found = list(values)
    return share_of(sum(found), len(found))


def share_of(part: float, whole: float) -> float:
    """Return part / whole; 0 of nothing."""
    return part / whole if whole else 0.0
