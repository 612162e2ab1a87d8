"""Overrides as pages read them: those that wait, one in full for the office, and what everybody may see of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from booking.bookings.evidence import Paper
from booking.bookings.models import Booking, BookingChannel, Override, OverrideKind, OverrideState
from booking.kernel.calendar import at_local, local_day
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import Holder, PersonId, SlotId
from booking.sites.models import Site
from booking.slots.models import Slot

PAGE = 100


@dataclass(frozen=True, slots=True)
class PublishedOverride:
    """What everybody may know of an approved override: no name, no free text, no number that leads to either."""

    line: str
    service: str
    slot_id: SlotId
    day: date  # of the test or inspection
    decided_on: date
    lifted: tuple[str, ...]
    kind: OverrideKind


@dataclass(frozen=True, slots=True)
class ShownOverride:
    """One override with its slot and site, for the office."""

    id: int
    line: str
    service: str
    slot_id: SlotId
    person_id: PersonId
    holder: Holder
    channel: BookingChannel
    lifted: tuple[str, ...]
    kind: OverrideKind
    reason: str
    paper: Paper
    evidence: str
    state: OverrideState
    proposed_by_person: PersonId
    proposed_at: datetime
    decide_until: datetime
    decided_by_person: PersonId | None
    decided_at: datetime | None
    answer: str
    answer_en: str
    starts_at: datetime
    ends_at: datetime
    site_name: str
    site_name_en: str
    reference: str  # of the booking, "" without one

    def is_open(self, now: datetime) -> bool:
        """Whether somebody may still decide it."""
        return self.state is OverrideState.PROPOSED and now < self.decide_until


def overrides_between(session: Session, first: date, last: date) -> Sequence[PublishedOverride]:
    """Return what was approved on the local days from `first` to `last`, the latest first; one statement."""
    begins, ends = at_local(first, time.min), at_local(last + timedelta(1), time.min)
    return _published(session, Override.decided_at >= begins, Override.decided_at < ends)


def overrides_in_slots(session: Session, slot_ids: Collection[int]) -> Sequence[PublishedOverride]:
    """Return what was approved for any of the slots, as for the slots of one round; one statement."""
    return _published(session, Override.slot_id.in_(slot_ids)) if slot_ids else ()


def first_override_on(session: Session) -> date | None:
    """Return the local day of the first approval; None while there is none."""
    at = session.scalar(select(func.min(Override.decided_at, type_=Override.decided_at.type)).where(_approved()))
    return local_day(at) if at else None


def override_shown(session: Session, number: int) -> ShownOverride:
    """Return one override, or raise `NotFoundError`."""
    row = session.execute(_shown().where(Override.id == number)).mappings().one_or_none()
    if row is None:
        raise NotFoundError
    return _one(dict(row))


def overrides_shown(session: Session) -> Sequence[ShownOverride]:
    """Return the latest overrides: those that wait first, the most urgent on top; one statement."""
    query = _shown().order_by(
        Override.state != OverrideState.PROPOSED, Override.decided_at.desc(), Override.decide_until, Override.id
    )
    return [_one(dict(row)) for row in session.execute(query.limit(PAGE)).mappings()]


def overrides_waiting(session: Session, *, now: datetime) -> int:
    """Count what a second person can decide now."""
    query = select(func.count()).where(Override.state == OverrideState.PROPOSED, Override.decide_until > now)
    return session.scalar(query) or 0


def overrides_of(session: Session, holder: Holder) -> Sequence[ShownOverride]:
    """Return the overrides of one holder, the latest first."""
    query = _shown().where(Override.holder == holder).order_by(Override.id.desc()).limit(PAGE)
    return [_one(dict(row)) for row in session.execute(query).mappings()]


def _approved() -> ColumnElement[bool]:
    return Override.state == OverrideState.APPROVED


def _published(session: Session, *chosen: ColumnElement[bool]) -> Sequence[PublishedOverride]:
    query = (
        select(
            Override.line,
            Override.service,
            Override.slot_id,
            Slot.day,
            Override.decided_at,
            Override.lifted,
            Override.kind,
        )
        .join(Slot, Slot.id == Override.slot_id)
        .where(_approved(), *chosen)
        .order_by(Override.decided_at.desc(), Override.id.desc())
    )
    return [
        PublishedOverride(
            row.line,
            row.service,
            SlotId(row.slot_id),
            row.day,
            local_day(row.decided_at),
            tuple(row.lifted.split(",")),
            row.kind,
        )
        for row in session.execute(query)
    ]


def _shown() -> Select[tuple[object, ...]]:
    left = set(ShownOverride.__dataclass_fields__) - {
        "starts_at",
        "ends_at",
        "site_name",
        "site_name_en",
        "reference",
    }
    return (
        select(
            *(getattr(Override, name) for name in sorted(left)),
            Slot.starts_at,
            Slot.ends_at,
            Site.name.label("site_name"),
            Site.name_en.label("site_name_en"),
            func.coalesce(Booking.reference, "").label("reference"),
        )
        .join(Slot, Slot.id == Override.slot_id)
        .join(Site, Site.id == Slot.site_id)
        .outerjoin(Booking, Booking.id == Override.booking_id)
    )


def _one(row: dict[str, Any]) -> ShownOverride:
    row["lifted"] = tuple(str(row["lifted"]).split(","))
    return ShownOverride(**row)
