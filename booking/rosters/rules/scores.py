"""What a score alone says: whether the mark of the subject is reached on that day."""

from datetime import date

from booking.exams.rules.facts import LicenceClass, Subject
from booking.exams.rules.orders import pass_mark


def mark_for(licence_class: str, service: str, on: date) -> int | None:
    """Return the pass mark out of 100, or None where the class is not known."""
    return pass_mark(LicenceClass(licence_class), Subject(service), on) if licence_class else None


def is_enough(score: int, mark: int | None) -> bool | None:
    """Say whether a score passes (Order 162, art. 38), or None where the mark is not known."""
    return None if mark is None else score >= mark
