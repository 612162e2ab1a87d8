"""Closures as the desk and everybody see them: who is hit, what became of it, who is left over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from booking.accounts import queries as people
from booking.accounts.models import Person
from booking.allotment.models.proposals import Closure
from booking.allotment.queries.impact import Impact, impact_of
from booking.allotment.service import closures
from booking.allotment.service.closures import Hit, Scope
from booking.bookings.models import LIVE, Booking
from booking.kernel.errors import NotFoundError
from booking.kernel.identifiers import masked_mobile, masked_name
from booking.kernel.ids import PersonId, SiteId, SlotId
from booking.plans.queries.public import Closing
from booking.sites.models import Site
from booking.slots.models import Slot

PAGE = 50
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class ClosureShown:
    """A closure with the name of its site ("" where it is every site of the line); `slots` were taken back by it."""

    id: int
    line: str
    service: str
    site_id: SiteId | None
    site_name: str
    site_name_en: str
    first_day: date
    last_day: date
    reason: str
    reason_en: str
    bookings_seen: int | None
    proposed_by: PersonId
    proposed_at: datetime
    approved_at: datetime | None
    slots: int

    @property
    def scope(self) -> Scope:
        """Return what it closes, as the service asks for it."""
        return Scope(self.line, self.site_id, self.service, self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class HitShown:
    """One session that is hit: people who hold a place in it, and requests that name it."""

    service: str
    site_name: str
    site_name_en: str
    starts_at: datetime
    ends_at: datetime
    bookings: int
    requests: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a place that is hit, masked."""

    reference: str
    name: str
    service: str
    site_name: str
    site_name_en: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """Who is hit: in all, every session by its id, and one page of the people who hold a place."""

    impact: Impact
    hits: Sequence[HitShown]
    holders: Sequence[Holder]
    has_more: bool
    slot_ids: Sequence[SlotId]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the people of a closure: `told` are cancelled, told and asked for again; `to_tell` come next."""

    told: int
    to_tell: int


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Somebody whose place the office took and whom no round or queue holds now: to be telephoned."""

    person_id: PersonId
    reference: str
    name: str
    phone: str
    service: str
    since: datetime


def closures_shown(session: Session, *, site_id: SiteId | None = None) -> Sequence[ClosureShown]:
    """Return the latest closures, of one site or of all, those that wait for a second person first."""
    query = _closures().order_by(Closure.approved_at.is_not(None), Closure.id.desc()).limit(MOST_SHOWN)
    if site_id is not None:
        query = query.where(Closure.site_id == site_id)
    return [_closure(row) for row in session.execute(query)]


def closure_shown(session: Session, closure_id: int) -> ClosureShown:
    """Return one closure, or raise `NotFoundError`."""
    row = session.execute(_closures().where(Closure.id == closure_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return _closure(row)


def public_closings(session: Session, today: date) -> Sequence[Closing]:
    """Return the closures in force from today on, for the public plan."""
    query = _closures().where(Closure.approved_at.is_not(None), Closure.last_day >= today)
    rows = session.execute(query.order_by(Closure.first_day, Closure.id).limit(MOST_SHOWN))
    return [
        Closing(
            row.service,
            row.site_name or "",
            row.site_name_en or "",
            row.first_day,
            row.last_day,
            row.reason,
            row.reason_en,
        )
        for row in rows
    ]


def preview(session: Session, scope: Scope, *, now: datetime, page: int = 1) -> Preview:
    """Return who would be hit now; nine statements."""
    hits = closures.preview(session, scope, now=now)
    sites = dict(_site_names(session, hits))
    shown = [
        HitShown(hit.slot.service, *sites[hit.slot.site_id], hit.slot.starts_at, hit.slot.ends_at, hit.bookings,
                 hit.requests)
        for hit in sorted(hits, key=lambda hit: (hit.slot.starts_at, hit.slot.site_id, hit.slot.id))
    ]  # fmt: skip
    slot_ids = [SlotId(hit.slot.id) for hit in sorted(hits, key=lambda hit: (hit.slot.starts_at, hit.slot.id))]
    return Preview(impact_of(session, slot_ids), shown, *holders_of(session, slot_ids, page=page), slot_ids)


def holders_of(session: Session, slot_ids: Sequence[SlotId], *, page: int = 1) -> tuple[Sequence[Holder], bool]:
    """Return one page of the people who hold a place in these slots, masked, and whether there are more."""
    holders = _holders(session, Booking.slot_id.in_(slot_ids), Booking.state.in_(LIVE), page=page)
    return holders[:PAGE], len(holders) > PAGE


def outcome(session: Session, closure: ClosureShown) -> Outcome:
    """Return how far the job has come with the people of an approved closure."""
    query = (
        select(Booking.state.in_(LIVE), func.count())
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Slot.line == closure.line, Slot.withdrawn_at == closure.approved_at)
        .where(Booking.ended_at.is_(None) | (Booking.ended_at >= closure.approved_at))
    )
    counts = {bool(is_live): count for is_live, count in session.execute(query.group_by(Booking.state.in_(LIVE)))}
    return Outcome(told=counts.get(False, 0), to_tell=counts.get(True, 0))


def left_over(session: Session, line: str) -> Sequence[LeftOver]:
    """Return the people of a line whom the office still owes a place and nothing holds, masked; three statements."""
    requests = closures.left_over(session, line)
    ids = [PersonId(request.person_id) for request in requests]
    names = {row.id: row.name for row in session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))}
    phones = people.recipients(session, ids)
    return [
        LeftOver(
            person_id=PersonId(request.person_id),
            reference=request.reference,
            name=masked_name(names[request.person_id]),
            phone=masked_mobile(phones[PersonId(request.person_id)].phone),
            service=request.service,
            since=request.created_at,
        )
        for request in requests
    ]


def _closures() -> Select[Any]:
    columns: list[Any] = [
        Closure.id, Closure.line, Closure.service, Closure.site_id, Closure.first_day, Closure.last_day,
        Closure.reason, Closure.reason_en, Closure.bookings_seen, Closure.proposed_by_person.label("proposed_by"),
        Closure.proposed_at, Closure.approved_at, Closure.slots, Site.name.label("site_name"),
        Site.name_en.label("site_name_en"),
    ]  # fmt: skip
    return select(*columns).select_from(Closure).outerjoin(Site, Site.id == Closure.site_id)


def _closure(row: Row[Any]) -> ClosureShown:
    found = row._asdict()
    return ClosureShown(**{**found, "site_name": row.site_name or "", "site_name_en": row.site_name_en or ""})


def _site_names(session: Session, hits: Sequence[Hit]) -> Sequence[tuple[int, tuple[str, str]]]:
    ids = {hit.slot.site_id for hit in hits}
    query = select(Site.id, Site.name, Site.name_en).where(Site.id.in_(ids))
    return [(row.id, (row.name, row.name_en)) for row in session.execute(query)]


def _holders(session: Session, *wanted: ColumnElement[bool], page: int) -> Sequence[Holder]:
    """Return one page of holders by session, and one more if there are more."""
    query = (
        select(
            Booking.reference, Person.name, Slot.service, Site.name.label("site_name"),
            Site.name_en.label("site_name_en"), Slot.starts_at, Slot.ends_at,
        )
        .join(Person, Person.id == Booking.person_id)
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Site, Site.id == Slot.site_id)
        .where(*wanted)
        .order_by(Slot.starts_at, Slot.id, Person.sort_key, Person.id, Booking.id)
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )  # fmt: skip
    return [Holder(**{**row, "name": masked_name(row["name"])}) for row in session.execute(query).mappings()]
