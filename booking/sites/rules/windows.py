"""From opening hours and test lanes to the windows of a day, and how many vehicles each takes. Pure.

Every span is half-open: a lane that is out of service until 10:00 works from 10:00 on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.kernel.calendar import at_local
from booking.kernel.ids import TestLaneId
from booking.sites.rules.station import Hours, Outage, StationLane, spans_on

HOUR = timedelta(hours=1)
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time, [starts_at, ends_at)."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """What a slot of a station can be: when, for which kinds ("" = all of the service), and for how many vehicles."""

    starts_at: datetime
    ends_at: datetime
    kinds: str
    capacity: int


def spans(hours: Iterable[Hours], day: date) -> tuple[Span, ...]:
    """Return when a station with these weekly hours works on a day on which it is open."""
    return tuple(
        Span(at_local(day, opens), at_local(day, closes)) for opens, closes in spans_on(hours, day.isoweekday())
    )


def parts(span: Span, window_minutes: int) -> Iterator[Span]:
    """Cut a span into windows, the first at its beginning.

    What is left over at its end is a shorter window if it is at least half of one. Otherwise it belongs to none:
    the station is open, but nobody can book what is too short to be worth driving to.
    """
    length = timedelta(minutes=window_minutes)
    starts_at = span.starts_at
    while span.ends_at - starts_at >= length / 2:
        ends_at = min(starts_at + length, span.ends_at)
        yield Span(starts_at, ends_at)
        starts_at = ends_at


def windows(
    hours_of_day: Sequence[Span],
    lanes: Sequence[StationLane],
    outages: Sequence[Outage],
    *,
    service: str,
    window_minutes: int,
) -> tuple[Window, ...]:
    """Return the windows of one service in order of time; lanes that take different kinds make windows of their own.

    A lane adds what it can inspect in the time that no outage takes from the window, rounded down. Lanes out of
    use, or of another service, add nothing, and a window that takes no vehicle is left out.
    """
    together: defaultdict[str, list[StationLane]] = defaultdict(list)
    for lane in lanes:
        if lane.facts.is_active and lane.facts.service == service:
            together[lane.facts.kinds].append(lane)
    found = (
        Window(part.starts_at, part.ends_at, kinds, sum(_vehicles(lane, outages, part) for lane in group))
        for span in hours_of_day
        for part in parts(span, window_minutes)
        for kinds, group in together.items()
    )
    return tuple(sorted(window for window in found if window.capacity))


def _vehicles(lane: StationLane, outages: Sequence[Outage], part: Span) -> int:
    """Return how many vehicles a lane can take in a part of the day."""
    usable = part.ends_at - part.starts_at - _lost(lane.id, outages, part)
    return lane.facts.vehicles_per_hour * usable // HOUR


def _lost(lane_id: TestLaneId, outages: Sequence[Outage], part: Span) -> timedelta:
    """Return how much of a part the outages of a lane take; where two meet, it counts once."""
    lost, reached = NOTHING, part.starts_at
    for outage in sorted((o for o in outages if o.lane_id == lane_id), key=lambda o: o.starts_at):
        begins = max(outage.starts_at, reached)
        ends = part.ends_at if outage.ends_at is None else min(outage.ends_at, part.ends_at)
        if begins < ends:
            lost += ends - begins
            reached = ends
    return lost
