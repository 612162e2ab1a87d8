"""What the lanes of a station give for days to come, with the share for walk-ins and what is released when."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.inspections.queries.stations import LINE
from booking.inspections.service.planning import derived_days
from booking.kernel.ids import SiteId
from booking.plans.queries.circumstances import Planning, day_facts, plan_settings
from booking.plans.rules.conflicts import Conflict, conflicts
from booking.plans.rules.pattern import PlannedDay
from booking.plans.rules.timetable import Timetable, part


@dataclass(frozen=True, slots=True)
class PlannedStationDay:
    """One day as it would be planned: of `places`, `walk_in` are never booked on line, the others released in stages.

    `requests_until` is set where a round decides; then nothing is released before it has.
    """

    planned: PlannedDay
    walk_in: int
    releases: Sequence[tuple[datetime, int]]
    requests_until: datetime | None
    conflicts: Sequence[Conflict]

    @property
    def places(self) -> int:
        """How many vehicles the day takes."""
        return self.planned.places

    @property
    def bookable(self) -> int:
        """How many places can be booked on line."""
        return self.planned.places - self.walk_in


def planned_station_days(
    session: Session, site_id: SiteId, service: str, days: Sequence[date], *, now: datetime
) -> Sequence[PlannedStationDay]:
    """Return the days on which the station can be planned, nothing saved; raise `NotFoundError` for no station."""
    derived = derived_days(session, site_id, service, days, now=now)
    facts = day_facts(session, Planning(site_id, service), [planned.day for planned in derived])
    found = []
    for planned in derived:
        known = facts[planned.day]
        percent = plan_settings(session, LINE, planned.day).walk_in_percent
        wrong = conflicts(planned, known, now=now)
        found.append(_day(planned, known.timetable, percent, wrong))
    return found


def _day(planned: PlannedDay, timetable: Timetable, percent: int, wrong: Sequence[Conflict]) -> PlannedStationDay:
    kept = [part(line.ordinary, percent) for line in planned.lines]
    releases = Counter[datetime]()
    for line, walk_in in zip(planned.lines, kept, strict=True):
        releases.update(dict(timetable.released(line.ordinary - walk_in)))
    requests_until = timetable.round.closes_at if timetable.round else None
    return PlannedStationDay(planned, sum(kept), sorted(releases.items()), requests_until, wrong)
