"""The page of one plan, as it stands and after a refused step."""

from collections.abc import Mapping
from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading
from booking.kernel.errors import BookingError, NotFoundError
from booking.kernel.ids import PlanId, SlotId
from booking.plans.forms.steps import ReasonForm
from booking.plans.models import PlanKind, PlanState
from booking.plans.queries import board as boards
from booking.plans.queries.circumstances import timetable_of
from booking.plans.queries.history import done_to, of_plan
from booking.plans.queries.plans import PlanShown, plan_shown
from booking.plans.rules.conflicts import Conflict
from booking.plans.rules.timetable import Timetable
from booking.plans.service.checks import ConflictingPlanError, conflicts_of_plan, require_own_site
from booking.plans.service.publication import MISSED
from booking.plans.views.blueprint import bp
from booking.plans.views.history import words_of_log
from booking.web.errors import status_of
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import until

LATEST = 10  # steps that the page of a plan shows; the rest stands on a page of its own
OPEN_STATES = (PlanState.DRAFT, PlanState.SUBMITTED)


@bp.get("/desk/plans/<int:plan_id>")
@may(Act.SEE_PLANS)
def plan(plan_id: int) -> ResponseReturnValue:
    return plan_page(PlanId(plan_id), ReasonForm()), 200


def plan_page(plan_id: PlanId, form: ReasonForm, refused: BookingError | None = None) -> str:
    """Render the page of one plan, with why the last step was refused if it was."""
    found: tuple[Conflict, ...] = ()
    with reading(sessions()) as session:
        shown = plan_shown(session, plan_id)
        require_own_site(actor(), shown.site_id)
        timetable = timetable_of(session, shown.line, shown.day, method=shown.method)
        done, older = done_to(session, of_plan(session, plan_id), limit=LATEST)
        withdrawals = boards.proposed_withdrawals(session, site_id=shown.site_id)
        if shown.state in (*OPEN_STATES, PlanState.APPROVED):
            found = conflicts_of_plan(session, shown, now=now())
    return render_template(
        "plans/plan.html",
        plan=shown,
        monday=boards.monday_of(shown.day),
        steps=_timeline(shown, timetable),
        conflicts=found,
        done=done,
        older=older,
        **words_of_log(),
        proposed={proposal.slot_id: proposal for proposal in withdrawals},
        form=form,
        refused=refused,
        missed=MISSED,
        can=permissions(),
        now=now(),
    )


def plan_page_again(plan_id: PlanId, refused: BookingError) -> ResponseReturnValue:
    """Answer a refused step with the plan as it stands now and the reason."""
    status = 422 if isinstance(refused, ConflictingPlanError) else status_of(refused)
    return plan_page(plan_id, ReasonForm(formdata=None), refused), status


def permissions() -> Mapping[str, bool]:
    """Say what the reader may do with plans; each step asks again."""
    return {
        "propose": role_may(actor(), Act.PROPOSE_PLANS),
        "approve": role_may(actor(), Act.APPROVE_PLANS),
    }


def _timeline(plan: PlanShown, timetable: Timetable) -> list[tuple[str, str, str]]:
    """Return the instants of the plan in order, each done or still to come."""
    timetable = timetable.opened_at(plan.publish_at) if plan.kind is PlanKind.MAKE_UP else timetable
    published = (_("Published"), plan.published_at) if plan.published_at else (_("To be published"), plan.publish_at)
    steps = [
        published,
        (_("Last lawful instant of publication"), plan.publish_by),
        *_round_steps(timetable),
        (_("Booking opens"), timetable.opens_at),
        (_("Booking and cancelling on line end"), timetable.closes_at),
        (_("The first session begins"), min((line.starts_at for line in plan.lines), default=timetable.closes_at)),
    ]
    return [
        (what, until(at), "done" if at <= now() else "later") for what, at in sorted(steps, key=lambda step: step[1])
    ]


def _round_steps(timetable: Timetable) -> list[tuple[str, datetime]]:
    times = timetable.round
    return [(_("Requests close"), times.closes_at), (_("Places are given"), times.beacon_not_before)] if times else []


@bp.get("/desk/plans/slots/<int:slot_id>")
@may(Act.SEE_PLANS)
def slot_plan(slot_id: int) -> ResponseReturnValue:
    """Lead from a session to its plan."""
    with reading(sessions()) as session:
        plan_id = boards.plan_of_slot(session, SlotId(slot_id))
    if plan_id is None:
        raise NotFoundError
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)
