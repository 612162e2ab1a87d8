"""What an address asks for, as far as it makes sense."""

from datetime import date

from booking.plans.rules.pattern import plannable


def day_asked(text: str | None) -> date | None:
    """Return the day written in an address, or None if it is none that can be planned."""
    try:
        return plannable(date.fromisoformat(text or ""))
    except ValueError:
        return None
