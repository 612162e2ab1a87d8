"""The log as it is read: entries by cursor, the history of one object, and how the scheduler stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry, JobRun
from booking.kernel.actors import Role
from booking.kernel.calendar import ONE_DAY, local_day, start_of

# Every job rings at least once a minute somewhere, so silence of this length means that nobody leads.
LATE_AFTER = timedelta(minutes=5)
FAILING_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Entry:
    """One state change as pages show it."""

    id: int
    at: datetime
    account_id: int | None
    role: Role
    act: str
    object_kind: str
    object_id: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str

    @property
    def day(self) -> date:
        """The day at the office."""
        return local_day(self.at)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries are asked for; an empty value asks for all. `day` is a local day."""

    day: date | None = None
    kind: str = ""
    object_id: str = ""
    act: str = ""
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class JobState:
    """How one job stands. `rang_at` is its last run of any kind, `acted_at` the last that did something."""

    job: str
    rang_at: datetime
    acted_at: datetime | None
    failed_at: datetime | None
    done: int

    def is_late(self, now: datetime) -> bool:
        """Whether the job has been silent for longer than its alarm explains."""
        return now - self.rang_at > LATE_AFTER

    def is_failing(self, now: datetime) -> bool:
        """Whether it failed a moment ago and did nothing since: whatever fails is tried again within ten minutes."""
        return (
            self.failed_at is not None
            and now - self.failed_at <= FAILING_FOR
            and (self.acted_at is None or self.acted_at <= self.failed_at)
        )


@dataclass(frozen=True, slots=True)
class JobFailure:
    """A run that failed, by kind of failure and place, without what it worked on."""

    job: str
    at: datetime
    failure: str


def entries(session: Session, sought: Sought, *, before: int | None = None, limit: int = 50) -> Sequence[Entry]:
    """Return the entries sought, newest first, from the one before the entry `before` on."""
    query = _entries().order_by(AuditEntry.id.desc()).limit(limit)
    exact = {
        AuditEntry.object_kind: sought.kind,
        AuditEntry.object_id: sought.object_id,
        AuditEntry.act: sought.act,
        AuditEntry.account_id: sought.account_id,
    }
    for column, wanted in exact.items():
        if wanted:
            query = query.where(column == wanted)
    if sought.day is not None:
        query = query.where(AuditEntry.at >= start_of(sought.day), AuditEntry.at < start_of(sought.day + ONE_DAY))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return [Entry(**row) for row in session.execute(query).mappings()]


def history(session: Session, kind: str, object_id: object) -> Sequence[Entry]:
    """Return everything that was done to one object, in the order in which it was done."""
    query = _entries().where(AuditEntry.object_kind == kind, AuditEntry.object_id == str(object_id))
    return [Entry(**row) for row in session.execute(query.order_by(AuditEntry.id)).mappings()]


def job_states(session: Session) -> Sequence[JobState]:
    """Return how each job stands, by name; a job that never ran is not among them. `done` is of the days kept."""
    acted = case((JobRun.count > 0, JobRun.started_at))
    failed = case((JobRun.failure != "", JobRun.started_at))
    query = select(
        JobRun.job, func.max(JobRun.started_at), func.max(acted), func.max(failed), func.sum(JobRun.count)
    ).group_by(JobRun.job)
    return [JobState(*row) for row in session.execute(query.order_by(JobRun.job))]


def job_failures(session: Session, *, limit: int = 10) -> Sequence[JobFailure]:
    """Return the last runs that failed, newest first."""
    query = select(JobRun.job, JobRun.started_at, JobRun.failure).where(JobRun.failure != "")
    return [JobFailure(*row) for row in session.execute(query.order_by(JobRun.id.desc()).limit(limit))]


def _entries() -> Select[*tuple[Any, ...]]:
    return select(*(getattr(AuditEntry, name) for name in Entry.__dataclass_fields__))
