"""The holder's bookings: the list, one booking, its ticket and calendar entry. Lines cancel and change."""

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.bookings import queries
from booking.bookings.calendar_entry import MEDIA_TYPE, calendar_file, come_by
from booking.bookings.queries import ShownBooking
from booking.bookings.registered import called as named
from booking.bookings.registered import line_of
from booking.bookings.ticket_code import code_of
from booking.kernel.actors import Act
from booking.kernel.calendar import local_day
from booking.kernel.db import reading
from booking.kernel.errors import NotFoundError
from booking.web.guards import may
from booking.web.house import me, now, sessions
from booking.web.language import language

bp = Blueprint("bookings", __name__)


@bp.get("/my/bookings")
@may(Act.BOOK_FOR_ONESELF)
def mine() -> ResponseReturnValue:
    """Show what is to come first, then what is over."""
    with reading(sessions()) as session:
        bookings = queries.bookings_of(session, me().person_id)
        called = named(session, bookings)
    live = [booking for booking in bookings if booking.is_live]
    over = [booking for booking in bookings if not booking.is_live]
    live.sort(key=lambda booking: booking.starts_at)
    return render_template("bookings/mine.html", live=live, over=over, called=called)


@bp.get("/my/bookings/<reference>")
@may(Act.BOOK_FOR_ONESELF)
def show(reference: str) -> ResponseReturnValue:
    """Show one booking; somebody else's is not found."""
    mine = _mine(reference)
    is_to_come = mine.booking.is_live and now() < mine.booking.ends_at
    can_change = mine.may_act and mine.booking.can_change(now())
    return render_template("bookings/show.html", **mine.shown(), is_to_come=is_to_come, can_change=can_change)


@bp.get("/my/bookings/<reference>/ticket")
@may(Act.BOOK_FOR_ONESELF)
def ticket(reference: str) -> ResponseReturnValue:
    """Show the ticket of a booking, for paper; a place that is no longer held has none."""
    mine = _mine(reference)
    booking = mine.booking
    if not booking.is_live:
        return redirect(url_for("bookings.show", reference=booking.reference))
    code, day = code_of(booking.reference), local_day(booking.starts_at)
    return render_template("bookings/ticket.html", **mine.shown(), code=code, day=day, come_by=come_by(booking))


@bp.get("/my/bookings/<reference>.ics")
@may(Act.BOOK_FOR_ONESELF)
def calendar(reference: str) -> ResponseReturnValue:
    """Give a booking as a file for the holder's own calendar, a cancelled one too."""
    mine = _mine(reference)
    line = line_of(mine.booking.line)
    content = calendar_file(mine.booking, line, language(), called=mine.called, now=now())
    headers = {"Content-Disposition": f'attachment; filename="booking-{mine.booking.reference}.ics"'}
    return Response(content, mimetype=MEDIA_TYPE, headers=headers)


@dataclass(frozen=True, slots=True)
class Mine:
    """A booking that the reader made or may act on. `called` names what it is for, "" where that is the person."""

    booking: ShownBooking
    called: str
    may_act: bool

    def shown(self) -> dict[str, object]:
        """What its pages are made of."""
        return {"booking": self.booking, "called": self.called}


def _mine(reference: str) -> Mine:
    """Return a booking of the reader: made by the reader, or for what the reader may act for. Else `NotFoundError`.

    An owner thus sees what an agent has booked, and an agent whose consent has ended still what was booked.
    """
    with reading(sessions()) as session:
        booking = queries.shown(session, reference, person_id=None)
        may_act = line_of(booking.line).is_for(session, booking.holder, me().person_id)
        if not may_act and booking.person_id != me().person_id:
            raise NotFoundError
        return Mine(booking, named(session, [booking])[booking.holder], may_act)
