"""The day of a site: its queue in order with the waits to expect, who is to come, who is done; and what is public."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.attendance.models import OPEN_IN_SQL, Visit, VisitState
from booking.attendance.queries.visits import SHOWN, VisitRow
from booking.attendance.rules.order import Window, call_order
from booking.attendance.rules.waits import Post, ToCome, estimated_waits, post_at, wait_of_a_walk_in
from booking.bookings.models import Booking, BookingState
from booking.kernel.calendar import local_day
from booking.kernel.ids import BookingId, Holder, SiteId
from booking.slots.models import Slot, SlotState


@dataclass(frozen=True, slots=True)
class Pool:
    """Services that share posts (test lanes, desks), and by post the time from one visit to the next.

    Pools of a site have no service in common. Posts out of service are left out; without any, no wait is told.
    """

    services: Collection[str]
    posts: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expected:
    """A booking whose holder has not come yet."""

    booking_id: BookingId
    reference: str
    service: str
    holder: Holder
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class InQueue:
    """One who waits, and how long still; None where no post is open."""

    visit: VisitRow
    wait: timedelta | None


@dataclass(frozen=True, slots=True)
class Board:
    """A day as its operators see it. `waiting` is in the order of calls, `to_come` by window."""

    site_id: SiteId
    day: date
    waiting: Sequence[InQueue]
    called: Sequence[VisitRow]
    in_test: Sequence[VisitRow]
    done: Sequence[VisitRow]
    unfinished: Sequence[VisitRow]  # of earlier days: in test, without a result
    to_come: Sequence[Expected]
    walk_in_waits: Mapping[str, timedelta | None]  # by service, for one who came now

    @property
    def counts(self) -> Mapping[VisitState, int]:
        """How many visits of the day stand in each state; 0 for those that are not named."""
        rows = (*(one.visit for one in self.waiting), *self.called, *self.in_test, *self.done)
        return Counter(row.state for row in rows)


@dataclass(frozen=True, slots=True)
class Call:
    """A number and where it is called to."""

    number: int
    post: str
    called_at: datetime


@dataclass(frozen=True, slots=True)
class PublicQueue:
    """What everybody may see: numbers, no holders. `calls` has the last call first."""

    day: date
    calls: Sequence[Call]
    waiting: int
    to_come_now: int  # booked for a running window and not here yet
    walk_in_waits: Mapping[str, timedelta | None]  # by service


def board(session: Session, site_id: SiteId, day: date, *, pools: Sequence[Pool], now: datetime) -> Board:
    """Return the board of a site's local day, in three statements."""
    rows = _visits(session, site_id, day)
    to_come = _expected(session, site_id, day)
    earlier = SHOWN.where(OPEN_IN_SQL, Visit.site_id == site_id, Visit.day < day, Visit.state == VisitState.IN_TEST)
    unfinished = [VisitRow(**row) for row in session.execute(earlier).mappings()]
    waits = _waits(rows, to_come, pools, now)
    by_number = {row.number: row for row in rows}
    order = call_order((row.waiting for row in rows if row.state is VisitState.WAITING), now=now)
    return Board(
        site_id=site_id,
        day=day,
        waiting=[InQueue(by_number[one.number], waits.get(one.number)) for one in order],
        called=_in(rows, VisitState.CALLED),
        in_test=_in(rows, VisitState.IN_TEST),
        done=_in(rows, VisitState.PASSED, VisitState.FAILED, VisitState.LEFT),
        unfinished=unfinished,
        to_come=to_come,
        walk_in_waits=_walk_in_waits(rows, to_come, pools, now),
    )


def queue_public(session: Session, site_id: SiteId, *, pools: Sequence[Pool], now: datetime) -> PublicQueue:
    """Return what the public page and the call display show of today, in two statements."""
    day = local_day(now)
    rows = _visits(session, site_id, day)
    to_come = _expected(session, site_id, day)
    calls = [Call(row.number, row.post, row.called_at) for row in _in(rows, VisitState.CALLED) if row.called_at]
    return PublicQueue(
        day=day,
        calls=sorted(calls, key=lambda call: (call.called_at, call.number), reverse=True),
        waiting=len(_in(rows, VisitState.WAITING)),
        to_come_now=sum(one.starts_at <= now < one.ends_at for one in to_come),
        walk_in_waits=_walk_in_waits(rows, to_come, pools, now),
    )


def _visits(session: Session, site_id: SiteId, day: date) -> Sequence[VisitRow]:
    of_day = SHOWN.where(Visit.site_id == site_id, Visit.day == day)
    return [VisitRow(**row) for row in session.execute(of_day).mappings()]


def _expected(session: Session, site_id: SiteId, day: date) -> Sequence[Expected]:
    query = (
        select(
            Booking.id.label("booking_id"),
            Booking.reference,
            Booking.service,
            Booking.holder,
            Slot.starts_at,
            Slot.ends_at,
        )
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.site_id == site_id, Slot.day == day, Slot.state == SlotState.PUBLISHED)
        .where(Booking.state == BookingState.CONFIRMED)
        .order_by(Slot.starts_at, Booking.id)
    )
    return [Expected(**row) for row in session.execute(query).mappings()]


def _in(rows: Sequence[VisitRow], *states: VisitState) -> Sequence[VisitRow]:
    return [row for row in rows if row.state in states]


def _waits(
    rows: Sequence[VisitRow], to_come: Sequence[Expected], pools: Sequence[Pool], now: datetime
) -> Mapping[int, timedelta]:
    waits: dict[int, timedelta] = {}
    for pool in pools:
        waiting = [row.waiting for row in _in(rows, VisitState.WAITING) if row.service in pool.services]
        waits.update(estimated_waits(waiting, _counted(to_come, pool), posts=_posts(rows, pool, now), now=now))
    return waits


def _walk_in_waits(
    rows: Sequence[VisitRow], to_come: Sequence[Expected], pools: Sequence[Pool], now: datetime
) -> Mapping[str, timedelta | None]:
    waits: dict[str, timedelta | None] = {}
    for pool in pools:
        waiting = [row.waiting for row in _in(rows, VisitState.WAITING) if row.service in pool.services]
        posts = _posts(rows, pool, now)
        wait = wait_of_a_walk_in(waiting, _counted(to_come, pool), posts=posts, now=now)
        waits.update(dict.fromkeys(pool.services, wait))
    return waits


def _counted(to_come: Sequence[Expected], pool: Pool) -> Sequence[ToCome]:
    counts = Counter(Window(one.starts_at, one.ends_at) for one in to_come if one.service in pool.services)
    return [ToCome(window, count) for window, count in sorted(counts.items())]


def _posts(rows: Sequence[VisitRow], pool: Pool, now: datetime) -> Sequence[Post]:
    """Return the posts with the instants at which they are free; one who is called is as good as begun."""
    entered = {row.post: now for row in _in(rows, VisitState.CALLED)}
    for row in _in(rows, VisitState.IN_TEST):
        began = row.started_at or now
        entered[row.post] = max(began, entered.get(row.post, began))
    return [
        post_at(interval, last_entered_at=entered.get(post), now=now) for post, interval in sorted(pool.posts.items())
    ]
