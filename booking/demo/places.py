"""Where the sites of the demo city are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from booking.plans.rules.pattern import PlannedLine


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site is. Exam sites also say their sessions of each working day, by service."""

    code: str
    name: str
    name_en: str
    district: str
    address: str
    sessions: Mapping[str, tuple[PlannedLine, ...]] = field(default_factory=dict)
    directions: str = ""  # how to get there; a station has its own
    directions_en: str = ""
