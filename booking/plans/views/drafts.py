"""Writing drafts: a pattern with its preview, a make-up session, changing a draft."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import StaleError
from booking.kernel.ids import PlanId
from booking.plans.forms.drafts import EditForm, MakeUpForm, PatternForm
from booking.plans.forms.sessions import PlaceForm
from booking.plans.queries.board import monday_of, sites_to_plan
from booking.plans.queries.circumstances import Planning
from booking.plans.queries.plans import PlanShown, history, plan_shown
from booking.plans.rules.conflicts import Conflict
from booking.plans.rules.pattern import PlannedDay, expand
from booking.plans.service.checks import ConflictingPlanError, conflicts_of_days, require_own_site
from booking.plans.service.drafting import Content, change_draft, draft_make_up, draft_plans
from booking.plans.views.blueprint import bp
from booking.plans.views.words import ACTS, place_choices
from booking.web.guards import may
from booking.web.house import actor, now, sessions


@dataclass(frozen=True, slots=True)
class Preview:
    """What a pattern comes to, nothing saved: the days, and what is wrong with each."""

    days: Sequence[PlannedDay]
    conflicts: Mapping[date, Sequence[Conflict]]
    place: str

    @property
    def clean(self) -> Sequence[PlannedDay]:
        """The days that can be saved."""
        return [planned for planned in self.days if planned.day not in self.conflicts]

    @property
    def digest(self) -> str:
        """Stands for exactly these days and sessions: what is saved must be what was looked at."""
        return hashlib.sha256(f"{self.place} {self.clean!r}".encode()).hexdigest()


@bp.route("/desk/plans/new", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def new() -> ResponseReturnValue:
    form = PatternForm(data={"weekdays": list("12345")}) if request.method == "GET" else PatternForm()
    _offer_places(form)
    if request.method == "GET":
        return render_template("plans/new.html", form=form, preview=None)
    if not form.validate_on_submit():
        return render_template("plans/new.html", form=form, preview=None), 422
    preview = _preview(form)
    is_save = request.form.get("step") == "save"
    if is_save and preview.clean and form.seen.data == preview.digest:
        return _save(form, preview)
    form.seen.data = preview.digest
    return render_template("plans/new.html", form=form, preview=preview, changed=is_save), 422 if is_save else 200


def _preview(form: PatternForm) -> Preview:
    days = expand(form.pattern, form.exceptions)
    with reading(sessions()) as session:
        found = conflicts_of_days(session, Planning(form.site_id, form.service), days, now=now())
    by_day: dict[date, list[Conflict]] = {}
    for conflict in found:
        by_day.setdefault(conflict.day, []).append(conflict)
    return Preview(days, by_day, form.place.data)


def _save(form: PatternForm, preview: Preview) -> ResponseReturnValue:
    try:
        with unit_of_work(sessions()) as session:
            plans = draft_plans(session, form.site_id, form.service, preview.clean, actor=actor(), now=now())
    except ConflictingPlanError:  # somebody was faster: what is wrong by now is shown
        preview = _preview(form)
        form.seen.data = preview.digest
        return render_template("plans/new.html", form=form, preview=preview, changed=True), 422
    flash(_("%(count)s drafts saved. Submit them for approval when they are complete.", count=len(plans)), "success")
    return redirect(url_for("plans.board", week=monday_of(preview.clean[0].day), site=form.site_id), 303)


@bp.route("/desk/plans/make-up", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def make_up() -> ResponseReturnValue:
    form = MakeUpForm()
    _offer_places(form)
    if not form.validate_on_submit():
        status = 422 if request.method == "POST" else 200
        return render_template("plans/make_up.html", form=form, conflicts=()), status
    try:
        with unit_of_work(sessions()) as session:
            plan_id = draft_make_up(
                session, form.site_id, form.service, form.planned, reason=form.reason.data, actor=actor(), now=now()
            )
    except ConflictingPlanError as refused:
        return render_template("plans/make_up.html", form=form, conflicts=refused.conflicts), 422
    flash(_("The make-up sessions are saved as a draft. Submit them now."), "success")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


@bp.route("/desk/plans/<int:plan_id>/edit", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def edit(plan_id: int) -> ResponseReturnValue:
    shown = _own_plan(PlanId(plan_id))
    form = EditForm()
    if request.method == "GET":
        form.fill(shown.planned.lines)
        form.version.data, form.exemption.data = shown.version, shown.exemption
    if not form.validate_on_submit():
        return _edit_page(shown, form, status=422 if request.method == "POST" else 200)
    content = Content(form.lines, form.exemption.data or "")
    try:
        with unit_of_work(sessions()) as session:
            change_draft(session, shown.id, content, version=_version(form), actor=actor(), now=now())
    except ConflictingPlanError as refused:
        return _edit_page(shown, form, refused.conflicts, status=422)
    except StaleError:
        # What is stored now is shown beside the input; saving again is then a decision.
        form.version.data = str(shown.version)
        return _edit_page(shown, form, is_stale=True, status=409)
    flash(_("The draft is changed."), "success")
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)


def _edit_page(
    shown: PlanShown,
    form: EditForm,
    conflicts: Sequence[Conflict] = (),
    *,
    is_stale: bool = False,
    status: int,
) -> ResponseReturnValue:
    with reading(sessions()) as session:
        events = history(session, shown) if is_stale else ()
    page = render_template(
        "plans/edit.html", plan=shown, form=form, conflicts=conflicts, is_stale=is_stale, events=events, acts=ACTS
    )
    return page, status


def _own_plan(plan_id: PlanId) -> PlanShown:
    with reading(sessions()) as session:
        shown = plan_shown(session, plan_id)
    require_own_site(actor(), shown.site_id)
    return shown


def _version(form: EditForm) -> int:
    return int(form.version.data) if str(form.version.data).isdecimal() else 0


def _offer_places(form: PlaceForm) -> None:
    with reading(sessions()) as session:
        form.place.choices = place_choices(sites_to_plan(session, site_id=actor().site_id))
