"""Whom somebody at the door may be: found by ticket, reference or document."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, Select, or_, select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.accounts.queries import identity_hashes
from booking.bookings.models import LIVE, Booking, BookingState
from booking.bookings.ticket import tail_of
from booking.exams.line import EXAMS
from booking.kernel.db import keyring_of
from booking.kernel.ids import BookingId, PersonId, SiteId, SlotId
from booking.rosters.models import CheckIn, ClosedRoster
from booking.sites.models import Site
from booking.slots.models import Slot, SlotState


@dataclass(frozen=True, slots=True)
class Found:
    """One booking of an exam as the door sees it."""

    booking_id: BookingId
    reference: str
    person_id: PersonId
    name: str
    tail: str
    state: BookingState
    service: str
    slot_id: SlotId
    site_id: SiteId
    site_name: str
    site_name_en: str
    day: date
    starts_at: datetime
    is_withdrawn: bool
    is_closed: bool
    checked_in_at: datetime | None  # None: no check-in stands


FOUND = (
    select(
        Booking.id.label("booking_id"),
        *(getattr(Booking, name) for name in ("reference", "person_id", "state", "service", "slot_id")),
        *(getattr(Slot, name) for name in ("site_id", "day", "starts_at")),
        Slot.state.label("slot_state"),
        Site.name.label("site_name"),
        Site.name_en.label("site_name_en"),
        Person.name,
        Person.id_number_sealed,
        ClosedRoster.closed_at,
        CheckIn.checked_in_at,
    )
    .join(Slot, Slot.id == Booking.slot_id)
    .join(Site, Site.id == Slot.site_id)
    .join(Person, Person.id == Booking.person_id)
    .outerjoin(ClosedRoster, ClosedRoster.slot_id == Booking.slot_id)
    .outerjoin(CheckIn, (CheckIn.booking_id == Booking.id) & CheckIn.undone_at.is_(None))
    .where(Booking.line == EXAMS.key)
)


def by_reference(session: Session, reference: str) -> Found | None:
    """Return the booking of that reference."""
    return next(iter(_all(session, FOUND.where(Booking.reference == reference.strip().upper()))), None)


def by_document(session: Session, number: str, site_id: SiteId, *, at: datetime, day: date) -> Found | None:
    """Return the booking that a document is shown for: here and today before all others, and the nearest of those."""
    whose = Person.identity_hash.in_(list(identity_hashes(session, number)))
    found = _all(session, FOUND.where(whose, or_(Slot.day == day, Booking.state.in_(LIVE))))

    def order(one: Found) -> tuple[bool, bool, float]:
        is_other = one.site_id != site_id or one.day != day
        return is_other, one.state not in LIVE, abs((one.starts_at - at).total_seconds())

    return min(found, key=order, default=None)


def by_id(session: Session, booking_id: BookingId) -> Found | None:
    """Return the booking as it stands now."""
    return next(iter(_all(session, FOUND.where(Booking.id == booking_id))), None)


def _all(session: Session, query: Select[tuple[object, ...]]) -> Sequence[Found]:
    return [_found(session, row) for row in session.execute(query).mappings()]


def _found(session: Session, row: RowMapping) -> Found:
    number = keyring_of(session).open(row["id_number_sealed"], column="person.id_number")
    shown = {name: row[name] for name in Found.__slots__ if name in row}
    return Found(
        **shown,
        tail=tail_of(number),
        is_withdrawn=row["slot_state"] is SlotState.WITHDRAWN,
        is_closed=row["closed_at"] is not None,
    )
