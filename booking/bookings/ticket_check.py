"""What the public check answers about a ticket: whether the office signed it, and whether its booking stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.bookings import queries
from booking.bookings.models import BookingState
from booking.bookings.queries import ShownBooking
from booking.bookings.ticket import Problem, Ticket, TicketError, read_our_ticket
from booking.kernel.db import keyring_of
from booking.kernel.errors import NotFoundError
from booking.kernel.identifiers import masked_name


class Answer(StrEnum):
    """What a ticket turns out to be."""

    VALID = "valid"
    MOVED = "moved"  # the booking was changed to another hour: a newer ticket holds
    OVER = "over"
    CANCELLED = "cancelled"
    NOT_OURS = "not_ours"
    ALTERED = "altered"


UNSIGNED: dict[Problem, Answer] = {
    "shape": Answer.NOT_OURS,
    "key": Answer.NOT_OURS,
    "signature": Answer.ALTERED,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer; where the office did sign, its booking and the masked name of who made it."""

    answer: Answer
    ticket: Ticket | None = None
    booking: ShownBooking | None = None
    name: str = ""


def check_ticket(session: Session, text: str, *, now: datetime) -> Checked:
    """Return what a scanned text is. Only what the office signed is looked up, so that nothing can be tried out."""
    try:
        ticket = read_our_ticket(text, keyring_of(session))
    except TicketError as refused:
        return Checked(UNSIGNED[refused.problem])
    try:
        booking = queries.shown(session, ticket.reference, person_id=None)
    except NotFoundError:
        # Signed with our key and yet unknown: of another database of this house, such as one that was restored.
        return Checked(Answer.NOT_OURS)
    name = session.scalars(select(Person.name).where(Person.id == booking.person_id)).one()
    return Checked(_answer(ticket, booking, now), ticket, booking, masked_name(name))


def _answer(ticket: Ticket, booking: ShownBooking, now: datetime) -> Answer:
    if booking.state in (BookingState.CANCELLED, BookingState.CANCELLED_BY_OFFICE):
        return Answer.CANCELLED
    if ticket.changes != booking.changes:
        return Answer.MOVED
    return Answer.VALID if booking.is_live and now < booking.ends_at else Answer.OVER
