"""The planning board and the page of one plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading
from booking.kernel.errors import BookingError
from booking.kernel.ids import PlanId, SiteId
from booking.plans.forms import ReasonForm
from booking.plans.models import PlanState
from booking.plans.queries import board as boards
from booking.plans.queries.board import BoardPlan
from booking.plans.queries.circumstances import timetable_of
from booking.plans.queries.plans import history, plan_shown
from booking.plans.rules.conflicts import Conflict
from booking.plans.service.checks import ConflictingPlanError, conflicts_of_plan, require_own_site
from booking.plans.service.publication import MISSED
from booking.plans.views.blueprint import bp
from booking.plans.views.words import ACTS, site_choices
from booking.web.errors import status_of
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today

OPEN_STATES = (PlanState.DRAFT, PlanState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One site and service with its plans of the week, by day."""

    first: BoardPlan
    plans: Mapping[date, Sequence[BoardPlan]]


@bp.get("/desk/plans")
@may(Act.SEE_PLANS)
def board() -> ResponseReturnValue:
    monday = boards.monday_of(_day(request.args.get("week")) or today() + timedelta(days=11))
    own_site = actor().site_id
    with reading(sessions()) as session:
        sites = boards.sites_to_plan(session, site_id=own_site)
        asked = next((site.id for site in sites if str(site.id) == request.args.get("site")), own_site)
        plans = boards.plans_of_week(session, monday, site_id=asked)
        weeks = boards.weeks_ahead(session, boards.monday_of(today()), site_id=own_site)
        withdrawals = boards.proposed_withdrawals(session, site_id=own_site)
    return render_template(
        "plans/board.html",
        monday=monday,
        days=[monday + timedelta(days=number) for number in range(7)],
        rows=_rows(plans),
        plans=plans,
        waiting={state: [plan for plan in plans if plan.state is state] for state in OPEN_STATES},
        weeks=weeks,
        sites=sites,
        choices=site_choices(sites),
        asked=asked,
        withdrawals=withdrawals,
        can=permissions(),
        now=now(),
    )


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
        timetable = timetable_of(session, shown.day)
        events = history(session, shown)
        withdrawals = boards.proposed_withdrawals(session, site_id=shown.site_id)
        if shown.state in (*OPEN_STATES, PlanState.APPROVED):
            found = conflicts_of_plan(session, shown, now=now())
    return render_template(
        "plans/plan.html",
        plan=shown,
        monday=boards.monday_of(shown.day),
        timetable=timetable,
        conflicts=found,
        events=events,
        proposed={proposal.slot_id: proposal for proposal in withdrawals},
        form=form,
        refused=refused,
        missed=MISSED,
        acts=ACTS,
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


def _rows(plans: Sequence[BoardPlan]) -> Sequence[BoardRow]:
    rows: dict[tuple[SiteId, str], dict[date, list[BoardPlan]]] = {}
    for one in plans:
        rows.setdefault((one.site_id, one.service), {}).setdefault(one.day, []).append(one)
    return [BoardRow(next(iter(days.values()))[0], days) for days in rows.values()]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
