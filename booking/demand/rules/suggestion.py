"""The suggestion for the next plan, and the wait that follows with it and without it."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.demand.rules.facts import PACE_DAYS, DemandFacts, Outcomes
from booking.demand.rules.flow import Row, rows_of
from booking.demand.rules.placing import Proposal, place, places_by_subject
from booking.exams.rules.facts import Subject


@dataclass(frozen=True, slots=True)
class Total:
    """One subject: the sum of its rows, what is proposed for it, and how its tests went lately."""

    subject: Subject
    waiting: int
    becoming: int
    new: int
    retakers: int
    free: int
    requests: int
    proposed: int
    outcomes: Outcomes

    @property
    def need(self) -> int:
        return self.waiting + self.becoming + self.new + self.retakers - self.free

    @property
    def left(self) -> int:
        """How many would still wait for a place when the fortnight is over, if the suggestion were taken."""
        return self.need - self.proposed

    @property
    def wait_without(self) -> int | None:
        """The wait in days of somebody who joins when the fortnight is over, without the suggestion."""
        return wait_days(self.need, self.outcomes.tested)

    @property
    def wait_with(self) -> int | None:
        """The same with the suggestion."""
        return wait_days(self.left, self.outcomes.tested)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is needed by subject and class, the totals by subject, and the places proposed."""

    facts: DemandFacts
    rows: tuple[Row, ...]
    totals: tuple[Total, ...]
    proposals: tuple[Proposal, ...]

    @property
    def places(self) -> int:
        return sum(one.places for one in self.proposals)


def suggest(facts: DemandFacts) -> Suggestion:
    """Return the suggestion; the same facts give the same one."""
    rows = rows_of(facts)
    proposals = place(rows, facts.sites)
    proposed = places_by_subject(proposals)
    totals = tuple(_total(facts, subject, rows, proposed.get(subject, 0)) for subject in Subject)
    return Suggestion(facts, rows, totals, proposals)


def wait_days(ahead: int, tested: int) -> int | None:
    """Return the days until `ahead` people had their test at the pace of the last four weeks, rounded up.

    None where people wait and nobody was tested: then there is no pace to tell it by.
    """
    if not ahead:
        return 0
    return -(-ahead * PACE_DAYS // tested) if tested else None


def _total(facts: DemandFacts, subject: Subject, rows: Sequence[Row], proposed: int) -> Total:
    mine = [row for row in rows if row.subject is subject]
    parts = ("waiting", "becoming", "new", "retakers", "free", "requests")
    sums = {name: sum(getattr(row, name) for row in mine) for name in parts}
    return Total(subject, **sums, proposed=proposed, outcomes=facts.outcomes.get(subject, Outcomes()))
