"""Windows as a plan publishes them: the ordinary places released in two parts, the walk-in share never on line."""

from datetime import UTC, date, datetime, time, timedelta

from booking.kernel.actors import SYSTEM
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import SiteId, SlotId
from booking.slots.jobs import release_due_seats
from booking.slots.models import Lane, Method
from booking.slots.service import Opening, publish_slot

PUBLISHED = datetime(2026, 11, 1, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)


def publish(
    sessions: Sessions, site_id: SiteId, day: date, starts: time, *, first: int, second: int = 0, walk_in: int = 0
) -> SlotId:
    """Publish one window: `first` places ten days ahead at 08:00, `second` three days ahead at 08:00."""
    begins = at_local(day, starts)
    opens, later = (at_local(day - timedelta(days=days), time(8)) for days in (10, 3))
    releases = [(opens, Lane.ORDINARY, first), (later, Lane.ORDINARY, second)]
    quota = {Lane.ORDINARY: first + second, Lane.WALK_IN: walk_in}
    opening = Opening(
        line="inspections",
        service="inspection_small",
        site_id=site_id,
        day=day,
        starts_at=begins,
        ends_at=begins + timedelta(hours=1),
        classes="",
        method=Method.FIRST_COME,
        quota={lane: places for lane, places in quota.items() if places},
        publish_by=opens,
        opens_at=opens,
        closes_at=begins - HALF_HOUR,
        cancel_until=begins - 4 * HALF_HOUR,
        releases=tuple(one for one in releases if one[2]),
    )
    with unit_of_work(sessions) as session:
        return publish_slot(session, opening, actor=SYSTEM, now=PUBLISHED)


def release(sessions: Sessions, now: datetime) -> None:
    """Let the job release what is due."""
    release_due_seats(sessions, now)
