"""The holder's bookings: the list, one booking, its ticket and calendar entry. Lines cancel and change."""

from dataclasses import dataclass
from datetime import datetime, time

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings import queries
from booking.bookings.calendar_entry import calendar_file, come_by, media_type
from booking.bookings.paper import NoPrinterError, pdf_of
from booking.bookings.queries import ShownBooking
from booking.bookings.registered import called as named
from booking.bookings.registered import line_of
from booking.bookings.ticket_code import code_of
from booking.bookings.ticket_issue import Issued, issued
from booking.bookings.views.blueprint import bp
from booking.kernel.actors import Act
from booking.kernel.calendar import ONE_DAY, at_local, local_day
from booking.kernel.db import reading
from booking.kernel.errors import NotFoundError
from booking.kernel.identifiers import masked_name
from booking.web.guards import may
from booking.web.house import me, now, sessions
from booking.web.language import language

NO_SERVICE = 503


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
    code = mine.ticket and _code(mine.ticket)
    page = {"is_to_come": is_to_come, "can_change": can_change, "code": code}
    return render_template("bookings/show.html", **mine.shown(), **page)


@bp.get("/my/bookings/<reference>/ticket")
@may(Act.BOOK_FOR_ONESELF)
def ticket(reference: str) -> ResponseReturnValue:
    """Show the ticket of a booking, for paper; a place that is no longer held has none."""
    mine = _mine(reference)
    if mine.ticket is None:
        return redirect(url_for("bookings.show", reference=mine.booking.reference))
    return render_template("bookings/ticket.html", **mine.shown(), **mine.on_ticket(mine.ticket))


@bp.get("/my/bookings/<reference>/ticket.pdf")
@may(Act.BOOK_FOR_ONESELF)
def ticket_pdf(reference: str) -> ResponseReturnValue:
    """Give the ticket as a sheet A4; where no PDF can be made, say so and lead to the page that prints."""
    mine = _mine(reference)
    number = mine.booking.reference
    if mine.ticket is None:
        return redirect(url_for("bookings.show", reference=number))
    page = {**mine.shown(), **mine.on_ticket(mine.ticket), "printed_at": now()}
    try:
        sheet = pdf_of(render_template("bookings/ticket_paper.html", **page))
    except NoPrinterError:
        return render_template("bookings/no_pdf.html", reference=number), NO_SERVICE
    headers = {"Content-Disposition": f'attachment; filename="ticket-{number}.pdf"'}
    return Response(sheet, mimetype="application/pdf", headers=headers)


@bp.get("/my/bookings/<reference>.ics")
@may(Act.BOOK_FOR_ONESELF)
def calendar(reference: str) -> ResponseReturnValue:
    """Give a booking as a file for the holder's own calendar, a cancelled one too."""
    mine = _mine(reference)
    line = line_of(mine.booking.line)
    with reading(sessions()) as session:
        revised_at = queries.revised_at(session, mine.booking)
    content = calendar_file(mine.booking, line, language(), called=mine.called, revised_at=revised_at, now=now())
    headers = {"Content-Disposition": f'attachment; filename="booking-{mine.booking.reference}.ics"'}
    return Response(content, content_type=media_type(mine.booking), headers=headers)


@dataclass(frozen=True, slots=True)
class Mine:
    """A booking that the reader made or may act on. `called` names what it is for, "" where that is the person."""

    booking: ShownBooking
    called: str
    may_act: bool
    ticket: Issued | None

    def shown(self) -> dict[str, object]:
        """What its pages are made of."""
        return {"booking": self.booking, "called": self.called, "now": now(), "kept_until": self._kept_until()}

    def _kept_until(self) -> datetime | None:
        """When a device forgets the ticket: with the day of the visit, or at once where nothing is held any more."""
        after = local_day(self.booking.starts_at) + ONE_DAY
        return at_local(after, time.min) if self.booking.is_live else None

    def on_ticket(self, ticket: Issued) -> dict[str, object]:
        """What stands on its ticket beside that; its person in clear only where that is the reader."""
        holder = masked_name(ticket.name)
        if self.booking.person_id == me().person_id:
            holder = _("%(name)s, document ending in %(tail)s", name=ticket.name, tail=ticket.id_tail)
        return {
            "code": _code(ticket),
            "day": local_day(self.booking.starts_at),
            "come_by": come_by(self.booking),
            "holder": holder,
        }


def _code(ticket: Issued) -> str:
    return code_of(ticket.text, _("QR code of the signed ticket"))


def _mine(reference: str) -> Mine:
    """Return a booking of the reader: made by the reader, or for what the reader may act for. Else `NotFoundError`.

    An owner thus sees what an agent has booked, and an agent whose consent has ended still what was booked.
    """
    with reading(sessions()) as session:
        booking = queries.shown(session, reference, person_id=None)
        may_act = line_of(booking.line).is_for(session, booking.holder, me().person_id)
        if not may_act and booking.person_id != me().person_id:
            raise NotFoundError
        ticket = issued(session, booking) if booking.is_live else None
        return Mine(booking, named(session, [booking])[booking.holder], may_act, ticket)
