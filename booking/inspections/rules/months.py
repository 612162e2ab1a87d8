"""Months counted by the calendar: periods of inspection are given in months and years."""

from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """Return the same day `months` later, or the last of that month where it is shorter; `months` may be negative."""
    turned = day.year * 12 + day.month - 1 + months
    year, month = divmod(turned, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """Return the last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_between(start: date, end: date) -> int:
    """Return how many months the month of `end` is after that of `start`; the days do not count."""
    return (end.year - start.year) * 12 + end.month - start.month
