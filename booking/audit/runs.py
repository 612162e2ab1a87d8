"""Runs of scheduled jobs: claimed, noted, and forgotten after a month.

The table stays small: the runs of one job within one minute share a row, and all runs of a local day that found
nothing to do share one, which bears the midnight of that day as its `due_at`. That row tells when the job last ran.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from booking.audit.models import JobRun
from booking.kernel.calendar import local_day, start_of
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import ConflictError, Wording

TRY_AGAIN_AFTER = timedelta(minutes=10)
KEPT = timedelta(days=30)


class RunClaimedError(ConflictError):
    """Another process wrote the row of this run first."""

    wording: ClassVar[Wording] = Wording("这项任务已由另一个进程执行。", "Another process has done this job.")


CONFLICTS = {"uq_job_run_job_due_at": RunClaimedError}


def claim_run(session: Session, job: str, due_at: datetime, *, now: datetime) -> bool:
    """Claim the hour `due_at` of a job: True for one caller, False or `RunClaimedError` for every other.

    A run that failed, or whose process died, can be claimed again ten minutes after it began.
    """
    known = session.scalar(select(JobRun.id).where(JobRun.job == job, JobRun.due_at == due_at))
    if known is None:
        with conflicts_as(CONFLICTS):
            session.execute(insert(JobRun).values(job=job, due_at=due_at, started_at=now, count=0, failure=""))
        return True
    again = (
        update(JobRun)
        .where(JobRun.id == known, or_(JobRun.finished_at.is_(None), JobRun.failure != ""))
        .where(JobRun.started_at <= now - TRY_AGAIN_AFTER)
        .values(started_at=now, finished_at=None, failure="")
    )
    return rows_changed(session, again) == 1


def note_run(
    session: Session,
    job: str,
    *,
    due_at: datetime | None,
    started_at: datetime,
    finished_at: datetime,
    count: int,
    failure: str = "",
) -> None:
    """Note that a job ran and how much it did; `due_at` is the claimed hour, or None for a job without one.

    Raises `RunClaimedError` when two processes note the same minute at once; then note it again.
    """
    row = due_at or _row_of(started_at, idle=not (count or failure))
    values = {"started_at": started_at, "finished_at": finished_at}
    noted = update(JobRun).where(JobRun.job == job, JobRun.due_at == row)
    # A failure stays visible when a later run of the same minute goes well.
    noted = noted.values(**values, count=JobRun.count + count, failure=failure or JobRun.failure)
    if rows_changed(session, noted) == 0:
        with conflicts_as(CONFLICTS):
            session.execute(insert(JobRun).values(job=job, due_at=row, count=count, failure=failure, **values))


def forget_old_runs(session: Session, *, now: datetime) -> int:
    """Delete runs older than thirty days; return how many."""
    return rows_changed(session, delete(JobRun).where(JobRun.due_at < now - KEPT))


def _row_of(instant: datetime, *, idle: bool) -> datetime:
    return start_of(local_day(instant)) if idle else instant.replace(second=0, microsecond=0)
