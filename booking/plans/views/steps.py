"""The steps of a plan: submit, return, approve, discard; one plan, or all of a week."""

from collections.abc import Callable, Iterable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import BookingError, ConflictError
from booking.kernel.ids import PlanId
from booking.plans.forms.steps import ReasonForm
from booking.plans.models import PlanState
from booking.plans.queries.plans import plan_shown
from booking.plans.service import approval, drafting
from booking.plans.service.checks import ConflictingPlanError, require_own_site
from booking.plans.views.asked import day_asked
from booking.plans.views.blueprint import bp
from booking.plans.views.plan import plan_page, plan_page_again
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import worded

MOST_DIGITS = 9
Step = Callable[[Session], None]


@bp.post("/desk/plans/<int:plan_id>/submit")
@may(Act.PROPOSE_PLANS)
def submit(plan_id: int) -> ResponseReturnValue:
    number = PlanId(plan_id)
    done = _("The plan is submitted. A second person can approve it now.")
    return _take(number, _submission(number), done)


@bp.post("/desk/plans/<int:plan_id>/approve")
@may(Act.APPROVE_PLANS)
def approve(plan_id: int) -> ResponseReturnValue:
    number, seen = PlanId(plan_id), request.form.get("content", "")
    done = _("The plan is approved. It is published by itself at its hour.")
    return _take(number, _approval(number, seen), done)


@bp.post("/desk/plans/<int:plan_id>/return")
@may(Act.APPROVE_PLANS)
def return_plan(plan_id: int) -> ResponseReturnValue:
    number, form = PlanId(plan_id), ReasonForm()
    if not form.validate_on_submit():
        return plan_page(number, form), 422
    reason = form.reason.data
    done = _("The plan is a draft again; its drafter sees the reason.")
    return _take(
        number,
        lambda session: approval.return_to_draft(session, number, reason=reason, actor=actor(), now=now()),
        done,
    )


@bp.get("/desk/plans/<int:plan_id>/discard")
@may(Act.PROPOSE_PLANS)
def look_before_discarding(plan_id: int) -> ResponseReturnValue:
    with reading(sessions()) as session:
        shown = plan_shown(session, PlanId(plan_id))
    require_own_site(actor(), shown.site_id)
    if shown.state in (PlanState.PUBLISHED, PlanState.DISCARDED):
        return redirect(url_for("plans.plan", plan_id=plan_id), 303)
    return render_template("plans/discard.html", plan=shown), 200


@bp.post("/desk/plans/<int:plan_id>/discard")
@may(Act.PROPOSE_PLANS)
def discard(plan_id: int) -> ResponseReturnValue:
    number, seen = PlanId(plan_id), request.form.get("version", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= MOST_DIGITS else 0
    done = _("The plan is discarded.")
    return _take(
        number,
        lambda session: drafting.discard(session, number, version=version, actor=actor(), now=now()),
        done,
    )


@bp.post("/desk/plans/submit-all")
@may(Act.PROPOSE_PLANS)
def submit_all() -> ResponseReturnValue:
    numbers = [PlanId(int(text)) for text in request.form.getlist("plan") if text.isdecimal()]
    return _take_all((number, _submission(number)) for number in numbers)


@bp.post("/desk/plans/approve-all")
@may(Act.APPROVE_PLANS)
def approve_all() -> ResponseReturnValue:
    pairs = [text.partition(":") for text in request.form.getlist("plan")]
    numbers = [(PlanId(int(number)), seen) for number, _colon, seen in pairs if number.isdecimal()]
    return _take_all((number, _approval(number, seen)) for number, seen in numbers)


def _approval(number: PlanId, seen: str) -> Step:
    return lambda session: approval.approve(session, number, content_hash=seen, actor=actor(), now=now())


def _submission(number: PlanId) -> Step:
    return lambda session: approval.submit(session, number, actor=actor(), now=now())


def _take(plan_id: PlanId, step: Step, done: str) -> ResponseReturnValue:
    """Take one step and go back to the plan; a refusal shows the plan as it stands now."""
    try:
        with unit_of_work(sessions()) as session:
            step(session)
    except ConflictError as refused:
        return plan_page_again(plan_id, refused)
    flash(done, "success")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


def _take_all(steps: Iterable[tuple[PlanId, Step]]) -> ResponseReturnValue:
    """Take each step in a transaction of its own, and say which plans were refused and why."""
    taken, refused = 0, []
    for plan_id, step in steps:
        try:
            with unit_of_work(sessions()) as session:
                step(session)
            taken += 1
        except BookingError as refusal:
            refused.append(_("Plan no. %(plan)s: %(reason)s", plan=plan_id, reason=_reason(refusal)))
    if taken:
        flash(ngettext("Done for %(count)s plan.", "Done for %(count)s plans.", taken, count=taken), "success")
    for sentence in refused:
        flash(sentence, "error")
    site, day = request.form.get("site") or None, day_asked(request.form.get("day"))
    if day is not None:
        return redirect(url_for("plans.board_day", day=day.isoformat(), site=site), 303)
    return redirect(url_for("plans.board", week=request.form.get("week"), site=site), 303)


def _reason(refusal: BookingError) -> str:
    if isinstance(refusal, ConflictingPlanError):
        return " ".join(worded(conflict.wording) for conflict in refusal.conflicts)
    return worded(refusal.wording)
