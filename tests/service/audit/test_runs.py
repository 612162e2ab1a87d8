"""Runs of jobs: one hour is claimed once, a failed run again, and idle runs leave one row a day."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from booking.audit import runs
from booking.audit.models import JobRun
from booking.audit.queries import job_failures, job_states
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, conflicts_as, reading, unit_of_work

JOB = "return-freed-seats"


def claimed(sessions: Sessions, due_at: datetime, now: datetime) -> bool:
    with unit_of_work(sessions) as session:
        return runs.claim_run(session, JOB, due_at, now=now)


def noted(
    sessions: Sessions, at: datetime, *, due_at: datetime | None = None, count: int = 0, failure: str = ""
) -> None:
    with unit_of_work(sessions) as session:
        runs.note_run(
            session,
            JOB,
            due_at=due_at,
            started_at=at,
            finished_at=at + timedelta(seconds=1),
            count=count,
            failure=failure,
        )


def rows(sessions: Sessions) -> list[JobRun]:
    with reading(sessions) as session:
        return list(session.scalars(select(JobRun).order_by(JobRun.due_at)))


def test_an_hour_is_claimed_once(sessions: Sessions, clock: FixedClock) -> None:
    now = clock.now()

    assert claimed(sessions, now, now)
    assert not claimed(sessions, now, now)
    noted(sessions, now, due_at=now)
    assert not claimed(sessions, now, now + timedelta(days=1))


def test_the_next_hour_is_claimed_anew(sessions: Sessions, clock: FixedClock) -> None:
    now = clock.now()

    assert claimed(sessions, now, now)
    assert claimed(sessions, now + timedelta(days=1), now + timedelta(days=1))


def test_who_writes_the_claim_second_is_refused_by_the_database(sessions: Sessions, clock: FixedClock) -> None:
    """Both looked before either wrote: the unique row decides."""
    now = clock.now()
    claimed(sessions, now, now)

    with pytest.raises(runs.RunClaimedError), unit_of_work(sessions) as session, conflicts_as(runs.CONFLICTS):
        session.execute(insert(JobRun).values(job=JOB, due_at=now, started_at=now, count=0, failure=""))


@pytest.mark.parametrize("failure", ["", "OperationalError at slots/service.py:130"])
def test_a_run_that_died_or_failed_is_claimed_again_after_ten_minutes(
    sessions: Sessions, clock: FixedClock, failure: str
) -> None:
    now = clock.now()
    claimed(sessions, now, now)
    if failure:
        noted(sessions, now, due_at=now, failure=failure)

    early = claimed(sessions, now, now + timedelta(minutes=9))
    late = claimed(sessions, now, now + timedelta(minutes=10))
    third = claimed(sessions, now, now + timedelta(minutes=10))

    assert (early, late, third) == (False, True, False)
    noted(sessions, now + timedelta(minutes=10), due_at=now, count=3)
    assert [(row.count, row.failure) for row in rows(sessions)] == [(3, "")]


def test_runs_that_found_nothing_leave_one_row_a_day_that_tells_the_last(
    sessions: Sessions, clock: FixedClock
) -> None:
    for minutes in range(5):
        noted(sessions, clock.now() + timedelta(minutes=minutes))
    noted(sessions, clock.now() + timedelta(days=1))

    assert [row.started_at for row in rows(sessions)] == [
        clock.now() + timedelta(minutes=4),
        clock.now() + timedelta(days=1),
    ]


def test_runs_of_one_minute_share_a_row_and_keep_a_failure(sessions: Sessions, clock: FixedClock) -> None:
    noted(sessions, clock.now(), count=2)
    noted(sessions, clock.now() + timedelta(seconds=10), failure="TimeoutError")
    noted(sessions, clock.now() + timedelta(seconds=20), count=3)

    assert [(row.count, row.failure) for row in rows(sessions)] == [(5, "TimeoutError")]


def test_the_state_of_a_job_tells_when_it_rang_acted_and_failed(sessions: Sessions, clock: FixedClock) -> None:
    now = clock.now()
    acted, failed = now - timedelta(hours=2), now - timedelta(minutes=15)
    noted(sessions, acted, count=4)
    noted(sessions, failed, failure="TimeoutError")
    noted(sessions, now)

    with reading(sessions) as session:
        [state], [failure] = job_states(session), job_failures(session)

    assert (state.rang_at, state.acted_at, state.failed_at, state.done) == (now, acted, failed, 4)
    assert [state.is_late(now + timedelta(minutes=minutes)) for minutes in (5, 6)] == [False, True]
    assert [state.is_failing(now + timedelta(minutes=minutes)) for minutes in (0, 1)] == [True, False]
    assert (failure.job, failure.failure) == (JOB, "TimeoutError")


def test_runs_are_forgotten_after_thirty_days(sessions: Sessions, clock: FixedClock) -> None:
    noted(sessions, clock.now() - timedelta(days=31), count=1)
    noted(sessions, clock.now() - timedelta(days=29), count=1)

    with unit_of_work(sessions) as session:
        forgotten = runs.forget_old_runs(session, now=clock.now())

    assert forgotten == 1
    assert len(rows(sessions)) == 1
