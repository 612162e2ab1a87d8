"""The ticket of a booking: what is on it is read here and signed; and what a scanner has read is taken apart."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.bookings.queries import ShownBooking
from booking.bookings.ticket import Ticket, TicketError, read_our_ticket, tail_of, ticket_text
from booking.kernel.db import keyring_of
from booking.kernel.secrets import Keyring
from booking.sites.models import Site


@dataclass(frozen=True, slots=True)
class Issued:
    """A ticket as it stands now: the signed text for its code, and whose it is, for the paper."""

    text: str
    name: str
    id_tail: str


def issued(session: Session, booking: ShownBooking) -> Issued:
    """Return the ticket of a booking; it names the person who booked, in clear."""
    query = (
        select(Site.code, Person.name, Person.id_number_sealed)
        .join(Person, Person.id == booking.person_id)
        .where(Site.id == booking.site_id)
    )
    site_code, name, sealed = session.execute(query).one()
    keyring = keyring_of(session)
    ticket = Ticket(
        reference=booking.reference,
        line=booking.line,
        service=booking.service,
        site_code=site_code,
        starts_at=booking.starts_at,
        id_tail=tail_of(keyring.open(sealed, column="person.id_number")),
        changes=booking.changes,
    )
    return Issued(ticket_text(ticket, keyring), name, ticket.id_tail)


def scanned(text: str, keyring: Keyring) -> str:
    """Return the reference in a scanned ticket, and any other text as it is.

    Raise `TicketError` for a ticket that is another office's, or was altered.
    """
    try:
        return read_our_ticket(text, keyring).reference
    except TicketError as refused:
        if refused.problem == "shape":
            return text
        raise
