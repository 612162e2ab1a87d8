"""The office's settings for an exam day."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from booking.policies import queries as policies


@dataclass(frozen=True, slots=True)
class RosterSettings:
    """What an exam day goes by.

    Check-in is possible from `early` before the start until `late` after it; from then on people are absent. What
    was recorded can be undone for `undo`. A device without network may send what is at most `offline` old.
    """

    early: timedelta
    late: timedelta
    undo: timedelta
    offline: timedelta
    absent_by_itself: bool


def roster_settings(session: Session, on: date) -> RosterSettings:
    """Return the settings in force on a local day, in one statement."""
    values = policies.all_values(session, on)

    def minutes(name: str) -> timedelta:
        return timedelta(minutes=values.number(f"exams.{name}"))

    return RosterSettings(
        early=minutes("check_in_minutes"),
        late=minutes("late_minutes"),
        undo=minutes("undo_minutes"),
        offline=timedelta(hours=values.number("exams.offline_hours")),
        absent_by_itself=values.yes("exams.absent_by_itself"),
    )
