"""The holder's bookings: the list, and one booking with its ticket. Cancelling and changing belong to the lines."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from booking.bookings import queries
from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.web.guards import may
from booking.web.house import me, now, sessions

bp = Blueprint("bookings", __name__)


@bp.get("/my/bookings")
@may(Act.BOOK_FOR_ONESELF)
def mine() -> ResponseReturnValue:
    """Show what is to come first, then what is over."""
    with reading(sessions()) as session:
        bookings = queries.bookings_of(session, me().person_id)
    live = [booking for booking in bookings if booking.is_live]
    over = [booking for booking in bookings if not booking.is_live]
    live.sort(key=lambda booking: booking.starts_at)
    return render_template("bookings/mine.html", live=live, over=over)


@bp.get("/my/bookings/<reference>")
@may(Act.BOOK_FOR_ONESELF)
def show(reference: str) -> ResponseReturnValue:
    """Show one booking; somebody else's is not found."""
    with reading(sessions()) as session:
        booking = queries.shown(session, reference, person_id=me().person_id)
    is_to_come = booking.is_live and now() < booking.ends_at
    can_change = booking.can_change(now())
    return render_template("bookings/show.html", booking=booking, is_to_come=is_to_come, can_change=can_change)
