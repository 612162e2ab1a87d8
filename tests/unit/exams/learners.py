"""One invented learner for the tests of the exam rules, ready for every exam unless told otherwise."""

from dataclasses import replace
from datetime import date, timedelta

from booking.exams.rules.facts import Attempt, Facts, Kind, LicenceClass, Outcome, Subject
from booking.exams.rules.refusals import refusals
from booking.exams.rules.settings import Settings
from booking.kernel.errors import Refusal

TODAY = date(2026, 6, 1)
DEFAULTS = Settings()
IN_TEN_DAYS = date.max  # stands for ten days after `today`


def ago(days: int) -> date:
    """That many days before TODAY."""
    return TODAY - timedelta(days=days)


def passed(subject: str, day: date) -> Attempt:
    return Attempt(Subject(subject), day, Outcome.PASSED)


def failed(subject: str, day: date) -> Attempt:
    return Attempt(Subject(subject), day, Outcome.FAILED)


def absent(subject: str, day: date) -> Attempt:
    return Attempt(Subject(subject), day, Outcome.ABSENT)


# Subject 1 passed, permit a hundred days old: subject 2 and road are open, safety is not.
MEI = Facts(
    licence_class=LicenceClass.C1,
    kind=Kind.FIRST,
    held_class=None,
    born_on=date(1996, 3, 3),
    accepted_on=ago(110),
    permit_issued_on=ago(100),
    permit_valid_until=date(2029, 2, 21),
    attempts=(passed("subject_1", ago(101)),),
)


def with_attempts(*attempts: Attempt) -> Facts:
    """Mei with these attempts after subject 1."""
    return replace(MEI, attempts=(*MEI.attempts, *attempts))


def reasons(
    facts: Facts,
    subject: str,
    *,
    today: date = TODAY,
    exam_day: date | None = IN_TEN_DAYS,
    settings: Settings = DEFAULTS,
) -> dict[str, Refusal]:
    """The refusals by code."""
    if exam_day == IN_TEN_DAYS:
        exam_day = today + timedelta(days=10)
    found = refusals(facts, Subject(subject), today=today, exam_day=exam_day, settings=settings)
    assert len({refusal.code for refusal in found}) == len(found)
    return {refusal.code: refusal for refusal in found}


def codes(
    facts: Facts,
    subject: str,
    *,
    today: date = TODAY,
    exam_day: date | None = IN_TEN_DAYS,
    settings: Settings = DEFAULTS,
) -> list[str]:
    """The codes of the refusals, sorted."""
    return sorted(reasons(facts, subject, today=today, exam_day=exam_day, settings=settings))
