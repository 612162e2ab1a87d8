"""Before anything that hurts: who was looked at must be who is hit, and the database decides."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.bookings.models import LIVE, Booking
from booking.kernel.actors import Actor
from booking.kernel.db import batched
from booking.kernel.errors import ConflictError, InvalidStateError, Wording
from booking.kernel.ids import SlotId
from booking.plans.models import Withdrawal
from booking.plans.service import withdrawal
from booking.slots.still import keep_still


class ImpactChangedError(ConflictError):
    """More or fewer bookings are hit than were looked at; `hit` says how many."""

    wording: ClassVar[Wording] = Wording(
        "受影响的预约数量与您刚才看到的不同，没有办理。请看清新的数字再确认。",
        "The number of bookings that are hit is not the one you saw; nothing was done. Look at the new number first.",
    )

    def __init__(self, hit: int) -> None:
        super().__init__(f"{hit} bookings")
        self.hit = hit


def bookings_hit(session: Session, slot_ids: Collection[SlotId]) -> int:
    """Return how many live bookings there are in these slots."""
    return sum(
        session.scalar(select(func.count()).where(Booking.slot_id.in_(some), Booking.state.in_(LIVE))) or 0
        for some in batched(slot_ids)
    )


def require_seen(session: Session, slot_ids: Collection[SlotId], seen: int | None) -> None:
    """Raise `ImpactChangedError` unless exactly `seen` bookings are hit; None: nobody was asked to look.

    No seat of these slots changes hands from here to the commit.
    """
    if seen is None:
        return
    keep_still(session, slot_ids)
    hit = bookings_hit(session, slot_ids)
    if hit != seen:
        raise ImpactChangedError(hit)


def propose_withdrawal(
    session: Session, slot_id: SlotId, *, reason: str, seen: int, actor: Actor, now: datetime, reason_en: str = ""
) -> int:
    """Propose to take back a slot in which `seen` bookings were looked at; as `plans.service.withdrawal`."""
    require_seen(session, [slot_id], seen)
    given = {"reason": reason, "reason_en": reason_en}
    return withdrawal.propose_withdrawal(session, slot_id, seen=seen, actor=actor, now=now, **given)


def approve_withdrawal(session: Session, withdrawal_id: int, *, seen: int, actor: Actor, now: datetime) -> None:
    """Consent to take back a slot in which `seen` bookings were looked at; as `plans.service.withdrawal`."""
    slot_id = session.scalar(select(Withdrawal.slot_id).where(Withdrawal.id == withdrawal_id))
    if slot_id is None:
        raise InvalidStateError
    require_seen(session, [SlotId(slot_id)], seen)
    withdrawal.approve_withdrawal(session, withdrawal_id, actor=actor, now=now)
