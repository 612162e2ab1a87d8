"""Seats that cannot be served because something is out of use: taken off sale, and given back later.

Only what nobody holds is blocked. The capacity that was published stays as it was published.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.db import rows_changed
from booking.kernel.errors import ConflictError
from booking.kernel.ids import SlotId
from booking.slots.models import Lane, Quota, Release

TRIES = 5  # against people who book at the same moment
LANES = (Lane.ORDINARY, Lane.PRIORITY, Lane.MAKE_UP, Lane.WALK_IN)  # the walk-in share shrinks last


@dataclass(frozen=True, slots=True)
class Counters:
    """A lane's ledger at one moment."""

    lane: Lane
    capacity: int
    released: int
    taken: int
    freed: int
    blocked: int

    @property
    def unreleased(self) -> int:
        return self.capacity - self.released - self.freed - self.blocked

    def with_blocked(self, count: int) -> "Counters":
        """Return the ledger with at most `count` more seats blocked: unreleased ones first, then freed, then free."""
        rest = min(count, self.capacity - self.blocked - self.taken)
        of_freed = min(max(rest - self.unreleased, 0), self.freed)
        of_free = max(rest - self.unreleased - of_freed, 0)
        released, freed = self.released - of_free, self.freed - of_freed
        return Counters(self.lane, self.capacity, released, self.taken, freed, self.blocked + rest)

    def without_blocked(self, count: int, pending: int) -> "Counters":
        """Return the ledger with at most `count` fewer seats blocked.

        They go back to the `pending` releases as far as those lack seats, else among the freed ones, which return at
        the announced hour; the walk-in share is never released.
        """
        rest = min(count, self.blocked)
        for_release = rest if self.lane is Lane.WALK_IN else min(rest, max(pending - self.unreleased, 0))
        freed = self.freed + rest - for_release
        return Counters(self.lane, self.capacity, self.released, self.taken, freed, self.blocked - rest)


def block_seats(session: Session, slot_id: SlotId, count: int, *, reason: str, actor: Actor, now: datetime) -> int:
    """Take up to `count` seats that nobody holds off sale; return how many could be. Bookings are never touched."""
    blocked = 0
    for lane in LANES:
        blocked += _change(session, slot_id, lane, partial(Counters.with_blocked, count=count - blocked))
    if blocked:
        after = {"amount": blocked}
        audit.record(session, "seats blocked", "slot", slot_id, actor=actor, now=now, after=after, reason=reason)
    return blocked


def unblock_seats(session: Session, slot_id: SlotId, count: int, *, reason: str, actor: Actor, now: datetime) -> int:
    """Give up to `count` blocked seats back, the walk-in share first; return how many were."""
    back = 0
    for lane in reversed(LANES):
        pending = _pending(session, slot_id, lane)
        back -= _change(
            session, slot_id, lane, partial(Counters.without_blocked, count=count - back, pending=pending)
        )
    if back:
        audit.record(
            session, "seats unblocked", "slot", slot_id, actor=actor, now=now, after={"amount": back}, reason=reason
        )
    return back


def blocked_of(session: Session, slot_ids: Iterable[SlotId]) -> dict[SlotId, int]:
    """Return how many seats of each slot are blocked, over all lanes; one statement."""
    query = select(Quota.slot_id, func.sum(Quota.blocked)).where(Quota.slot_id.in_(list(slot_ids)))
    return {SlotId(slot_id): int(count) for slot_id, count in session.execute(query.group_by(Quota.slot_id))}


def _change(session: Session, slot_id: SlotId, lane: Lane, wanted: Callable[[Counters], Counters]) -> int:
    """Make the ledger of a lane what is wanted of it, and return how many more seats are blocked.

    What was read must still be so at the write; where somebody booked in between, it is read again.
    """
    columns = [getattr(Quota, name) for name in Counters.__dataclass_fields__]
    for _ in range(TRIES):
        row = session.execute(select(*columns).where(Quota.slot_id == slot_id, Quota.lane == lane)).one_or_none()
        if row is None:
            return 0
        before = Counters(*row)
        after = wanted(before)
        if after == before:
            return 0
        as_read = (
            getattr(Quota, name) == getattr(before, name) for name in ("released", "taken", "freed", "blocked")
        )
        change = update(Quota).where(Quota.slot_id == slot_id, Quota.lane == lane, *as_read)
        values = {name: getattr(after, name) for name in ("released", "freed", "blocked")}
        if rows_changed(session, change.values(**values)) == 1:
            return after.blocked - before.blocked
    raise ConflictError


def _pending(session: Session, slot_id: SlotId, lane: Lane) -> int:
    to_come = select(func.coalesce(func.sum(Release.amount), 0)).where(Release.done_at.is_(None))
    return int(session.execute(to_come.where(Release.slot_id == slot_id, Release.lane == lane)).scalar_one())
