"""The slip that a clerk prints and hands over after each act: what was done, for whom, when and where, until when."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts import queries as people
from booking.allotment.queries.requests import shown_request, stands_of, wishes_shown
from booking.audit import queries as audit
from booking.audit.queries import Entry
from booking.bookings import queries as bookings
from booking.bookings.calendar_entry import come_by
from booking.bookings.line import Line
from booking.bookings.override_queries import override_shown
from booking.bookings.queries import ShownBooking
from booking.bookings.registered import line_of
from booking.bookings.ticket_code import code_of
from booking.bookings.ticket_issue import issued
from booking.desk.views.blueprint import bp
from booking.desk.views.start import WINDOW
from booking.desk.words import DONE, rules_in_words
from booking.inspections.holders import is_vehicle, vehicle_of
from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.errors import NotAllowedError
from booking.kernel.identifiers import masked_name
from booking.kernel.ids import Holder, PersonId
from booking.web.guards import may
from booking.web.house import me, now, sessions
from booking.web.language import clock, language


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom it was done, masked, and where the clerk goes back to."""

    name: str
    document: str
    called: str
    back: str


@bp.get("/desk/slips/bookings/<reference>")
@may(Act.BOOK_ON_BEHALF)
def booking_slip(reference: str) -> ResponseReturnValue:
    """Show the slip of a booking as it stands: booked, moved or cancelled."""
    with reading(sessions()) as session:
        booking = bookings.shown(session, reference, person_id=None)
        whom = _whom(session, booking.line, booking.person_id, booking.holder)
        text = issued(session, booking).text if booking.is_live else booking.reference
        done = _last(session, "booking", booking.id)
    page = {"booking": booking, "coming": _coming(booking) if booking.is_live else None}
    return _page("desk/slip_booking.html", whom, done, text, **page)


@bp.get("/desk/slips/requests/<reference>")
@may(Act.BOOK_ON_BEHALF)
def request_slip(reference: str) -> ResponseReturnValue:
    """Show the slip of a request: wishes, and in which rounds its row can be looked up by anybody."""
    with reading(sessions()) as session:
        asked = shown_request(session, reference, person_id=None)
        whom = _whom(session, asked.line, asked.person_id, asked.holder)
        wishes, stands = wishes_shown(session, asked.id), stands_of(session, asked.id)
        done = _last(session, "request", asked.id)
    page = {"asked": asked, "wishes": wishes, "stands": stands}
    return _page("desk/slip_request.html", whom, done, asked.reference, **page)


@bp.get("/desk/slips/overrides/<int:number>")
@may(Act.BOOK_ON_BEHALF)
def override_slip(number: int) -> ResponseReturnValue:
    """Show the slip of a proposed override: nothing is booked yet."""
    with reading(sessions()) as session:
        override = override_shown(session, number)
        whom = _whom(session, override.line, override.person_id, override.holder)
        done = _last(session, "override", override.id)
    rules = rules_in_words(override.line, override.lifted)
    return _page("desk/slip_override.html", whom, done, "", override=override, rules=rules)


def _whom(session: Session, line: str, person_id: PersonId, holder: Holder) -> Whom:
    """Return whom the slip is for; raise `NotAllowedError` for the clerk's own affair, as everywhere at the desk."""
    if line_of(line).is_for(session, holder, me().person_id):
        raise NotAllowedError
    person = people.masked_person(session, person_id)
    back = url_for("desk.person", person_id=person_id)
    if is_vehicle(holder):
        back = url_for("inspections.vehicle_at_desk", vehicle_id=vehicle_of(holder))
    called = line_of(line).called(session, [holder])[holder]
    return Whom(masked_name(person.name), person.document, called, back)


def _last(session: Session, kind: str, number: int) -> Entry | None:
    """Return the last act on it that a slip has words for."""
    found = [entry for entry in audit.history(session, kind, number) if entry.act in DONE]
    return found[-1] if found else None


def _coming(booking: ShownBooking) -> str:
    line: Line = line_of(booking.line)
    facts = {"come": clock(come_by(booking)), "starts": clock(booking.starts_at), "ends": clock(booking.ends_at)}
    return line.coming.filled(language(), facts)


def _page(template: str, whom: Whom, done: Entry | None, text: str, **page: object) -> str:
    return render_template(
        template,
        whom=whom,
        done=DONE[done.act] if done else "",
        done_at=done.at if done else None,
        printed_at=now(),
        code=code_of(text, _("QR code of the reference")) if text else None,
        window=cookie.get(WINDOW) or _("counter"),
        **page,
    )
