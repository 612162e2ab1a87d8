"""When a plan is published, when booking opens and closes, and until when it can be cancelled."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from booking.kernel.calendar import ONE_DAY, WorkingDays, at_local, start_of


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """The office's settings for one exam day; hours are wall-clock times, days calendar days unless said."""

    publish_days_before: int = 11
    publish_hour: time = time(9)
    lead_days: int = 10  # Order 162, art. 52: at least ten days before the exam
    lead_hour: time = time(9)
    release_days_before: int = 10
    release_hour: time = time(12)
    cancel_working_days: int = 1  # Order 162, arts. 46 and 110: one working day
    method: str = "first_come"


@dataclass(frozen=True, slots=True)
class Timetable:
    """The instants (UTC) in the life of one exam day.

    The scheduler publishes at `publish_at`; `publish_by` is the last lawful instant. Bookings are taken in
    [opens_at, closes_at) and cancelled on line before `cancel_until`.
    """

    publish_at: datetime
    publish_by: datetime
    opens_at: datetime
    closes_at: datetime
    cancel_until: datetime

    def published_at(self, instant: datetime) -> "Timetable":
        """Return the timetable of a publication at `instant`: nothing opens before it is public."""
        return replace(self, opens_at=max(self.opens_at, instant))

    def opened_at(self, instant: datetime) -> "Timetable":
        """Return the timetable of a make-up session published at `instant`: it opens at once."""
        return replace(self, opens_at=instant)

    def is_in_order(self, publication: datetime, begins: datetime) -> bool:
        """Whether there is time left to book: publication <= opening < closing <= beginning of the exam."""
        return publication <= self.opens_at < self.closes_at <= begins and self.cancel_until <= begins


def schedule(day: date, settings: PlanSettings, working_days: WorkingDays) -> Timetable:
    """Return the timetable of the exam day `day`.

    Closing and cancelling end with the last working day before the exam, at its 24:00 (Order 162, art. 46); an
    office that asks for no working day closes when the exam day begins.
    """
    last_day = working_days.before(day, settings.cancel_working_days)
    closes_at = start_of(min(last_day + ONE_DAY, day))
    return Timetable(
        publish_at=_before(day, settings.publish_days_before, settings.publish_hour),
        publish_by=_before(day, settings.lead_days, settings.lead_hour),
        opens_at=_before(day, settings.release_days_before, settings.release_hour),
        closes_at=closes_at,
        cancel_until=closes_at,
    )


def _before(day: date, days: int, hour: time) -> datetime:
    return at_local(day - timedelta(days=days), hour)
