"""The list of transfers, the page on which a file is sent, and the templates to fill in."""

import io

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotAllowedError, NotFoundError
from booking.kernel.workbooks import MEDIA_TYPE
from booking.transfers.forms import UploadForm
from booking.transfers.jobs.running import run_one
from booking.transfers.kinds import INCOMING, OUTGOING, Incoming
from booking.transfers.queries import transfers
from booking.transfers.rules import is_small
from booking.transfers.service.asking import Upload, take_in
from booking.transfers.service.making import write_template
from booking.transfers.views.blueprint import SEE_OTHER, UNPROCESSABLE, bp
from booking.transfers.views.words import STATES
from booking.transfers.words import COLUMNS, NAMES, WHAT
from booking.web.guards import may
from booking.web.house import actor, now, sessions

MEDIA_TYPES = {"xlsx": MEDIA_TYPE, "csv": "text/csv"}


@bp.get("/desk/transfers")
@may(Act.MOVE_DATA)
def index() -> ResponseReturnValue:
    """Show what can be moved, and this account's latest files."""
    with reading(sessions()) as session:
        latest = transfers(session, actor())
    return render_template(
        "transfers/index.html",
        incoming=[code for code, kind in INCOMING.items() if role_may(actor(), kind.act)],
        outgoing=[code for code, kind in OUTGOING.items() if role_may(actor(), kind.act)],
        latest=latest,
        names=NAMES,
        what=WHAT,
        states=STATES,
    )


@bp.route("/desk/transfers/in/<kind>", methods=["GET", "POST"])
@may(Act.MOVE_DATA)
def send(kind: str) -> ResponseReturnValue:
    """Take a file in, and try it: a small one at once."""
    incoming = _allowed(kind)
    form = UploadForm(incoming)
    if not form.validate_on_submit():
        page = {"form": form, "kind": kind, "names": NAMES, "what": WHAT, "columns": COLUMNS[kind]}
        return render_template("transfers/send.html", **page), UNPROCESSABLE if form.errors else 200
    upload = Upload(form.file.data.filename or "", form.file.data.read())
    with unit_of_work(sessions()) as session:
        transfer_id = take_in(session, kind, upload, form.scope, actor=actor(), now=now())
    if is_small(upload.content):
        run_one(sessions(), transfer_id, now())
    return redirect(url_for("transfers.show", transfer_id=transfer_id), SEE_OTHER)


@bp.get("/desk/transfers/templates/<kind>.<any(xlsx, csv):file_format>")
@may(Act.MOVE_DATA)
def template(kind: str, file_format: str) -> ResponseReturnValue:
    """Give an empty file with the header of a kind."""
    incoming = _allowed(kind)
    file = io.BytesIO()
    columns = tuple(incoming.columns)
    write_template(file, kind, columns, incoming.day_columns, workbook=file_format == "xlsx")
    headers = {"Content-Disposition": f'attachment; filename="{kind}-template.{file_format}"'}
    return Response(file.getvalue(), mimetype=MEDIA_TYPES[file_format], headers=headers)


def _allowed(kind: str) -> Incoming:
    if kind not in INCOMING:
        raise NotFoundError
    if not role_may(actor(), INCOMING[kind].act):
        raise NotAllowedError
    return INCOMING[kind]
