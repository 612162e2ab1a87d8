"""Changing a draft. Where two people do, the second one sees both versions and chooses; nobody's work is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidStateError, StaleError
from booking.kernel.ids import PlanId
from booking.plans.forms.drafts import EditForm
from booking.plans.forms.sessions import ROWS
from booking.plans.models import PlanState
from booking.plans.queries.plans import Event, PlanShown, history, plan_shown
from booking.plans.rules.conflicts import Conflict
from booking.plans.rules.merging import FIELDS, Pair, Side, defaults, merge, pairs
from booking.plans.service.checks import ConflictingPlanError, require_own_site
from booking.plans.service.drafting import Content, change_draft
from booking.plans.views.blueprint import bp
from booking.plans.views.words import ACTS
from booking.web.guards import may
from booking.web.house import actor, now, sessions

OK, SAVED, GONE_ON, REFUSED = 200, 303, 409, 422


@dataclass(frozen=True, slots=True)
class Rivals:
    """What I typed beside what stands now, and who saved that; `taken` is the side proposed for each difference."""

    pairs: Sequence[Pair]
    taken: Mapping[int, Mapping[str, Side]]
    saved: Event | None
    reason_differs: bool


@bp.route("/desk/plans/<int:plan_id>/edit", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def edit(plan_id: int) -> ResponseReturnValue:
    shown, form = _own_plan(PlanId(plan_id)), EditForm()
    if request.method == "GET" and shown.state is not PlanState.DRAFT:
        return redirect(url_for("plans.plan", plan_id=shown.id), SAVED)
    if request.method == "GET":
        form.start_from(shown, shown.planned.lines, shown.exemption)
        return _page(shown, form), OK
    if not form.validate_on_submit():
        return _page(shown, form), REFUSED
    step = request.form.get("step")
    return _choose(shown, form, step) if step in ("merge", "theirs") else _save(shown, form)


def _save(shown: PlanShown, form: EditForm) -> ResponseReturnValue:
    content = Content(form.lines, form.exemption.data or "")
    try:
        with unit_of_work(sessions()) as session:
            change_draft(session, shown.id, content, version=form.seen_version, actor=actor(), now=now())
    except ConflictingPlanError as refused:
        return _page(shown, form, refused.conflicts), REFUSED
    except StaleError:
        return _rivals_page(_own_plan(shown.id), form), GONE_ON
    except InvalidStateError:
        return _page(_own_plan(shown.id), form), GONE_ON
    flash(_("The draft is changed."), "success")
    return redirect(url_for("plans.plan", plan_id=shown.id), SAVED)


def _choose(shown: PlanShown, form: EditForm, step: str) -> ResponseReturnValue:
    """Show what comes of the choice for a last look; what was typed stays in sight, and nothing is saved yet."""
    if form.seen_version != shown.version:  # saved again meanwhile: the choice was between other versions
        return _rivals_page(shown, form), GONE_ON
    typed, reason = form.lines, form.exemption.data or ""
    found = pairs(typed, shown.planned.lines)
    lines = merge(found, _taken(found)) if step == "merge" else shown.planned.lines
    if len(lines) > ROWS:
        return _rivals_page(shown, form, are_too_many=True), REFUSED
    keeps_reason = step == "merge" and request.form.get("take-reason", Side.MINE) == Side.MINE
    form.start_from(shown, lines, reason if keeps_reason else shown.exemption)
    return _page(shown, form, typed=typed), OK


def _taken(found: Sequence[Pair]) -> Mapping[int, Mapping[str, Side]]:
    return {
        pair.number: {
            name: Side.THEIRS if request.form.get(f"take-{pair.number}-{name}") == Side.THEIRS else Side.MINE
            for name in ("whole", *FIELDS)
        }
        for pair in found
    }


def _page(
    shown: PlanShown, form: EditForm, conflicts: Sequence[Conflict] = (), *, typed: Sequence[object] = ()
) -> str:
    return render_template("plans/edit.html", plan=shown, form=form, conflicts=conflicts, typed=typed)


def _rivals_page(shown: PlanShown, form: EditForm, *, are_too_many: bool = False) -> str:
    """Show both versions; the form goes on from the stored one."""
    with reading(sessions()) as session:
        events = [event for event in history(session, shown) if event.act in ("plan changed", "plan returned")]
    found = pairs(form.lines, shown.planned.lines)
    rivals = Rivals(
        pairs=found,
        taken=defaults(found, form.seen_lines),
        saved=events[-1] if events else None,
        reason_differs=(form.exemption.data or "").strip() != shown.exemption,
    )
    form.version.data = str(shown.version)
    return render_template(
        "plans/rivals.html", plan=shown, form=form, rivals=rivals, acts=ACTS, are_too_many=are_too_many, most=ROWS
    )


def _own_plan(plan_id: PlanId) -> PlanShown:
    with reading(sessions()) as session:
        shown = plan_shown(session, plan_id)
    require_own_site(actor(), shown.site_id)
    return shown
