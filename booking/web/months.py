"""The month grid of `macros/calendar.html`: what each of its pages fills in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the grid. `remaining` and `capacity` count places; `href` is None where nothing can be had."""

    day: date
    state: str = "none"
    remaining: int = 0
    capacity: int = 0
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """A month grid: weeks of seven days, Monday first; None stands for a day of another month."""

    title: str | LazyString
    weeks: Sequence[Sequence[Cell | None]]
    previous: str | None
    next: str | None
