"""The office's settings for the day of a line, read by the line's name."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from booking.policies import queries as policies

UNDO_MINUTES = 10


@dataclass(frozen=True, slots=True)
class DaySettings:
    """What a day goes by. `no_show` is how long after its window a booking counts as absent.

    None: the line has not declared `<line>.no_show_minutes`, so it does not record who came, and nobody is absent.
    """

    grace: timedelta = timedelta(0)
    undo: timedelta = timedelta(minutes=UNDO_MINUTES)
    no_show: timedelta | None = None


def day_settings(session: Session, line_key: str, on: date) -> DaySettings:
    """Return the settings of a line in force on a local day, in one statement."""
    values = policies.all_values(session, on)

    def minutes(name: str, default: int) -> timedelta:
        return timedelta(minutes=int(values.get(f"{line_key}.{name}", default)))

    keeps = f"{line_key}.no_show_minutes" in values
    return DaySettings(
        grace=minutes("grace_minutes", 0),
        undo=minutes("undo_minutes", UNDO_MINUTES),
        no_show=minutes("no_show_minutes", 0) if keeps else None,
    )
