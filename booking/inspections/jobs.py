"""Jobs of inspections. Each step is a transaction of its own, claimed once; what was slept through is made good."""

from datetime import datetime

from booking.inspections.service import outages, reminding, renewing
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, each_alone, reading


def remind_owners(sessions: Sessions, now: datetime) -> int:
    """Remind the owners of vehicles whose mark runs out soon, each stage once for ever; return how many were told."""
    with reading(sessions) as session:
        due = reminding.due_reminders(session, now=now)
    return each_alone(
        sessions, due, lambda session, vehicle_id: reminding.remind(session, vehicle_id, actor=SYSTEM, now=now)
    )


def renew_marks(sessions: Sessions, now: datetime) -> int:
    """Renew the mark of each vehicle whose passed test is settled, once for each test; return how many."""
    with reading(sessions) as session:
        due = renewing.passed_visits(session)
    return each_alone(
        sessions, due, lambda session, visit_id: renewing.renew(session, visit_id, actor=SYSTEM, now=now)
    )


def settle_outages(sessions: Sessions, now: datetime) -> int:
    """Keep windows that an outage makes smaller from filling up again; return how many seats changed.

    Whoever cancels in such a window gives back a seat that the station cannot serve.
    """
    with reading(sessions) as session:
        hit = outages.windows_out_of_step(session, now=now)
    return each_alone(
        sessions, hit, lambda session, slot_id: outages.settle_window(session, slot_id, actor=SYSTEM, now=now)
    )
