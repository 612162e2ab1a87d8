"""Jobs of bookings: people in a withdrawn slot lose their place, are told at once, and lose nothing else."""

from datetime import datetime

from booking.bookings import service as bookings
from booking.bookings.line import Line
from booking.bookings.queries import live_in_withdrawn_slots
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, each_alone, reading


def cancel_in_withdrawn_slots(sessions: Sessions, line: Line, now: datetime) -> int:
    """Cancel every live booking of the line in a withdrawn slot, each in its own transaction; return how many."""
    with reading(sessions) as session:
        hit = live_in_withdrawn_slots(session, line.key)
    return each_alone(
        sessions,
        hit,
        lambda session, booking_id: bookings.cancel_by_office(session, line, booking_id, actor=SYSTEM, now=now),
    )
