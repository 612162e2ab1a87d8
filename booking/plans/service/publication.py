"""Publishing: an approved plan becomes frozen slots, exactly once, or its people are told that it was missed."""

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from booking.accounts.queries import recipient
from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.db import rows_changed
from booking.kernel.ids import PlanId
from booking.notices import service as notices
from booking.plans.models import Plan, PlanKind, PlanLine, PlanState
from booking.plans.queries.circumstances import plan_settings, timetable_of
from booking.plans.queries.plans import LineShown, PlanShown, plan_shown
from booking.plans.rules.timetable import Timetable, part
from booking.plans.service.approval import BACK_TO_DRAFT
from booking.slots import service as slots
from booking.slots.models import Lane, Method

MISSED = "publication missed"  # the reason by which the pages know that the system itself returned the plan


def publish_due(session: Session, plan_id: PlanId, *, actor: Actor, now: datetime) -> bool:
    """Publish one approved plan whose hour has come; return False if nothing was published here.

    The plan is claimed by one conditional UPDATE, so that of several schedulers one publishes. After `publish_by`
    it is published only with an exemption (Order 162, art. 52); otherwise it becomes a draft again and its
    drafter and its approver are told, once.
    """
    plan = plan_shown(session, plan_id)
    timetable = timetable_of(session, plan.line, plan.day, method=plan.method)
    timetable = timetable.opened_at(now) if plan.kind is PlanKind.MAKE_UP else timetable.published_at(now)
    in_time = now <= plan.publish_by or plan.exemption
    if not in_time or not timetable.is_in_order(now, min(line.starts_at for line in plan.lines)):
        _miss(session, plan, actor=actor, now=now)
        return False
    claim = (
        update(Plan)
        .where(Plan.id == plan_id, Plan.state == PlanState.APPROVED, Plan.publish_at <= now)
        .where(Plan.version == plan.version, or_(Plan.publish_by >= now, Plan.exemption != ""))
        .values(state=PlanState.PUBLISHED, published_at=now)
    )
    if rows_changed(session, claim) != 1:
        return False
    audit.record(
        session,
        "plan published",
        "plan",
        plan_id,
        actor=actor,
        now=now,
        after={"places": plan.places},
        reason=plan.exemption,
    )
    walk_in = plan_settings(session, plan.line, plan.day).walk_in_percent
    for line in plan.lines:
        opening = _opening(plan, line, timetable.of_window(line.starts_at), walk_in_percent=walk_in)
        slot_id = slots.publish_slot(session, opening, actor=actor, now=now)
        session.execute(update(PlanLine).where(PlanLine.id == line.id).values(slot_id=slot_id))
    return True


def _opening(plan: PlanShown, line: LineShown, timetable: Timetable, *, walk_in_percent: int) -> slots.Opening:
    times = timetable.round
    walk_in = part(line.ordinary, walk_in_percent)
    quota = {Lane.ORDINARY: line.ordinary - walk_in, Lane.PRIORITY: line.priority}
    if times and plan.kind is PlanKind.MAKE_UP:  # whoever lost a place by the office's doing stands first
        quota = {Lane.MAKE_UP: line.ordinary - walk_in + line.priority}
    bookable = {lane: places for lane, places in quota.items() if places}
    return slots.Opening(
        line=plan.line,
        service=plan.service,
        site_id=plan.site_id,
        day=plan.day,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        classes=line.classes,
        method=plan.method if times else Method.FIRST_COME,
        quota={**bookable, Lane.WALK_IN: walk_in} if walk_in else bookable,  # whoever comes is taken, booking or not
        publish_by=plan.publish_by,
        requests_until=times.closes_at if times else None,
        opens_at=timetable.opens_at,
        closes_at=timetable.closes_at,
        cancel_until=timetable.cancel_until,
        exemption=plan.exemption,
        is_make_up=plan.kind is PlanKind.MAKE_UP,
        releases=()
        if times
        else tuple(
            (at, lane, amount) for lane, places in bookable.items() for at, amount in timetable.released(places)
        ),
    )


def _miss(session: Session, plan: PlanShown, *, actor: Actor, now: datetime) -> None:
    claim = (
        update(Plan)
        .where(Plan.id == plan.id, Plan.state == PlanState.APPROVED, Plan.approved_at == plan.approved_at)
        .values(**BACK_TO_DRAFT, returned_reason=MISSED)
    )
    if rows_changed(session, claim) != 1:
        return
    audit.record(session, MISSED, "plan", plan.id, actor=actor, now=now, reason=plan.exemption)
    facts = {
        "plan": plan.id,
        "site": plan.site_name,
        "site_en": plan.site_name_en or plan.site_name,
        "day": plan.day,
        "publish_by": plan.publish_by,
    }
    for person_id in (plan.drafted_by_person, plan.approved_by_person):
        if person_id is not None:
            event = f"plan {plan.id} missed {plan.approved_at:%Y%m%d%H%M%S} {person_id}"
            to = recipient(session, person_id)
            notices.tell(session, to, "plan_missed", event=event, facts=facts, now=now)
