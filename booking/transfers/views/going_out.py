"""The page on which a file is asked for, and the file itself."""

from collections.abc import Sequence

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from booking.kernel.ids import SiteId, TransferId
from booking.sites.queries import sites
from booking.transfers.forms import OutForm
from booking.transfers.kinds import OUTGOING, Outgoing
from booking.transfers.queries import transfer
from booking.transfers.service.asking import ask_for, take_out
from booking.transfers.views.blueprint import SEE_OTHER, UNPROCESSABLE, bp
from booking.transfers.views.coming_in import MEDIA_TYPES
from booking.transfers.words import NAMES, WHAT
from booking.web.guards import may
from booking.web.house import actor, now
from booking.web.house import sessions as opened
from booking.web.language import language


@bp.route("/desk/transfers/out/<kind>", methods=["GET", "POST"])
@may(Act.MOVE_DATA)
def ask(kind: str) -> ResponseReturnValue:
    """Ask for a file, and why; a worker makes it."""
    outgoing = _allowed(kind)
    form = OutForm(outgoing, _sites() if outgoing.asks_site and actor().site_id is None else ())
    if form.validate_on_submit():
        try:
            with unit_of_work(opened()) as session:
                transfer_id = ask_for(
                    session,
                    kind,
                    form.file_format.data,
                    form.scope,
                    reason=form.reason.data,
                    actor=actor(),
                    now=now(),
                )
            return redirect(url_for("transfers.show", transfer_id=transfer_id), SEE_OTHER)
        except InvalidInputError as failure:
            form.refuse(failure.field)
    page = {"form": form, "kind": kind, "outgoing": outgoing, "names": NAMES, "what": WHAT}
    return render_template("transfers/ask.html", **page), UNPROCESSABLE if form.errors else 200


@bp.post("/desk/transfers/<int:transfer_id>/file")
@may(Act.MOVE_DATA)
def take(transfer_id: int) -> ResponseReturnValue:
    """Give the file, and log that it was taken."""
    with unit_of_work(opened()) as session:
        shown = transfer(session, TransferId(transfer_id), actor())
        content = b"".join(take_out(session, shown.id, actor=actor(), now=now()))
    headers = {"Content-Disposition": f'attachment; filename="{shown.name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype=MEDIA_TYPES[shown.file_format], headers=headers)


def _allowed(kind: str) -> Outgoing:
    if kind not in OUTGOING:
        raise NotFoundError
    if not role_may(actor(), OUTGOING[kind].act):
        raise NotAllowedError
    return OUTGOING[kind]


def _sites() -> Sequence[tuple[SiteId, str]]:
    with reading(opened()) as session:
        found = sites(session, "exams")
    return [(one.id, one.named(language())) for one in found]
