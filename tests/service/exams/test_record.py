"""The learner's record: opened once, corrected in the open, moved on by results."""

from datetime import date

import pytest
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingState
from booking.bookings.wishes import Wish
from booking.exams import service as records
from booking.exams.line import EXAMS
from booking.exams.models import ExamResult, Learner
from booking.exams.queries import path_of, record_of
from booking.exams.rules.facts import Kind, LicenceClass, Outcome, Subject
from booking.exams.rules.outlook import State
from booking.exams.service import Application, OpenRecordError, Result, ResultKnownError, ScoreMismatchError
from booking.kernel.actors import SYSTEM, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError, StaleError
from booking.kernel.ids import LearnerId, PersonId
from tests import factories
from tests.conftest import NOW

TODAY = date(2026, 11, 24)
FIRST_C1 = Application(LicenceClass.C1, Kind.FIRST, None, date(2026, 10, 1), None, None)


def opened(sessions: Sessions, application: Application = FIRST_C1) -> tuple[PersonId, LearnerId]:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session)
        return person_id, records.open_record(session, person_id, application, actor=SYSTEM, now=NOW)


def take(
    sessions: Sessions, person_id: PersonId, subject: Subject, outcome: Outcome, score: int | None, day: date = TODAY
) -> None:
    with unit_of_work(sessions) as session:
        result = Result(subject, day, outcome, score, None)
        records.record_result(session, person_id, result, actor=SYSTEM, now=NOW)


def states(sessions: Sessions, person_id: PersonId, today: date) -> list[State]:
    with reading(sessions) as session:
        record = record_of(session, person_id)
        assert record is not None
        return [outlook.state for outlook in path_of(session, record, today=today)]


def test_a_person_is_on_the_way_to_one_licence_at_a_time(sessions: Sessions) -> None:
    person_id, learner_id = opened(sessions)

    with pytest.raises(OpenRecordError), unit_of_work(sessions) as session:
        records.open_record(session, person_id, FIRST_C1, actor=SYSTEM, now=NOW)

    with unit_of_work(sessions) as session:
        records.close_record(session, learner_id, reason="转籍", actor=SYSTEM, now=NOW)
        records.open_record(session, person_id, FIRST_C1, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("permit", "until", "field"),
    [
        (date(2026, 9, 30), None, "permit_issued_on"),  # before the application was accepted
        (None, date(2029, 1, 1), "permit_issued_on"),  # a validity without a permit
        (date(2026, 10, 5), date(2026, 10, 5), "permit_valid_until"),  # nothing left of it
    ],
)
def test_days_that_cannot_be_are_refused(
    sessions: Sessions, permit: date | None, until: date | None, field: str
) -> None:
    application = Application(LicenceClass.C1, Kind.FIRST, None, date(2026, 10, 1), permit, until)

    with pytest.raises(InvalidInputError) as refused:
        opened(sessions, application)

    assert refused.value.field == field


def test_passing_subject_1_issues_the_permit_for_three_years(sessions: Sessions) -> None:
    person_id, learner_id = opened(sessions)

    take(sessions, person_id, Subject.SUBJECT_1, Outcome.PASSED, 90)

    with reading(sessions) as session:
        learner = session.get_one(Learner, learner_id)
        assert (learner.permit_issued_on, learner.permit_valid_until) == (TODAY, date(2029, 11, 24))
    assert states(sessions, person_id, TODAY) == [State.PASSED, State.NOT_YET, State.NOT_YET, State.NOT_YET]
    assert states(sessions, person_id, date(2026, 12, 4))[1] is State.OPEN


def test_failing_subject_1_issues_nothing(sessions: Sessions) -> None:
    person_id, learner_id = opened(sessions)

    take(sessions, person_id, Subject.SUBJECT_1, Outcome.FAILED, 89)

    with reading(sessions) as session:
        assert session.get_one(Learner, learner_id).permit_issued_on is None
    assert states(sessions, person_id, TODAY)[0] is State.OPEN


@pytest.mark.parametrize(
    ("outcome", "score"),
    [(Outcome.PASSED, 89), (Outcome.FAILED, 90), (Outcome.ABSENT, 50)],  # art. 38: the mark of subject 1 is 90
)
def test_a_score_that_contradicts_the_outcome_is_refused(sessions: Sessions, outcome: Outcome, score: int) -> None:
    person_id, _ = opened(sessions)

    with pytest.raises(ScoreMismatchError):
        take(sessions, person_id, Subject.SUBJECT_1, outcome, score)


def test_a_result_of_a_subject_and_day_is_recorded_once(sessions: Sessions) -> None:
    person_id, _ = opened(sessions)
    take(sessions, person_id, Subject.SUBJECT_1, Outcome.FAILED, 70)

    with pytest.raises(ResultKnownError):
        take(sessions, person_id, Subject.SUBJECT_1, Outcome.PASSED, 95)


def test_somebody_without_a_record_has_no_results(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session)

    with pytest.raises(NotFoundError):
        take(sessions, person_id, Subject.SUBJECT_1, Outcome.PASSED, 95)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_result_ends_the_booking_of_that_day(sessions: Sessions, outcome: Outcome) -> None:
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        person_id = PersonId(actor.person_id or 0)
        records.open_record(session, person_id, FIRST_C1, actor=SYSTEM, now=NOW)
        slot_id = factories.slot(session, service="subject_1")
        reference = bookings.book_seat(
            session, EXAMS, Wish(person_id, EXAMS.holder(person_id), slot_id, "key"), actor=actor, now=NOW
        )
    score = {Outcome.PASSED: 95, Outcome.FAILED: 60, Outcome.ABSENT: None}[outcome]

    take(sessions, person_id, Subject.SUBJECT_1, outcome, score, day=date(2026, 12, 8))

    with reading(sessions) as session:
        booking = session.scalars(select(Booking).where(Booking.reference == reference)).one()
        result = session.scalars(select(ExamResult)).one()
    assert booking.state is BookingState(outcome.value)
    assert result.booking_id == booking.id


def test_a_correction_shows_what_changed_and_why(sessions: Sessions) -> None:
    _, learner_id = opened(sessions)
    better = Application(LicenceClass.C2, Kind.FIRST, None, date(2026, 10, 1), None, None)

    with unit_of_work(sessions) as session:
        records.correct_record(session, learner_id, better, seen=FIRST_C1, reason="录入错误", actor=SYSTEM, now=NOW)

    with reading(sessions) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "record corrected")).one()
    assert (entry.before, entry.after, entry.reason) == ({"licence_class": "C1"}, {"licence_class": "C2"}, "录入错误")


def test_two_clerks_do_not_overwrite_each_other(sessions: Sessions) -> None:
    _, learner_id = opened(sessions)
    first = Application(LicenceClass.C2, Kind.FIRST, None, date(2026, 10, 1), None, None)
    second = Application(LicenceClass.B2, Kind.FIRST, None, date(2026, 10, 1), None, None)

    with unit_of_work(sessions) as session:
        records.correct_record(session, learner_id, first, seen=FIRST_C1, reason="a", actor=SYSTEM, now=NOW)

    with pytest.raises(StaleError), unit_of_work(sessions) as session:
        records.correct_record(session, learner_id, second, seen=FIRST_C1, reason="b", actor=SYSTEM, now=NOW)


def test_nobody_keeps_the_own_record(sessions: Sessions) -> None:
    person_id, learner_id = opened(sessions)
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER, person_id=person_id)
        newcomer = factories.account(session, Role.COUNTER)
    result = Result(Subject.SUBJECT_1, TODAY, Outcome.PASSED, 95, None)

    with pytest.raises(NotAllowedError), unit_of_work(sessions) as session:
        records.record_result(session, person_id, result, actor=clerk, now=NOW)
    with pytest.raises(NotAllowedError), unit_of_work(sessions) as session:
        records.correct_record(session, learner_id, FIRST_C1, seen=FIRST_C1, reason="x", actor=clerk, now=NOW)
    with pytest.raises(NotAllowedError), unit_of_work(sessions) as session:
        records.close_record(session, learner_id, reason="x", actor=clerk, now=NOW)
    own = PersonId(newcomer.person_id or 0)
    with pytest.raises(NotAllowedError), unit_of_work(sessions) as session:
        records.open_record(session, own, FIRST_C1, actor=newcomer, now=NOW)
