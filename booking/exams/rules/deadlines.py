"""Days counted by the law: when a wait is over, and the last day for a cancellation on line."""

from datetime import date, timedelta

from booking.exams.rules.settings import Settings
from booking.kernel.calendar import WorkingDays

WORKING_DAYS_TO_CANCEL = 1  # Order 162, art. 46; art. 110: "one day" is a working day


def day_after_wait(start: date, days: int, settings: Settings) -> date:
    """Return the first day after a wait of `days` calendar days from `start`; no wait is over at once.

    "After ten days" is not among the terms that Order 162, art. 110 defines as working days.
    """
    left_out = 0 if settings.first_day_counts or days == 0 else 1
    return start + timedelta(days=days + left_out)


def cancel_deadline(exam_day: date, working_days: WorkingDays) -> date:
    """Return the last day, to its end, on which a booking for `exam_day` is cancelled on line.

    It is the working day before the exam day (Order 162, arts. 46 and 110; Order 139, art. 43). Later a
    cancellation needs the counter.
    """
    return working_days.before(exam_day, WORKING_DAYS_TO_CANCEL)
