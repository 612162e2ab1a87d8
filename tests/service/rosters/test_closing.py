"""Absences, the closing of a roster over counts that must match, and results from a file: all of it or nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from booking.bookings.models import BookingState
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ImportRefusedError, NotAllowedError
from booking.kernel.ids import SlotId
from booking.rosters.exports import roster_csv
from booking.rosters.imports import import_attempts
from booking.rosters.queries.rosters import open_rosters, rosters_of
from booking.rosters.rules.standing import Counts, Standing
from booking.rosters.service.refusing import RosterRefusedError
from tests import factories
from tests.service.rosters.exam_site import DAY, FAILED, PASSED, ExamSite, Learner, at


@pytest.fixture
def site(sqlite_url: str, open_sessions: Callable[[str], Sessions]) -> ExamSite:
    return ExamSite(open_sessions(sqlite_url))


def refused(site: ExamSite, slot_id: SlotId, clock: str, expected: Counts | None = None) -> tuple[str, str]:
    """Return the code and the sentence of the refusal to close."""
    with pytest.raises(RosterRefusedError) as failure:
        site.close(slot_id, clock, expected)
    return failure.value.refused.code, failure.value.refused.what("en")


def bring(site: ExamSite, *lines: str, slot_id: SlotId | None = None, clock: str = "11:00") -> int:
    source = "\n".join(("reference,attempt,outcome,score", *lines))
    with unit_of_work(site.sessions) as session:
        return import_attempts(
            session, site.site_id, DAY, source, slot_id=slot_id, actor=site.operator, now=at(clock)
        )


def test_an_absence_waits_for_the_end_of_check_in_and_is_judged_as_a_failure(site: ExamSite) -> None:
    slot_id = site.slot()
    away, left, tested = (site.booked(slot_id) for _ in range(3))
    for one in (left, tested):
        site.check_in(one, "09:30")
    site.attempt(tested, "10:10", FAILED)

    with pytest.raises(RosterRefusedError, match="not-begun"):
        site.absent(away, "10:29")
    with pytest.raises(RosterRefusedError, match="has-result"):
        site.absent(tested, "10:30")
    site.absent(away, "10:30")
    site.absent(left, "10:31")  # came, and went untested
    with pytest.raises(RosterRefusedError, match="absent"):
        site.absent(away, "10:32")

    assert [site.outcome(one) for one in (away, left)] == [("absent", None)] * 2
    assert site.told(away)[-1] == "booking_absent"
    assert "12月4日（星期五）起可以再次预约" in site.letter(away, "booking_absent")
    assert site.broken("10:33") == []


def test_nobody_is_absent_by_itself_unless_the_office_has_said_so(site: ExamSite) -> None:
    slot_id = site.slot()
    away = site.booked(slot_id)
    site.jobs("18:00")
    assert site.state(away) is BookingState.CONFIRMED

    with unit_of_work(site.sessions) as session:
        factories.setting(session, "exams.absent_by_itself", "yes")
    site.jobs("10:59")
    assert site.state(away) is BookingState.CONFIRMED
    site.jobs("11:00")

    assert site.state(away) is BookingState.ABSENT


def test_a_roster_closes_over_the_counts_that_both_have_and_accepts_nothing_more(sessions: Sessions) -> None:
    site = ExamSite(sessions)
    slot_id = site.slot()
    passed, failed, once, away, untested = (site.booked(slot_id) for _ in range(5))
    for one in (passed, failed, once, untested):
        site.check_in(one, "09:30")
    site.attempt(passed, "10:40", PASSED, score=88)
    site.attempt(failed, "10:20", FAILED)
    site.attempt(failed, "10:41", FAILED, 2)
    site.attempt(once, "10:42", FAILED)

    number = site.row(slot_id, untested).number
    assert refused(site, slot_id, "10:29")[0] == "not-begun"
    assert refused(site, slot_id, "10:43") == ("untested", f"Checked in and without a result: {number}.")
    site.attempt(untested, "10:43", PASSED)
    right = Counts(booked=5, present=4, absent=1, passed=2, failed=2, cancelled=0)
    wrong = replace(right, present=5, absent=0)
    assert refused(site, slot_id, "10:44", wrong) == (
        "counts-differ",
        "The counts differ: present 5, here 4; absent 0, here 1.",
    )
    assert site.state(away) is BookingState.CONFIRMED
    site.close(slot_id, "10:44", right)

    assert [site.outcome(one) for one in (passed, failed, once, away, untested)] == [
        ("passed", 88),
        ("failed", None),
        ("failed", None),
        ("absent", None),
        ("passed", None),
    ]
    head = site.roster(slot_id, "10:45").head
    assert (head.counts, head.closed_at) == (right, at("10:44"))
    for act in (
        lambda: site.close(slot_id, "10:45", right),
        lambda: site.attempt(passed, "10:45", FAILED),
        lambda: site.absent(away, "10:45"),
        lambda: site.undo_check_in(passed, "10:45"),
        lambda: bring(site, f"{passed.reference},2,passed,"),
    ):
        with pytest.raises((RosterRefusedError, ImportRefusedError), match=r"roster-closed|is closed"):
            act()
    assert site.broken("10:46") == []


def test_the_database_itself_keeps_a_closed_roster_and_what_was_tested(sessions: Sessions) -> None:
    site = ExamSite(sessions)
    slot_id, other, empty = site.slot(), site.slot("15:00"), site.slot("17:00")
    passed, later = site.booked(slot_id), site.booked(other)
    site.check_in(passed, "09:30")
    site.check_in(later, "14:30")
    site.attempt(passed, "10:40", PASSED)
    site.close(slot_id, "10:44")
    site.attempt(later, "15:00", PASSED)
    closed = f"WHERE slot_id = {slot_id}"
    mine, waiting = f"WHERE booking_id = {passed.booking_id}", f"WHERE id = {later.booking_id}"
    row = "(%s, 1, %s, 0, %s, 0, 0, '2026-11-24 08:00:00+00:00')"
    columns = "(slot_id, booked, present, absent, passed, failed, cancelled, closed_at)"

    for guard, behind in (
        ("frozen_closed_roster", f"UPDATE closed_roster SET absent = 1 {closed}"),
        ("kept_closed_roster", f"DELETE FROM closed_roster {closed}"),
        ("closed_booking", f"UPDATE booking SET slot_id = {slot_id} {waiting}"),
        ("attempt_identity", f"UPDATE attempt SET undone_at = settled_at, settled_at = NULL {mine}"),
        ("kept_attempt", f"DELETE FROM attempt {mine}"),
        ("kept_check_in", f"DELETE FROM check_in {mine}"),
        ("tested_booking", f"UPDATE booking SET state = 'cancelled_by_office' {waiting}"),
        ("tested_booking", f"UPDATE booking SET state = 'passed' {waiting}"),
        ("tested_booking", f"UPDATE booking SET state = 'absent' {waiting}"),
        ("check_in_of_tested", f"UPDATE check_in SET undone_at = recorded_at WHERE slot_id = {other}"),
        ("closed_roster_counts", f"INSERT INTO closed_roster {columns} VALUES {row % (other, 1, 1)}"),
        ("everybody_counted", f"INSERT INTO closed_roster {columns} VALUES {row % (empty, 0, 0)}"),
    ):
        with pytest.raises(IntegrityError, match=guard), unit_of_work(site.sessions) as session:
            session.execute(text(behind))


def test_a_file_of_results_is_taken_whole_or_refused_by_line_and_reason(site: ExamSite) -> None:
    slot_id, tomorrow = site.slot(), site.slot(day=DAY + timedelta(days=1))
    passed, twice, away, absent, known = (site.booked(slot_id) for _ in range(5))
    another_day, elsewhere = site.booked(tomorrow), ExamSite(site.sessions)
    stranger = elsewhere.booked(elsewhere.slot())
    for one in (passed, twice, known):
        site.check_in(one, "09:30")
    site.attempt(known, "10:10", PASSED)
    site.absent(absent, "10:30")

    good = (f"{passed.reference},1,passed,90", f"{twice.reference},1,failed,60", f"{twice.reference},2,passed,")
    with pytest.raises(ImportRefusedError) as failure:
        bring(
            site,
            *good,
            f"{passed.reference},2,passed,",
            f"{away.reference},1,passed,",
            f"{absent.reference},1,passed,",
            f"{known.reference},1,failed,",
            f"{another_day.reference},1,passed,",
            f"{stranger.reference},1,passed,",
            f"{known.reference},3,perhaps,101",
        )
    assert [(one.line, one.column, one.problem) for one in failure.value.errors][:6] == [
        (5, "attempt", "is a retest without a first attempt that failed"),
        (6, "reference", "was not checked in"),
        (7, "reference", "is recorded as absent"),
        (8, "attempt", "has a result already"),
        (9, "reference", "is on the roster of another day, 2026-11-25"),
        (10, "reference", "is not on this roster"),
    ]
    assert {one.column for one in failure.value.errors if one.line == 11} == {"attempt", "outcome", "score"}
    assert site.row(slot_id, passed).standing is Standing.PRESENT  # nothing half-stored
    with pytest.raises(ImportRefusedError, match="does not fit the outcome and the pass mark"):
        bring(site, f"{passed.reference},1,passed,79")
    with pytest.raises(ImportRefusedError, match="is not on this roster"):
        bring(site, *good, slot_id=site.slot("15:00"))
    with pytest.raises(NotAllowedError), unit_of_work(site.sessions) as session:
        import_attempts(session, site.site_id, DAY, "", actor=elsewhere.operator, now=at("11:00"))

    assert bring(site, *good, slot_id=slot_id) == 3
    assert site.row(slot_id, twice).standing is Standing.PASSED


def test_a_roster_leaves_the_house_without_document_numbers(site: ExamSite) -> None:
    slot_id = site.slot()
    first, second = site.booked(slot_id), site.booked(slot_id)
    site.check_in(first, "09:30")
    site.attempt(first, "10:00", FAILED, score=70)
    site.attempt(first, "10:05", PASSED, 2, 85)

    file = roster_csv(site.roster(slot_id, "10:06"))

    header, *lines = file.splitlines()
    assert header.split(",")[:4] == ["number", "reference", "name", "document_tail"]
    assert lines[0].endswith(f"{first.tail},C1,passed,1,2026-11-24T09:30+08:00,failed,70,passed,85")
    assert lines[1].endswith(f"{second.tail},C1,expected,,,,,,")
    assert first.number not in file


def test_the_list_of_a_day_counts_each_roster_and_forgotten_ones_are_found(site: ExamSite) -> None:
    slot_id = site.slot()
    learners: list[Learner] = [site.booked(slot_id) for _ in range(3)]
    site.slot("15:00")
    site.check_in(learners[0], "09:30")
    site.attempt(learners[0], "10:00", FAILED)
    site.check_in(learners[1], "09:31")

    with reading(site.sessions) as session:
        heads = rosters_of(session, site.site_id, DAY)
        forgotten = open_rosters(session, site.site_id, before=DAY + timedelta(days=1))
        none_yet = open_rosters(session, None, before=DAY)

    now = heads[0].progress
    assert (now.booked, now.expected, now.present, now.untested, now.retest) == (3, 1, 2, 1, 1)
    assert [head.progress.booked for head in heads] == [3, 0]
    assert [head.slot_id for head in forgotten] == [slot_id]
    assert none_yet == []
