"""Copying a week of a site: what would be drafted and what not, then all drafts in one transaction."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.kernel.actors import Actor
from booking.kernel.calendar import local_time
from booking.kernel.errors import StaleError
from booking.kernel.ids import PlanId, SiteId
from booking.plans.models import Plan, PlanKind, PlanLine, PlanState
from booking.plans.queries.circumstances import Planning, day_facts
from booking.plans.rules.conflicts import conflicts
from booking.plans.rules.copying import CopiedDay, SourceDay, copied
from booking.plans.rules.pattern import PlannedDay, PlannedLine
from booking.plans.service.checks import require_own_site
from booking.plans.service.drafting import draft_plans


@dataclass(frozen=True, slots=True)
class Copying:
    """Which week of a site goes where: `monday` of the source, one service or ("") all, Mondays of the targets."""

    site_id: SiteId
    monday: date
    targets: tuple[date, ...]
    service: str = ""


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a copy comes to, nothing saved."""

    days: tuple[CopiedDay, ...]

    @property
    def drafts(self) -> tuple[CopiedDay, ...]:
        """The days that become drafts."""
        return tuple(day for day in self.days if not day.conflicts)

    @property
    def skipped(self) -> tuple[CopiedDay, ...]:
        """The days that are left out, each with its reasons."""
        return tuple(day for day in self.days if day.conflicts)

    @property
    def digest(self) -> str:
        """Stands for exactly these drafts: what is saved must be what was looked at."""
        return hashlib.sha256(repr(self.drafts).encode()).hexdigest()


def preview_copy(session: Session, copying: Copying, *, now: datetime) -> CopyPlan:
    """Return what the copy would draft and what it would leave out and why.

    The services of one day share the site's daily maximum: whatever comes first in the copy has it first.
    """
    wanted = list(copied(_sources(session, copying), copying.monday, copying.targets))
    places: Counter[date] = Counter()
    found: list[CopiedDay] = []
    for service in dict.fromkeys(service for service, _ in wanted):
        days = [planned for one, planned in wanted if one == service]
        facts = day_facts(session, Planning(copying.site_id, service), [planned.day for planned in days])
        for planned in days:
            known = facts[planned.day]
            known = replace(known, planned_places=known.planned_places + places[planned.day])
            reasons = conflicts(planned, known, now=now)
            places[planned.day] += 0 if reasons else planned.places
            found.append(CopiedDay(service, _source_day(copying, planned.day), planned, reasons))
    return CopyPlan(tuple(sorted(found, key=lambda one: (one.planned.day, one.service))))


def copy_week(session: Session, copying: Copying, *, seen: str, actor: Actor, now: datetime) -> tuple[PlanId, ...]:
    """Draft what the preview `seen` showed, all or none; a repetition finds its own drafts and makes none.

    Raise `StaleError` if the copy comes to something else by now, `ConflictingPlanError` if somebody was faster.
    """
    require_own_site(actor, copying.site_id)
    plan = preview_copy(session, copying, now=now)
    if plan.digest != seen:
        raise StaleError
    made: list[PlanId] = []
    for service in dict.fromkeys(day.service for day in plan.drafts):
        days = [day.planned for day in plan.drafts if day.service == service]
        made += draft_plans(session, copying.site_id, service, days, actor=actor, now=now)
    return tuple(made)


def _source_day(copying: Copying, day: date) -> date:
    return copying.monday + timedelta(days=day.weekday())


def _sources(session: Session, copying: Copying) -> Sequence[SourceDay]:
    """Return the regular plans of the source week by service and day, with every session as it was planned."""
    sunday = copying.monday + timedelta(days=6)
    query = (
        select(Plan.service, Plan.day, PlanLine)
        .join(PlanLine, PlanLine.plan_id == Plan.id)
        .where(Plan.site_id == copying.site_id, Plan.day.between(copying.monday, sunday))
        .where(Plan.kind == PlanKind.REGULAR, Plan.state != PlanState.DISCARDED)
        .order_by(Plan.service, Plan.day, PlanLine.starts_at, PlanLine.id)
    )
    if copying.service:
        query = query.where(Plan.service == copying.service)
    lines: dict[tuple[str, date], list[PlannedLine]] = {}
    for service, day, line in session.execute(query):
        hours = local_time(line.starts_at), local_time(line.ends_at)
        lines.setdefault((service, day), []).append(PlannedLine(*hours, line.classes, line.ordinary, line.priority))
    return [SourceDay(service, PlannedDay(day, tuple(sorted(found)))) for (service, day), found in lines.items()]
