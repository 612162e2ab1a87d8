"""Jobs of plans. Each plan is published in a transaction of its own, so that one failure holds up no other."""

from datetime import datetime

import structlog

from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.plans.queries.plans import due_plans
from booking.plans.service.publication import publish_due

log = structlog.get_logger()


def publish_due_plans(sessions: Sessions, now: datetime) -> int:
    """Publish every plan that is due, in due order; return how many were published here.

    A plan that cannot be published is passed over; the first such failure is raised once the others are done.
    """
    with reading(sessions) as session:
        due = due_plans(session, now=now)
    published, failures = 0, []
    for plan_id in due:
        try:
            with unit_of_work(sessions) as session:
                published += publish_due(session, plan_id, actor=SYSTEM, now=now)
        except Exception as failure:
            log.error("plan not published", plan=plan_id, kind=type(failure).__name__)
            failures.append(failure)
    if failures:
        raise failures[0]
    return published
