"""A scheduler process for the tests: the real one, which looks for due releases five times a second."""

import dataclasses
import os
from datetime import datetime

from apscheduler.triggers.interval import IntervalTrigger

from booking.kernel.calendar import LOCAL
from booking.kernel.clock import SystemClock
from booking.kernel.db import Sessions, make_engine
from booking.kernel.leader import leader_lock
from booking.kernel.logs import start_logging
from booking.kernel.secrets import read_keyring
from booking.kernel.signals import until_signalled
from booking.scheduler import jobs, outside_of, serve
from config import read_settings

# Counted from one instant in all processes, so that those who lead at once also look at once.
OFTEN = IntervalTrigger(seconds=0.2, start_date=datetime(2026, 1, 1, tzinfo=LOCAL), timezone=LOCAL)


class Everybody:
    """A lock that does not lock: what happens when several processes all believe that they lead."""

    def take(self) -> bool:
        return True

    def is_held(self) -> bool:
        return True

    def give_up(self) -> None:
        pass


def main() -> None:
    """Serve with the settings of the environment until a signal comes."""
    start_logging(as_json=True)
    settings = read_settings()
    sessions = Sessions(make_engine(settings.database_url), read_keyring(settings.key_file))
    table = [
        dataclasses.replace(job, trigger=OFTEN) if job.name == "release-seats" else job
        for job in jobs(outside_of(settings))
    ]
    lock = Everybody() if os.environ.get("ALL_LEAD") == "1" else leader_lock(sessions.engine)
    with until_signalled() as wait:
        serve(sessions, table, lock=lock, clock=SystemClock(), wait=wait)
    sessions.engine.dispose()
