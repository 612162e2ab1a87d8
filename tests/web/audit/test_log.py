"""The supervisor's pages: the log and the state of the jobs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from booking.audit import runs
from booking.audit import service as audit
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.web.conftest import Visitor

SignIn = Callable[..., Visitor]


@pytest.fixture
def supervisor(visitor: SignIn) -> Visitor:
    return visitor(Role.SUPERVISOR)


def recorded(sessions: Sessions, act: str, object_id: int, *, now: datetime, **more: Any) -> Actor:
    """Add one entry of a counter clerk on a booking."""
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER)
        audit.record(session, act, "booking", object_id, actor=clerk, now=now, **more)
    return clerk


def text_of(client: Visitor, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_an_entry_tells_who_in_which_role_what_before_after_and_why(
    supervisor: Visitor, sessions: Sessions, clock: FixedClock
) -> None:
    before, after = {"state": "confirmed"}, {"state": "cancelled"}
    clerk = recorded(
        sessions, "booking cancelled", 17, now=clock.now(), before=before, after=after, reason="asked by phone"
    )

    page = text_of(supervisor, "/supervision/log")

    for told in (
        "counter clerk",
        f"Account {clerk.account_id}",
        "booking cancelled",
        "booking 17",
        "confirmed → cancelled",
        "asked by phone",
        "Tue 24 Nov 2026 10:00",
    ):
        assert told in page


@pytest.mark.parametrize(
    ("kind", "after", "told"),
    [
        (
            "policy",
            {"name": "exams.method", "value": "lottery", "effective_from": "2026-12-21"},
            (
                "name: How places of tests are given",
                "value: in one batch, by lottery",
                "in force from: Mon 21 Dec 2026",
            ),
        ),
        ("transfer", {"kind": "learners"}, ("kind: Learners",)),
        (
            "override",
            {"kind": "office_error", "lifted": ["not-due-yet"]},
            ("kind: mistake of the office", "not before the last three months of the mark"),
        ),
        ("site", {"classes": "MINIBUS,C1"}, ("licence classes: minibus, C1",)),
    ],
    ids=["setting", "file", "override", "site"],
)
def test_whatever_is_written_as_a_code_is_read_in_words(
    kind: str,
    after: dict[str, object],
    told: tuple[str, ...],
    supervisor: Visitor,
    sessions: Sessions,
    clock: FixedClock,
) -> None:
    with unit_of_work(sessions) as session:
        audit.record(session, "setting proposed", kind, 7, actor=SYSTEM, now=clock.now(), after=after)

    page = text_of(supervisor, "/supervision/log")

    assert [words for words in told if words not in page] == []


def test_what_the_system_did_bears_no_account(supervisor: Visitor, sessions: Sessions, clock: FixedClock) -> None:
    with unit_of_work(sessions) as session:
        audit.record(session, "seats released", "slot", 4, actor=SYSTEM, now=clock.now(), after={"amount": 6})

    page = text_of(supervisor, "/supervision/log")

    assert "the system" in page
    assert "Account" not in page.partition("<tbody>")[2]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("object_id=1&kind=booking", [1]),
        ("act=booking+moved", [2]),
        ("day=2026-11-23", [3]),
        ("day=2026-11-24", [1, 2]),
        ("kind=slot", []),
        ("kind=booking&day=2026-11-24&act=booking+made", [1]),
        ("", [1, 2, 3]),
    ],
)
def test_the_log_is_searched_by_day_act_and_object(
    supervisor: Visitor, sessions: Sessions, clock: FixedClock, question: str, found: list[int]
) -> None:
    recorded(sessions, "booking made", 1, now=clock.now())
    recorded(sessions, "booking moved", 2, now=clock.now())
    recorded(sessions, "booking made", 3, now=datetime.fromisoformat("2026-11-23T23:59:59+08:00"))

    page = text_of(supervisor, f"/supervision/log?{question}")

    assert [number for number in (1, 2, 3) if f"booking {number}<" in page] == found


def test_the_log_is_searched_by_account(supervisor: Visitor, sessions: Sessions, clock: FixedClock) -> None:
    clerk = recorded(sessions, "booking made", 1, now=clock.now())
    recorded(sessions, "booking made", 2, now=clock.now())

    page = text_of(supervisor, f"/supervision/log?account={clerk.account_id}")

    assert "booking 1<" in page
    assert "booking 2<" not in page


def test_a_long_log_comes_in_pages_that_keep_the_question(
    supervisor: Visitor, sessions: Sessions, clock: FixedClock
) -> None:
    with unit_of_work(sessions) as session:
        for number in range(60):
            audit.record(session, "slot published", "slot", number, actor=SYSTEM, now=clock.now())

    first = text_of(supervisor, "/supervision/log?kind=slot")
    address = first.partition('<nav class="pager"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = text_of(supervisor, address)

    assert "kind=slot" in address
    assert [f"session {number}<" in first for number in range(60)] == [number >= 10 for number in range(60)]
    assert [f"session {number}<" in second for number in range(60)] == [number < 10 for number in range(60)]


def test_an_empty_answer_leads_back_to_the_whole_log(supervisor: Visitor) -> None:
    assert "No such entries" in text_of(supervisor, "/supervision/log?kind=site")


@pytest.mark.parametrize("question", ["day=yesterday", "account=-3", "account=99999999999999999999", "kind=nothing"])
def test_a_question_that_cannot_be_is_refused_with_a_word(supervisor: Visitor, question: str) -> None:
    answer = supervisor.get(f"/supervision/log?{question}")

    assert answer.status_code == 422
    assert "Please check what you entered" in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.COUNTER, Role.PLANNER, Role.STATION])
@pytest.mark.parametrize("address", ["/supervision/log", "/supervision/jobs"])
def test_others_do_not_read_the_log(visitor: SignIn, role: Role, address: str) -> None:
    assert visitor(role).get(address).status_code == 403


def test_the_page_of_jobs_says_when_nothing_has_ever_run(supervisor: Visitor) -> None:
    assert "The scheduler has never run" in text_of(supervisor, "/supervision/jobs")


def test_the_page_of_jobs_tells_the_running_from_the_silent_and_the_failing(
    supervisor: Visitor, sessions: Sessions, clock: FixedClock
) -> None:
    now = clock.now()
    with unit_of_work(sessions) as session:
        for job, ago, failure in (
            ("release-seats", timedelta(seconds=30), ""),
            ("cancel-withdrawn", timedelta(minutes=6), ""),
            ("publish-plans", timedelta(seconds=30), "OperationalError at slots/service.py:130"),
        ):
            at = now - ago
            runs.note_run(session, job, due_at=None, started_at=at, finished_at=at, count=0, failure=failure)

    page = text_of(supervisor, "/supervision/jobs")

    for told in ("running", "silent", "failing", "never ran", "OperationalError at slots/service.py:130"):
        assert told in page
