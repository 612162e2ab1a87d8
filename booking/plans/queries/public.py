"""The public plan: places by day, the notices of changes, and when the next plan is published. Few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Integer, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from booking.kernel.calendar import local_day
from booking.kernel.ids import SiteId, SlotId
from booking.plans.models import Plan, PlanState
from booking.plans.queries.circumstances import plan_settings
from booking.plans.rules.timetable import schedule
from booking.policies import queries as policies
from booking.sites.models import Site
from booking.slots.models import Lane, Quota, Slot, SlotState

NOTICES = 20
FEW = 0.1  # of the places: from here on a day is shown as nearly full


@dataclass(frozen=True, slots=True)
class Filter:
    """What the reader chose; None is everything."""

    service: str | None = None
    site_id: SiteId | None = None


@dataclass(frozen=True, slots=True)
class DayTotal:
    """The published places of one day. `remaining` counts those that can be booked this moment."""

    day: date
    capacity: int
    released: int
    booked: int
    remaining: int
    requests_until: datetime | None
    opens_at: datetime
    closes_at: datetime

    def state(self, now: datetime) -> str:
        """Say it in a word of the calendar: collecting, open, few, full, early, closed."""
        if now >= self.closes_at:
            return "closed"
        if self.requests_until is not None and now < self.requests_until:
            return "collecting"
        if self.remaining == 0:
            return "early" if now < self.opens_at or self.released == 0 else "full"
        return "few" if self.remaining <= self.capacity * FEW else "open"


@dataclass(frozen=True, slots=True)
class Notice:
    """A change to a published plan that everybody may know of: a make-up session, or a withdrawn one."""

    slot_id: SlotId
    service: str
    site_name: str
    site_name_en: str
    starts_at: datetime
    ends_at: datetime
    state: SlotState
    at: datetime
    reason: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class NextPlan:
    """The next publication: `publish_at` of an approved plan, or the last lawful instant if none is approved yet."""

    day: date
    at: datetime
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Closing:
    """Local days, both included, on which the office has closed a site for a reason; "" is every service or site."""

    service: str
    site_name: str
    site_name_en: str
    first_day: date
    last_day: date
    reason: str
    reason_en: str


def day_totals(session: Session, first: date, last: date, chosen: Filter, *, now: datetime) -> Sequence[DayTotal]:
    """Return the days with published slots from `first` to `last`, in one statement."""
    is_open = and_(Slot.opens_at <= now, Slot.closes_at > now)
    free = func.sum(case((is_open, Quota.released - Quota.taken), else_=0), type_=Integer)
    query = (
        select(
            Slot.day,
            func.sum(Quota.capacity).label("capacity"),
            func.sum(Quota.released).label("released"),
            func.sum(Quota.taken).label("booked"),
            free.label("remaining"),
            func.max(Slot.requests_until).label("requests_until"),
            func.min(Slot.opens_at).label("opens_at"),
            func.max(Slot.closes_at).label("closes_at"),
        )
        .join(Quota, Quota.slot_id == Slot.id)
        .where(Slot.day.between(first, last), Slot.state == SlotState.PUBLISHED, Quota.lane != Lane.WALK_IN)
        .group_by(Slot.day)
        .order_by(Slot.day)
    )
    return [DayTotal(**row) for row in session.execute(_chosen(query, chosen)).mappings()]


def published_span(session: Session, chosen: Filter, *, today: date) -> tuple[date, date]:
    """Return the first and the last day from today on for which anything is published; today where nothing is."""
    query = select(func.min(Slot.day), func.max(Slot.day)).where(Slot.state == SlotState.PUBLISHED, Slot.day >= today)
    first, last = session.execute(_chosen(query, chosen)).one()
    return first or today, last or today


def public_notices(session: Session, chosen: Filter, *, now: datetime) -> Sequence[Notice]:
    """Return make-up and withdrawn sessions from today on, latest change first, at most twenty."""
    changed_at = func.coalesce(Slot.withdrawn_at, Slot.published_at)
    reason = case((Slot.state == SlotState.WITHDRAWN, Slot.withdrawn_reason), else_=Slot.exemption)
    query = (
        select(
            Slot.id.label("slot_id"),
            Slot.service,
            Site.name.label("site_name"),
            Site.name_en.label("site_name_en"),
            Slot.starts_at,
            Slot.ends_at,
            Slot.state,
            changed_at.label("at"),
            reason.label("reason"),
            Slot.withdrawn_reason_en.label("reason_en"),
        )
        .join(Site, Site.id == Slot.site_id)
        .where(Slot.day >= local_day(now), or_(Slot.is_make_up, Slot.exemption != "", Slot.withdrawn_at.is_not(None)))
        .order_by(changed_at.desc(), Slot.id)
        .limit(NOTICES)
    )
    return [Notice(**row) for row in session.execute(_chosen(query, chosen)).mappings()]


def next_plan(session: Session, chosen: Filter, *, now: datetime) -> NextPlan:
    """Return when the next plan goes out, as far as that is known."""
    query = select(Plan.day, Plan.publish_at).where(Plan.state == PlanState.APPROVED, Plan.publish_at > now)
    if chosen.service is not None:
        query = query.where(Plan.service == chosen.service)
    if chosen.site_id is not None:
        query = query.where(Plan.site_id == chosen.site_id)
    row = session.execute(query.order_by(Plan.publish_at, Plan.day).limit(1)).one_or_none()
    if row is not None:
        return NextPlan(row.day, row.publish_at, is_certain=True)
    site = session.get(Site, chosen.site_id) if chosen.site_id is not None else None
    return _next_lawful(session, site.line if site else "exams", now)


def _next_lawful(session: Session, line: str, now: datetime) -> NextPlan:
    """Return the first working day whose plan can still be published in time, and until when."""
    today = local_day(now)
    settings = plan_settings(session, line, today)
    working_days = policies.working_days(session, around=today)
    day = today + timedelta(days=settings.lead_days)
    while not working_days.is_worked(day) or schedule(day, settings, working_days).publish_by < now:
        day += timedelta(days=1)
    return NextPlan(day, schedule(day, settings, working_days).publish_by, is_certain=False)


Asked = TypeVar("Asked", bound=Select[*tuple[Any, ...]])


def _chosen(query: Asked, chosen: Filter) -> Asked:
    if chosen.service is not None:
        query = query.where(Slot.service == chosen.service)
    if chosen.site_id is not None:
        query = query.where(Slot.site_id == chosen.site_id)
    return query
