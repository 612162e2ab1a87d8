"""Jobs of the day. Each step is a transaction of its own, claimed once; what was slept through is made good."""

from datetime import datetime
from functools import partial

from booking.attendance.queries.settings import DaySettings, day_settings
from booking.attendance.service import absences, results
from booking.bookings.line import Line
from booking.kernel.actors import SYSTEM
from booking.kernel.calendar import local_day
from booking.kernel.db import Sessions, each_alone, reading


def keep_days(sessions: Sessions, line: Line, now: datetime) -> int:
    """Settle results, mark who stayed away, and let those go who still waited last night; return how many in all.

    In this order: a result that became final is never overtaken by what is concluded from silence.
    """
    return (
        settle_results_due(sessions, line, now) + mark_absent_due(sessions, line, now) + end_days(sessions, line, now)
    )


def settle_results_due(sessions: Sessions, line: Line, now: datetime) -> int:
    """Settle the results that can no longer be undone, each alone; return how many were settled here."""
    undo = _settings(sessions, line, now).undo
    with reading(sessions) as session:
        due = results.due_results(session, line.key, undo=undo, now=now)
    return each_alone(sessions, due, partial(results.settle_result, actor=SYSTEM, now=now))


def mark_absent_due(sessions: Sessions, line: Line, now: datetime) -> int:
    """Mark the bookings whose holders did not come as absent, each alone; return how many were marked here.

    Only for a line that has declared how long it waits for them: no other records who came.
    """
    no_show = _settings(sessions, line, now).no_show
    if no_show is None:
        return 0
    with reading(sessions) as session:
        due = absences.due_absences(session, line.key, no_show=no_show, now=now)
    return each_alone(
        sessions,
        due,
        lambda session, booking_id: absences.mark_absent(session, line, booking_id, actor=SYSTEM, now=now),
    )


def end_days(sessions: Sessions, line: Line, now: datetime) -> int:
    """Record that those have left who still waited on a day that is over, each alone; return how many."""
    with reading(sessions) as session:
        behind = absences.left_behind(session, line.key, now=now)

    return each_alone(sessions, behind, partial(absences.let_go, actor=SYSTEM, now=now))


def _settings(sessions: Sessions, line: Line, now: datetime) -> DaySettings:
    with reading(sessions) as session:
        return day_settings(session, line.key, local_day(now))
