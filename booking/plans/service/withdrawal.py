"""Taking back a published slot: one person proposes, a second consents, and the reason is public."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import InvalidInputError, InvalidStateError, NotFoundError, SamePersonError
from booking.kernel.ids import SiteId, SlotId
from booking.plans.models import Withdrawal
from booking.plans.service.checks import person_of, require_own_site
from booking.slots import service as slots
from booking.slots.models import Slot, SlotState
from booking.slots.withdrawing import is_too_late

ONE_PERSON = {"ck_withdrawal_two_persons": SamePersonError}
TWICE = {"uq_withdrawal_slot_id": InvalidStateError}


def propose_withdrawal(
    session: Session,
    slot_id: SlotId,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
    reason_en: str = "",
) -> int:
    """Propose to take back a published slot, with the reason that will be public; return the proposal's number.

    `reason_en` is the reason for people who read English, `seen` how many bookings were looked at.

    Raise `InvalidStateError` if it is too late for the slot, it is withdrawn, or its withdrawal is proposed already.
    """
    if not reason.strip():
        raise InvalidInputError("reason")
    slot = session.get(Slot, slot_id)
    if slot is None:
        raise NotFoundError
    require_own_site(actor, SiteId(slot.site_id))
    if slot.state is not SlotState.PUBLISHED or is_too_late(slot, now):
        raise InvalidStateError
    row = insert(Withdrawal).values(
        slot_id=slot_id,
        reason=reason.strip(),
        reason_en=reason_en.strip(),
        bookings_seen=seen,
        proposed_by_person=person_of(actor),
        proposed_at=now,
    )
    with conflicts_as(TWICE):
        withdrawal_id = session.execute(row.returning(Withdrawal.id)).scalar_one()
    after = {"reason_en": reason_en.strip()} if reason_en.strip() else None
    audit.record(
        session, "withdrawal proposed", "slot", slot_id, actor=actor, now=now, after=after, reason=reason.strip()
    )
    return withdrawal_id


def approve_withdrawal(session: Session, withdrawal_id: int, *, actor: Actor, now: datetime) -> None:
    """Consent to a proposed withdrawal, as a second person, and take the slot back at once.

    Raise `SamePersonError` (by person), or `InvalidStateError` if it is done already or it is too late for the slot.
    Its bookings are cancelled by a job of `bookings`, and the ranking of the people concerned stays.
    """
    claim = (
        update(Withdrawal)
        .where(Withdrawal.id == withdrawal_id, Withdrawal.approved_at.is_(None))
        .values(approved_by_person=person_of(actor), approved_at=now)
        .returning(Withdrawal.slot_id, Withdrawal.reason, Withdrawal.reason_en)
    )
    with conflicts_as(ONE_PERSON):
        row = session.execute(claim).one_or_none()
    if row is None:
        raise InvalidStateError
    given = {"reason": row.reason, "reason_en": row.reason_en}
    slots.withdraw_slot(session, SlotId(row.slot_id), actor=actor, now=now, **given)


def decline_withdrawal(session: Session, withdrawal_id: int, *, actor: Actor, now: datetime) -> None:
    """Drop a proposed withdrawal, so that another can be proposed; raise `InvalidStateError` if it is approved."""
    row = session.execute(
        select(Withdrawal.slot_id, Withdrawal.reason).where(Withdrawal.id == withdrawal_id)
    ).one_or_none()
    dropped = delete(Withdrawal).where(Withdrawal.id == withdrawal_id, Withdrawal.approved_at.is_(None))
    if row is None or rows_changed(session, dropped) != 1:
        raise InvalidStateError
    audit.record(session, "withdrawal declined", "slot", row.slot_id, actor=actor, now=now, reason=row.reason)
