"""What was booked and asked for a vehicle, for the pages of who may act for it now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.allotment.models.requests import Request, RequestState
from booking.bookings.models import LIVE, Booking, BookingState
from booking.inspections.holders import holder_of, vehicle_of
from booking.inspections.models import Vehicle
from booking.kernel.ids import Holder, VehicleId
from booking.sites.models import Site
from booking.slots.models import Slot

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PastBooking:
    """One booking of a vehicle."""

    reference: str
    state: BookingState
    starts_at: datetime
    ends_at: datetime
    site_name: str
    site_name_en: str

    @property
    def is_live(self) -> bool:
        """Whether the place is still held."""
        return self.state in LIVE


def bookings_of_vehicle(session: Session, vehicle_id: VehicleId) -> Sequence[PastBooking]:
    """Return the bookings of a vehicle, the latest window first; one statement. Whose it is, ask before.

    What an earlier owner booked is none of the present one's business.
    """
    since = select(Vehicle.bound_at).where(Vehicle.id == vehicle_id).scalar_subquery()
    query = (
        select(
            Booking.reference,
            Booking.state,
            Slot.starts_at,
            Slot.ends_at,
            Site.name.label("site_name"),
            Site.name_en.label("site_name_en"),
        )
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Site, Site.id == Slot.site_id)
        .where(Booking.holder == holder_of(vehicle_id), Booking.created_at >= since)
        .order_by(Slot.starts_at.desc(), Booking.id.desc())
        .limit(MOST_SHOWN)
    )
    return [PastBooking(**row) for row in session.execute(query).mappings()]


def requests_of_vehicles(session: Session, vehicle_ids: Iterable[VehicleId]) -> Mapping[VehicleId, str]:
    """Return the reference of the live request of each vehicle that has one; one statement.

    A vehicle belongs to one service, so there is one at most.
    """
    holders = [holder_of(vehicle_id) for vehicle_id in vehicle_ids]
    query = select(Request.holder, Request.reference).where(
        Request.holder.in_(holders), Request.state == RequestState.LIVE
    )
    return {vehicle_of(Holder(row.holder)): row.reference for row in session.execute(query)}
