"""The gate by plain forms: one field, one answer."""

from flask.typing import ResponseReturnValue

from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import BookingError
from booking.kernel.ids import SlotId
from booking.rosters.forms import GateForm
from booking.rosters.service.check_ins import Presented, check_in
from booking.rosters.service.refusing import RosterRefusedError
from booking.rosters.views.access import UNPROCESSABLE, own_site, roster_shown
from booking.rosters.views.blueprint import bp
from booking.rosters.views.roster import roster_page, to_roster
from booking.rosters.views.words import refused
from booking.web.guards import may
from booking.web.house import actor, now, sessions


@bp.post("/station/rosters/<int:slot_id>/check-in")
@may(Act.KEEP_ROSTERS)
def arrive(slot_id: int) -> ResponseReturnValue:
    """Let in whoever was scanned or typed, or say why not and keep what was typed."""
    with reading(sessions()) as session:
        roster = roster_shown(session, slot_id)
    form = GateForm()
    if not form.validate_on_submit():
        return roster_page(roster, form=form), UNPROCESSABLE
    presented = Presented(*form.shown, now(), form.key.data or "")
    try:
        with unit_of_work(sessions()) as session:
            found = check_in(session, own_site(), presented, actor=actor(), now=now())
    except BookingError as failure:
        # What was scanned is kept only where the last four are asked for: else the next scan would be added to it.
        asks = isinstance(failure, RosterRefusedError) and failure.refused.code == "identity-missing"
        return roster_page(roster, form=form if asks else None, answer=refused(failure, roster)), UNPROCESSABLE
    return to_roster(SlotId(found.slot_id), arrived=found.reference)
