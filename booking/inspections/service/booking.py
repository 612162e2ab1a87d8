"""Booking a window for a vehicle, one that has just failed its test included."""

from datetime import datetime

from sqlalchemy.orm import Session

from booking.attendance.service.results import settle_results_of
from booking.bookings.service import book_seat
from booking.bookings.wishes import Wish
from booking.inspections.line import INSPECTIONS
from booking.kernel.actors import Actor


def book_window(session: Session, wish: Wish, *, actor: Actor, now: datetime) -> str:
    """Book the window and return the reference; as `book_seat` of the core.

    A result that could still be taken back is settled first: whoever books again builds on it, and until then the
    booking of the failed test is the one live booking that a vehicle may have.
    """
    settle_results_of(session, wish.holder, actor=actor, now=now)
    return book_seat(session, INSPECTIONS, wish, actor=actor, now=now)
