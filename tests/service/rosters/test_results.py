"""Test and retest: counted at once, undone in time, settled into the record with a message, kept in a power cut."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from booking.allotment.models.requests import Request
from booking.bookings.models import BookingState
from booking.bookings.steps import ResultWaitsError
from booking.exams import service as records
from booking.exams.models import Learner as Record
from booking.exams.rules.facts import Outcome, Subject
from booking.exams.service import Result, ResultKnownError
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import LearnerId
from booking.rosters.rules.standing import Standing
from booking.rosters.service.refusing import RosterRefusedError
from tests import factories
from tests.service.rosters.exam_site import DAY, FAILED, PASSED, ExamSite, Learner, at


@pytest.fixture
def site(sqlite_url: str, open_sessions: Callable[[str], Sessions]) -> ExamSite:
    return ExamSite(open_sessions(sqlite_url))


def imported(site: ExamSite, learner: Learner, outcome: Outcome) -> None:
    """Record a result the way the counter does, by file or page."""
    assert learner.actor.person_id is not None
    with unit_of_work(site.sessions) as session:
        clerk = factories.account(session)
        result = Result(Subject.SUBJECT_2, DAY, outcome, None, site.site_id)
        records.record_result(session, learner.actor.person_id, result, actor=clerk, now=at("12:00"))


def test_a_result_takes_effect_once_it_can_no_longer_be_undone_and_the_learner_is_told_what_comes_next(
    site: ExamSite,
) -> None:
    slot_id = site.slot(service="subject_1")
    learner = site.booked(slot_id)
    site.check_in(learner, "09:30")
    site.attempt(learner, "10:00", PASSED, score=92)
    site.jobs("10:09")
    assert site.state(learner) is BookingState.ATTENDED
    assert site.row(slot_id, learner).standing is Standing.PASSED

    site.jobs("10:10")
    site.jobs("10:11")

    assert site.state(learner) is BookingState.PASSED
    assert site.outcome(learner) == ("passed", 92)
    with reading(site.sessions) as session:
        record = session.scalars(select(Record).where(Record.person_id == learner.actor.person_id)).one()
        assert record.permit_issued_on == DAY
    text = site.letter(learner, "exam_passed")
    assert "成绩 92 分" in text
    assert "科目二，12月4日" in text  # ten days after the permit
    assert site.acts(learner) == ["booking made", "booking attended", "attempt recorded", "booking passed"]
    assert site.broken("10:12") == []


def test_a_first_failure_leaves_the_retest_open_and_the_second_is_final(site: ExamSite) -> None:
    slot_id = site.slot()
    first, twice, late = (site.booked(slot_id) for _ in range(3))
    for one in (first, twice, late):
        site.check_in(one, "09:30")
        site.attempt(one, "10:00", FAILED, score=70)
    site.jobs("10:30")
    assert site.state(first) is BookingState.ATTENDED
    assert site.row(slot_id, first).may_attempt == 2

    site.attempt(first, "10:31", PASSED, 2, 85)
    site.attempt(twice, "10:32", FAILED, 2)
    site.jobs("10:45")
    site.close(slot_id, "11:00")

    assert [site.outcome(one) for one in (first, twice, late)] == [("passed", 85), ("failed", None), ("failed", 70)]
    assert "12月4日" in site.letter(twice, "exam_failed")  # ten days after the failure
    assert site.broken("11:01") == []


def test_what_does_not_fit_is_refused(site: ExamSite) -> None:
    slot_id = site.slot()
    learner, away, absent = (site.booked(slot_id) for _ in range(3))
    site.absent(absent, "10:30")
    site.check_in(learner, "10:00")

    def why(who: Learner, *given: Any) -> str:
        with pytest.raises(RosterRefusedError) as failure:
            site.attempt(who, "10:31", *given)
        assert failure.value.refused.what("en")
        return failure.value.refused.code

    assert why(away, PASSED) == "not-checked-in"
    assert why(absent, PASSED) == "absent"
    assert why(learner, PASSED, 2) == "no-retest"
    assert why(learner, PASSED, 1, 79) == why(learner, FAILED, 1, 80) == "score-differs"  # C1: 80 points
    site.attempt(learner, "10:31", PASSED, score=80)
    assert why(learner, PASSED) == "result-known"
    assert why(learner, FAILED, 2) == "no-retest"
    site.jobs("10:50")
    assert why(learner, PASSED) == "result-known"


def test_a_result_is_undone_for_ten_minutes_the_last_one_first(site: ExamSite) -> None:
    slot_id = site.slot()
    learner = site.booked(slot_id)
    site.check_in(learner, "09:30")
    site.attempt(learner, "10:00", FAILED)
    site.attempt(learner, "10:05", FAILED, 2)

    site.undo_attempt(learner, "10:14")
    assert site.row(slot_id, learner).standing is Standing.RETEST
    with pytest.raises(RosterRefusedError, match="undo-over"):
        site.undo_attempt(learner, "10:14")
    site.attempt(learner, "10:15", PASSED, 2)
    site.jobs("10:25")
    with pytest.raises(RosterRefusedError, match="undo-over"):
        site.undo_attempt(learner, "10:25")

    assert site.outcome(learner) == ("passed", None)
    assert site.broken("10:26") == []


def test_a_result_of_the_counter_is_final_on_the_roster_and_none_is_recorded_twice(site: ExamSite) -> None:
    slot_id = site.slot()
    by_file, waiting, settled, retested = (site.booked(slot_id) for _ in range(4))
    for one in (waiting, settled, retested):
        site.check_in(one, "09:30")
    site.attempt(settled, "10:00", PASSED)
    site.attempt(retested, "10:00", FAILED)
    site.jobs("10:15")
    site.attempt(waiting, "10:20", PASSED)

    imported(site, by_file, Outcome.PASSED)
    imported(site, retested, Outcome.PASSED)
    with pytest.raises(ResultWaitsError):
        imported(site, waiting, Outcome.FAILED)
    with pytest.raises(ResultKnownError):
        imported(site, settled, Outcome.FAILED)
    site.jobs("10:31")

    standings = {site.row(slot_id, one, "12:01").standing for one in (by_file, waiting, settled, retested)}
    assert standings == {Standing.PASSED}
    assert [site.outcome(one) for one in (by_file, waiting, settled, retested)] == [("passed", None)] * 4
    site.close(slot_id, "12:02")
    assert site.broken("12:03") == []


@pytest.mark.parametrize("first", ["the results", "the cancelling"])
def test_in_a_power_cut_whoever_was_tested_keeps_the_result_and_the_others_their_priority(
    sessions: Sessions, first: str
) -> None:
    """Whichever job comes first, and on both databases: the database itself keeps the result."""
    site = ExamSite(sessions)
    slot_id = site.slot("11:30")
    passed, failed, once, here, away = (site.booked(slot_id) for _ in range(5))
    for one in (passed, failed, once, here):
        site.check_in(one, "11:00")
    site.attempt(passed, "11:55", PASSED, score=90)
    for one in (failed, once):
        site.attempt(one, "11:50", FAILED)
    site.attempt(failed, "11:56", FAILED, 2)

    site.withdraw(slot_id, "12:00")
    if first == "the results":
        site.settle("12:00")
    site.cancel("12:00")
    site.jobs("12:01")
    site.jobs("12:02")

    assert [site.outcome(one) for one in (passed, failed)] == [("passed", 90), ("failed", None)]
    for one in (once, here, away):
        assert site.state(one) is BookingState.CANCELLED_BY_OFFICE
        assert site.outcome(one) is None
        assert "booking_cancelled_by_office" in site.told(one)
    with reading(site.sessions) as session:
        again = session.scalars(select(Request.person_id).where(Request.is_make_up.is_(True))).all()
    assert set(again) == {one.actor.person_id for one in (once, here, away)}
    head = site.roster(slot_id, "12:03").head
    assert head.counts is not None
    assert (head.counts.booked, head.counts.present, head.counts.cancelled) == (5, 2, 3)
    assert site.broken("12:30") == []


def test_a_failure_in_a_session_that_was_cut_short_cannot_be_taken_back_once_the_place_is_cancelled(
    site: ExamSite,
) -> None:
    slot_id = site.slot()
    learner = site.booked(slot_id)
    site.check_in(learner, "09:30")
    site.attempt(learner, "10:00", FAILED)
    site.withdraw(slot_id, "10:02")
    site.jobs("10:03")
    assert site.state(learner) is BookingState.CANCELLED_BY_OFFICE

    with pytest.raises(RosterRefusedError) as refusal:
        site.undo_attempt(learner, "10:04")

    assert refusal.value.refused.code == "nothing-to-undo"
    assert site.broken("10:05") == []


def test_a_record_that_was_closed_meanwhile_holds_up_nobody_else(site: ExamSite) -> None:
    slot_id = site.slot()
    gone, other = site.booked(slot_id), site.booked(slot_id)
    for one in (gone, other):
        site.check_in(one, "09:30")
        site.attempt(one, "10:00", PASSED)
    with unit_of_work(site.sessions) as session:
        record = session.scalars(select(Record).where(Record.person_id == gone.actor.person_id)).one()
        clerk = factories.account(session)
        records.close_record(session, LearnerId(record.id), reason="转出", actor=clerk, now=at("10:05"))

    site.jobs("10:30")

    assert (site.state(gone), site.state(other)) == (BookingState.ATTENDED, BookingState.PASSED)
