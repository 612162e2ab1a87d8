"""Several vehicles of one owner in one go, each with a booking of its own, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from booking.bookings.service import AlreadyBookedError
from booking.bookings.wishes import Wish
from booking.inspections.line import INSPECTIONS
from booking.inspections.service.booking import book_window
from booking.kernel.actors import Actor
from booking.kernel.errors import BookingError, NotEligibleError
from booking.kernel.ids import PersonId, SlotId, VehicleId
from booking.slots.service import SlotClosedError, SlotFullError

NOT_HAD = (SlotFullError, SlotClosedError, AlreadyBookedError, NotEligibleError)


@dataclass(frozen=True, slots=True)
class Given:
    """What became of each vehicle: the reference of its booking, or why it got none."""

    references: Mapping[VehicleId, str] = field(default_factory=dict)
    errors: Mapping[VehicleId, BookingError] = field(default_factory=dict)


def book_several(
    session: Session,
    person_id: PersonId,
    plan: Mapping[VehicleId, SlotId],
    request_key: str,
    *,
    whole: bool,
    actor: Actor,
    now: datetime,
) -> Given:
    """Book every vehicle into its window, each a booking of its own, in ascending slot id.

    `whole`: the first one that cannot be had ends it, with its error, and nothing is changed. Otherwise the others
    are booked all the same. Sent twice with the same key and plan, it is the same bookings.
    """
    references: dict[VehicleId, str] = {}
    errors: dict[VehicleId, BookingError] = {}
    for vehicle_id, slot_id in sorted(plan.items(), key=lambda one: (one[1], one[0])):
        wish = Wish(person_id, INSPECTIONS.holder(vehicle_id), slot_id, key_of(request_key, vehicle_id))
        try:
            with session.begin_nested():
                references[vehicle_id] = book_window(session, wish, actor=actor, now=now)
        except NOT_HAD as error:
            if whole:
                raise
            errors[vehicle_id] = error
    return Given(references, errors)


def key_of(request_key: str, vehicle_id: VehicleId) -> str:
    """Return the key of one vehicle's booking under the key of the form."""
    return f"{request_key}:{vehicle_id}"
