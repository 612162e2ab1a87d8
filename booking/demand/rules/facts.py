"""What the suggestion is made from, loaded once: counts and days, no people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from booking.exams.rules.facts import Subject
from booking.kernel.ids import SiteId

PACE_DAYS = 28  # four weeks: what came in and what was tested lately
RATE_DAYS = 84  # twelve weeks: how many pass, fail and stay away


@dataclass(frozen=True, slots=True)
class Pool:
    """The learners of one class who have yet to pass one subject, and have no place.

    `waiting` may book today, `becoming` may by the last day of the fortnight if nothing but time passes. `requests`
    of them have asked for a place already.
    """

    subject: Subject
    licence_class: str
    waiting: int = 0
    becoming: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Inflow:
    """Who comes newly into a pool: `came` in the last four weeks, over the `days` left until the fortnight ends."""

    subject: Subject
    licence_class: str
    came: int
    days: int


@dataclass(frozen=True, slots=True)
class Booked:
    """Places that are held so early that whoever fails there may book again by the last day of the fortnight."""

    subject: Subject
    licence_class: str
    places: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How the tests of one subject ended in the last twelve weeks; `tested` of them in the last four."""

    passed: int = 0
    failed: int = 0
    absent: int = 0
    tested: int = 0

    @property
    def all(self) -> int:
        return self.passed + self.failed + self.absent


@dataclass(frozen=True, slots=True)
class FreePlaces:
    """Places from tomorrow to the last day that are planned or public and that nobody has; no `classes`: for all."""

    subject: Subject
    classes: frozenset[str]
    places: int


@dataclass(frozen=True, slots=True)
class SiteRoom:
    """A site in the fortnight: what it offers (no classes: all), and on each open day the room below its maximum.

    `planned` are the subjects and days that have a plan already, which is not touched.
    """

    site_id: SiteId
    offers: Mapping[Subject, frozenset[str]]
    room: Mapping[date, int]
    planned: frozenset[tuple[Subject, date]] = frozenset()

    def takes(self, subject: Subject, licence_class: str) -> bool:
        """Whether somebody for this class may take this subject here."""
        classes = self.offers.get(subject)
        return classes is not None and (not classes or licence_class in classes)


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """Everything that the suggestion for the days from `first` to `last` is made from, as of `today`."""

    today: date
    first: date
    last: date
    pools: tuple[Pool, ...] = ()
    inflows: tuple[Inflow, ...] = ()
    booked: tuple[Booked, ...] = ()
    outcomes: Mapping[Subject, Outcomes] = field(default_factory=dict)
    free: tuple[FreePlaces, ...] = ()
    sites: tuple[SiteRoom, ...] = ()
