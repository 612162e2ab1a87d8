"""Jobs: what runs when, once for each hour, and never one at the cost of another."""

import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from booking.allotment.beacons import build_beacons
from booking.audit.models import JobRun
from booking.kernel.actors import Role
from booking.kernel.calendar import at_local, local_day
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.notices.senders import FileOutbox, Senders
from booking.policies import service as policies
from booking.scheduler import EVERY_MINUTE, Job, Outside, jobs, ring, run_job, run_once, serve
from booking.slots.models import Lane, Quota
from tests import factories

NOON = time(12)


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    outbox = FileOutbox(tmp_path)
    return Outside(Senders(sms=outbox, mail=outbox), build_beacons(is_demo=True, mirrors=()))


def job_runs(sessions: Sessions) -> list[JobRun]:
    with reading(sessions) as session:
        return list(session.scalars(select(JobRun).order_by(JobRun.id)))


def counting(done: list[datetime]) -> Callable[[Sessions, datetime], int]:
    def run(sessions: Sessions, now: datetime) -> int:
        done.append(now)
        return 1

    return run


def broken(sessions: Sessions, now: datetime) -> int:
    raise RuntimeError("13912345678 is in this text")


def test_the_table_names_every_job_in_the_order_of_catching_up(outside: Outside) -> None:
    assert [job.name for job in jobs(outside)] == [
        "publish-plans",
        "open-rounds",
        "release-seats",
        "settle-outages",
        "lapse-holds",
        "expire-overrides",
        "keep-rosters",
        "cancel-withdrawn",
        "advance-rounds",
        "return-freed-seats",
        "end-requests",
        "keep-days",
        "renew-marks",
        "remind-owners",
        "roll-up-figures",
        "expire",
        "seal-log",
        "draw-spot-checks",
        "check-log",
        "run-transfers",
        "send-messages",
    ]


def test_every_job_runs_on_an_empty_database(sessions: Sessions, clock: FixedClock, outside: Outside) -> None:
    assert [run_job(sessions, job.name, clock.now(), outside=outside) for job in jobs(outside)] == [0] * len(
        jobs(outside)
    )


def test_a_job_of_another_name_is_refused(sessions: Sessions, clock: FixedClock, outside: Outside) -> None:
    with pytest.raises(NotFoundError):
        run_job(sessions, "sell-seats", clock.now(), outside=outside)


def test_freed_seats_return_at_noon_and_not_before(sessions: Sessions, clock: FixedClock, outside: Outside) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=3, capacity=5)
        session.get_one(Quota, (slot_id, Lane.ORDINARY)).freed = 2
    noon = at_local(local_day(clock.now()), NOON)

    counts = [
        run_job(sessions, "return-freed-seats", at, outside=outside) for at in (noon - timedelta(seconds=1), noon)
    ]

    assert counts == [0, 2]


def test_freed_seats_return_at_the_hour_that_the_office_has_set(
    sessions: Sessions, clock: FixedClock, outside: Outside
) -> None:
    """The pages name the setting, so the job keeps to it."""
    today = local_day(clock.now())
    with unit_of_work(sessions) as session:
        planner, approver = factories.account(session, Role.PLANNER), factories.account(session, Role.APPROVER)
        policy_id = policies.propose(
            session,
            "slots.freed_seats_hour",
            "18:30",
            effective_from=today + timedelta(days=1),
            reason="试行",
            actor=planner,
            now=clock.now(),
        )
        policies.approve(session, policy_id, actor=approver, now=clock.now())
        slot_id = factories.slot(session, released=3, capacity=5)
        session.get_one(Quota, (slot_id, Lane.ORDINARY)).freed = 2
    hours = [at_local(today + timedelta(days=1), hour) for hour in (NOON, time(18, 29), time(18, 30))]

    counts = [run_job(sessions, "return-freed-seats", at, outside=outside) for at in hours]

    assert counts == [0, 0, 2]


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=3), timedelta(hours=1), timedelta(hours=11)])
def test_a_daily_hour_that_was_slept_through_is_made_good_once_the_same_day(
    sessions: Sessions, clock: FixedClock, late: timedelta
) -> None:
    done: list[datetime] = []
    job = Job("daily", counting(done), EVERY_MINUTE, hour=NOON)
    noon = at_local(local_day(clock.now()), NOON)

    counts = [run_once(sessions, job, noon + late + timedelta(minutes=minutes)) for minutes in range(3)]

    assert counts == [1, 0, 0]
    assert [row.due_at for row in job_runs(sessions) if row.count] == [noon]


def test_a_daily_job_waits_for_the_hour_of_the_next_day(sessions: Sessions, clock: FixedClock) -> None:
    done: list[datetime] = []
    job = Job("daily", counting(done), EVERY_MINUTE, hour=NOON)
    noon = at_local(local_day(clock.now()), NOON)
    for hours in range(48):
        run_once(sessions, job, noon + timedelta(hours=hours))

    assert done == [noon, noon + timedelta(days=1)]


def test_four_processes_at_once_run_a_daily_hour_once(sessions: Sessions, clock: FixedClock) -> None:
    done: list[datetime] = []
    job = Job("daily", counting(done), EVERY_MINUTE, hour=NOON)
    noon = at_local(local_day(clock.now()), NOON)
    start = threading.Barrier(4)

    def run() -> None:
        start.wait()
        run_once(sessions, job, noon)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert done == [noon]


def test_a_failing_job_is_noted_without_its_text_and_raised_to_who_ran_it(
    sessions: Sessions, clock: FixedClock
) -> None:
    job = Job("broken", broken, EVERY_MINUTE)

    with pytest.raises(RuntimeError):
        run_once(sessions, job, clock.now())

    [row] = job_runs(sessions)
    assert row.failure.startswith("RuntimeError at booking/scheduler.py:")
    assert "139" not in row.failure


def test_a_failing_daily_job_is_tried_again_ten_minutes_later(sessions: Sessions, clock: FixedClock) -> None:
    noon = at_local(local_day(clock.now()), NOON)
    done: list[datetime] = []
    with pytest.raises(RuntimeError):
        run_once(sessions, Job("daily", broken, EVERY_MINUTE, hour=NOON), noon)

    mended = Job("daily", counting(done), EVERY_MINUTE, hour=NOON)
    for minutes in range(1, 15):
        run_once(sessions, mended, noon + timedelta(minutes=minutes))

    assert done == [noon + timedelta(minutes=10)]


def test_a_failing_job_stops_no_other(sessions: Sessions, clock: FixedClock) -> None:
    done: list[datetime] = []
    table = (Job("broken", broken, EVERY_MINUTE), Job("sound", counting(done), EVERY_MINUTE))

    for job in table:
        ring(sessions, job, clock)

    assert done == [clock.now()]


class Lock:
    """A lock that is lost at once, the first time it is asked."""

    def __init__(self) -> None:
        self.taken = self.given_up = 0

    def take(self) -> bool:
        self.taken += 1
        return True

    def is_held(self) -> bool:
        return False

    def give_up(self) -> None:
        self.given_up += 1


def test_a_process_that_lost_the_lead_stops_its_jobs_and_tries_again(sessions: Sessions, clock: FixedClock) -> None:
    done: list[datetime] = []
    lock = Lock()

    serve(
        sessions,
        (Job("sound", counting(done), EVERY_MINUTE),),
        lock=lock,
        clock=clock,
        wait=lambda seconds: len(done) == 3,
    )

    assert len(done) == 3  # at every taking of the lead every job runs once at once
    assert lock.taken == lock.given_up == 3


def test_a_process_without_the_lead_runs_nothing(sessions: Sessions, clock: FixedClock) -> None:
    done: list[datetime] = []
    waits: list[float] = []

    class Held(Lock):
        def take(self) -> bool:
            return False

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 5

    serve(sessions, (Job("sound", counting(done), EVERY_MINUTE),), lock=Held(), clock=clock, wait=wait)

    assert done == []
    assert len(waits) == 5
