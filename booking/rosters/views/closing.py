"""The end of a roster: its counts are entered once more, and must be those of the system."""

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.rosters.forms import ClosingForm
from booking.rosters.queries.rosters import Roster
from booking.rosters.rules.standing import Counts, Standing
from booking.rosters.service.closing import close_roster
from booking.rosters.service.refusing import RosterRefusedError
from booking.rosters.views.access import UNPROCESSABLE, roster_shown
from booking.rosters.views.blueprint import bp
from booking.rosters.views.roster import to_roster
from booking.rosters.views.words import told
from booking.web.guards import may
from booking.web.house import actor, now, sessions


@bp.route("/station/rosters/<int:slot_id>/close", methods=["GET", "POST"])
@may(Act.KEEP_ROSTERS)
def close(slot_id: int) -> ResponseReturnValue:
    """Show what closing will make of the roster, and close it over the counts that were entered."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    if roster.head.is_closed:
        return to_roster(slot_id)
    form = ClosingForm()
    if request.method == "GET":
        return _page(roster, form)
    if not form.validate_on_submit():
        return _page(roster, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            close_roster(session, roster.head.slot_id, Counts(**form.counted), actor=actor(), now=now())
    except RosterRefusedError as refusal:
        form.form_errors.append(told(refusal.refused))
        return _page(roster, form), UNPROCESSABLE
    flash(_("The roster is closed."), "success")
    return to_roster(slot_id)


def _page(roster: Roster, form: ClosingForm) -> str:
    rows = roster.rows
    return render_template(
        "rosters/close.html",
        roster=roster,
        head=roster.head,
        form=form,
        untested=[row for row in rows if row.standing is Standing.PRESENT],
        not_come=[row for row in rows if row.standing is Standing.EXPECTED],
        retests=[row for row in rows if row.standing is Standing.RETEST],
        is_time=now() >= roster.check_in_until or roster.head.is_withdrawn,
        now=now(),
    )
