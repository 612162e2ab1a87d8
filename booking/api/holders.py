"""For whom the caller books or asks: the person, or a vehicle that the person may act for."""

from sqlalchemy.orm import Session

from booking.bookings.line import Line
from booking.exams.line import EXAMS
from booking.inspections.line import INSPECTIONS
from booking.kernel.errors import InvalidInputError, NotFoundError
from booking.kernel.ids import Holder, PersonId, VehicleId


def holder_of(session: Session, line: Line, person_id: PersonId, vehicle_id: int | None) -> Holder:
    """Return the holder of places of a line.

    Raises `InvalidInputError` naming "vehicle_id" where a vehicle is named and none is booked for, or the other way
    round, and `NotFoundError` for a vehicle that the person may not act for.
    """
    if (line.key == INSPECTIONS.key) != (vehicle_id is not None):
        raise InvalidInputError("vehicle_id")
    if vehicle_id is None:
        return EXAMS.holder(person_id)
    holder = INSPECTIONS.holder(VehicleId(vehicle_id))
    if not line.is_for(session, holder, person_id):
        raise NotFoundError
    return holder
