"""The arithmetic of demand, one addition for each subject and class. Whole numbers; parts are rounded half up."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from booking.demand.rules.facts import PACE_DAYS, DemandFacts, FreePlaces, Outcomes, SiteRoom
from booking.exams.rules.facts import Subject

Key = tuple[Subject, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One subject and class: waiting + becoming + new + retakers - free = need, which is never below zero.

    `free` counts only the free places that these people can use.
    """

    subject: Subject
    licence_class: str
    waiting: int
    becoming: int
    new: int
    retakers: int
    free: int
    requests: int = 0

    @property
    def wanted(self) -> int:
        """How many places will have been wanted by the last day."""
        return self.waiting + self.becoming + self.new + self.retakers

    @property
    def need(self) -> int:
        """How many of them no place is planned for yet."""
        return self.wanted - self.free


def rows_of(facts: DemandFacts) -> tuple[Row, ...]:
    """Return the rows in the order of the law and by class; a subject and class that nobody wants has none."""
    parts: Mapping[str, Counter[Key]] = {
        name: Counter() for name in ("waiting", "becoming", "requests", "new", "retakers")
    }
    for pool in facts.pools:
        key = (pool.subject, pool.licence_class)
        for name in ("waiting", "becoming", "requests"):
            parts[name][key] += getattr(pool, name)
    for inflow in facts.inflows:
        parts["new"][inflow.subject, inflow.licence_class] += half_up(inflow.came * inflow.days, PACE_DAYS)
    for held in facts.booked:
        outcomes = facts.outcomes.get(held.subject, Outcomes())
        back = half_up(held.places * (outcomes.failed + outcomes.absent), outcomes.all)
        parts["retakers"][held.subject, held.licence_class] += back
    wanted: Counter[Key] = Counter()
    for name in ("waiting", "becoming", "new", "retakers"):
        wanted.update(parts[name])
    used = _used(wanted, facts.free, facts.sites)
    keys = sorted((key for key in wanted if wanted[key]), key=lambda key: (list(Subject).index(key[0]), key[1]))
    return tuple(
        Row(
            *key,
            waiting=parts["waiting"][key],
            becoming=parts["becoming"][key],
            new=parts["new"][key],
            retakers=parts["retakers"][key],
            free=used[key],
            requests=parts["requests"][key],
        )
        for key in keys
    )


def half_up(amount: int, of: int) -> int:
    """Return amount / of, rounded half up; 0 of nothing."""
    return (2 * amount + of) // (2 * of) if of else 0


def rarest_first(classes: Iterable[str], subject: Subject, sites: Sequence[SiteRoom]) -> Sequence[str]:
    """Return the classes, those that the fewest sites take first: they have the least choice."""
    return sorted(classes, key=lambda code: (sum(site.takes(subject, code) for site in sites), code))


def _used(wanted: Counter[Key], free: Sequence[FreePlaces], sites: Sequence[SiteRoom]) -> Counter[Key]:
    """Say how many of the free places each subject and class can use: the rarest class first, the narrowest place."""
    used: Counter[Key] = Counter()
    for subject in Subject:
        places = sorted((one for one in free if one.subject is subject), key=_narrowest)
        left = [one.places for one in places]
        classes = [code for of_subject, code in wanted if of_subject is subject]
        for code in rarest_first(classes, subject, sites):
            key = (subject, code)
            for number, one in enumerate(places):
                if not one.classes or code in one.classes:
                    taken = min(left[number], wanted[key] - used[key])
                    left[number] -= taken
                    used[key] += taken
    return used


def _narrowest(places: FreePlaces) -> tuple[int, list[str], int]:
    return (len(places.classes) or 99, sorted(places.classes), places.places)
