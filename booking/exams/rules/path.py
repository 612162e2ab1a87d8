"""The way to a licence: which subjects it needs, the learner permit, and which results count."""

from datetime import date

from booking.exams.rules.facts import Facts, Kind, LicenceClass, Outcome, Subject
from booking.exams.rules.orders import (
    ASSESSMENT_AGE,
    CAR_CLASSES,
    MOST_BOOKINGS,
    PERMIT_YEARS,
    Cell,
    RuleSet,
    number,
    rules_on,
)
from booking.exams.rules.settings import Settings
from booking.kernel.calendar import ONE_DAY, years_later

CAPPED = (Subject.SUBJECT_2, Subject.ROAD)
# Order 162, art. 30: held class and class applied for
WITHOUT_SUBJECT_1 = frozenset(
    {
        (LicenceClass.C2, LicenceClass.C1),
        (LicenceClass.F, LicenceClass.D),
        (LicenceClass.F, LicenceClass.E),
        (LicenceClass.E, LicenceClass.D),
    }
)


def needed_subjects(facts: Facts, on: date, settings: Settings) -> tuple[Subject, ...]:
    """Return the subjects this application needs, in order (Order 162, art. 30)."""
    if facts.licence_class is LicenceClass.C6:
        return (Subject.SUBJECT_2, Subject.SAFETY)
    listed = facts.kind is Kind.UPGRADE and (facts.held_class, facts.licence_class) in WITHOUT_SUBJECT_1
    if listed and (rules_on(on).order != "139" or settings.reduced_sets_139):
        return (Subject.SUBJECT_2, Subject.ROAD, Subject.SAFETY)
    return tuple(Subject)


def permit_day(facts: Facts, on: date, settings: Settings) -> date | None:
    """Return when the permit was issued: on acceptance where subject 1 is not needed (Order 162, art. 40)."""
    if facts.permit_issued_on is not None:
        return facts.permit_issued_on
    return None if Subject.SUBJECT_1 in needed_subjects(facts, on, settings) else facts.accepted_on


def permit_end(facts: Facts, on: date, settings: Settings) -> date | None:
    """Return the last day of the permit, None without a permit (Order 162, art. 41).

    The date on record wins; without one it is three years, cut off at the age limit of the order it was
    issued under.
    """
    issued = permit_day(facts, on, settings)
    if issued is None or facts.permit_valid_until is not None:
        return facts.permit_valid_until
    end = years_later(issued, PERMIT_YEARS)
    limit = age_limit(facts, rules_on(issued), settings)
    return end if limit is None else min(end, limit)


def oldest(facts: Facts, rules: RuleSet, settings: Settings) -> int | None:
    """Return the upper age of the class, None for no limit or no such class (Order 162, art. 14)."""
    row = rules.classes.get(facts.licence_class)
    return None if row is None or row.oldest is None else number(row.oldest, settings)


def age_limit(facts: Facts, rules: RuleSet, settings: Settings) -> date | None:
    """Return the last day on which the learner is not too old, None for no limit."""
    age = oldest(facts, rules, settings)
    if age is None:
        return None
    if settings.upper_age_lasts_the_year:
        return years_later(facts.born_on, age + 1) - ONE_DAY
    return years_later(facts.born_on, age)


def youngest(facts: Facts, rules: RuleSet) -> int | None:
    """Return the lower age of the class, None for no such class (Order 162, art. 14)."""
    row = rules.classes.get(facts.licence_class)
    if row is not None and facts.vocational_student and row.youngest_vocational is not None:
        return row.youngest_vocational
    return None if row is None else row.youngest


def assessment_needed(facts: Facts, on: date) -> bool:
    """Say whether memory, judgement and reaction are to be tested before (from 70; Order 162, art. 14).

    That is information for the learner; the office tests it on acceptance, so it refuses no booking.
    """
    return rules_on(on).order != "139" and on >= years_later(facts.born_on, ASSESSMENT_AGE)


def wait_days(facts: Facts, subject: Subject, rules: RuleSet, settings: Settings) -> int | None:
    """Return the days from permit to booking (Order 162, arts. 43 and 44), None where none is named.

    The shorter upgrade wait is for holders of a car class only; an unknown held class counts as one.
    """
    row = rules.classes.get(facts.licence_class)
    if row is None or subject not in CAPPED:
        return None
    if subject is Subject.SUBJECT_2:
        cell: Cell | None = row.subject_2_wait
    elif facts.kind is Kind.UPGRADE and (facts.held_class is None or facts.held_class in CAR_CLASSES):
        cell = row.road_wait_upgrade
    else:
        cell = row.road_wait_first
    return None if cell is None else number(cell, settings)


def bookings_used(facts: Facts, subject: Subject) -> int:
    """Return how many bookings of `subject` are used: concluded ones, absences among them, and a live one."""
    return sum(attempt.subject is subject for attempt in facts.attempts) + (subject in facts.live)


def failed_five_times(facts: Facts) -> tuple[Subject, ...]:
    """Return the subjects whose fifth booking was concluded without a pass (Order 162, art. 47)."""
    passed = _passed(facts)
    return tuple(
        subject
        for subject in CAPPED
        if subject not in passed and sum(attempt.subject is subject for attempt in facts.attempts) >= MOST_BOOKINGS
    )


def valid_passes(facts: Facts, on: date, settings: Settings) -> frozenset[Subject]:
    """Return the passed subjects that count on `on`.

    A fifth failure voids the other subjects (art. 47); a permit that ran out before everything was passed
    voids all of them (art. 41). Failing the safety exam voids nothing.
    """
    if failed_five_times(facts):
        return frozenset()
    passed = _passed(facts)
    end = permit_end(facts, on, settings)
    ran_out = end is not None and end < on
    finished = passed.issuperset(needed_subjects(facts, on, settings))
    return frozenset() if ran_out and not finished else passed


def _passed(facts: Facts) -> frozenset[Subject]:
    return frozenset(attempt.subject for attempt in facts.attempts if attempt.outcome is Outcome.PASSED)
