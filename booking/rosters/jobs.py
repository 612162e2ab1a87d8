"""Jobs of the exam day. Each step is a transaction of its own, claimed once; what was slept through is made good."""

from datetime import datetime
from functools import partial

from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, each_alone, reading
from booking.rosters.service import closing, settling


def keep_rosters(sessions: Sessions, now: datetime) -> int:
    """Settle results, record absences where the office wants that, and close rosters of withdrawn slots.

    Before people are cancelled in withdrawn slots: whoever was tested keeps the result.
    """
    return settle_results(sessions, now) + mark_absences(sessions, now) + close_withdrawn(sessions, now)


def settle_results(sessions: Sessions, now: datetime) -> int:
    """Settle the results that can no longer be undone, each alone; return how many were settled here."""
    with reading(sessions) as session:
        due = settling.due_results(session, now=now)
    return each_alone(sessions, due, partial(settling.settle_due, now=now))


def mark_absences(sessions: Sessions, now: datetime) -> int:
    """Record those absences that the office does not leave to the closing; return how many."""
    with reading(sessions) as session:
        due = settling.due_absences(session, now=now)
    return each_alone(sessions, due, partial(closing.mark_absent_due, actor=SYSTEM, now=now))


def close_withdrawn(sessions: Sessions, now: datetime) -> int:
    """Close the rosters of withdrawn slots, once everybody on them was settled or cancelled; return how many."""
    with reading(sessions) as session:
        over = closing.withdrawn_to_close(session)
    return each_alone(sessions, over, partial(closing.close_withdrawn, actor=SYSTEM, now=now))
