"""The second pair of eyes: submitting, returning, approving."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.kernel.actors import Actor
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import InvalidInputError, InvalidStateError, SamePersonError, StaleError
from booking.kernel.ids import PlanId
from booking.plans.models import Plan, PlanState
from booking.plans.queries.plans import authors, plan_shown
from booking.plans.service.checks import conflicts_of_plan, person_of, refuse, require_own_site

ONE_PERSON = {"ck_plan_two_persons": SamePersonError}


def submit(session: Session, plan_id: PlanId, *, actor: Actor, now: datetime) -> None:
    """Hand a draft to the approver; raise `InvalidStateError`, or `ConflictingPlanError` with every conflict."""
    plan = plan_shown(session, plan_id)
    require_own_site(actor, plan.site_id)
    if plan.state is not PlanState.DRAFT:
        raise InvalidStateError
    refuse(conflicts_of_plan(session, plan, now=now))
    claim = (
        update(Plan)
        .where(Plan.id == plan_id, Plan.state == PlanState.DRAFT, Plan.version == plan.version)
        .values(state=PlanState.SUBMITTED, submitted_at=now, content_hash=plan.content, returned_reason="")
    )
    if rows_changed(session, claim) != 1:
        raise StaleError
    after = {"version": plan.version, "content": plan.content}
    audit.record(session, "plan submitted", "plan", plan_id, actor=actor, now=now, after=after, reason=plan.exemption)


def return_to_draft(session: Session, plan_id: PlanId, *, reason: str, actor: Actor, now: datetime) -> None:
    """Give a submitted or approved plan back to its drafter, with the reason; raise `InvalidStateError`."""
    if not reason.strip():
        raise InvalidInputError("reason")
    plan = plan_shown(session, plan_id)
    claim = (
        update(Plan)
        .where(Plan.id == plan_id, Plan.state.in_((PlanState.SUBMITTED, PlanState.APPROVED)))
        .values(**BACK_TO_DRAFT, returned_reason=reason.strip())
    )
    if rows_changed(session, claim) != 1:
        raise InvalidStateError
    before = {"state": plan.state.value}
    audit.record(
        session, "plan returned", "plan", plan_id, actor=actor, now=now, before=before, reason=reason.strip()
    )


def approve(session: Session, plan_id: PlanId, *, content_hash: str, actor: Actor, now: datetime) -> None:
    """Consent to exactly the content that was read as `content_hash`.

    Raise `StaleError` if the content is another by now, `SamePersonError` if the approver worked on the plan
    (compared by person, whatever the account), `ConflictingPlanError` if it conflicts with law or calendar by
    now, of which being too late without an exception is one.
    """
    plan = plan_shown(session, plan_id)
    if plan.state is PlanState.DRAFT or plan.content != content_hash:
        raise StaleError
    if plan.state is not PlanState.SUBMITTED:
        raise InvalidStateError
    if actor.person_id in authors(session, plan_id):
        raise SamePersonError
    refuse(conflicts_of_plan(session, plan, now=now))
    claim = (
        update(Plan)
        .where(Plan.id == plan_id, Plan.state == PlanState.SUBMITTED, Plan.content_hash == content_hash)
        .values(state=PlanState.APPROVED, approved_at=now, approved_by_person=person_of(actor))
    )
    with conflicts_as(ONE_PERSON):
        if rows_changed(session, claim) != 1:
            raise StaleError
    after = {"content": content_hash}
    audit.record(session, "plan approved", "plan", plan_id, actor=actor, now=now, after=after, reason=plan.exemption)


BACK_TO_DRAFT = {
    "state": PlanState.DRAFT,
    "submitted_at": None,
    "content_hash": "",
    "approved_at": None,
    "approved_by_person": None,
}
