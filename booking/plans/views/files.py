"""Plans as files: CSV in and out."""

from datetime import timedelta

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ImportRefusedError, LineError
from booking.plans.forms.steps import ImportForm
from booking.plans.service.checks import ConflictingPlanError
from booking.plans.service.transfer import COLUMNS, export_plans, import_plans
from booking.plans.views.asked import day_asked
from booking.plans.views.blueprint import bp
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today
from booking.web.language import worded

EXPORTED = timedelta(days=60)


@bp.route("/desk/plans/import", methods=["GET", "POST"])
@may(Act.PROPOSE_PLANS)
def import_file() -> ResponseReturnValue:
    form = ImportForm()
    if not form.validate_on_submit():
        return _import_page(form, status=422 if request.method == "POST" else 200)
    try:
        with unit_of_work(sessions()) as session:
            plans = import_plans(session, form.file.data.read(), actor=actor(), now=now())
    except ImportRefusedError as refused:
        return _import_page(form, refused.errors, status=422)
    except ConflictingPlanError as refused:
        errors = [LineError(0, "date", str(one.day), worded(one.wording)) for one in refused.conflicts]
        return _import_page(form, errors, status=422)
    flash(_("%(count)s drafts saved. Submit them for approval when they are complete.", count=len(plans)), "success")
    return redirect(url_for("plans.board"), 303)


def _import_page(
    form: ImportForm, errors: tuple[LineError, ...] | list[LineError] = (), *, status: int
) -> ResponseReturnValue:
    return render_template("plans/import.html", form=form, errors=errors, columns=COLUMNS), status


@bp.get("/desk/plans/export.csv")
@may(Act.SEE_PLANS)
def export_file() -> ResponseReturnValue:
    first = day_asked(request.args.get("from")) or today()
    last = day_asked(request.args.get("to")) or first + EXPORTED
    with reading(sessions()) as session:
        text = export_plans(session, first, last, site_id=actor().site_id)
    name = f"plans-{first.isoformat()}-{last.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers=headers)
