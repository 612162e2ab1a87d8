"""Published slots as pages and the API show them, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from booking.kernel.ids import SiteId, SlotId
from booking.sites.models import Site
from booking.slots.models import Hold, HoldState, Lane, Method, Quota, Slot, SlotState


@dataclass(frozen=True, slots=True)
class OpenSlot:
    """One published slot with its counts over all lanes that can be booked on line."""

    id: SlotId
    line: str
    service: str
    site_id: SiteId
    site_name: str
    site_name_en: str
    day: date
    starts_at: datetime
    ends_at: datetime
    classes: str
    method: Method
    state: SlotState
    opens_at: datetime
    closes_at: datetime
    cancel_until: datetime
    published_at: datetime
    requests_until: datetime | None
    is_make_up: bool
    capacity: int
    released: int
    taken: int

    @property
    def remaining(self) -> int:
        """Seats that could be taken this moment."""
        return self.released - self.taken

    def is_open(self, now: datetime) -> bool:
        """Whether bookings are taken at `now`, seats or not."""
        return self.state is SlotState.PUBLISHED and self.opens_at <= now < self.closes_at

    def is_collecting(self, now: datetime) -> bool:
        """Whether requests are taken at `now`, of which a round will decide."""
        until = self.requests_until
        return self.state is SlotState.PUBLISHED and until is not None and self.published_at <= now < until


def _counted() -> Select[tuple[object, ...]]:
    columns = [
        getattr(Slot, name) for name in OpenSlot.__dataclass_fields__ if hasattr(Slot, name) and name != "capacity"
    ]
    sums = [func.sum(getattr(Quota, name)).label(name) for name in ("capacity", "released", "taken")]
    return (
        select(*columns, Site.name.label("site_name"), Site.name_en.label("site_name_en"), *sums)
        .join(Quota, Quota.slot_id == Slot.id)
        .join(Site, Site.id == Slot.site_id)
        .where(Quota.lane != Lane.WALK_IN)
        .group_by(Slot.id, Site.id)
        .order_by(Slot.starts_at, Slot.site_id, Slot.id)
    )


def _lapsed() -> ColumnElement[int]:
    """Count the seats of a slot whose hold is over by `now`, whether or not a job has noted it: they are free."""
    over = select(func.count()).where(Hold.slot_id == Slot.id, Hold.state == HoldState.HELD)
    return over.where(Hold.until <= bindparam("now")).correlate(Slot).scalar_subquery()


ONE_SLOT = _counted().where(Slot.id == bindparam("slot_id"))
NEXT_FREE = (
    _counted()
    .where(Slot.service == bindparam("service"), Slot.classes == bindparam("classes"))
    .where(Slot.state == SlotState.PUBLISHED, Slot.opens_at <= bindparam("now"), Slot.closes_at > bindparam("now"))
    .where(Quota.lane == Lane.ORDINARY)
    .having(func.sum(Quota.released) > func.sum(Quota.taken))
    .limit(bindparam("most"))
)


def slots_between(
    session: Session,
    first: date,
    last: date,
    *,
    line: str | None = None,
    service: str | None = None,
    site_id: SiteId | None = None,
    lanes: Sequence[Lane] = (),
    after: OpenSlot | None = None,
    now: datetime | None = None,
    limit: int = 5000,
) -> Sequence[OpenSlot]:
    """Return the slots of the local days `first` to `last`, both included, in order of time, from `after` on.

    `lanes` counts only the places of those lanes, for somebody who may stand in them; none counts all. With `now`,
    a seat whose hold has lapsed by then counts as free.
    """
    query = _counted().where(Slot.day.between(first, last)).limit(limit)
    if now is not None:
        query = query.add_columns(_lapsed().label("lapsed"))
    if lanes:
        query = query.where(_counted_in(lanes))
    if line is not None:
        query = query.where(Slot.line == line)
    if service is not None:
        query = query.where(Slot.service == service)
    if site_id is not None:
        query = query.where(Slot.site_id == site_id)
    if after is not None:
        of_one_site = or_(Slot.site_id > after.site_id, and_(Slot.site_id == after.site_id, Slot.id > after.id))
        query = query.where(
            or_(Slot.starts_at > after.starts_at, and_(Slot.starts_at == after.starts_at, of_one_site))
        )
    return [_open(row) for row in session.execute(query, {"now": now} if now else {}).mappings()]


def _open(row: RowMapping) -> OpenSlot:
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    lapsed = values.pop("lapsed", 0)
    return OpenSlot(**{**values, "taken": values["taken"] - lapsed})


def _counted_in(lanes: Sequence[Lane]) -> ColumnElement[bool]:
    """Keep the lanes apart only where no round decides: what a round leaves over is for anybody."""
    return or_(Quota.lane.in_(lanes), Slot.method != Method.FIRST_COME)


def slot_shown(
    session: Session, slot_id: SlotId, lanes: Sequence[Lane] = (), *, now: datetime | None = None
) -> OpenSlot | None:
    """Return one slot, or None; `lanes` and `now` as for `slots_between`."""
    query = ONE_SLOT.where(_counted_in(lanes)) if lanes else ONE_SLOT
    if now is not None:
        query = query.add_columns(_lapsed().label("lapsed"))
    row = session.execute(query, {"slot_id": slot_id, **({"now": now} if now else {})}).mappings().one_or_none()
    return _open(row) if row else None


def line_of(session: Session, slot_id: SlotId) -> str | None:
    """Return the line of a slot, or None if there is no such slot."""
    return session.scalar(select(Slot.line).where(Slot.id == slot_id))


def next_free(session: Session, like: OpenSlot, *, now: datetime, limit: int = 5) -> Sequence[OpenSlot]:
    """Return the next slots of the same service and classes with a free ordinary seat: the way on from a full one."""
    given = {"service": like.service, "classes": like.classes, "now": now, "most": limit}
    return [OpenSlot(**row) for row in session.execute(NEXT_FREE, given).mappings()]
