"""Every job and its hour on one page, and the process that runs them.

The scheduler is only an alarm clock. What must happen once is claimed in the rows of the database (`release.done_at`,
`notice.tries`, `job_run.due_at`), so a job may ring twice, late, or in two processes at once. Several of these
processes may run; one leads and acts, and when it dies another takes over within seconds.
"""

import os
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from functools import partial
from pathlib import Path

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from booking.accounts.jobs import forget_what_is_past
from booking.allotment import jobs as rounds
from booking.allotment.beacons import Beacons, build_beacons
from booking.attendance.jobs import keep_days
from booking.audit import runs
from booking.bookings.jobs import expire_overrides
from booking.inspections.jobs import remind_owners, renew_marks, settle_outages
from booking.kernel.calendar import LOCAL, at_local, local_day
from booking.kernel.clock import Clock, SystemClock
from booking.kernel.db import Sessions, make_engine, reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.leader import LeaderLock, leader_lock
from booking.kernel.secrets import read_keyring
from booking.kernel.signals import Wait, until_signalled
from booking.lines import LINES
from booking.notices.jobs import send_due
from booking.notices.senders import Senders, build_senders
from booking.plans.jobs import publish_due_plans
from booking.policies import queries as policies
from booking.rosters.jobs import keep_rosters
from booking.slots.jobs import lapse_due_holds, release_due_seats, return_freed_seats
from booking.stats.jobs import roll_up_figures
from booking.supervision.jobs import check_log, draw_spot_checks, seal_log
from booking.transfers.jobs.running import run_transfers
from config import Settings

log = structlog.get_logger()

RETRY_SECONDS = 1.0
PING_SECONDS = 1.0
# Jobs of the house ring one after another in the order of the table; neither a slow gateway nor a large file holds
# any of them up.
HOUSE, POST, FILES = "house", "post", "files"
EVERY_MINUTE = CronTrigger(minute="*", timezone=LOCAL)
EVERY_TEN_SECONDS = IntervalTrigger(seconds=10, timezone=LOCAL)
EVERY_THREE_SECONDS = IntervalTrigger(seconds=3, timezone=LOCAL)

Hour = Callable[[Sessions, datetime], clock_time]


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `run` returns how much it did.

    With an `hour` (local wall clock, or what gives it for an instant) it acts once a day: each ring asks whether
    today's hour has come and is still unclaimed, so that an hour that was slept through is made good the same day,
    and a failed run is tried again.
    """

    name: str
    run: Callable[[Sessions, datetime], int]
    trigger: BaseTrigger
    hour: clock_time | Hour | None = None
    executor: str = HOUSE


@dataclass(frozen=True, slots=True)
class Outside:
    """What the jobs reach outside of the house: message gateways and sources of public random values."""

    senders: Senders
    beacons: Beacons


def jobs(outside: Outside) -> tuple[Job, ...]:
    """Every job and its hour, in the order in which they catch up after an absence."""
    return (
        Job("publish-plans", publish_due_plans, EVERY_MINUTE),
        Job("open-rounds", of_every_line(rounds.open_rounds, outside.beacons), EVERY_MINUTE),
        Job("release-seats", release_due_seats, EVERY_MINUTE),
        Job("settle-outages", settle_outages, EVERY_MINUTE),
        Job("lapse-holds", lapse_due_holds, EVERY_MINUTE),
        Job("expire-overrides", of_every_line(expire_overrides), EVERY_MINUTE),
        Job("keep-rosters", keep_rosters, EVERY_MINUTE),
        Job("cancel-withdrawn", of_every_line(rounds.cancel_in_withdrawn_slots), EVERY_MINUTE),
        Job("advance-rounds", of_every_line(rounds.advance_rounds, outside.beacons), EVERY_MINUTE),
        Job("return-freed-seats", hand_on_and_return, EVERY_MINUTE, hour=freed_seats_hour),
        Job("end-requests", of_every_line(rounds.end_requests_without_hope), EVERY_MINUTE, hour=clock_time(1)),
        Job("keep-days", of_every_line(keep_days), EVERY_MINUTE),
        Job("renew-marks", renew_marks, EVERY_MINUTE),
        Job("remind-owners", remind_owners, EVERY_MINUTE, hour=clock_time(9)),
        Job("roll-up-figures", roll_up_figures, EVERY_MINUTE, hour=clock_time(2, 15)),
        Job("expire", forget_outworn, EVERY_MINUTE, hour=clock_time(3, 30)),
        Job("seal-log", seal_log, EVERY_MINUTE),
        Job("draw-spot-checks", draw_spot_checks, EVERY_MINUTE),
        Job("check-log", check_log, EVERY_MINUTE, hour=clock_time(3, 45)),
        Job("run-transfers", run_transfers, EVERY_THREE_SECONDS, executor=FILES),
        Job("send-messages", partial(_send, outside.senders), EVERY_TEN_SECONDS, executor=POST),
    )


def freed_seats_hour(sessions: Sessions, now: datetime) -> clock_time:
    """Return the hour that the office announces for today: the pages name the same setting."""
    with reading(sessions) as session:
        return policies.all_values(session, local_day(now)).clock("slots.freed_seats_hour")


def hand_on_and_return(sessions: Sessions, now: datetime) -> int:
    """Hand the freed seats of rounds to their queues, then put the others on sale; return how many moved."""
    handed = of_every_line(rounds.hand_on_seats)(sessions, now)
    return handed + return_freed_seats(sessions, now)


def of_every_line(act: Callable[..., int], *more: object) -> Callable[[Sessions, datetime], int]:
    """Return what does `act` for every line of business and adds up what it did."""
    return lambda sessions, now: sum(act(sessions, line, *more, now) for line in LINES.values())


def forget_outworn(sessions: Sessions, now: datetime) -> int:
    """Delete what is of no further use: ended sign-ins, codes, counters and old runs of jobs; return how many."""
    with unit_of_work(sessions) as session:
        forgotten = runs.forget_old_runs(session, now=now)
    keys = of_every_line(rounds.destroy_old_keys)(sessions, now)
    return forgotten + keys + forget_what_is_past(sessions, now)


def _send(senders: Senders, sessions: Sessions, now: datetime) -> int:
    return send_due(sessions, senders, now)


def outside_of(settings: Settings) -> Outside:
    """Return what the settings ask for; without a gateway, messages are files in the data folder."""
    senders = build_senders(
        sms=settings.sms, folder=settings.data / "outbox",
        smtp_host=settings.smtp_host, smtp_port=settings.smtp_port, mail_from=settings.mail_from,
        office=settings.office_zh, phone=settings.office_phone,
    )  # fmt: skip
    return Outside(senders, build_beacons(is_demo=settings.is_demo, mirrors=settings.drand_mirrors))


def run(settings: Settings) -> None:
    """Run the scheduler process until SIGTERM or SIGINT; running jobs are finished first. Main thread only."""
    sessions = Sessions(make_engine(settings.database_url), read_keyring(settings.key_file))
    with until_signalled() as wait:
        serve(sessions, jobs(outside_of(settings)), lock=leader_lock(sessions.engine), clock=SystemClock(), wait=wait)
    sessions.engine.dispose()


def run_job(sessions: Sessions, name: str, now: datetime, *, outside: Outside) -> int:
    """Run one job by hand as if it were `now`, and return how much it did; raise `NotFoundError` for another name.

    A job with an hour acts only from that hour of the local day on, and once, whoever rings.
    """
    job = next((job for job in jobs(outside) if job.name == name), None)
    if job is None:
        raise NotFoundError(name)
    return run_once(sessions, job, now)


def serve(sessions: Sessions, table: Sequence[Job], *, lock: LeaderLock, clock: Clock, wait: Wait) -> None:
    """Take the lead whenever it can be had and run the jobs while it lasts, until `wait` says to stop."""
    is_over = stands_by = False
    while not is_over:
        if lock.take():
            stands_by = False
            log.info("leadership taken", process=os.getpid())
            try:
                is_over = _lead(sessions, table, lock, clock, wait)
            finally:
                lock.give_up()
            log.info("leadership ended", process=os.getpid())
        else:
            if not stands_by:
                log.info("standing by", process=os.getpid())
            stands_by = True
            is_over = wait(RETRY_SECONDS)


def _lead(sessions: Sessions, table: Sequence[Job], lock: LeaderLock, clock: Clock, wait: Wait) -> bool:
    """Catch up, then ring each job at its hour; return True when told to stop, False when the lead was lost."""
    for job in table:
        if job.executor != FILES:  # a large file would hold all the others up; its job rings in a moment anyway
            ring(sessions, job, clock)
        if wait(0):
            return True
    alarm = BackgroundScheduler(
        timezone=LOCAL,
        executors={name: ThreadPoolExecutor(1) for name in (HOUSE, POST, FILES)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for number, job in enumerate(table):  # jobs that ring together are begun in the order of their ids
        alarm.add_job(ring, job.trigger, (sessions, job, clock), id=f"{number:02} {job.name}", executor=job.executor)
    alarm.start()
    try:
        while lock.is_held():
            if wait(PING_SECONDS):
                return True
        log.warning("leadership lost", process=os.getpid())
        return False
    finally:
        alarm.shutdown(wait=True)


def ring(sessions: Sessions, job: Job, clock: Clock) -> None:
    """Run a job now. Whatever goes wrong in it is noted and logged, and stops no other job."""
    try:
        run_once(sessions, job, clock.now())
    except Exception as failure:
        log.error("job failed", job=job.name, cause=_cause(failure))


def run_once(sessions: Sessions, job: Job, now: datetime) -> int:
    """Run a job and note the run; return how much it did, 0 where its hour is claimed or has not come."""
    began = time.monotonic()
    due_at = _hour_come(sessions, job, now)
    note = partial(_note, sessions, job, started_at=now)
    if job.hour is not None and not (due_at and _claimed(sessions, job, due_at, now)):
        note(due_at=None, finished_at=now, count=0)
        return 0
    try:
        count = job.run(sessions, now)
    except Exception as failure:
        with suppress(SQLAlchemyError):  # the database may be what failed; the first failure is the one to tell of
            note(due_at=due_at, finished_at=_later(now, began), count=0, failure=_cause(failure))
        raise
    note(due_at=due_at, finished_at=_later(now, began), count=count)
    # Rings that found nothing to do are told by the table of runs, and not by fourteen thousand lines a day.
    tell = log.info if count or due_at else log.debug
    tell("job ran", job=job.name, count=count, ms=round((time.monotonic() - began) * 1000))
    return count


def _hour_come(sessions: Sessions, job: Job, now: datetime) -> datetime | None:
    hour = job.hour(sessions, now) if callable(job.hour) else job.hour
    due_at = None if hour is None else at_local(local_day(now), hour)
    return due_at if due_at and due_at <= now else None


def _claimed(sessions: Sessions, job: Job, due_at: datetime, now: datetime) -> bool:
    try:
        with unit_of_work(sessions) as session:
            return runs.claim_run(session, job.name, due_at, now=now)
    except runs.RunClaimedError:
        return False


def _note(
    sessions: Sessions,
    job: Job,
    *,
    due_at: datetime | None,
    started_at: datetime,
    finished_at: datetime,
    count: int,
    failure: str = "",
) -> None:
    for is_last in (False, True):  # twice, since another process may write the row of the same minute first
        try:
            with unit_of_work(sessions) as session:
                runs.note_run(
                    session, job.name, due_at=due_at, started_at=started_at, finished_at=finished_at,
                    count=count, failure=failure,
                )  # fmt: skip
            return
        except runs.RunClaimedError:
            if is_last:
                raise


def _later(now: datetime, began: float) -> datetime:
    return now + timedelta(seconds=time.monotonic() - began)


def _cause(failure: Exception) -> str:
    """Name a failure and its place; its own text may hold what was in the row."""
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [frame for frame in frames if "booking" in Path(frame.filename).parts] or frames
    place = f"{Path(ours[-1].filename).parent.name}/{Path(ours[-1].filename).name}:{ours[-1].lineno}"
    return f"{type(failure).__name__} at {place}"
