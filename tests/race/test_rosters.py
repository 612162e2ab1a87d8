"""Many hands on one roster: one check-in, one result, one closing, and no result lost to a power cut."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from booking.bookings.models import BookingState
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ConflictError
from booking.kernel.ids import SlotId
from booking.rosters.models import Attempt, CheckIn
from booking.rosters.service.refusing import RosterRefusedError
from tests.service.rosters.exam_site import FAILED, PASSED, ExamSite, Learner

pytestmark = pytest.mark.race
SCANNERS, PEOPLE = 8, 6


def together(*acts: Callable[[], object]) -> list[str]:
    """Let all act at once; return "ok" or the code of what each was refused with."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        start.wait()
        try:
            act()
        except RosterRefusedError as failure:
            return failure.refused.code
        except ConflictError as failure:
            return type(failure).__name__
        return "ok"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def present(sessions: Sessions, count: int = 1) -> tuple[ExamSite, SlotId, list[Learner]]:
    site = ExamSite(sessions)
    slot_id = site.slot()
    learners = site.all_booked(slot_id, count)
    for one in learners:
        site.check_in(one, "09:30")
    return site, slot_id, learners


def standing_rows(site: ExamSite, table: type[CheckIn] | type[Attempt], learner: Learner) -> int:
    with reading(site.sessions) as session:
        query = select(func.count()).where(table.booking_id == learner.booking_id, table.undone_at.is_(None))
        return session.scalar(query) or 0


def test_however_many_scan_one_person_is_checked_in_once(sessions: Sessions) -> None:
    site = ExamSite(sessions)
    learner = site.booked(site.slot())

    answers = together(*[partial(site.check_in, learner, "09:30")] * SCANNERS)

    assert Counter(answers) == {"ok": 1, "checked-in": SCANNERS - 1}
    assert standing_rows(site, CheckIn, learner) == 1
    assert site.broken("09:31") == []


def test_the_same_check_in_sent_by_several_wires_at_once_is_one_and_each_gets_its_answer(sessions: Sessions) -> None:
    site = ExamSite(sessions)
    learner = site.booked(site.slot())

    answers = together(*[partial(site.check_in, learner, "09:30", device_key="one")] * SCANNERS)

    assert answers == ["ok"] * SCANNERS
    assert standing_rows(site, CheckIn, learner) == 1


def test_of_two_results_at_once_one_stands(sessions: Sessions) -> None:
    site, _, (learner,) = present(sessions)

    answers = together(*[partial(site.attempt, learner, "10:00", outcome) for outcome in (PASSED, FAILED) * 3])

    assert Counter(answers) == {"ok": 1, "result-known": 5}
    assert standing_rows(site, Attempt, learner) == 1


def test_a_result_and_the_closing_at_once_agree_whoever_is_first(sessions: Sessions) -> None:
    site, slot_id, learners = present(sessions, PEOPLE)
    for one in learners:
        site.attempt(one, "10:30", FAILED)  # each retest is open
    seen = site.roster(slot_id, "10:40").when_closed

    answers = together(
        lambda: site.close(slot_id, "10:40", seen),
        *[partial(site.attempt, one, "10:40", PASSED, 2) for one in learners],
    )

    if answers[0] == "ok":
        assert set(answers[1:]) <= {"roster-closed"}
        assert {site.outcome(one) for one in learners} == {("failed", None)}
    else:
        assert answers[0] == "counts-differ"
        assert "ok" in answers[1:]
        site.close(slot_id, "10:41")
    assert site.broken("10:42") == []


def test_a_result_and_its_undoing_and_settling_at_once_end_in_one_of_them(sessions: Sessions) -> None:
    site, slot_id, learners = present(sessions, PEOPLE)
    for one in learners:
        site.attempt(one, "10:00", PASSED)

    together(
        lambda: site.close(slot_id, "10:30"),
        lambda: site.settle("10:10"),
        lambda: site.settle("10:10"),
        *[partial(site.undo_attempt, one, "10:09") for one in learners],
    )

    for one in learners:
        is_undone = standing_rows(site, Attempt, one) == 0
        assert site.outcome(one) == (None if is_undone else ("passed", None))
        assert site.state(one) is (BookingState.ATTENDED if is_undone else BookingState.PASSED)
    assert site.broken("10:31") == []


def test_a_result_of_the_last_minute_is_not_lost_to_the_power_cut(sessions: Sessions) -> None:
    site, slot_id, learners = present(sessions, PEOPLE)
    answers = together(
        lambda: site.withdraw(slot_id, "10:30"),
        lambda: site.cancel("10:30"),
        lambda: site.cancel("10:30"),
        *[partial(site.attempt, one, "10:30", PASSED) for one in learners],
    )
    site.jobs("10:31")
    site.jobs("10:32")

    for answer, one in zip(answers[3:], learners, strict=True):
        kept = site.outcome(one) == ("passed", None)
        assert kept is (answer == "ok")
        assert site.state(one) is (BookingState.PASSED if kept else BookingState.CANCELLED_BY_OFFICE)
    assert site.broken("11:30") == []


def test_the_race_is_real_without_the_guard(postgresql_url: str, open_sessions: Callable[[str], Sessions]) -> None:
    """The control: without its guard in the database, whoever looked before the result takes it away."""
    site, slot_id, (learner,) = present(open_sessions(postgresql_url))
    with unit_of_work(site.sessions) as session:
        session.execute(text("DROP TRIGGER tested_booking ON booking"))
    site.attempt(learner, "10:29", PASSED)
    site.withdraw(slot_id, "10:30")

    site.cancel("10:30")  # before the results are settled
    site.settle("10:31")

    assert site.state(learner) is BookingState.CANCELLED_BY_OFFICE
    assert site.outcome(learner) is None
    assert site.broken("11:30")
