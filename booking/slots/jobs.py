"""Jobs of the ledger. Each release is a transaction of its own, so that one failure holds up no other."""

from datetime import datetime

from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, each_alone, reading, unit_of_work
from booking.slots import service as slots


def release_due_seats(sessions: Sessions, now: datetime) -> int:
    """Release every quota that is due, in due order; return how many releases were done here."""
    with reading(sessions) as session:
        due = slots.due_releases(session, now=now)
    return each_alone(
        sessions, due, lambda session, release_id: slots.release_seats(session, release_id, actor=SYSTEM, now=now)
    )


def return_freed_seats(sessions: Sessions, now: datetime) -> int:
    """Put the freed seats back on sale at the announced hour; return how many."""
    with unit_of_work(sessions) as session:
        return slots.return_freed_seats(session, actor=SYSTEM, now=now)


def lapse_due_holds(sessions: Sessions, now: datetime) -> int:
    """Note holds that have lapsed; nobody waits for it, since whoever wants such a seat finds it free already."""
    with unit_of_work(sessions) as session:
        return slots.lapse_holds(session, now=now)
