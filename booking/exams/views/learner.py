"""The learner's pages: the way to the licence, choosing a place, checking and booking it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.bookings import service as bookings
from booking.bookings.offered import Errand
from booking.bookings.service import DuplicateRequestError
from booking.bookings.wishes import Wish, look_first
from booking.exams.forms import BookForm
from booking.exams.line import EXAMS
from booking.exams.views import standing as standings
from booking.exams.views.blueprint import bp
from booking.exams.views.choosing import next_free
from booking.exams.views.path import Links, way_of
from booking.exams.views.refused import REFUSALS, SEE_OTHER, UNPROCESSABLE, Try, made_by, refused
from booking.exams.views.requesting import requested_at
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.kernel.secrets import new_token
from booking.slots.service import SlotFullError
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions, today


@bp.get("/exams/")
@may(Act.BOOK_FOR_ONESELF)
def path() -> ResponseReturnValue:
    """Show the four subjects and how they stand."""
    links = Links(lambda subject: url_for("exams.slots", subject=subject), shown_at, requested_at)
    with reading(sessions()) as session:
        way = way_of(session, me().person_id, links, today=today())
    return render_template("exams/path.html", way=way)


@bp.get("/exams/<subject>")
@may(Act.BOOK_FOR_ONESELF)
def slots(subject: str) -> ResponseReturnValue:
    """Show the days and sessions of one subject."""
    with reading(sessions()) as session:
        stand = standings.standing(session, me().person_id, subject, _errand(subject), now=now())
    held = shown_at(stand.held) if stand.held else None
    asked = requested_at(stand.asked) if stand.asked else None
    return render_template("exams/slots.html", stand=stand, held=held, asked=asked, back=url_for("exams.path"))


@bp.get("/exams/slots/<int:slot_id>")
@may(Act.BOOK_FOR_ONESELF)
def check(slot_id: int) -> ResponseReturnValue:
    """Show what would be booked, or every reason why it cannot be."""
    return _check_page(SlotId(slot_id), BookForm())


@bp.post("/exams/slots/<int:slot_id>")
@may(Act.BOOK_FOR_ONESELF)
def book(slot_id: int) -> ResponseReturnValue:
    """Book the place."""
    form = BookForm()
    if not form.validate_on_submit():
        return _check_page(SlotId(slot_id), form), UNPROCESSABLE
    wish = Wish(me().person_id, EXAMS.holder(me().person_id), SlotId(slot_id), form.request_key.data)
    try:
        with reading(sessions()) as session:
            reference = look_first(session, EXAMS, wish, now=now())
    except SlotFullError as error:
        return _refused(error, wish.slot_id)
    return redirect(shown_at(reference), SEE_OTHER) if reference else _booked(wish)


def _booked(wish: Wish) -> ResponseReturnValue:
    try:
        with unit_of_work(sessions()) as session:
            reference = bookings.book_seat(session, EXAMS, wish, actor=actor(), now=now())
    except (*REFUSALS, DuplicateRequestError) as error:
        # Of two clicks at once the second may meet what the first has just changed.
        made = made_by(wish.person_id, wish.request_key)
        return redirect(shown_at(made), SEE_OTHER) if made else _refused(error, wish.slot_id)
    return redirect(shown_at(reference), SEE_OTHER)


def shown_at(reference: str) -> str:
    """Return where the learner sees a booking."""
    return url_for("bookings.show", reference=reference)


def _errand(subject: str) -> Errand:
    of_subject = {"subject": subject}
    return Errand("exams.slots", "exams.check", of_subject, {}, "exams.wishes", of_subject)


def _check_page(slot_id: SlotId, form: BookForm) -> str:
    form.request_key.data = form.request_key.data or new_token()
    with reading(sessions()) as session:
        check = standings.check(session, me().person_id, slot_id, now=now())
        errand = _errand(check.slot.service)
        free = [] if check.can_be_had or check.held else next_free(session, check.slot, errand, now=now())
    back = url_for("exams.slots", subject=check.slot.service, day=check.slot.day.isoformat())
    ask = errand.wish_href(slot_id)
    return render_template("exams/check.html", check=check, form=form, back=back, ask=ask, free=free)


def _refused(error: Exception, slot_id: SlotId) -> ResponseReturnValue:
    return refused(error, Try(slot_id, me().person_id, _errand, url_for("exams.path"), shown_at))
