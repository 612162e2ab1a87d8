"""Holding the ledger of slots still for a moment, so that what is counted is true when it is acted on."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.kernel.db import batched
from booking.kernel.ids import SlotId
from booking.slots.models import Quota


def keep_still(session: Session, slot_ids: Collection[SlotId]) -> None:
    """Let nobody take or give back a seat of these slots until the commit; whoever is at it is waited for.

    In ascending slot id, as everybody does who touches several. On SQLite a unit of work is the only writer anyway.
    """
    for some in batched(sorted(slot_ids)):
        rows = select(Quota.slot_id).where(Quota.slot_id.in_(some)).order_by(Quota.slot_id, Quota.lane)
        session.execute(rows.with_for_update()).all()
