"""From a session to its plan. Taking a session back hits bookings, so its pages lie above, in `allotment`."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import SlotId
from booking.plans.queries.board import plan_of_slot
from booking.plans.views.blueprint import bp
from booking.web.guards import may
from booking.web.house import sessions


@bp.get("/desk/plans/slots/<int:slot_id>")
@may(Act.SEE_PLANS)
def slot_plan(slot_id: int) -> ResponseReturnValue:
    with reading(sessions()) as session:
        plan_id = plan_of_slot(session, SlotId(slot_id))
    if plan_id is None:
        raise NotFoundError
    return redirect(url_for("plans.plan", plan_id=plan_id), 303)
