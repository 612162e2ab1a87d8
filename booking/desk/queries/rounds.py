"""Which round a slot belongs to, for the page that counts overrides by round."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.allotment.models.rounds import RoundSlot
from booking.kernel.ids import SlotId


def rounds_of_slots(session: Session, slot_ids: Collection[SlotId]) -> Mapping[SlotId, int]:
    """Return the round of each slot that a round gave places of; one statement."""
    query = select(RoundSlot.slot_id, RoundSlot.round_id).where(RoundSlot.slot_id.in_(slot_ids))
    return {SlotId(slot_id): round_id for slot_id, round_id in session.execute(query)}
