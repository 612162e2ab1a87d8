"""The planning board and the page of one plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading
from booking.kernel.errors import BookingError
from booking.kernel.ids import PlanId, SiteId
from booking.plans.forms.steps import ReasonForm
from booking.plans.models import PlanKind, PlanState
from booking.plans.queries import board as boards
from booking.plans.queries.board import BoardPlan
from booking.plans.queries.circumstances import timetable_of
from booking.plans.queries.plans import PlanShown, history, plan_shown
from booking.plans.rules.conflicts import Conflict
from booking.plans.rules.timetable import Timetable
from booking.plans.service.checks import ConflictingPlanError, conflicts_of_plan, require_own_site
from booking.plans.service.publication import MISSED
from booking.plans.views.asked import day_asked
from booking.plans.views.blueprint import bp
from booking.plans.views.words import ACTS, site_choices, site_name
from booking.web.errors import status_of
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today
from booking.web.language import language, until

DAY_HEAD = {"zh": "M/d E", "en": "E d MMM"}
OPEN_STATES = (PlanState.DRAFT, PlanState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One site and service with its plans of the week, by day."""

    first: BoardPlan
    plans: Mapping[date, Sequence[BoardPlan]]


@bp.get("/desk/plans")
@may(Act.SEE_PLANS)
def board() -> ResponseReturnValue:
    monday = boards.monday_of(day_asked(request.args.get("week")) or today() + timedelta(days=11))
    own_site = actor().site_id
    with reading(sessions()) as session:
        sites = boards.sites_to_plan(session, site_id=own_site)
        asked = next((site.id for site in sites if str(site.id) == request.args.get("site")), own_site)
        plans = boards.plans_of_week(session, monday, site_id=asked)
        weeks = boards.weeks_ahead(session, boards.monday_of(today()), site_id=own_site)
        withdrawals = boards.proposed_withdrawals(session, site_id=own_site)
    days = _days_shown(monday, plans)
    return render_template(
        "plans/board.html",
        monday=monday,
        sunday=monday + timedelta(days=6),
        days=days,
        day_words=[str(format_date(one, DAY_HEAD[language()], rebase=False)) for one in days],
        rows=_rows(plans),
        waiting={state: [plan for plan in plans if plan.state is state] for state in OPEN_STATES},
        weeks=weeks,
        sites=sites,
        earlier=monday - boards.WEEK,
        later=monday + boards.WEEK,
        choices=site_choices(sites),
        site_words=[site_name(site) for site in sites],
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
        timetable = timetable_of(session, shown.line, shown.day, method=shown.method)
        events = history(session, shown)
        withdrawals = boards.proposed_withdrawals(session, site_id=shown.site_id)
        if shown.state in (*OPEN_STATES, PlanState.APPROVED):
            found = conflicts_of_plan(session, shown, now=now())
    return render_template(
        "plans/plan.html",
        plan=shown,
        monday=boards.monday_of(shown.day),
        steps=_timeline(shown, timetable),
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


def _timeline(plan: PlanShown, timetable: Timetable) -> list[tuple[str, str, str]]:
    """Return the instants of the plan in order, the first that lies ahead marked as the present one."""
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


def _days_shown(monday: date, plans: Sequence[BoardPlan]) -> Sequence[date]:
    """Return Monday to Friday, and the weekend days on which something is planned."""
    week = [monday + timedelta(days=number) for number in range(7)]
    return [day for day in week if day.isoweekday() <= 5 or any(plan.day == day for plan in plans)]


def _rows(plans: Sequence[BoardPlan]) -> Sequence[BoardRow]:
    rows: dict[tuple[SiteId, str], dict[date, list[BoardPlan]]] = {}
    for one in plans:
        rows.setdefault((one.site_id, one.service), {}).setdefault(one.day, []).append(one)
    return [BoardRow(next(iter(days.values()))[0], days) for days in rows.values()]
