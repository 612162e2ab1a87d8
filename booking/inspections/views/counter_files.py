"""Vehicles from a CSV file, all lines or none and every wrong one listed; and back into one, for a logged reason."""

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from booking.inspections.forms.counter import FileForm, ReasonForm
from booking.inspections.imports import COLUMNS, give_out_vehicles, import_vehicles
from booking.inspections.views.blueprint import bp
from booking.inspections.views.counter import UNPROCESSABLE
from booking.inspections.views.counter_ways import SEE_OTHER
from booking.kernel.actors import Act
from booking.kernel.db import unit_of_work
from booking.kernel.errors import ImportRefusedError, LineError
from booking.web.guards import may
from booking.web.house import actor, now, sessions, today
from booking.web.import_words import in_words, problems

# What only a file of vehicles is refused for.
PROBLEMS = problems(
    (r"is not a plate of that type", _l("is not a plate of that type")),
    (
        r"is not a VIN: 17 characters without I, O and Q",
        _l("is not a VIN: 17 characters without I, O and Q"),
    ),
    (r"is still to come, or too long ago", _l("is still to come, or too long ago")),
    (
        r"is before the first registration, or too far ahead",
        _l("is before the first registration, or too far ahead"),
    ),
    (r"stands in line (?P<line>\d+) already", _l("stands in line %(line)s already")),
    (
        r"is bound to another owner; let the counter look at both",
        _l("is bound to another owner; let the counter look at both"),
    ),
)


@bp.route("/desk/vehicles/import", methods=["GET", "POST"])
@may(Act.KEEP_VEHICLE_RECORDS)
def vehicle_file() -> ResponseReturnValue:
    """Add each line's vehicle, or bring it up to date."""
    form = FileForm()
    if not form.validate_on_submit():
        return _page(form), UNPROCESSABLE if form.errors else 200
    try:
        with unit_of_work(sessions()) as session:
            count = import_vehicles(session, form.file.data.read(), actor=actor(), now=now())
    except ImportRefusedError as refusal:
        return _page(form, [in_words(error, PROBLEMS) for error in refusal.errors]), UNPROCESSABLE
    flash(_("Imported: %(count)s lines.", count=count), "success")
    return redirect(url_for("inspections.vehicle_counter"), SEE_OTHER)


@bp.route("/desk/vehicles/export", methods=["GET", "POST"])
@may(Act.KEEP_VEHICLE_RECORDS)
def export_vehicle_file() -> ResponseReturnValue:
    """Ask why, and give the file: it holds plates, VINs and owners' numbers in clear."""
    form = ReasonForm()
    if not form.validate_on_submit():
        html = render_template("inspections/counter/export.html", form=form)
        return html, UNPROCESSABLE if form.errors else 200
    with unit_of_work(sessions()) as session:
        text = give_out_vehicles(session, reason=form.reason.data, actor=actor(), now=now())
    headers = {"Content-Disposition": f'attachment; filename="vehicles-{today()}.csv"', "Cache-Control": "no-store"}
    return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers=headers)


def _page(form: FileForm, errors: list[LineError] | None = None) -> str:
    page = {"form": form, "errors": errors or [], "columns": tuple(COLUMNS)}
    return render_template("inspections/counter/import.html", **page)
