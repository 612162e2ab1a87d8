"""Writing drafts: many days at once, one make-up session, changes with a version, discarding."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.calendar import at_local
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import InvalidInputError, InvalidStateError, StaleError
from booking.kernel.ids import PlanId, SiteId
from booking.plans.models import Plan, PlanKind, PlanLine, PlanState
from booking.plans.queries.circumstances import Planning, plan_settings, timetable_of
from booking.plans.queries.plans import PlanShown, plan_shown
from booking.plans.rules.pattern import PlannedDay, PlannedLine
from booking.plans.service.checks import (
    ConflictingPlanError,
    conflicts_of_days,
    conflicts_of_lines,
    person_of,
    refuse,
    require_own_site,
    without_rival,
)
from booking.sites.models import Site
from booking.slots.models import Method

RIVAL_DRAFT = {"uq_plan_regular": ConflictingPlanError}


@dataclass(frozen=True, slots=True)
class Content:
    """What can be changed in a draft: its lines, and the reason for an exception from the ten days ("" = none)."""

    lines: tuple[PlannedLine, ...]
    exemption: str = ""


def draft_plans(
    session: Session, site_id: SiteId, service: str, days: Sequence[PlannedDay], *, actor: Actor, now: datetime
) -> tuple[PlanId, ...]:
    """Draft one plan for each day, all or none; raise `ConflictingPlanError` with everything that is wrong."""
    require_own_site(actor, site_id)
    refuse(conflicts_of_days(session, Planning(site_id, service), days, now=now))
    with conflicts_as(RIVAL_DRAFT):
        return tuple(_draft(session, site_id, service, planned, actor=actor, now=now) for planned in days)


def draft_make_up(
    session: Session,
    site_id: SiteId,
    service: str,
    planned: PlannedDay,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> PlanId:
    """Draft sessions beside the published plan of a day, exempt from the ten days; the reason becomes public.

    They are published as soon as a second person has approved them: for requests while there is time for a round,
    else open for whoever comes first.
    """
    require_own_site(actor, site_id)
    if not reason.strip():
        raise InvalidInputError("reason")
    found = conflicts_of_days(session, Planning(site_id, service), [planned], now=now, exempt=True)
    refuse(without_rival(found))
    return _draft(session, site_id, service, planned, actor=actor, now=now, make_up=reason.strip())


def change_draft(
    session: Session, plan_id: PlanId, content: Content, *, version: int, actor: Actor, now: datetime
) -> None:
    """Replace the content of a draft that was read as `version`.

    Raise `StaleError` if somebody changed it since, `InvalidStateError` if it is no draft any more,
    `ConflictingPlanError` if the new content conflicts.
    """
    before = plan_shown(session, plan_id)
    require_own_site(actor, before.site_id)
    person_of(actor)
    if before.kind is PlanKind.MAKE_UP and not content.exemption.strip():
        raise InvalidInputError("exemption")
    if before.state is PlanState.DRAFT and before.version == version:
        refuse(conflicts_of_lines(session, before, content.lines, exempt=bool(content.exemption.strip()), now=now))
    claim = (
        update(Plan)
        .where(Plan.id == plan_id, Plan.state == PlanState.DRAFT, Plan.version == version)
        .values(version=version + 1, exemption=content.exemption.strip())
    )
    if rows_changed(session, claim) != 1:
        raise InvalidStateError if before.state is not PlanState.DRAFT else StaleError
    session.execute(delete(PlanLine).where(PlanLine.plan_id == plan_id))
    _add_lines(session, plan_id, PlannedDay(before.day, content.lines))
    after = plan_shown(session, plan_id)
    audit.record(
        session,
        "plan changed",
        "plan",
        plan_id,
        actor=actor,
        now=now,
        before=in_words(before),
        after=in_words(after),
        reason=after.exemption,
    )


def discard(session: Session, plan_id: PlanId, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Take an unpublished plan off the board for good; raise `InvalidStateError` if it is published or gone.

    With the `version` that was looked at, raise `StaleError` if somebody changed it since.
    """
    plan = plan_shown(session, plan_id)
    require_own_site(actor, plan.site_id)
    open_states = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.APPROVED)
    claim = (
        update(Plan)
        .where(Plan.id == plan_id, Plan.state.in_(open_states))
        .where(Plan.version == (plan.version if version is None else version))
        .values(state=PlanState.DISCARDED, approved_at=None, approved_by_person=None)
    )
    if rows_changed(session, claim) != 1:
        raise StaleError if plan.state in open_states else InvalidStateError
    was, gone = {"state": plan.state.value}, {"state": PlanState.DISCARDED.value}
    audit.record(session, "plan discarded", "plan", plan_id, actor=actor, now=now, before=was, after=gone)


def in_words(plan: PlanShown) -> dict[str, Any]:
    """Return the content of a plan as the log keeps it: "08:30-09:30 C1 40+5"."""
    lines = [
        f"{line.starts:%H:%M}-{line.ends:%H:%M} {line.classes or '*'} {line.ordinary}+{line.priority}"
        for line in plan.planned.lines
    ]
    return {"version": plan.version, "lines": lines, "exemption": plan.exemption}


def _draft(
    session: Session,
    site_id: SiteId,
    service: str,
    planned: PlannedDay,
    *,
    actor: Actor,
    now: datetime,
    make_up: str = "",
) -> PlanId:
    site = session.get_one(Site, site_id)
    method = plan_settings(session, site.line, planned.day, method=site.method).method
    timetable = timetable_of(session, site.line, planned.day, method=method)
    row = insert(Plan).values(
        line=site.line,
        service=service,
        site_id=site_id,
        day=planned.day,
        kind=PlanKind.MAKE_UP if make_up else PlanKind.REGULAR,
        method=Method(method),
        publish_at=now if make_up else timetable.publish_at,
        publish_by=timetable.publish_by,
        exemption=make_up,
        drafted_by_person=person_of(actor),
        drafted_at=now,
    )
    plan_id = PlanId(session.execute(row.returning(Plan.id)).scalar_one())
    _add_lines(session, plan_id, planned)
    after = {"site": site_id, "service": service, "day": planned.day.isoformat(), "places": planned.places}
    audit.record(session, "plan drafted", "plan", plan_id, actor=actor, now=now, after=after, reason=make_up)
    return plan_id


def _add_lines(session: Session, plan_id: PlanId, planned: PlannedDay) -> None:
    rows = [
        {
            "plan_id": plan_id,
            "starts_at": at_local(planned.day, line.starts),
            "ends_at": at_local(planned.day, line.ends),
            "classes": line.classes,
            "ordinary": line.ordinary,
            "priority": line.priority,
        }
        for line in planned.lines
    ]
    session.execute(insert(PlanLine), rows)
