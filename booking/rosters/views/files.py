"""Rosters and results as files, and the roster on paper."""

from io import BytesIO

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from booking.bookings.paper import NoPrinterError, pdf_of
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ImportRefusedError, LineError
from booking.kernel.workbooks import MEDIA_TYPE, write_workbook
from booking.rosters.exports import COLUMNS, roster_csv, roster_rows
from booking.rosters.forms import FileForm
from booking.rosters.imports import ATTEMPT_COLUMNS, import_attempts
from booking.rosters.queries.rosters import Roster
from booking.rosters.views.access import SEE_OTHER, STANDINGS, UNPROCESSABLE, roster_shown
from booking.rosters.views.blueprint import bp
from booking.rosters.views.file_words import told
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import worded


@bp.route("/station/rosters/<int:slot_id>/results/file", methods=["GET", "POST"])
@may(Act.KEEP_ROSTERS)
def results_file(slot_id: int) -> ResponseReturnValue:
    """Take the results of a roster from a file: every line, or none."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    form = FileForm()
    if request.method == "GET":
        return _page(roster, form)
    if not form.validate_on_submit():
        return _page(roster, form), UNPROCESSABLE
    head, source = roster.head, form.file.data.read()
    try:
        with unit_of_work(sessions()) as session:
            count = import_attempts(
                session, head.site_id, head.day, source, slot_id=head.slot_id, actor=actor(), now=now()
            )
    except ImportRefusedError as refusal:
        return _page(roster, form, told(refusal.errors)), UNPROCESSABLE
    flash(ngettext("Imported: %(count)s line.", "Imported: %(count)s lines.", count, count=count), "success")
    return redirect(url_for("rosters.show", slot_id=slot_id), SEE_OTHER)


@bp.get("/station/rosters/<int:slot_id>/print")
@may(Act.SEE_ROSTERS)
def printed(slot_id: int) -> ResponseReturnValue:
    """Show a roster for paper: a line for everybody, with room for a signature."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    return render_template("rosters/print.html", roster=roster, head=roster.head, standings=STANDINGS, now=now())


@bp.get("/station/rosters/<int:slot_id>.pdf")
@may(Act.SEE_ROSTERS)
def pdf_file(slot_id: int) -> ResponseReturnValue:
    """Give the same as a file."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    page = render_template("rosters/pdf.html", roster=roster, head=roster.head, standings=STANDINGS, now=now())
    try:
        return _file(pdf_of(page), f"roster-{slot_id}.pdf", "application/pdf")
    except NoPrinterError as failure:
        flash(worded(failure.wording), "warning")
        return redirect(url_for("rosters.show", slot_id=slot_id))


@bp.get("/station/rosters/<int:slot_id>.csv")
@may(Act.SEE_ROSTERS)
def csv_file(slot_id: int) -> ResponseReturnValue:
    """Give a roster as CSV."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    return _file(roster_csv(roster).encode("utf-8-sig"), f"roster-{slot_id}.csv", "text/csv")


@bp.get("/station/rosters/<int:slot_id>.xlsx")
@may(Act.SEE_ROSTERS)
def workbook(slot_id: int) -> ResponseReturnValue:
    """Give a roster as a workbook."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    target = BytesIO()
    write_workbook(target, str(roster.head.day), COLUMNS, roster_rows(roster))
    return _file(target.getvalue(), f"roster-{slot_id}.xlsx", MEDIA_TYPE)


def _file(content: bytes, name: str, media_type: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(roster: Roster, form: FileForm, errors: list[LineError] | None = None) -> str:
    return render_template(
        "rosters/file.html",
        roster=roster,
        head=roster.head,
        form=form,
        columns=tuple(ATTEMPT_COLUMNS),
        errors=errors or [],
    )
