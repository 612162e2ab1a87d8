"""The holder's bookings: the list, one booking, its ticket and calendar entry. Lines cancel and change."""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.bookings import queries
from booking.bookings.calendar_entry import MEDIA_TYPE, calendar_file, come_by
from booking.bookings.ticket import code_of
from booking.kernel.actors import Act
from booking.kernel.calendar import local_day
from booking.kernel.db import reading
from booking.web.guards import may
from booking.web.house import me, now, sessions
from booking.web.language import language
from booking.web.words import service_called

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


@bp.get("/my/bookings/<reference>/ticket")
@may(Act.BOOK_FOR_ONESELF)
def ticket(reference: str) -> ResponseReturnValue:
    """Show the ticket of a booking, for paper; a place that is no longer held has none."""
    with reading(sessions()) as session:
        booking = queries.shown(session, reference, person_id=me().person_id)
    if not booking.is_live:
        return redirect(url_for("bookings.show", reference=booking.reference))
    code, day = code_of(booking.reference), local_day(booking.starts_at)
    return render_template("bookings/ticket.html", booking=booking, code=code, day=day, come_by=come_by(booking))


@bp.get("/my/bookings/<reference>.ics")
@may(Act.BOOK_FOR_ONESELF)
def calendar(reference: str) -> ResponseReturnValue:
    """Give a booking as a file for the holder's own calendar, a cancelled one too."""
    with reading(sessions()) as session:
        booking = queries.shown(session, reference, person_id=me().person_id)
    content = calendar_file(booking, service_called(booking.service), language(), now=now())
    headers = {"Content-Disposition": f'attachment; filename="booking-{booking.reference}.ics"'}
    return Response(content, mimetype=MEDIA_TYPE, headers=headers)
