"""What a change of a test lane means for windows that are published: how many bookings it cannot serve any more."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from booking.allotment.queries.impact import Impact, ServiceHit
from booking.inspections.service.outages import Window, serving, vehicles, windows_of
from booking.kernel.ids import TestLaneId
from booking.sites import queries as sites
from booking.sites.queries import StationShown
from booking.sites.rules.station import LaneFacts, StationLane


def bookings_beyond(session: Session, lane_id: TestLaneId, facts: LaneFacts, now: datetime) -> Impact:
    """Return the bookings to come that the station could not serve if the lane were as `facts` say, and can now."""
    station = sites.station(session, sites.lane(session, lane_id).site_id, now=now)
    after = [replace(lane, facts=facts) if lane.id == lane_id else lane for lane in station.lanes]
    hit = [
        (window, beyond)
        for window in windows_of(session, station.id, now)
        if (beyond := _beyond(station, window, after) - _beyond(station, window, station.lanes)) > 0
    ]
    services = sorted({window.service for window, _ in hit})
    return Impact(
        bookings=sum(beyond for _, beyond in hit),
        services=[_of_service(hit, service) for service in services],
        sessions=len(hit),
        first=min((window.starts_at for window, _ in hit), default=None),
        last=max((window.ends_at for window, _ in hit), default=None),
    )


def _of_service(hit: Sequence[tuple[Window, int]], service: str) -> ServiceHit:
    of_service = [beyond for window, beyond in hit if window.service == service]
    return ServiceHit(service, len(of_service), sum(of_service))


def _beyond(station: StationShown, window: Window, lanes: Sequence[StationLane]) -> int:
    """Return how many of a window's bookings are more than these lanes can serve."""
    taken = window.capacity - window.free - window.blocked
    return max(taken - vehicles(window, serving(lanes, window.service, window.kinds), station.outages), 0)
