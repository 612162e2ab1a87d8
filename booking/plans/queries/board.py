"""The planning board: one week in detail, and the weeks to come by site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from booking.kernel.ids import PersonId, PlanId, SiteId, SlotId
from booking.plans.models import Plan, PlanKind, PlanLine, PlanState, Withdrawal
from booking.sites.models import Site, SiteService
from booking.slots.models import Quota, Slot, SlotState

WEEK = timedelta(days=7)
WEEKS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """One plan on the board: its places, and once published how many of them are taken."""

    id: PlanId
    site_id: SiteId
    site_name: str
    site_name_en: str
    service: str
    day: date
    kind: PlanKind
    state: PlanState
    publish_at: datetime
    publish_by: datetime
    exemption: str
    content_hash: str
    places: int
    taken: int

    @property
    def free(self) -> int:
        """Places that nobody has."""
        return self.places - self.taken

    @property
    def token(self) -> str:
        """What an approver quotes: which plan, and exactly which content."""
        return f"{self.id}:{self.content_hash}"

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should be public by law and is not."""
        return self.state is not PlanState.PUBLISHED and not self.exemption and now > self.publish_by


@dataclass(frozen=True, slots=True)
class WeekTotal:
    """The plans of the week beginning with Monday `week`, counted by state."""

    week: date
    drafts: int
    submitted: int
    approved: int
    published: int
    places: int


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """A site in use with the services that can be planned there."""

    id: SiteId
    code: str
    name: str
    name_en: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposedWithdrawal:
    """A withdrawal that waits for a second person."""

    id: int
    slot_id: SlotId
    site_id: SiteId
    service: str
    starts_at: datetime
    reason: str
    reason_en: str
    bookings_seen: int | None
    proposed_by_person: PersonId


def monday_of(day: date) -> date:
    """Return the Monday of the week in which `day` lies."""
    return day - timedelta(days=day.weekday())


def plans_between(session: Session, first: date, last: date, *, site_id: SiteId | None = None) -> Sequence[BoardPlan]:
    """Return the plans of these days but discarded ones, by site, service and day, in one statement."""
    taken = select(func.sum(Quota.taken)).join(PlanLine, PlanLine.slot_id == Quota.slot_id)
    columns = [getattr(Plan, name) for name in BoardPlan.__dataclass_fields__ if hasattr(Plan, name)]
    query = (
        select(
            *columns,
            Site.name.label("site_name"),
            Site.name_en.label("site_name_en"),
            func.coalesce(_places(), 0).label("places"),
            func.coalesce(taken.where(PlanLine.plan_id == Plan.id).scalar_subquery(), 0).label("taken"),
        )
        .join(Site, Site.id == Plan.site_id)
        .where(Plan.day.between(first, last), Plan.state != PlanState.DISCARDED)
        .order_by(Site.code, Plan.service, Plan.day, Plan.id)
    )
    if site_id is not None:
        query = query.where(Plan.site_id == site_id)
    return [BoardPlan(**row) for row in session.execute(query).mappings()]


def weeks_ahead(session: Session, monday: date, *, site_id: SiteId | None = None) -> Sequence[WeekTotal]:
    """Return the totals of eight weeks from `monday` on, in one statement; weeks without plans are left out."""
    count = {
        state: func.sum(case((Plan.state == state, 1), else_=0)).label(state.value)
        for state in (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.APPROVED, PlanState.PUBLISHED)
    }
    query = (
        select(Plan.day, *count.values(), func.coalesce(func.sum(_places()), 0).label("places"))
        .where(Plan.day.between(monday, monday + WEEK * WEEKS_AHEAD - timedelta(days=1)))
        .where(Plan.state != PlanState.DISCARDED)
        .group_by(Plan.day)
    )
    if site_id is not None:
        query = query.where(Plan.site_id == site_id)
    totals: dict[date, list[int]] = {}
    for day, *counts in session.execute(query):
        so_far = totals.setdefault(monday_of(day), [0] * len(counts))
        so_far[:] = [one + int(other) for one, other in zip(so_far, counts, strict=True)]
    return [WeekTotal(week, *counts) for week, counts in sorted(totals.items())]


def _places() -> ColumnElement[int]:
    """Count a plan's places; a withdrawn slot has none any more."""
    total = select(func.sum(PlanLine.ordinary + PlanLine.priority)).outerjoin(Slot, Slot.id == PlanLine.slot_id)
    in_use = func.coalesce(Slot.state, SlotState.PUBLISHED) == SlotState.PUBLISHED
    return total.where(and_(PlanLine.plan_id == Plan.id, in_use)).correlate(Plan).scalar_subquery()


def sites_to_plan(session: Session, *, site_id: SiteId | None = None) -> Sequence[SiteChoice]:
    """Return the sites in use with their services, in one statement."""
    query = (
        select(Site.id, Site.code, Site.name, Site.name_en, SiteService.service)
        .join(SiteService, SiteService.site_id == Site.id)
        .where(Site.is_active)
        .order_by(Site.code, SiteService.id)
    )
    if site_id is not None:
        query = query.where(Site.id == site_id)
    sites: dict[int, tuple[str, str, str, list[str]]] = {}
    for number, code, name, name_en, service in session.execute(query):
        sites.setdefault(number, (code, name, name_en, []))[3].append(service)
    return [
        SiteChoice(SiteId(number), code, name, name_en, tuple(services))
        for number, (code, name, name_en, services) in sites.items()
    ]


def proposed_withdrawals(
    session: Session, *, site_id: SiteId | None = None, slot_id: SlotId | None = None
) -> Sequence[ProposedWithdrawal]:
    """Return the withdrawals that wait for a second person, oldest first."""
    query = (
        select(
            Withdrawal.id,
            Withdrawal.slot_id,
            Slot.site_id,
            Slot.service,
            Slot.starts_at,
            Withdrawal.reason,
            Withdrawal.reason_en,
            Withdrawal.bookings_seen,
            Withdrawal.proposed_by_person,
        )
        .join(Slot, Slot.id == Withdrawal.slot_id)
        .where(Withdrawal.approved_at.is_(None))
        .order_by(Withdrawal.id)
    )
    if site_id is not None:
        query = query.where(Slot.site_id == site_id)
    if slot_id is not None:
        query = query.where(Slot.id == slot_id)
    return [ProposedWithdrawal(**row) for row in session.execute(query).mappings()]


def plan_of_slot(session: Session, slot_id: SlotId) -> PlanId | None:
    """Return the plan from which a slot was made, or None."""
    found = session.scalar(select(PlanLine.plan_id).where(PlanLine.slot_id == slot_id))
    return None if found is None else PlanId(found)
