"""The office's terms for booking inspections, for the page that tells them before anybody signs in."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from booking.policies import queries as policies


@dataclass(frozen=True, slots=True)
class Terms:
    """Calendar days before the day of inspection, local hours ("08:00"), shares in per cent, lengths in minutes."""

    method: str
    first_days: int
    first_clock: str
    first_percent: int
    second_days: int
    second_clock: str
    walk_in_percent: int
    close_minutes: int
    cancel_minutes: int
    hold_hours: int


def terms_on(session: Session, day: date) -> Terms:
    """Return the terms in force on `day`; one statement."""
    values = policies.all_values(session, day)
    return Terms(
        method=values.code("inspections.method"),
        first_days=values.number("inspections.release_days_before"),
        first_clock=f"{values.clock('inspections.release_hour'):%H:%M}",
        first_percent=values.number("inspections.first_percent"),
        second_days=values.number("inspections.second_days_before"),
        second_clock=f"{values.clock('inspections.second_hour'):%H:%M}",
        walk_in_percent=values.number("inspections.walk_in_percent"),
        close_minutes=values.number("inspections.close_minutes"),
        cancel_minutes=values.number("inspections.cancel_minutes"),
        hold_hours=values.number("inspections.hold_hours"),
    )
