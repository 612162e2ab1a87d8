"""When a vehicle is due, for what, and how it stands today."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import count, takewhile

from booking.inspections.rules import law
from booking.inspections.rules.facts import Use, VehicleFacts, VehicleKind
from booking.inspections.rules.months import month_end, months_between, months_later
from booking.inspections.rules.periods import (
    Kept,
    Step,
    falls_due,
    kept,
    phase_at,
    rules_on,
    schedule,
)
from booking.inspections.rules.settings import Settings
from booking.kernel.calendar import ONE_DAY
from booking.kernel.errors import Fact, Wording

SHORTEST_PERIOD = 6  # months; every period is a multiple of it
MONTHS_BEFORE = 3  # Order 164, art. 54
MONTHS_BEFORE_SCHOOL_BUS = 1  # Order 164, art. 62
PERIODS_TO_SCRAPPING = 3  # Rules on Compulsory Scrapping, art. 4
THREE_POINTS = frozenset((Use.COACH, Use.TOURIST_COACH, Use.DANGEROUS_GOODS))  # Order 163, art. 11
NEAR = 3  # months: half the shortest period, so one register's day lies beside one duty


class State(StrEnum):
    """How a vehicle stands with its next mark."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Duty:
    """One mark that runs out: by which day (included), by what step the next is got, and by which rule."""

    due_on: date
    step: Step
    basis: Wording
    rule_set: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the law attaches to driving on without a mark. `code` has its words in `wording.CONSEQUENCES`."""

    code: str
    basis: Wording
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DueStanding:
    """How a vehicle stands today.

    `due_on` is the last valid day of its mark: the register's where it is known, else the computed one, which
    `computed_on` gives beside it. `step` is what the owner does now, so a line test missed while overdue stays to be
    done. `missed` counts the whole periods that have ended without a mark since `due_on`; with the third, from
    `scrapped_from` on, the vehicle must be scrapped. `scrapped_from` and `consequences` are empty unless overdue.
    """

    state: State
    step: Step
    due_on: date
    computed_on: date
    opens_on: date
    opens_basis: Wording
    basis: Wording
    rule_set: str
    kept: tuple[Kept, ...]
    is_bound_to_place: bool
    missed: int = 0
    scrapped_from: date | None = None
    consequences: tuple[Consequence, ...] = ()

    @property
    def is_overdue(self) -> bool:
        """The mark has run out."""
        return self.state is State.OVERDUE

    @property
    def differs(self) -> bool:
        """The register and the computed day are not the same; the register governs."""
        return self.computed_on != self.due_on


def timeline(facts: VehicleFacts, *, first: date, last: date, settings: Settings) -> tuple[Duty, ...]:
    """Return every computed duty from `first` to `last`, both included, in order of time.

    Days are counted from the first registration, and each duty is judged by the table in force on its own day, so
    a reform changes what comes after it and nothing before. The register's day does not enter: see `standing`.
    """
    found = takewhile(lambda duty: duty.due_on <= last, _from(facts, first, settings))
    return tuple(found)


def next_duty(facts: VehicleFacts, *, today: date, settings: Settings) -> Duty:
    """Return the first computed duty that is today or later; there is always one."""
    return next(_from(facts, today, settings))


def standing(facts: VehicleFacts, *, today: date, settings: Settings) -> DueStanding:
    """Say how a vehicle stands today: what is due and by when, from when it can be done, and what delay costs."""
    computed_on, duty, later = _governing(facts, today, settings)
    opens_on = opening(facts, duty.due_on)
    standing = DueStanding(
        state=State.NOT_YET if today < opens_on else State.OPEN,
        step=duty.step,
        due_on=duty.due_on,
        computed_on=computed_on,
        opens_on=opens_on,
        opens_basis=law.SCHOOL_BUS_62 if facts.is_school_bus else law.APPLICATION_54,
        basis=duty.basis,
        rule_set=duty.rule_set,
        kept=kept(facts, duty.due_on, settings),
        is_bound_to_place=is_bound_to_place(facts, settings),
    )
    return _overdue(standing, facts, later, today) if duty.due_on < today else standing


def renewed_until(facts: VehicleFacts, *, tested_on: date, settings: Settings) -> date:
    """Return the last valid day of the mark that a vehicle gets for a line test passed on a day.

    Periods are counted from the first registration, so a test that is early or late moves none of them: it is the
    first computed day after both the day of the test and the mark that it renews.
    """
    old = facts.valid_until or tested_on
    nearest = max(tested_on, months_later(old, NEAR))  # the computed day that the register's day lies beside is over
    return next(_from(facts, nearest + ONE_DAY, settings)).due_on


def opening(facts: VehicleFacts, due_on: date) -> date:
    """Return the first day on which the next mark can be applied for.

    Within three months before expiry (Order 164, art. 54), one for school buses (art. 62). The mark expires at the
    end of `due_on`, so the months are counted back from the day after: for 30 April they begin on 1 February.
    """
    months = MONTHS_BEFORE_SCHOOL_BUS if facts.is_school_bus else MONTHS_BEFORE
    return months_later(due_on + ONE_DAY, -months)


def is_bound_to_place(facts: VehicleFacts, settings: Settings) -> bool:
    """Say whether the vehicle is inspected only where it is registered: large passenger vehicles and school buses."""
    is_large = facts.kind is VehicleKind.LARGE_PASSENGER and facts.seats >= settings.large_bus_seats
    return is_large or facts.is_school_bus


def _duties(facts: VehicleFacts, months: int, settings: Settings) -> Iterator[tuple[int, Duty]]:
    """Yield every duty, without end, that is at least so many months after the first registration."""
    beginning = -(-max(months, SHORTEST_PERIOD) // SHORTEST_PERIOD) * SHORTEST_PERIOD
    for age in count(beginning, SHORTEST_PERIOD):
        due_on = _due_day(facts.registered_on, age, settings)
        periods = schedule(facts, due_on, settings)
        if falls_due(periods, age):
            phase = phase_at(periods, age)
            yield age, Duty(due_on, phase.step, phase.basis, rules_on(due_on, settings).key)


def _from(facts: VehicleFacts, day: date, settings: Settings) -> Iterator[Duty]:
    """Yield every duty on `day` or later, without end."""
    found = _duties(facts, months_between(facts.registered_on, day), settings)
    return (duty for _, duty in found if duty.due_on >= day)


def _due_day(registered_on: date, age: int, settings: Settings) -> date:
    day = months_later(registered_on, age)
    return month_end(day) if settings.registered_month_end else day


def _governing(facts: VehicleFacts, today: date, settings: Settings) -> tuple[date, Duty, Iterator[Duty]]:
    """Return the computed day, the duty that governs, and the duties after it.

    The register's day takes the place of the computed duty that it lies beside. Where it lies beside none, as with
    a yearly mark given before a reform made it two-yearly, the step is that of the vehicle's age on that day.
    """
    until = facts.valid_until
    if until is None:
        duty = next_duty(facts, today=today, settings=settings)
        return duty.due_on, duty, _from(facts, duty.due_on + ONE_DAY, settings)
    age = months_between(facts.registered_on, until)
    age, computed_on = _beside(facts, age, settings)
    phase = phase_at(schedule(facts, until, settings), age)
    duty = Duty(until, phase.step, phase.basis, rules_on(until, settings).key)
    return computed_on, duty, (later for _, later in _duties(facts, age + 1, settings) if later.due_on > until)


def _beside(facts: VehicleFacts, age: int, settings: Settings) -> tuple[int, date]:
    """Return age and day of the computed duty beside an age, or the age itself and the day of the next one."""
    near = takewhile(lambda found: found[0] <= age + NEAR, _duties(facts, age - NEAR, settings))
    nearest = min(near, key=lambda found: (abs(found[0] - age), -found[0]), default=None)
    if nearest is not None:
        return nearest[0], nearest[1].due_on
    return age, next(_duties(facts, age, settings))[1].due_on


def _overdue(standing: DueStanding, facts: VehicleFacts, later: Iterator[Duty], today: date) -> DueStanding:
    """Return the standing of a vehicle whose mark has run out.

    A line test that was missed, or whose own months have begun, is what has to be done: a mark cannot make up for it.
    """
    following = _as_far_as(facts, later, today)
    missed = sum(duty.due_on < today for duty in following)
    scrapped_from = following[PERIODS_TO_SCRAPPING - 1].due_on + ONE_DAY
    overdue = replace(
        standing,
        state=State.OVERDUE,
        missed=missed,
        scrapped_from=scrapped_from,
        consequences=_consequences(facts, missed, scrapped_from),
    )
    begun = (duty for duty in following if opening(facts, duty.due_on) <= today)
    test = next((duty for duty in begun if duty.step is Step.LINE_TEST), None)
    if standing.step is Step.LINE_TEST or test is None:
        return overdue
    return replace(overdue, step=test.step, basis=test.basis, rule_set=test.rule_set)


def _as_far_as(facts: VehicleFacts, later: Iterator[Duty], today: date) -> list[Duty]:
    """Return the duties whose months have begun, and at least as many as lead to scrapping."""
    found: list[Duty] = []
    for duty in later:
        if len(found) >= PERIODS_TO_SCRAPPING and opening(facts, duty.due_on) > today:
            break
        found.append(duty)
    return found


def _consequences(facts: VehicleFacts, missed: int, scrapped_from: date) -> tuple[Consequence, ...]:
    heavy = facts.use in THREE_POINTS
    points = {"points": 3 if heavy else 1}
    scrapping = "scrapping" if missed >= PERIODS_TO_SCRAPPING else "scrapping-ahead"
    return (
        Consequence("fine", law.FINE_78),
        Consequence("points", law.THREE_POINTS_11 if heavy else law.ONE_POINT_12, points),
        Consequence(scrapping, law.SCRAPPING_4, {"missed": missed, "from_day": scrapped_from}),
    )
