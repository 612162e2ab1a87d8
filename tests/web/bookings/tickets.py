"""The text of a booking's ticket, for tests that scan it."""

from booking.bookings.queries import shown
from booking.bookings.ticket_issue import issued
from booking.kernel.db import Sessions, reading


def text_of(sessions: Sessions, reference: str) -> str:
    """Return what a scanner reads from the ticket as it stands now."""
    with reading(sessions) as session:
        return issued(session, shown(session, reference, person_id=None)).text
