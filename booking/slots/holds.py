"""Seats that are held for one holder until an instant: holding, taking, giving up. They lapse by themselves.

A held seat stands in `taken` of its lane, so nobody else can claim it; taking it changes the hold alone. A hold that
has lapsed counts for nobody, whether or not a job has noted it: see `service.lapse_holds`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.db import conflicts_as
from booking.kernel.errors import ConflictError, NotFoundError, Wording
from booking.kernel.ids import Holder, SlotId
from booking.slots.models import Hold, HoldPurpose, HoldState, Lane, Slot
from booking.slots.service import give_back, lapse_holds, take_seat


class AlreadyHeldError(ConflictError):
    """A seat of the service is held for this holder already; the database says so."""

    wording: ClassVar[Wording] = Wording(
        "已经为您预留了一个名额，请先使用或放弃它。", "A place is held for you already; take it or give it up first."
    )


class HoldGoneError(ConflictError):
    """The hold has lapsed, or its seat was taken or given up."""

    wording: ClassVar[Wording] = Wording(
        "这个预留名额已经过期或已使用，请另选时段。", "This held place has lapsed or was used. Choose another window."
    )


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat that is held now, for a page: until when (UTC), and in which slot."""

    id: int
    slot_id: SlotId
    lane: Lane
    service: str
    holder: Holder
    purpose: HoldPurpose
    until: datetime


CONFLICTS = {"uq_hold_held": AlreadyHeldError}


def hold_seat(
    session: Session,
    slot_id: SlotId,
    lanes: Sequence[Lane],
    holder: Holder,
    *,
    purpose: HoldPurpose,
    until: datetime,
    actor: Actor,
    now: datetime,
) -> int:
    """Keep one released seat for the holder until `until`, and return the hold's number.

    Raises `SlotFullError`, or `AlreadyHeldError` while another seat of the service is held for the holder.
    """
    slot = session.get(Slot, slot_id)
    if slot is None:
        raise NotFoundError
    for old in _lapsed_of(session, holder, slot.service, now):
        lapse_holds(session, now=now, slot_id=old)
    lane = take_seat(session, slot_id, lanes, now=now)
    row = insert(Hold).values(
        slot_id=slot_id, lane=lane, service=slot.service, holder=holder, purpose=purpose, held_at=now, until=until
    )
    with conflicts_as(CONFLICTS):
        hold_id = int(session.execute(row.returning(Hold.id)).scalar_one())
    after = {"slot": slot_id, "purpose": purpose.value}
    audit.record(session, "seat held", "hold", hold_id, actor=actor, now=now, after=after)
    return hold_id


def take_held(
    session: Session, hold_id: int, holder: Holder, slot_id: SlotId, *, actor: Actor, now: datetime
) -> Lane:
    """Turn a hold into a taken seat, exactly once, and return the seat's lane; raise `HoldGoneError`."""
    return _end(session, hold_id, holder, slot_id, HoldState.TAKEN, actor=actor, now=now)


def give_up_hold(
    session: Session, hold_id: int, holder: Holder, slot_id: SlotId, *, actor: Actor, now: datetime
) -> None:
    """End a hold before its time and make its seat takeable again; raise `HoldGoneError`."""
    lane = _end(session, hold_id, holder, slot_id, HoldState.GIVEN_UP, actor=actor, now=now)
    give_back(session, slot_id, lane)


def held_for(session: Session, holders: Collection[Holder], *, now: datetime) -> Mapping[Holder, HeldSeat]:
    """Return the seats that are held for these holders at `now`; a lapsed hold is none. One statement."""
    columns = (getattr(Hold, name) for name in HeldSeat.__dataclass_fields__)
    live = select(*columns).where(Hold.holder.in_(holders), Hold.state == HoldState.HELD, Hold.until > now)
    return {Holder(row["holder"]): HeldSeat(**row) for row in session.execute(live).mappings()}


def held_seat(session: Session, hold_id: int, *, now: datetime) -> HeldSeat:
    """Return one seat that is held at `now`; raise `HoldGoneError` for one that no longer is, or `NotFoundError`."""
    hold = session.get(Hold, hold_id)
    if hold is None:
        raise NotFoundError
    if hold.state is not HoldState.HELD or hold.until <= now:
        raise HoldGoneError
    return HeldSeat(**{name: getattr(hold, name) for name in HeldSeat.__dataclass_fields__})


def _end(
    session: Session,
    hold_id: int,
    holder: Holder,
    slot_id: SlotId,
    state: HoldState,
    *,
    actor: Actor,
    now: datetime,
) -> Lane:
    claim = (
        update(Hold)
        .where(Hold.id == hold_id, Hold.holder == holder, Hold.slot_id == slot_id)
        .where(Hold.state == HoldState.HELD, Hold.until > now)
        .values(state=state, ended_at=now)
        .returning(Hold.lane)
    )
    lane = session.execute(claim).scalar_one_or_none()
    if lane is None:
        raise HoldGoneError
    act = "held seat taken" if state is HoldState.TAKEN else "held seat given up"
    audit.record(session, act, "hold", hold_id, actor=actor, now=now, after={"slot": slot_id})
    return Lane(lane)


def _lapsed_of(session: Session, holder: Holder, service: str, now: datetime) -> Sequence[SlotId]:
    over = select(Hold.slot_id).where(Hold.holder == holder, Hold.service == service)
    return [SlotId(n) for n in session.scalars(over.where(Hold.state == HoldState.HELD, Hold.until <= now))]
