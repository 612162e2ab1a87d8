"""One transfer: how far it is, what its dry run says, what came of it; and the two things a clerk may do with it."""

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.ids import TransferId
from booking.transfers.forms import BringInForm
from booking.transfers.jobs.aside import database_file
from booking.transfers.jobs.beat import sign_of
from booking.transfers.jobs.running import run_one
from booking.transfers.queries import transfer
from booking.transfers.rules import SMALL_ROWS
from booking.transfers.service.asking import bring_in as let_in
from booking.transfers.service.asking import give_up as leave
from booking.transfers.views.blueprint import SEE_OTHER, bp
from booking.transfers.views.words import COUNTS, STATES, told
from booking.transfers.words import NAMES
from booking.web.guards import may
from booking.web.house import actor, now, sessions

REFRESH_SECONDS = 2


@bp.get("/desk/transfers/<int:transfer_id>")
@may(Act.MOVE_DATA)
def show(transfer_id: int) -> ResponseReturnValue:
    """Show a transfer; while it is worked on, the page comes again by itself."""
    with reading(sessions()) as session:
        shown = transfer(session, TransferId(transfer_id), actor())
    sign = sign_of(sessions(), transfer_id) if shown.is_at_work else None
    response = make_response(
        render_template(
            "transfers/show.html",
            transfer=shown,
            done=sign.done if sign else shown.done,
            total=sign.total if sign else shown.total,
            seconds=max(0, int((now() - (shown.started_at or shown.created_at)).total_seconds())),
            errors=told(shown.errors),
            form=BringInForm(seen=shown.fingerprint),
            names=NAMES,
            states=STATES,
            counts=[(COUNTS[name], count) for name, count in shown.counts.items()],
            holds_others_up=shown.total > SMALL_ROWS and database_file(sessions()) is not None,
            can_be_taken=shown.can_be_taken(now()),
        )
    )
    if shown.is_at_work:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@bp.post("/desk/transfers/<int:transfer_id>/bring-in")
@may(Act.MOVE_DATA)
def bring_in(transfer_id: int) -> ResponseReturnValue:
    """Bring in the file whose report was read; a small one at once."""
    form = BringInForm()
    with unit_of_work(sessions()) as session:
        seen = form.seen.data if form.validate_on_submit() else ""
        let_in(session, TransferId(transfer_id), seen=seen, actor=actor(), now=now())
        is_small = transfer(session, TransferId(transfer_id), actor()).total <= SMALL_ROWS
    if is_small:
        run_one(sessions(), TransferId(transfer_id), now())
    return redirect(url_for("transfers.show", transfer_id=transfer_id), SEE_OTHER)


@bp.post("/desk/transfers/<int:transfer_id>/give-up")
@may(Act.MOVE_DATA)
def give_up(transfer_id: int) -> ResponseReturnValue:
    """Delete a file that was tried."""
    with unit_of_work(sessions()) as session:
        leave(session, TransferId(transfer_id), actor=actor(), now=now())
    return redirect(url_for("transfers.index"), SEE_OTHER)
