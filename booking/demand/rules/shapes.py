"""Learners who stand alike: one question to the rules of the line for each kind, not for each learner.

What no rule asks about any more is left out of a shape: how long ago a wait was over, the age of whoever is not old.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from booking.demand.rules.flow import Key
from booking.exams.rules.facts import Attempt, Facts, Kind, LicenceClass, Outcome, Subject
from booking.exams.rules.orders import MOST_BOOKINGS
from booking.exams.rules.outlook import State, outlook
from booking.exams.rules.path import needed_subjects
from booking.exams.rules.refusals import BEFORE
from booking.exams.rules.settings import Settings

LONGEST_WAIT = timedelta(days=45)  # no order of the ministry names a longer one
USUAL_AGE = timedelta(days=30 * 365)
OLD_AGE = timedelta(days=59 * 365)  # upper ages begin at sixty since Order 162
ORDER = {subject: number for number, subject in enumerate(Subject)}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a learner did in one subject: passed it, or took it so often without, on `last` for the last time."""

    passed: bool = False
    bookings: int = 0
    last: date | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """Learners of one class, kind and history, as far as it matters from now on."""

    licence_class: str
    kind: str
    held_class: str
    born_on: date
    accepted_on: date
    permit_issued_on: date | None
    permit_valid_until: date | None
    taken: tuple[Taken, ...]  # in the order of the subjects

    def alike(self, subject: Subject) -> object:
        """Return what the rules of one subject look at: who is the same in this stands alike in it."""
        mine = self.taken[ORDER[subject]]
        used_up = tuple(taken.bookings >= MOST_BOOKINGS for taken in self.taken)  # voids every other subject
        record = (self.licence_class, self.kind, self.held_class, self.born_on, self.accepted_on)
        permit = (self.permit_issued_on, self.permit_valid_until)
        return subject, record, permit, mine.bookings, mine.last, used_up

    def facts(self, today: date) -> Facts:
        """Return one learner of this shape, as the rules of the line see a learner."""
        taken = dict(zip(Subject, self.taken, strict=True))
        return Facts(
            licence_class=LicenceClass(self.licence_class),
            kind=Kind(self.kind),
            held_class=LicenceClass(self.held_class) if self.held_class else None,
            born_on=self.born_on,
            accepted_on=self.accepted_on,
            permit_issued_on=self.permit_issued_on,
            permit_valid_until=self.permit_valid_until,
            attempts=tuple(attempt for subject in Subject for attempt in _attempts(subject, taken[subject], today)),
            live={subject: today for subject in Subject if taken[subject].live},
        )


def pools(
    shapes: Iterable[tuple[Shape, int]], *, today: date, last: date, settings: Settings
) -> tuple[Mapping[Key, int], Mapping[Key, int]]:
    """Return how many may book each subject today, and how many more may by `last`, by subject and class.

    Whoever has a live booking of a subject waits for no place in it. The rules are asked once for all who stand alike
    in one subject.
    """
    now: Counter[Key] = Counter()
    later: Counter[Key] = Counter()
    needed: dict[tuple[str, str, str], tuple[Subject, ...]] = {}
    earliest: dict[object, date | None] = {}
    for shape, count in shapes:
        way = (shape.licence_class, shape.kind, shape.held_class)
        if way not in needed:
            needed[way] = needed_subjects(shape.facts(today), today, settings)
        for subject in _askable(shape, needed[way]):
            alike = shape.alike(subject)
            if alike not in earliest:
                earliest[alike] = _earliest(shape, subject, today, settings)
            day = earliest[alike]
            if day is not None and day <= last:
                (now if day <= today else later)[subject, shape.licence_class] += count
    return now, later


def _earliest(shape: Shape, subject: Subject, today: date, settings: Settings) -> date | None:
    """Return when these learners may book the subject if nothing but time passes, or None."""
    found = outlook(shape.facts(today), subject, today=today, settings=settings)
    return found.earliest if found.state in (State.OPEN, State.NOT_YET) else None


def skips_subject_1(shape: Shape, today: date, settings: Settings) -> bool:
    """Whether these learners come to the later subjects without subject 1 (Order 162, art. 30)."""
    return Subject.SUBJECT_1 not in needed_subjects(shape.facts(today), today, settings)


def _askable(shape: Shape, needed: Collection[Subject]) -> Iterator[Subject]:
    """Yield the subjects that are needed, not passed, not booked, and open to whoever has waited long enough."""
    taken = dict(zip(Subject, shape.taken, strict=True))
    for subject in needed:
        mine = taken[subject]
        if not mine.passed and not mine.live and all(taken[one].passed for one in BEFORE[subject] if one in needed):
            yield subject


def _attempts(subject: Subject, taken: Taken, today: date) -> Iterator[Attempt]:
    if taken.passed:
        yield Attempt(subject, today - LONGEST_WAIT, Outcome.PASSED)
        return
    for number in range(taken.bookings):
        last = taken.last or today - LONGEST_WAIT
        yield Attempt(subject, last - LONGEST_WAIT * number, Outcome.FAILED)
