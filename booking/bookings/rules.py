"""Since when a request ranks, in words that every line of business shares. Each line has its own rule for it."""

from dataclasses import dataclass
from datetime import datetime

from booking.kernel.errors import Wording


@dataclass(frozen=True, slots=True)
class Moment:
    """One event that may set a ranking time: what it was, when (UTC), and by which article it counts."""

    what: Wording
    at: datetime
    basis: Wording


@dataclass(frozen=True, slots=True)
class Ranking:
    """Since when a request ranks: the latest of the moments, which are in order of time."""

    time: datetime
    moments: tuple[Moment, ...]
