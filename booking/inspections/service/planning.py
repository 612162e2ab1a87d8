"""Windows from test lanes: what a station can plan for a day, ready for a draft."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.kernel.calendar import local_time
from booking.kernel.ids import SiteId
from booking.plans.rules.pattern import PlannedDay, PlannedLine
from booking.policies import queries as policies
from booking.sites import queries as sites
from booking.sites.rules.windows import spans, windows


def derived_days(
    session: Session, site_id: SiteId, service: str, days: Sequence[date], *, now: datetime
) -> tuple[PlannedDay, ...]:
    """Return what the lanes and hours of a station give on those of the days on which it is open and serves anybody.

    Outages that are announced already are left out of the capacity. Raises `NotFoundError` for what is no station.
    """
    station = sites.station(session, site_id, now=now)
    wanted = sorted(set(days))
    if not wanted:
        return ()
    worked = policies.working_days(session, around=wanted[0])
    openings = sites.openings(session, site_id, wanted[0], wanted[-1], worked)
    derived = []
    for day in (day for day in wanted if openings[day]):
        minutes = policies.all_values(session, day).number("inspections.window_minutes")
        found = windows(
            spans(station.hours, day), station.lanes, station.outages, service=service, window_minutes=minutes
        )
        if found:
            lines = (
                PlannedLine(local_time(one.starts_at), local_time(one.ends_at), one.kinds, ordinary=one.capacity)
                for one in found
            )
            derived.append(PlannedDay(day, tuple(sorted(lines))))
    return tuple(derived)
