"""The dated tables of the periods of inspection. A period is looked up by the day on which it is applied.

The next reform is a new table at the end of RULE_SETS, never an edit: the past stays computable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from booking.inspections.rules import law
from booking.inspections.rules.facts import (
    EMERGENCY_USES,
    FORMER_USES,
    OPERATING_PASSENGER,
    Use,
    VehicleFacts,
    VehicleKind,
)
from booking.inspections.rules.settings import Settings
from booking.kernel.errors import Wording


class Step(StrEnum):
    """What an owner has to do for the next mark."""

    LINE_TEST = "line_test"
    MARK_ONLY = "mark_only"


class Kept(StrEnum):
    """Why a private car or a motorcycle keeps the period it had before the reforms."""

    MINIBUS = "minibus"
    SEATS = "seats"
    USE = "use"
    ACCIDENT = "accident"
    ALTERATION = "alteration"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a vehicle's life, in months since its first registration: up to and with month `to` (None: for
    life), a mark every `every` months by `step`.
    """

    to: int | None
    every: int
    step: Step
    basis: Wording


Schedule = tuple[Phase, ...]


def _to(years: int, every: int, basis: Wording, step: Step = Step.LINE_TEST) -> Phase:
    return Phase(years * 12, every, step, basis)


def _before(years: int, every: int, basis: Wording, step: Step = Step.LINE_TEST) -> Phase:
    return Phase(years * 12 - 1, every, step, basis)


def _for_life(every: int, basis: Wording) -> Phase:
    return Phase(None, every, Step.LINE_TEST, basis)


# Implementing Regulations of 2004, art. 16, and School Bus Safety Regulations, art. 20.
OPERATING_PASSENGER_SCHEDULE: Schedule = (
    _to(5, 12, law.OPERATING_PASSENGER_16),
    _for_life(6, law.OPERATING_PASSENGER_16),
)
TRUCK_SCHEDULE: Schedule = (_to(10, 12, law.TRUCKS_16), _for_life(6, law.TRUCKS_16))
SMALL_PASSENGER_SCHEDULE: Schedule = (
    _to(6, 24, law.SMALL_PASSENGER_16),
    _to(15, 12, law.SMALL_PASSENGER_16),
    _for_life(6, law.SMALL_PASSENGER_16),
)
MOTORCYCLE_SCHEDULE: Schedule = (_to(4, 24, law.MOTORCYCLES_16), _for_life(12, law.MOTORCYCLES_16))
OTHER_SCHEDULE: Schedule = (_for_life(12, law.OTHERS_16),)
SCHOOL_BUS_SCHEDULE: Schedule = (_for_life(6, law.SCHOOL_BUS_20),)

PASSENGER_KINDS = frozenset((VehicleKind.SMALL_PASSENGER, VehicleKind.MINIBUS, VehicleKind.LARGE_PASSENGER))
# What holds for a kind where nobody carries passengers for money, and for no pupils.
STATUTE_BY_KIND: Mapping[VehicleKind, Schedule] = {
    VehicleKind.SMALL_PASSENGER: SMALL_PASSENGER_SCHEDULE,
    VehicleKind.MINIBUS: SMALL_PASSENGER_SCHEDULE,
    VehicleKind.LARGE_PASSENGER: TRUCK_SCHEDULE,
    VehicleKind.TRUCK: TRUCK_SCHEDULE,
    VehicleKind.MOTORCYCLE: MOTORCYCLE_SCHEDULE,
    VehicleKind.SCHOOL_BUS: SCHOOL_BUS_SCHEDULE,
    VehicleKind.OTHER: OTHER_SCHEDULE,
}

# The reforms: marks without a visit, and the line tests between them.
_CARS_2014: Schedule = (_before(6, 24, law.REFORM_2014, Step.MARK_ONLY), *SMALL_PASSENGER_SCHEDULE)
_CARS_2020: Schedule = (
    _before(6, 24, law.REFORM_2020, Step.MARK_ONLY),
    _to(10, 24, law.REFORM_2020),
    *SMALL_PASSENGER_SCHEDULE[1:],
)
_MOTORCYCLES_2020: Schedule = (
    _before(6, 24, law.REFORM_2020, Step.MARK_ONLY),
    _to(10, 12, law.REFORM_2020),
    *MOTORCYCLE_SCHEDULE[1:],
)
_ALL_2022: Schedule = (
    _before(6, 24, law.REFORM_2022, Step.MARK_ONLY),
    _to(6, 24, law.REFORM_2022),
    _before(10, 24, law.REFORM_2022, Step.MARK_ONLY),
    _for_life(12, law.REFORM_2022),
)

NO_SEATS = 0  # no car is reformed


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What is in force from `since` (None: a setting) until the next set. Cars of up to `most_seats` seats have the
    schedule `cars` if nothing excepts them; everything that no reform reaches follows the statute.
    """

    key: str
    since: date | None
    name: Wording
    most_seats: int
    cars: Schedule
    motorcycles: Schedule

    def begins(self, settings: Settings) -> date:
        """Return the first day on which this set is applied."""
        return settings.reform_2020_on if self.since is None else self.since


STATUTE = RuleSet(
    "2004",
    date(2004, 5, 1),
    Wording("《道路交通安全法实施条例》第十六条", "Implementing Regulations of the Road Traffic Safety Law, art. 16"),
    NO_SEATS,
    SMALL_PASSENGER_SCHEDULE,
    MOTORCYCLE_SCHEDULE,
)
RULE_SETS = (
    STATUTE,
    RuleSet("2014", date(2014, 9, 1), law.REFORM_2014, 6, _CARS_2014, MOTORCYCLE_SCHEDULE),
    RuleSet("2020", None, law.REFORM_2020, 9, _CARS_2020, _MOTORCYCLES_2020),
    RuleSet("2022", date(2022, 10, 1), law.REFORM_2022, 9, _ALL_2022, _ALL_2022),
)


def rules_on(day: date, settings: Settings) -> RuleSet:
    """Return the rules in force on `day`; days before 2004-05-01 are judged by the statute of that day."""
    return next((rules for rules in reversed(RULE_SETS) if rules.begins(settings) <= day), STATUTE)


def schedule(facts: VehicleFacts, on: date, settings: Settings) -> Schedule:
    """Return the periods that hold for a vehicle on a day: those of the reform in force, or of the statute."""
    rules = rules_on(on, settings)
    if not _in_reach(facts, settings) or kept(facts, on, settings):
        return _by_statute(facts, settings)
    return rules.motorcycles if facts.kind is VehicleKind.MOTORCYCLE else rules.cars


def kept(facts: VehicleFacts, on: date, settings: Settings) -> tuple[Kept, ...]:
    """Return everything that keeps a private car or a motorcycle at the periods of the statute on a day.

    Empty for vehicles that no reform speaks of, and before the first reform.
    """
    rules = rules_on(on, settings)
    if rules is STATUTE or not _in_reach(facts, settings):
        return ()
    is_car = facts.kind is not VehicleKind.MOTORCYCLE
    reasons = {
        Kept.MINIBUS: facts.kind is VehicleKind.MINIBUS,
        Kept.SEATS: is_car and facts.seats > rules.most_seats,
        Kept.USE: is_car and not _is_private(facts.use, settings),
        Kept.ACCIDENT: facts.had_casualty_accident,
        Kept.ALTERATION: facts.was_altered,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def phase_at(periods: Schedule, months: int) -> Phase:
    """Return the phase that a vehicle is in, so many months after its first registration."""
    return next(phase for phase in periods if phase.to is None or months <= phase.to)


def falls_due(periods: Schedule, months: int) -> bool:
    """Say whether a mark runs out so many months after the first registration."""
    return months > 0 and months % phase_at(periods, months).every == 0


def is_operating(use: Use, settings: Settings) -> bool:
    """Say whether a passenger vehicle of this use operates (art. 16 (1)).

    A passenger vehicle registered for freight or dangerous goods contradicts itself; it is judged by the shorter
    period, because nobody is sent home from a test that is due.
    """
    if use in FORMER_USES:
        return settings.converted_is_operating
    if use is Use.RENTAL:
        return settings.rental_is_operating
    if use is Use.TRAINING:
        return settings.training_is_operating
    return use in OPERATING_PASSENGER or use in (Use.FREIGHT, Use.DANGEROUS_GOODS)


def _is_private(use: Use, settings: Settings) -> bool:
    """Say whether the reforms mean a car of this use. They exempt, so an unknown use (Z) is not meant."""
    return use is not Use.OTHER and (settings.emergency_in_reforms or use not in EMERGENCY_USES)


def _in_reach(facts: VehicleFacts, settings: Settings) -> bool:
    """Say whether the reforms speak of such a vehicle at all: small passenger cars not operating, and motorcycles."""
    if facts.is_school_bus:
        return False
    is_car = facts.kind in (VehicleKind.SMALL_PASSENGER, VehicleKind.MINIBUS)
    return facts.kind is VehicleKind.MOTORCYCLE or (is_car and not is_operating(facts.use, settings))


def _by_statute(facts: VehicleFacts, settings: Settings) -> Schedule:
    if facts.is_school_bus:
        return SCHOOL_BUS_SCHEDULE
    if facts.kind in PASSENGER_KINDS and is_operating(facts.use, settings):
        return OPERATING_PASSENGER_SCHEDULE
    if facts.kind is VehicleKind.OTHER and not settings.special_purpose_yearly:
        return TRUCK_SCHEDULE
    return STATUTE_BY_KIND[facts.kind]
