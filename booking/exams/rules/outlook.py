"""How a learner stands with one subject, for pages: may book, when, or why never on this application."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from booking.exams.rules import path
from booking.exams.rules.facts import Facts, Subject
from booking.exams.rules.refusals import refusals
from booking.exams.rules.settings import Settings
from booking.kernel.errors import Refusal

# What neither waiting nor passing another subject lifts: a new application is needed.
FINAL = frozenset(
    {
        "class-only-by-upgrade",
        "too-old",
        "permit-ran-out",
        "five-bookings-used",
        "subject-2-failed-five-times",
        "road-failed-five-times",
    }
)


class State(StrEnum):
    """How a subject stands."""

    PASSED = "passed"
    BOOKED = "booked"
    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Outlook:
    """State of one subject. `earliest` is the first local day on which a booking could be made if nothing
    but time passes (today when open), None where time alone does not help. Exam days are not judged here:
    with waits applied to the exam date, `refusals` still decides for each slot.
    """

    subject: Subject
    state: State
    earliest: date | None
    refusals: tuple[Refusal, ...]


def outlook(facts: Facts, subject: Subject, *, today: date, settings: Settings) -> Outlook:
    """Say how `subject` stands today, with every reason against booking it."""
    reasons = refusals(facts, subject, today=today, exam_day=None, settings=settings)
    earliest, left = _after_waiting(facts, subject, today, settings)
    if subject not in path.needed_subjects(facts, today, settings):
        state = State.NOT_NEEDED
    elif subject in path.valid_passes(facts, today, settings):
        state = State.PASSED
    elif subject in facts.live:
        state = State.BOOKED
    elif not reasons:
        state = State.OPEN
    else:
        final = any(reason.code in FINAL and reason.earliest is None for reason in left)
        state = State.CLOSED if final else State.NOT_YET
    return Outlook(subject, state, earliest, reasons)


def _after_waiting(
    facts: Facts, subject: Subject, today: date, settings: Settings
) -> tuple[date | None, tuple[Refusal, ...]]:
    """Return the first day free of reasons, or None and the reasons that are left when waiting stops helping.

    Waiting can also meet a new reason, as when the permit runs out first. Each step moves the day on, and
    the reasons of one application with a date are few, so this ends.
    """
    while True:
        left = refusals(facts, subject, today=today, exam_day=None, settings=settings)
        days = [reason.earliest for reason in left if reason.earliest is not None]
        if len(days) < len(left):
            return None, left
        if not days:
            return today, ()
        today = max(days)
