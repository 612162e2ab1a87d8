"""Before a change of a site that leaves booked people outside: how many, and only then the change.

What is booked is known on higher floors, which put here how to count it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, cast

from flask import current_app, request
from sqlalchemy.orm import Session

from booking.kernel.db import unit_of_work
from booking.kernel.ids import SiteId, TestLaneId
from booking.sites.rules.station import Hours, LaneFacts
from booking.web.house import sessions

SITE_HITS, LANE_HITS = "hits_of_site_changes", "hits_of_lane_changes"
OK, CHANGED = 200, 409


class Impact(Protocol):
    """What `macros/impact.html` shows; here only the number counts."""

    @property
    def bookings(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Nobody:
    """The impact of a change that leaves nobody outside."""

    bookings: int = 0


NOBODY = Nobody()


@dataclass(frozen=True, slots=True)
class SiteHits:
    """How many live bookings lie on a day, and how many outside of hours; both of sessions that have not begun."""

    on_day: Callable[[Session, SiteId, date, datetime], Impact]
    outside_hours: Callable[[Session, SiteId, Sequence[Hours], datetime], Impact]


LaneHits = Callable[[Session, TestLaneId, LaneFacts, datetime], Impact]


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """What has to be looked at before the change is made. `seen` is what was looked at and is no longer true."""

    impact: Impact
    seen: str

    @property
    def status(self) -> int:
        """The first look is an answer; a confirmation of another number is a conflict."""
        return CHANGED if self.seen else OK


def site_hits() -> SiteHits:
    """Return how to count who is hit by a change of days or hours."""
    return cast("SiteHits", current_app.extensions[SITE_HITS])


def lane_hits() -> LaneHits:
    """Return how to count who is hit by a change of a test lane."""
    return cast("LaneHits", current_app.extensions[LANE_HITS])


def once_looked_at(count: Callable[[Session], Impact], change: Callable[[Session], Any]) -> ToLookAt | None:
    """Make the change if nobody is hit or exactly as many as were looked at, counted in the same transaction.

    Otherwise nothing is done, and what has to be looked at is returned.
    """
    seen = request.form.get("bookings_seen", "")
    with unit_of_work(sessions()) as session:
        impact = count(session)
        if impact.bookings and seen != str(impact.bookings):
            return ToLookAt(impact, seen)
        change(session)
    return None
