"""Copying a week: what it comes to is looked at first, and saved as it was looked at."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError
from booking.plans.forms.drafts import CopyForm
from booking.plans.queries.board import monday_of, sites_to_plan
from booking.plans.service.copying import CopyPlan, copy_week, preview_copy
from booking.plans.views.asked import day_asked
from booking.plans.views.blueprint import bp
from booking.plans.views.board import AHEAD
from booking.plans.views.words import service_choices, site_name
from booking.policies import queries as policies
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today

SAVED, REFUSED = 303, 422


@bp.route("/desk/plans/copy", methods=["GET", "POST"], endpoint="copy_week")
@may(Act.PROPOSE_PLANS)
def copy() -> ResponseReturnValue:
    form = _form()
    if request.method == "GET":
        return _page(form, None)
    if not form.validate_on_submit():
        return _page(form, None), REFUSED
    if request.form.get("step") == "save":
        return _save(form)
    return _page(form, _preview(form))


def _form() -> CopyForm:
    """Return the form; opened from the board, it copies the week before the one to be filled next."""
    source = day_asked(request.args.get("source")) or today()
    target = max(monday_of(source) + timedelta(weeks=1), monday_of(today() + AHEAD))
    asked = {"source": source, "target": target, "site": request.args.get("site") or ""}
    form = CopyForm(data=asked) if request.method == "GET" else CopyForm()
    with reading(sessions()) as session:
        sites = sites_to_plan(session, site_id=actor().site_id)
    form.site.choices = [SelectChoice(str(site.id), site_name(site)) for site in sites]
    form.service.choices = service_choices(sites)
    return form


def _preview(form: CopyForm) -> CopyPlan:
    with reading(sessions()) as session:
        plan = preview_copy(session, form.copying, now=now())
    form.seen.data = plan.digest
    return plan


def _save(form: CopyForm) -> ResponseReturnValue:
    try:
        with unit_of_work(sessions()) as session:
            made = copy_week(session, form.copying, seen=form.seen.data, actor=actor(), now=now())
    except ConflictError:  # it comes to something else by now: that is shown, and nothing was saved
        return _page(form, _preview(form), changed=True), REFUSED
    if made:
        sentence = _("Drafts saved: %(count)s. Submit them for approval when they are complete.", count=len(made))
        flash(sentence, "success")
    else:
        flash(_("Nothing was left to copy; no draft was made."), "notice")
    copying = form.copying
    return redirect(url_for("plans.board", week=copying.targets[0].isoformat(), site=copying.site_id), SAVED)


def _page(form: CopyForm, plan: CopyPlan | None, *, changed: bool = False) -> str:
    days = [day.planned.day for day in plan.days] if plan else []
    with reading(sessions()) as session:
        unknown = policies.unknown_years(session, min(days), max(days)) if days else ()
    return render_template("plans/copy.html", form=form, plan=plan, changed=changed, unknown_years=unknown)
