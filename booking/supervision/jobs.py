"""Sealing the log each minute, checking the seals each night, and drawing the checks of a week."""

import time
from datetime import datetime
from typing import ClassVar

from booking.kernel.calendar import local_day
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ConflictError, Wording
from booking.stats.rolling import is_quiet
from booking.supervision.queries.seals import broken_seals
from booking.supervision.service import checks, sealing

MOST_SEALS = 10  # at one ring: a log of years is sealed within hours, and other jobs wait for seconds only
QUIET_SECONDS, ASK_EVERY = 1.0, 0.02
DAYS_OF_WEEK = 7


class LogBrokenError(ConflictError):
    """A seal does not fit the entries under it: the log was changed past its guards, or its file is damaged."""

    wording: ClassVar[Wording] = Wording(
        "日志与封印不符：有人绕过保护改动了日志，或者文件损坏。",
        "The log does not fit its seals: it was changed past its guards, or its file is damaged.",
    )


def seal_log(sessions: Sessions, now: datetime) -> int:
    """Seal what is settled and return how many entries; what somebody may still be adding to waits a minute."""
    with reading(sessions) as session:
        up_to = sealing.last_settled(session, now=now)
    if not up_to:
        return 0
    with unit_of_work(sessions) as session:
        number = sealing.writers_number(session)
    if not _is_quiet_soon(sessions, number):
        return 0
    done = 0
    for _ in range(MOST_SEALS):
        with unit_of_work(sessions) as session:
            some = sealing.seal_next(session, up_to, now=now)
        done += some
        if some < sealing.MOST_ENTRIES:
            break
    return done


def check_log(sessions: Sessions, now: datetime) -> int:
    """Recompute a seventh of the seals each night, and raise `LogBrokenError` for the first that does not fit."""
    with reading(sessions) as session:
        for number in broken_seals(session, of=local_day(now).weekday(), parts=DAYS_OF_WEEK):
            raise LogBrokenError(number)
    return 0


def draw_spot_checks(sessions: Sessions, now: datetime) -> int:
    """Draw the checks of the week that is over, once; return how many."""
    with unit_of_work(sessions) as session:
        return checks.draw_week(session, now=now)


def _is_quiet_soon(sessions: Sessions, number: int) -> bool:
    """Wait a moment until everybody has ended who began to write before; a long import is not waited for."""
    last = time.monotonic() + QUIET_SECONDS
    while True:
        with reading(sessions) as session:
            if is_quiet(session, number):
                return True
        if time.monotonic() > last:
            return False
        time.sleep(ASK_EVERY)
