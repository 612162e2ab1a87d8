"""The seat ledger: releasing, taking, freeing and returning seats, each by one conditional UPDATE that is counted.

Nobody reads a counter, decides in Python and writes it back. Whoever touches several ledger rows does so in
ascending slot id, so that no two wait for each other.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import and_, bindparam, case, insert, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.db import rows_changed, table_of
from booking.kernel.errors import ConflictError, InvalidStateError, Wording
from booking.kernel.ids import SiteId, SlotId
from booking.slots.models import Hold, HoldState, Lane, Method, Quota, Release, Slot, SlotState
from booking.slots.withdrawing import can_be_withdrawn


class SlotFullError(ConflictError):
    """No seat was free in the lane at the moment of the claim."""

    wording: ClassVar[Wording] = Wording(
        "这里的名额已经约满。请另选场次或时段。", "No place is left here. Please choose another session or window."
    )


class SlotClosedError(ConflictError):
    """The slot does not take bookings: not yet, no longer, or it was withdrawn."""

    wording: ClassVar[Wording] = Wording(
        "这里现在不接受预约。请另选场次或时段。",
        "Bookings are not taken here now. Please choose another session or window.",
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """What a plan publishes: one slot with its quota by lane, and when its seats are released.

    All instants are UTC; `day` is the local day of `starts_at`. `releases` are (instant, lane, amount).
    """

    line: str
    service: str
    site_id: SiteId
    day: date
    starts_at: datetime
    ends_at: datetime
    classes: str
    method: Method
    quota: dict[Lane, int]
    publish_by: datetime
    opens_at: datetime
    closes_at: datetime
    cancel_until: datetime
    requests_until: datetime | None = None
    exemption: str = ""
    is_make_up: bool = False
    releases: tuple[tuple[datetime, Lane, int], ...] = field(default=())


def publish_slot(session: Session, opening: Opening, *, actor: Actor, now: datetime) -> SlotId:
    """Make the slot public and frozen, with nothing released yet; return its id."""
    values = {
        name: getattr(opening, name) for name in Opening.__dataclass_fields__ if name not in ("quota", "releases")
    }
    capacity = sum(opening.quota.values())
    added = session.execute(insert(Slot).values(**values, capacity=capacity, published_at=now).returning(Slot.id))
    slot_id = SlotId(added.scalar_one())
    session.execute(
        insert(Quota), [{"slot_id": slot_id, "lane": lane, "capacity": n} for lane, n in opening.quota.items()]
    )
    if opening.releases:
        session.execute(
            insert(Release),
            [{"slot_id": slot_id, "lane": lane, "amount": n, "due_at": at} for at, lane, n in opening.releases],
        )
    audit.record(session, "slot published", "slot", slot_id, actor=actor, now=now, after={"capacity": capacity})
    return slot_id


# The one statement that decides who was first. Core and built once, for it runs while others wait for its row.
CLAIM = (
    update(table_of(Quota))
    .where(Quota.slot_id == bindparam("slot"), Quota.lane == bindparam("of_lane"), Quota.taken < Quota.released)
    .values(taken=Quota.taken + 1)
)

# Core as well: in a session that holds all people of a round, the ORM would look through them for each of its slots.
OPEN = (
    update(table_of(Quota))
    .where(Quota.slot_id == bindparam("slot"), Quota.lane == bindparam("of_lane"))
    .where(Quota.released == 0, Quota.freed == 0, Quota.blocked == 0)
    .values(released=bindparam("given"), taken=bindparam("given"), freed=Quota.capacity - bindparam("given"))
)


def take_seat(session: Session, slot_id: SlotId, lanes: Sequence[Lane], *, now: datetime) -> Lane:
    """Claim one released seat in the first of `lanes` that has one, and return that lane.

    A seat whose hold has lapsed is free, noted or not. Raises `SlotFullError`. Call it last: the ledger row stays
    locked until the commit.
    """
    lane = _claim(session, slot_id, lanes)
    if lane is None and lapse_holds(session, now=now, slot_id=slot_id):
        lane = _claim(session, slot_id, lanes)
    if lane is None:
        raise SlotFullError
    return lane


def _claim(session: Session, slot_id: SlotId, lanes: Sequence[Lane]) -> Lane | None:
    for lane in lanes:
        if rows_changed(session, CLAIM, {"slot": slot_id, "of_lane": lane}) == 1:
            return lane
    return None


def lapse_holds(session: Session, *, now: datetime, slot_id: SlotId | None = None) -> int:
    """Give back the seats of holds that have lapsed, of one slot or of all; return how many.

    They are takeable at once: nobody gave them up, so there is no moment that one person could sell to another.
    """
    over = update(Hold).where(Hold.state == HoldState.HELD, Hold.until <= now)
    if slot_id is not None:
        over = over.where(Hold.slot_id == slot_id)
    ended = over.values(state=HoldState.LAPSED, ended_at=now).returning(Hold.id, Hold.slot_id, Hold.lane)
    lapsed = sorted(session.execute(ended).all(), key=lambda hold: (hold.slot_id, hold.id))
    for hold in lapsed:
        give_back(session, SlotId(hold.slot_id), hold.lane)
    audit.record_all(
        session, "hold lapsed", "hold", [(hold.id, {"slot": hold.slot_id}) for hold in lapsed], actor=SYSTEM, now=now
    )
    return len(lapsed)


def give_back(session: Session, slot_id: SlotId, lane: Lane) -> None:
    """Make a seat that was only held takeable again at once."""
    back = update(Quota).where(Quota.slot_id == slot_id, Quota.lane == lane, Quota.taken > 0)
    if rows_changed(session, back.values(taken=Quota.taken - 1)) != 1:
        raise InvalidStateError(f"no seat is taken in slot {slot_id}, lane {lane}")


def free_seat(session: Session, slot_id: SlotId, lane: Lane) -> None:
    """Give a taken seat back to the ledger as freed: it is not on sale until its announced hour."""
    back = (
        update(Quota)
        .where(Quota.slot_id == slot_id, Quota.lane == lane, Quota.taken > 0)
        .values(taken=Quota.taken - 1, released=Quota.released - 1, freed=Quota.freed + 1)
    )
    if rows_changed(session, back) != 1:
        raise InvalidStateError(f"no seat is taken in slot {slot_id}, lane {lane}")


def settle_draw(session: Session, given: Mapping[SlotId, Mapping[Lane, int]], *, actor: Actor, now: datetime) -> None:
    """Open the ledger of each slot as its draw decided: `given` seats are taken, the others wait to be handed on.

    Raises `InvalidStateError` for a slot whose seats were opened before, or that has no such lane. In ascending slot
    id; a draw all of whose slots were withdrawn opens nothing.
    """
    quotas = session.execute(
        select(Quota.slot_id, Quota.lane, Quota.capacity)
        .where(Quota.slot_id.in_(given), Quota.lane != Lane.WALK_IN)  # that share is given at the gate
        .order_by(Quota.slot_id, Quota.lane)
    ).all()
    if {(slot_id, lane) for slot_id in given for lane in given[slot_id]} - {
        (row.slot_id, row.lane) for row in quotas
    }:
        raise InvalidStateError("a seat was drawn in a lane that its slot does not have")
    if not quotas:
        return
    opened = [
        {"slot": slot_id, "of_lane": lane, "given": given[SlotId(slot_id)].get(lane, 0)}
        for slot_id, lane, _ in quotas
    ]
    if rows_changed(session, OPEN, opened) != len(quotas):
        raise InvalidStateError("a slot of the draw was opened before")
    rows = [
        {"slot_id": slot_id, "lane": lane, "amount": n, "due_at": now, "done_at": now} for slot_id, lane, n in quotas
    ]
    session.execute(insert(table_of(Release)), rows)
    audit.record_all(
        session, "seats released", "slot",
        [(slot_id, {"lane": lane, "amount": n}) for slot_id, lane, n in quotas], actor=actor, now=now,
    )  # fmt: skip


def hand_over(session: Session, slot_id: SlotId, lanes: Sequence[Lane]) -> Lane:
    """Put one freed seat straight into somebody's hands and return its lane; it is on sale at no moment.

    Raises `SlotFullError` where none is freed.
    """
    for lane in lanes:
        over = (
            update(Quota)
            .where(Quota.slot_id == slot_id, Quota.lane == lane, Quota.freed > 0)
            .values(freed=Quota.freed - 1, released=Quota.released + 1, taken=Quota.taken + 1)
        )
        if rows_changed(session, over) == 1:
            return lane
    raise SlotFullError


def due_releases(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the ids of releases that are due and not done, in due order."""
    due = select(Release.id).where(Release.done_at.is_(None), Release.due_at <= now)
    return session.scalars(due.order_by(Release.due_at, Release.slot_id, Release.id)).all()


def release_seats(session: Session, release_id: int, *, actor: Actor, now: datetime) -> bool:
    """Make the seats of one due release takeable; return False if somebody else already did.

    Seats of a withdrawn slot are claimed as done and stay closed, and so do those that are blocked by now.
    """
    claim = (
        update(Release)
        .where(Release.id == release_id, Release.done_at.is_(None), Release.due_at <= now)
        .values(done_at=now)
        .returning(Release.slot_id, Release.lane, Release.amount)
    )
    row = session.execute(claim).one_or_none()
    if row is None:
        return False
    in_use = select(Slot.id).where(Slot.id == row.slot_id, Slot.state == SlotState.PUBLISHED).scalar_subquery()
    opens, room = Quota.released + row.amount, Quota.capacity - Quota.freed - Quota.blocked
    opened = (
        update(Quota)
        .where(Quota.slot_id == in_use, Quota.lane == row.lane)
        .values(released=case((and_(Quota.blocked > 0, opens > room), room), else_=opens))
    )
    after = {"lane": row.lane, "amount": row.amount if rows_changed(session, opened) else 0}
    audit.record(session, "seats released", "slot", row.slot_id, actor=actor, now=now, after=after)
    return True


def return_freed_seats(session: Session, *, actor: Actor, now: datetime, of: Collection[SlotId] | None = None) -> int:
    """Put the freed seats of slots still open for booking on sale again; return how many seats.

    This is the announced hour: a freed seat never returns at the moment of its cancellation. Without `of`, those of
    every slot that no round decided: a round's seats are handed to its queue first.
    """
    open_now = select(Slot.id).where(Slot.state == SlotState.PUBLISHED, Slot.closes_at > now)
    open_now = open_now.where(Slot.method == Method.FIRST_COME) if of is None else open_now.where(Slot.id.in_(of))
    waiting = select(Quota.slot_id, Quota.lane, Quota.freed).where(Quota.freed > 0, Quota.slot_id.in_(open_now))
    returned = 0
    for slot_id, lane, freed in session.execute(waiting.order_by(Quota.slot_id, Quota.lane)).all():
        claim = (
            update(Quota)
            .where(Quota.slot_id == slot_id, Quota.lane == lane, Quota.freed >= freed)
            .values(freed=Quota.freed - freed, released=Quota.released + freed)
        )
        if rows_changed(session, claim) == 1:
            after = {"lane": lane, "amount": freed}
            audit.record(session, "freed seats returned", "slot", slot_id, actor=actor, now=now, after=after)
            returned += freed
    return returned


def withdraw_slot(
    session: Session, slot_id: SlotId, *, actor: Actor, reason: str, now: datetime, reason_en: str = ""
) -> None:
    """Take a published slot back; raise `InvalidStateError` if it is too late or it is withdrawn already.

    Its bookings are cancelled by the office by a job of `bookings`, which also tells the people.
    """
    withdrawal = (
        update(Slot)
        .where(Slot.id == slot_id, Slot.state == SlotState.PUBLISHED, can_be_withdrawn(now))
        .values(state=SlotState.WITHDRAWN, withdrawn_at=now, withdrawn_reason=reason, withdrawn_reason_en=reason_en)
    )
    if rows_changed(session, withdrawal) != 1:
        raise InvalidStateError(f"slot {slot_id} cannot be withdrawn")
    audit.record(session, "slot withdrawn", "slot", slot_id, actor=actor, now=now, reason=reason)
