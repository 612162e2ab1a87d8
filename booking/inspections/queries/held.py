"""A place that is, or was, held for a vehicle."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.inspections.holders import is_vehicle, vehicle_of
from booking.inspections.queries.bookable import Bookable, bookable
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import Holder, PersonId, SlotId
from booking.slots.models import Hold, HoldPurpose, HoldState


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """One hold with its vehicle. `is_live`: it can still be taken; `state` stays HELD until the lapse is noted."""

    id: int
    slot_id: SlotId
    purpose: HoldPurpose
    state: HoldState
    until: datetime
    is_live: bool
    known: Bookable


def held_place(session: Session, hold_id: int, *, person_id: PersonId, now: datetime) -> HeldPlace:
    """Return a hold, lapsed or not; raise `NotFoundError` where the person may not act for its vehicle."""
    hold = session.get(Hold, hold_id, populate_existing=True)
    if hold is None or not is_vehicle(Holder(hold.holder)):
        raise NotFoundError
    known = bookable(session, vehicle_of(Holder(hold.holder)), person_id=person_id, now=now)
    is_live = hold.state is HoldState.HELD and hold.until > now
    return HeldPlace(hold.id, SlotId(hold.slot_id), hold.purpose, hold.state, hold.until, is_live, known)
