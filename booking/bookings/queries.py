"""Bookings as pages, jobs and commands read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from booking.audit.models import AuditEntry
from booking.bookings.models import LIVE, Booking, BookingChannel, BookingState
from booking.kernel.errors import InvalidStateError, NotFoundError
from booking.kernel.ids import BookingId, Holder, PersonId, SlotId
from booking.sites.models import Site
from booking.slots.models import Method, Slot, SlotState

# What the holder wrote down is no longer right after these.
REVISIONS = ("booking moved", "booking cancelled", "booking cancelled_by_office")


@dataclass(frozen=True, slots=True)
class ShownBooking:
    """One booking with its slot and site, for a page."""

    id: BookingId
    reference: str
    line: str
    service: str
    state: BookingState
    channel: BookingChannel
    person_id: PersonId
    holder: Holder
    slot_id: SlotId
    starts_at: datetime
    ends_at: datetime
    cancel_until: datetime
    method: Method
    site_id: int
    site_name: str
    site_name_en: str
    address: str
    directions: str  # how to get there; "" where the site has said nothing
    directions_en: str
    site_phone: str
    created_at: datetime
    changes: int
    withdrawn_reason: str
    withdrawn_reason_en: str

    @property
    def is_live(self) -> bool:
        """Whether the place is still held."""
        return self.state in LIVE

    @property
    def can_move(self) -> bool:
        """Whether the place may be exchanged for another: not what a round gave."""
        return self.method is Method.FIRST_COME

    def can_change(self, now: datetime) -> bool:
        """Whether the holder may still cancel or change on line."""
        return self.state is BookingState.CONFIRMED and now < self.cancel_until


def find(session: Session, reference: str) -> Booking:
    """Return a booking by its reference; raise `NotFoundError`."""
    booking = session.scalar(select(Booking).where(Booking.reference == reference.strip().upper()))
    if booking is None:
        raise NotFoundError
    return booking


def live_booking(session: Session, reference: str) -> Booking:
    """Return a confirmed booking by its reference; raise `NotFoundError` or `InvalidStateError`."""
    booking = find(session, reference)
    if booking.state is not BookingState.CONFIRMED:
        raise InvalidStateError(f"booking {booking.id} is {booking.state}")
    return booking


def live_booking_of(session: Session, holder: Holder, service: str) -> Booking | None:
    """Return the holder's live booking of a service, or None."""
    query = select(Booking).where(Booking.holder == holder, Booking.service == service, Booking.state.in_(LIVE))
    return session.scalar(query)


def shown(session: Session, reference: str, *, person_id: PersonId | None) -> ShownBooking:
    """Return one booking for its page; raise `NotFoundError` when there is none or it is not `person_id`'s.

    `person_id` None is for clerks, who see every booking.
    """
    query = _shown().where(Booking.reference == reference.strip().upper())
    if person_id is not None:
        query = query.where(Booking.person_id == person_id)
    row = session.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFoundError
    return ShownBooking(**row)


def bookings_of(session: Session, person_id: PersonId, *, limit: int = 100) -> Sequence[ShownBooking]:
    """Return a person's bookings, live ones first, then the latest first."""
    query = _shown().where(Booking.person_id == person_id).order_by(Slot.starts_at.desc()).limit(limit)
    rows = [ShownBooking(**row) for row in session.execute(query).mappings()]
    return sorted(rows, key=lambda row: not row.is_live)


def page_of_bookings(
    session: Session, person_id: PersonId, *, before: BookingId | None, limit: int
) -> Sequence[ShownBooking]:
    """Return a person's bookings, the last made first, from the one made `before` on."""
    query = _shown().where(Booking.person_id == person_id).order_by(Booking.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Booking.id < before)
    return [ShownBooking(**row) for row in session.execute(query).mappings()]


def made_with(session: Session, person_id: PersonId, request_key: str) -> tuple[str, SlotId] | None:
    """Return reference and slot of the booking that the person made with this key; None if there is none."""
    query = select(Booking.reference, Booking.slot_id).where(
        Booking.person_id == person_id, Booking.request_key == request_key
    )
    row = session.execute(query).one_or_none()
    return None if row is None else (row.reference, SlotId(row.slot_id))


def live_in_withdrawn_slots(session: Session, line: str) -> Sequence[BookingId]:
    """Return live bookings of a line whose slot the office has withdrawn, in order of id."""
    query = (
        select(Booking.id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Booking.line == line, Booking.state.in_(LIVE), Slot.state == SlotState.WITHDRAWN)
        .order_by(Booking.id)
    )
    return [BookingId(booking_id) for booking_id in session.scalars(query)]


def revised_at(session: Session, booking: ShownBooking) -> datetime:
    """Return when place, hour or standing of a booking last changed, as the log has it."""
    query = select(func.max(AuditEntry.at)).where(
        AuditEntry.object_kind == "booking", AuditEntry.object_id == str(booking.id), AuditEntry.act.in_(REVISIONS)
    )
    return session.scalar(query) or booking.created_at


def _shown() -> Select[tuple[object, ...]]:
    of_booking = ("id", "reference", "line", "service", "state", "channel", "person_id", "holder", "slot_id")
    of_slot = ("starts_at", "ends_at", "cancel_until", "method", "withdrawn_reason", "withdrawn_reason_en", "site_id")
    return (
        select(
            *(getattr(Booking, name) for name in (*of_booking, "created_at", "changes")),
            *(getattr(Slot, name) for name in of_slot),
            Site.name.label("site_name"),
            Site.name_en.label("site_name_en"),
            Site.address,
            Site.directions,
            Site.directions_en,
            Site.phone.label("site_phone"),
        )
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Site, Site.id == Slot.site_id)
    )
