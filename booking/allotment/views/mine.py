"""The applicant's own requests: the list. One request, its receipts and its changes belong to the lines."""

from flask import render_template
from flask.typing import ResponseReturnValue

from booking.allotment.queries.requests import requests_of
from booking.allotment.views.blueprint import bp
from booking.bookings.registered import called
from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.web.guards import may
from booking.web.house import me, sessions


@bp.get("/my/requests")
@may(Act.BOOK_FOR_ONESELF)
def my_requests() -> ResponseReturnValue:
    """Show the live requests first, then what became of the others."""
    with reading(sessions()) as session:
        found = requests_of(session, me().person_id)
        names = called(session, found)
    live, over = [one for one in found if one.is_live], [one for one in found if not one.is_live]
    return render_template("allotment/my_requests.html", live=live, over=over, called=names)
