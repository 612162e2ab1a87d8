"""Writing drafts: a pattern with its preview, a make-up session."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.plans.forms.drafts import MakeUpForm, PatternForm
from booking.plans.forms.sessions import PlaceForm
from booking.plans.queries.board import monday_of, sites_to_plan
from booking.plans.queries.circumstances import Planning
from booking.plans.rules.conflicts import Conflict
from booking.plans.rules.pattern import PlannedDay, expand
from booking.plans.service.checks import ConflictingPlanError, conflicts_of_days
from booking.plans.service.drafting import draft_make_up, draft_plans
from booking.plans.views.blueprint import bp
from booking.plans.views.words import place_choices
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
    flash(
        _("Drafts saved: %(count)s. Submit them for approval when they are complete.", count=len(plans)),
        "success",
    )
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


def _offer_places(form: PlaceForm) -> None:
    with reading(sessions()) as session:
        form.place.choices = place_choices(sites_to_plan(session, site_id=actor().site_id))
