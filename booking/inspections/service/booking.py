"""Booking a window for a vehicle: one that has just failed included, and its owner told where an agent does it."""

from datetime import datetime

from sqlalchemy.orm import Session

from booking.attendance.service.results import settle_results_of
from booking.bookings.queries import made_with
from booking.bookings.service import book_seat
from booking.bookings.wishes import Wish
from booking.inspections.holders import vehicle_of
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.authority import people_for
from booking.inspections.service.messages import tell_of_vehicle
from booking.kernel.actors import Actor
from booking.kernel.ids import VehicleId
from booking.sites.models import Site
from booking.slots.models import Slot


def book_window(session: Session, wish: Wish, *, actor: Actor, now: datetime) -> str:
    """Book the window and return the reference; as `book_seat` of the core.

    A result that could still be taken back is settled first: whoever books again builds on it, and until then the
    booking of the failed test is the one live booking that a vehicle may have. Whoever owns the vehicle is told too,
    once, where somebody else books for it.
    """
    settle_results_of(session, wish.holder, actor=actor, now=now)
    vehicle_id = vehicle_of(wish.holder)
    by_agent = wish.person_id not in people_for(session, vehicle_id)
    is_repeated = by_agent and made_with(session, wish.person_id, wish.request_key) is not None
    reference = book_seat(session, INSPECTIONS, wish, actor=actor, now=now)
    if by_agent and not is_repeated:
        _tell_owner(session, vehicle_id, wish, reference, now=now)
    return reference


def _tell_owner(session: Session, vehicle_id: VehicleId, wish: Wish, reference: str, *, now: datetime) -> None:
    slot = session.get_one(Slot, wish.slot_id)
    site = session.get_one(Site, slot.site_id)
    facts = {
        "reference": reference,
        "day": slot.day,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "site": site.name,
        "site_en": site.name_en or site.name,
        "address": site.address,
    }
    tell_of_vehicle(session, vehicle_id, "booked_by_agent", now=now, **facts)
