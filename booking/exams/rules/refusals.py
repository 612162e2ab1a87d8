"""Why a booking is not possible: each rule a small generator, and every reason is returned at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from booking.exams.rules import path
from booking.exams.rules.deadlines import day_after_wait
from booking.exams.rules.facts import Facts, Kind, Outcome, Subject
from booking.exams.rules.orders import (
    DAYS_AFTER_FAILURE,
    FIRST_CLASSES,
    MOST_BOOKINGS,
    RuleSet,
    basis_of,
    first_day_met,
    rules_on,
)
from booking.exams.rules.settings import Settings
from booking.kernel.calendar import years_later
from booking.kernel.errors import Fact, Refusal


@dataclass(frozen=True, slots=True)
class Case:
    """One question: may this learner, today, book `subject` for `exam_day` (None: no day chosen yet)?"""

    facts: Facts
    subject: Subject
    today: date
    exam_day: date | None
    settings: Settings

    @property
    def needed(self) -> tuple[Subject, ...]:
        """The subjects of this application."""
        return path.needed_subjects(self.facts, self.today, self.settings)

    @property
    def passed(self) -> frozenset[Subject]:
        """The results that count today."""
        return path.valid_passes(self.facts, self.today, self.settings)

    @property
    def permit(self) -> date | None:
        """The day from which waits are counted."""
        return path.permit_day(self.facts, self.today, self.settings)

    @property
    def last_day(self) -> date:
        """The day to which permit and upper age must hold."""
        return self.exam_day or self.today

    @property
    def waited_until(self) -> date | None:
        """The day on which a wait must be over; None when that is an exam day not chosen yet."""
        return self.exam_day if self.settings.wait_applies_to == "exam_date" else self.today


# What must be passed before a subject (Order 162, art. 39), and the refusal when it is not.
_FIRST = {Subject.SUBJECT_1: "subject-1-first"}
BEFORE: Mapping[Subject, Mapping[Subject, str]] = {
    Subject.SUBJECT_1: {},
    Subject.SUBJECT_2: _FIRST,
    Subject.ROAD: _FIRST,
    Subject.SAFETY: {**_FIRST, Subject.SUBJECT_2: "subject-2-first", Subject.ROAD: "road-first"},
}
FAILED_FIVE_TIMES = {
    Subject.SUBJECT_2: "subject-2-failed-five-times",
    Subject.ROAD: "road-failed-five-times",
}
OTHER_DRIVING_TEST = {Subject.SUBJECT_2: Subject.ROAD, Subject.ROAD: Subject.SUBJECT_2}

Rule = Callable[[Case], Iterator[Refusal]]


def refusals(
    facts: Facts, subject: Subject, *, today: date, exam_day: date | None, settings: Settings
) -> tuple[Refusal, ...]:
    """Return every reason why `subject` cannot be booked `today` for `exam_day`; empty means it can.

    Without an exam day only the reasons that hold whatever day is chosen are returned. `earliest` of a
    reason is the first day from which a booking made that day, for that day or later, is free of it.
    """
    case = Case(facts, subject, today, exam_day, settings)
    of_subject = RULES_OF_A_NEEDED_SUBJECT if subject in case.needed else ()
    rules = (*RULES_OF_THE_LICENCE, *of_subject)
    return tuple(refusal for rule in rules for refusal in rule(case))


def _refusal(code: str, judged: date, earliest: date | None = None, **shown: Fact) -> Refusal:
    """Build a refusal by the rules of the day on which it is judged."""
    return Refusal(code, basis_of(code, rules_on(judged)), earliest, shown)


def _class_exists(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 14: light trailers (C6) came with that order."""
    code = case.facts.licence_class
    if code not in rules_on(case.today).classes:
        begins = first_day_met(case.today, lambda rules: rules.since if code in rules.classes else None)
        yield _refusal("class-not-in-order", case.today, begins, licence_class=code.value)


def _class_allowed_first(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 16."""
    code = case.facts.licence_class
    if case.facts.kind is Kind.FIRST and code not in FIRST_CLASSES:
        yield _refusal("class-only-by-upgrade", case.today, licence_class=code.value)


def _old_enough(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 14 (1): the age is a condition of applying, so it counts on the day of booking."""
    facts = case.facts
    youngest = path.youngest(facts, rules_on(case.today))
    if youngest is None or years_later(facts.born_on, youngest) <= case.today:
        return

    def birthday(rules: RuleSet) -> date | None:
        age = path.youngest(facts, rules)
        return None if age is None else years_later(facts.born_on, age)

    begins = first_day_met(case.today, birthday) or years_later(facts.born_on, youngest)
    code = facts.licence_class.value
    yield _refusal("too-young", case.today, begins, licence_class=code, age=youngest, from_day=begins)


def _not_too_old(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 14 (1), on the exam day. A later order that raises the age lifts it."""
    last_day = case.last_day
    rules = rules_on(last_day)
    limit = path.age_limit(case.facts, rules, case.settings)
    if limit is None or last_day <= limit:
        return

    def still_young(later: RuleSet) -> date | None:
        end = path.age_limit(case.facts, later, case.settings)
        return later.since if end is None or max(later.since, last_day) <= end else None

    code = case.facts.licence_class
    oldest = path.oldest(case.facts, rules, case.settings) or 0
    lifted = first_day_met(last_day, still_young)
    yield _refusal("too-old", last_day, lifted, licence_class=code.value, age=oldest)


def _needed(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 30."""
    if case.subject not in case.needed:
        yield _refusal("subject-not-needed", case.today, licence_class=case.facts.licence_class.value)


def _exam_day_to_come(case: Case) -> Iterator[Refusal]:
    """Nobody books for a day that is over."""
    if case.exam_day is not None and case.exam_day < case.today:
        yield _refusal("exam-day-past", case.today, exam_day=case.exam_day)


def _not_passed_yet(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 47: only a subject that is not passed is booked again."""
    if case.subject in case.passed:
        yield _refusal("already-passed", case.today)


def _one_live_booking(case: Case) -> Iterator[Refusal]:
    """One live booking for each subject."""
    if case.subject in case.facts.live:
        yield _refusal("already-booked", case.today, exam_day=case.facts.live[case.subject])


def _order_of_subjects(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 39: subject 1, then subject 2 and road in either order, then safety, even that day."""
    for subject, code in BEFORE[case.subject].items():
        if subject in case.needed and subject not in case.passed:
            yield _refusal(code, case.today)


def _permit_issued(case: Case) -> Iterator[Refusal]:
    """Order 162, arts. 40 and 41: nothing after subject 1 without a learner permit."""
    if case.subject is not Subject.SUBJECT_1 and case.permit is None:
        yield _refusal("permit-missing", case.today)


def _permit_holds(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 41: on the exam day the permit must still be valid."""
    end = path.permit_end(case.facts, case.today, case.settings)
    if end is not None and end < case.last_day:
        yield _refusal("permit-ran-out", case.today, until=end)


def _waited_after_permit(case: Case) -> Iterator[Refusal]:
    """Order 162, arts. 43 and 44, by class and kind."""
    permit, judged = case.permit, case.waited_until
    if permit is None or judged is None:
        return
    days = path.wait_days(case.facts, case.subject, rules_on(judged), case.settings)
    if days is None or day_after_wait(permit, days, case.settings) <= judged:
        return

    def over(rules: RuleSet) -> date | None:
        wait = path.wait_days(case.facts, case.subject, rules, case.settings)
        return None if wait is None else day_after_wait(permit, wait, case.settings)

    begins = first_day_met(judged, over) or day_after_wait(permit, days, case.settings)
    code = "road-too-soon" if case.subject is Subject.ROAD else "subject-2-too-soon"
    yield _refusal(code, judged, begins, days=days, permit_day=permit, from_day=begins)


def _waited_after_failure(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 47; absence is a failure (art. 46). Subject 1 may be booked again at once."""
    covered = {*path.CAPPED, Subject.SAFETY} if case.settings.ten_days_cover_safety else {*path.CAPPED}
    taken = [attempt for attempt in case.facts.attempts if attempt.subject is case.subject]
    judged = case.waited_until
    if not taken or judged is None or case.subject not in covered:
        return
    last = max(taken, key=lambda attempt: attempt.day)
    begins = day_after_wait(last.day, DAYS_AFTER_FAILURE, case.settings)
    if last.outcome is not Outcome.PASSED and judged < begins:
        code = "too-soon-after-absence" if last.outcome is Outcome.ABSENT else "too-soon-after-failure"
        yield _refusal(code, judged, begins, days=DAYS_AFTER_FAILURE, last_day=last.day, from_day=begins)


def _bookings_left(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 47: five bookings each of subject 2 and the road test during the permit."""
    used = path.bookings_used(case.facts, case.subject)
    if case.subject in path.CAPPED and used >= MOST_BOOKINGS:
        yield _refusal("five-bookings-used", case.today, used=used, most=MOST_BOOKINGS)


def _no_fifth_failure(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 47: the fifth failure voids the other subjects, so nothing is left to book."""
    for subject in path.failed_five_times(case.facts):
        yield _refusal(FAILED_FIVE_TIMES[subject], case.today)


def _not_two_on_one_day(case: Case) -> Iterator[Refusal]:
    """Order 162, art. 39: subject 2 and road together only where the office can run them back to back."""
    other = OTHER_DRIVING_TEST.get(case.subject)
    if other is None or case.exam_day is None or case.settings.same_day_subject_2_and_road:
        return
    if case.facts.live.get(other) == case.exam_day:
        yield _refusal("other-test-that-day", case.today, exam_day=case.exam_day)


RULES_OF_THE_LICENCE: tuple[Rule, ...] = (
    _class_exists,
    _class_allowed_first,
    _old_enough,
    _not_too_old,
    _needed,
    _exam_day_to_come,
)
RULES_OF_A_NEEDED_SUBJECT: tuple[Rule, ...] = (
    _not_passed_yet,
    _one_live_booking,
    _order_of_subjects,
    _permit_issued,
    _permit_holds,
    _waited_after_permit,
    _waited_after_failure,
    _bookings_left,
    _no_fifth_failure,
    _not_two_on_one_day,
)
