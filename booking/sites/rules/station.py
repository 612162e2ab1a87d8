"""What the office says about an inspection station: its test lanes, hours, prices, and the way there. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise

from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import SiteId, TestLaneId
from booking.sites.rules.site import LONGEST, MOST, SERVICES

LINE = "inspections"
# Which kinds of vehicle each service inspects. The line itself lies above and names them; a test compares.
KINDS: Mapping[str, tuple[str, ...]] = {
    "inspection_small": ("SMALL_PASSENGER", "MINIBUS"),
    "inspection_large": ("LARGE_PASSENGER", "TRUCK", "SCHOOL_BUS", "OTHER"),
    "inspection_motorcycle": ("MOTORCYCLE",),
}
METHODS = ("", "first_come", "ranked", "lottery")
LONGEST_NAME = 20
MOST_AN_HOUR = MOST["vehicles_per_hour"]
MOST_FEN = 1_000_000
MICRODEGREES = 1_000_000  # in a degree
SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """What a test lane is called, what it inspects (`kinds` "": every kind of the service), and how fast."""

    name: str
    service: str
    vehicles_per_hour: int
    kinds: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class StationLane:
    """A test lane at its station."""

    id: TestLaneId
    site_id: SiteId
    facts: LaneFacts


@dataclass(frozen=True, slots=True)
class Outage:
    """A test lane out of service in [starts_at, ends_at); `ends_at` None is until further notice."""

    id: int
    lane_id: TestLaneId
    starts_at: datetime
    ends_at: datetime | None
    reason: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A span of a weekday (1 is Monday) in which a station works, in wall-clock time at the office."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Price:
    """What one inspection of a service costs at a station, in fen."""

    service: str
    fen: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a station says of itself beside its lanes and hours.

    The position is in millionths of a degree of WGS 84, both parts or none. `method` "" is the office's way of
    giving places. A service without a price has none published.
    """

    directions: str = ""
    directions_en: str = ""
    latitude: int | None = None
    longitude: int | None = None
    method: str = ""
    prices: tuple[Price, ...] = ()


def kind_list(service: str, chosen: Collection[str]) -> str:
    """Return kinds in the order of the table, "" for all of the service; those of no service stay, to be refused."""
    known = KINDS.get(service, ())
    others = sorted(set(chosen) - set(known))
    return "" if not others and set(chosen) == set(known) else ",".join([k for k in known if k in chosen] + others)


def day_spans(text: str) -> tuple[tuple[time, time], ...]:
    """Return the spans of a day written as "08:00-12:00, 14:30-17:30", in order of time; "" is none.

    Raise ValueError for what is no such text, ends before it begins, or overlaps.
    """
    plain = text.strip().replace("：", ":")
    plain = re.sub(r"\s*[-–—~～至]\s*", "-", plain)
    parts = [part for part in re.split(r"[\s,，;；、]+", plain) if part]
    spans = sorted(_span(part) for part in parts)
    if any(closes <= opens for opens, closes in spans) or any(then[0] < one[1] for one, then in pairwise(spans)):
        raise ValueError("has spans that end before they begin, or overlap")
    return tuple(spans)


def _span(part: str) -> tuple[time, time]:
    match = SPAN.fullmatch(part)
    if not match:
        raise ValueError("is not a list of spans such as 08:00-12:00")
    from_hour, from_minute, to_hour, to_minute = (int(number) for number in match.groups())
    return time(from_hour, from_minute), time(to_hour, to_minute)


def spans_text(spans: Iterable[tuple[time, time]]) -> str:
    """Write spans as `day_spans` reads them."""
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in spans)


def spans_on(hours: Iterable[Hours], weekday: int) -> tuple[tuple[time, time], ...]:
    """Return the spans of one weekday in order of time."""
    return tuple(sorted((span.opens, span.closes) for span in hours if span.weekday == weekday))


def weekdays_of(hours: Iterable[Hours]) -> str:
    """Return the ISO weekdays on which there are any hours: "12345"."""
    return "".join(sorted({str(span.weekday) for span in hours}))


def check_lane(facts: LaneFacts) -> None:
    """Raise `InvalidInputError` naming the first thing of a test lane that cannot be right."""
    problems = {
        "name": not facts.name or len(facts.name) > LONGEST_NAME,
        "service": facts.service not in SERVICES[LINE],
        "kinds": not _are_kinds(facts),
        "vehicles_per_hour": not 1 <= facts.vehicles_per_hour <= MOST_AN_HOUR,
    }
    _refuse(problems)


def check_hours(hours: Sequence[Hours]) -> None:
    """Raise `InvalidInputError` if a span is none, or overlaps another of its weekday."""
    in_order = sorted(hours)
    overlaps = (one.weekday == then.weekday and then.opens < one.closes for one, then in pairwise(in_order))
    is_wrong = any(not 1 <= span.weekday <= 7 or span.opens >= span.closes for span in in_order)
    _refuse({"hours": is_wrong or any(overlaps)})


def check_terms(terms: Terms, services: Collection[str]) -> None:
    """Raise `InvalidInputError` naming the first thing that cannot be right; `services` are those on offer."""
    priced = [price.service for price in terms.prices]
    problems = {
        "directions": len(terms.directions) > LONGEST["directions"],
        "directions_en": len(terms.directions_en) > LONGEST["directions_en"],
        "latitude": terms.latitude is not None and abs(terms.latitude) > 90 * MICRODEGREES,
        "longitude": (terms.longitude is None) != (terms.latitude is None)
        or abs(terms.longitude or 0) > 180 * MICRODEGREES,
        "method": terms.method not in METHODS,
        "prices": len(set(priced)) < len(priced)
        or not set(priced) <= set(services)
        or not all(0 <= price.fen <= MOST_FEN for price in terms.prices),
    }
    _refuse(problems)


def _are_kinds(facts: LaneFacts) -> bool:
    kinds = facts.kinds.split(",") if facts.kinds else []
    return len(set(kinds)) == len(kinds) and set(kinds) <= set(KINDS.get(facts.service, ()))


def _refuse(problems: Mapping[str, bool]) -> None:
    for field, is_wrong in problems.items():
        if is_wrong:
            raise InvalidInputError(field)
