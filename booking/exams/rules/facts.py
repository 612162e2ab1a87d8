"""What the rules know about one learner. Days are local days; the loader decides what is unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class LicenceClass(StrEnum):
    """The classes of a driving licence, by their codes on the licence."""

    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"
    C6 = "C6"
    D = "D"
    E = "E"
    F = "F"
    M = "M"
    N = "N"
    P = "P"


class Kind(StrEnum):
    """A first licence, or a further class for somebody who holds one."""

    FIRST = "first"
    UPGRADE = "upgrade"


class Subject(StrEnum):
    """The four exams, in the order in which they are usually taken."""

    SUBJECT_1 = "subject_1"
    SUBJECT_2 = "subject_2"
    ROAD = "road"
    SAFETY = "safety"


class Outcome(StrEnum):
    """How a booking ended. Absence is judged as a failure (Order 162, art. 46)."""

    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One concluded booking: the test and, after a failure, the retest on the same booking.

    A cancelled booking is no attempt.
    """

    subject: Subject
    day: date
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Facts:
    """One application for one licence class, with everything that was booked and taken under it.

    `attempts` are those of this application only, in any order. `live` holds the exam day of each subject
    that has a booking not yet concluded or cancelled. `permit_issued_on` may be None where the permit is
    issued on acceptance; `permit_valid_until` None means three years, and never past the age limit.
    """

    licence_class: LicenceClass
    kind: Kind
    held_class: LicenceClass | None
    born_on: date
    accepted_on: date
    permit_issued_on: date | None
    permit_valid_until: date | None
    attempts: tuple[Attempt, ...] = ()
    live: Mapping[Subject, date] = field(default_factory=dict)
    vocational_student: bool = False
