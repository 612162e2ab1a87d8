"""Plans as a file: the days of the board as CSV. Files come in where all files do."""

from datetime import timedelta

from flask import Response, request
from flask.typing import ResponseReturnValue

from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.plans.service.transfer import export_plans
from booking.plans.views.asked import day_asked
from booking.plans.views.blueprint import bp
from booking.web.guards import may
from booking.web.house import actor, sessions, today

EXPORTED = timedelta(days=60)


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
