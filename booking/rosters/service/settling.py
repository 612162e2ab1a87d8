"""A result takes effect: into the learner's record, with the message of what comes next."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from booking.kernel.actors import Actor
from booking.kernel.ids import BookingId


def due_results(session: Session, *, now: datetime) -> Sequence[BookingId]:
    """Return the bookings whose result can no longer be undone, or whose slot is withdrawn, and is not settled."""
    raise NotImplementedError


def settle(session: Session, booking_id: BookingId, *, actor: Actor, now: datetime) -> bool:
    """Take a result to the learner's record, once; return False where none is due or somebody was quicker."""
    raise NotImplementedError
