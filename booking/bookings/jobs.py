"""Jobs of bookings. Each act is a transaction of its own, so that one failure holds up no other."""

from datetime import datetime

from booking.bookings import overrides
from booking.bookings.line import Line
from booking.kernel.db import Sessions, each_alone, reading


def expire_overrides(sessions: Sessions, line: Line, now: datetime) -> int:
    """Note overrides that nobody decided before the slot stopped taking bookings; return how many."""
    with reading(sessions) as session:
        due = overrides.due_to_expire(session, line, now=now)
    return each_alone(sessions, due, lambda session, number: overrides.expire(session, line, number, now=now))
