"""The ticket of a booking that stands: what is on it is read here, and signed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.bookings.queries import ShownBooking
from booking.bookings.ticket import Ticket, tail_of, ticket_text
from booking.kernel.db import keyring_of
from booking.sites.models import Site


def ticket_of(session: Session, booking: ShownBooking) -> str:
    """Return the signed text of the booking's ticket as it stands now."""
    return ticket_text(_ticket(session, booking), keyring_of(session))


def _ticket(session: Session, booking: ShownBooking) -> Ticket:
    query = select(Site.code, Person.id_number_sealed).where(
        Site.id == booking.site_id, Person.id == booking.person_id
    )
    site_code, sealed = session.execute(query).one()
    number = keyring_of(session).open(sealed, column="person.id_number")
    return Ticket(
        reference=booking.reference,
        line=booking.line,
        service=booking.service,
        site_code=site_code,
        starts_at=booking.starts_at,
        id_tail=tail_of(number),
        changes=booking.changes,
    )
