"""One box for whatever a clerk has in hand: what it may mean, over both lines. The text is read here and not kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.accounts import queries as people
from booking.accounts.queries import MaskedPerson
from booking.allotment.queries.requests import shown_request
from booking.bookings import queries as bookings
from booking.bookings.ticket import TicketError
from booking.bookings.ticket_issue import scanned
from booking.exams.line import person_of
from booking.inspections.holders import is_vehicle, vehicle_of
from booking.inspections.queries import counter
from booking.inspections.queries.vehicles import ShownVehicle, vehicles_shown
from booking.kernel.db import keyring_of
from booking.kernel.errors import NotFoundError
from booking.kernel.identifiers import plain_number
from booking.kernel.ids import REFERENCE_ALPHABET, REFERENCE_LENGTH, Holder, PersonId, VehicleId

REFERENCE = re.compile(f"[{REFERENCE_ALPHABET}]{{{REFERENCE_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Found:
    """Whom and which vehicles a text may mean, masked. One alone is gone to straight away."""

    people: Sequence[MaskedPerson] = ()
    vehicles: Sequence[ShownVehicle] = ()

    @property
    def only_person(self) -> PersonId | None:
        """The one person, whose vehicles may be listed beside; None for nobody or several."""
        if len(self.people) != 1:
            return None
        person_id = self.people[0].person_id
        return person_id if all(one.owner_person == person_id for one in self.vehicles) else None

    @property
    def only_vehicle(self) -> VehicleId | None:
        """The one vehicle, where nobody is meant beside it."""
        return self.vehicles[0].vehicle_id if len(self.vehicles) == 1 and not self.people else None

    def __len__(self) -> int:
        return len(self.people) + len(self.vehicles)


def find(session: Session, text: str, *, now: datetime) -> Found:
    """Return what may be meant by a reference, a scanned ticket, a name with the document's last four, or a number.

    A number is a telephone, a document, a credit code, a plate, a VIN or the end of either. A ticket that is not
    this office's, or was altered, finds nothing.
    """
    try:
        text = scanned(text.strip(), keyring_of(session))
    except TicketError:
        return Found()
    reference = plain_number(text)
    holder = _holder_of(session, reference) if REFERENCE.fullmatch(reference) else None
    if holder is None:
        found = counter.search(session, text, now=now)
        return Found(found.people, found.vehicles)
    if is_vehicle(holder):
        return Found((), list(vehicles_shown(session, [vehicle_of(holder)], now=now).values()))
    return Found([people.masked_person(session, person_of(holder))])


def _holder_of(session: Session, reference: str) -> Holder | None:
    """Return who or what a booking or a request is for; some document numbers look like a reference."""
    try:
        return Holder(bookings.find(session, reference).holder)
    except NotFoundError:
        pass
    try:
        return shown_request(session, reference, person_id=None).holder
    except NotFoundError:
        return None
