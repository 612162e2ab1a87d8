"""Until when a published slot can be taken back.

A window at a station only before it begins: what breaks during it is an outage of a test lane. A session of exams
until it is over, for a power cut at noon ends what began at eleven; whoever was tested by then keeps the result.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from booking.slots.models import Slot

KEEP_ROSTERS = ("exams",)


def can_be_withdrawn(now: datetime) -> ColumnElement[bool]:
    """Return the condition on slots whose hour does not speak against it."""
    return or_(Slot.starts_at > now, and_(Slot.line.in_(KEEP_ROSTERS), Slot.ends_at > now))


def is_too_late(slot: Slot, now: datetime) -> bool:
    """Say whether the hour of this slot speaks against it."""
    return (slot.ends_at if slot.line in KEEP_ROSTERS else slot.starts_at) <= now
