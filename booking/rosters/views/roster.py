"""One roster: the gate, the list, who is absent, and what is taken back."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.bookings.ticket import public_keys
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import BookingId
from booking.rosters.forms import BookingForm, GateForm, ReferenceForm
from booking.rosters.queries.rosters import Roster
from booking.rosters.queries.rows import RosterRow
from booking.rosters.rules.standing import Standing
from booking.rosters.service.attempts import undo_attempt
from booking.rosters.service.check_ins import undo_check_in
from booking.rosters.service.closing import mark_absent
from booking.rosters.service.refusing import RosterRefusedError
from booking.rosters.views import shell
from booking.rosters.views.access import SEE_OTHER, STANDINGS, keeps_rosters, roster_shown
from booking.rosters.views.blueprint import bp
from booking.rosters.views.words import HOW, OF_A_DEVICE, Answer, arrived, told
from booking.web.guards import may
from booking.web.house import actor, now, sessions


@bp.get("/station/rosters/<int:slot_id>")
@may(Act.SEE_ROSTERS)
def show(slot_id: int) -> ResponseReturnValue:
    """Show a roster; `arrived` in the address names whoever was let in last, `state` the rows that are wanted."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    row = row_of(roster, request.args.get("arrived", ""))
    return roster_page(roster, answer=arrived(row, now=now()) if row else None)


@bp.post("/station/rosters/<int:slot_id>/undo")
@may(Act.KEEP_ROSTERS)
def undo(slot_id: int) -> ResponseReturnValue:
    """Take a check-in back."""
    form = ReferenceForm()
    reference = form.reference.data if form.validate_on_submit() else ""
    return _step(slot_id, lambda roster: row_of(roster, reference), _by(undo_check_in), _("Taken back"))


@bp.post("/station/rosters/<int:slot_id>/absences")
@may(Act.KEEP_ROSTERS)
def absent(slot_id: int) -> ResponseReturnValue:
    """Record that somebody did not come, or went untested."""
    return _step(slot_id, _booking_of, _by(mark_absent), _("Recorded as absent"))


@bp.post("/station/rosters/<int:slot_id>/results/undo")
@may(Act.KEEP_ROSTERS)
def undo_result(slot_id: int) -> ResponseReturnValue:
    """Take the last result of somebody back."""
    return _step(slot_id, _booking_of, _by(undo_attempt), _("The result is taken back"))


def roster_page(roster: Roster, *, form: GateForm | None = None, answer: Answer | None = None) -> str:
    """Render a roster; `answer` is what is said about whoever was scanned last."""
    wanted = request.args.get("state", "")
    may_keep = keeps_rosters()
    keys = public_keys(sessions().keyring)
    return render_template(
        "rosters/roster.html",
        roster=roster,
        head=roster.head,
        form=form or GateForm(formdata=None),
        key=secrets.token_hex(16),
        answer=answer,
        may_keep=may_keep,
        wanted=Standing(wanted) if wanted in set(Standing) else None,
        standings=STANDINGS,
        how=HOW,
        words=OF_A_DEVICE,
        keys=" ".join(f"{name}:{key.hex()}" for name, key in keys.items()),
        shell=shell,
        is_gate_open=may_keep and not roster.head.is_closed and not roster.head.is_withdrawn,
        may_mark_absent=may_keep and not roster.head.is_closed and now() >= roster.check_in_until,
        now=now(),
    )


def row_of(roster: Roster, reference: str) -> RosterRow | None:
    """Return the row of a reference, or None."""
    return next((row for row in roster.rows if row.reference == reference), None)


def to_roster(slot_id: int, **what: Any) -> ResponseReturnValue:
    """Send the operator back to the roster after an act."""
    return redirect(url_for("rosters.show", slot_id=slot_id, **what), SEE_OTHER)


def _booking_of(roster: Roster) -> RosterRow | None:
    form = BookingForm()
    if not form.validate_on_submit():
        return None
    return next((row for row in roster.rows if row.booking_id == form.booking_id), None)


def _by(verb: Callable[..., None]) -> Callable[[Session, BookingId], None]:
    return lambda session, booking_id: verb(session, booking_id, actor=actor(), now=now())


def _step(
    slot_id: int,
    find: Callable[[Roster], RosterRow | None],
    verb: Callable[[Session, BookingId], None],
    done: str,
) -> ResponseReturnValue:
    """Do it to a row of this roster, and say so."""
    try:
        with unit_of_work(sessions()) as session:
            row = find(roster_shown(session, slot_id))
            if row is None:
                raise NotFoundError
            verb(session, row.booking_id)
    except RosterRefusedError as refusal:
        flash(told(refusal.refused), "error")
        return to_roster(slot_id)
    flash(f"{done}{_(': ')}{row.name} · {row.tail}", "success")
    return to_roster(slot_id)
