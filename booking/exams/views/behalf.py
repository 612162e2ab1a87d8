"""Booking, moving and cancelling for a person at the counter or on the telephone: same pool, same rules, a reason."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings import queries as bookings
from booking.bookings import service
from booking.bookings.behalf_forms import OnBehalfForm
from booking.bookings.models import BookingState
from booking.bookings.offered import Errand
from booking.bookings.queries import ShownBooking
from booking.bookings.service import DuplicateRequestError, TooLateError
from booking.bookings.wishes import Wish
from booking.exams.forms import BehalfForm
from booking.exams.line import EXAMS
from booking.exams.views import standing as standings
from booking.exams.views.blueprint import bp
from booking.exams.views.desk import somebody_else
from booking.exams.views.own import movable
from booking.exams.views.path import site_in_words
from booking.exams.views.positions import ranking_lines
from booking.exams.views.refused import CONFLICT, REFUSALS, SEE_OTHER, UNPROCESSABLE, Try, made_by, refused
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidStateError
from booking.kernel.ids import PersonId, SlotId
from booking.kernel.secrets import new_token
from booking.web.errors import error_page
from booking.web.guards import may
from booking.web.house import actor, now, sessions


@bp.get("/desk/learners/<int:person_id>/<subject>")
@may(Act.BOOK_ON_BEHALF)
def slots_for(person_id: int, subject: str) -> ResponseReturnValue:
    """Show the days and sessions of one subject for the person at the counter."""
    with reading(sessions()) as session:
        person = somebody_else(session, person_id)
        stand = standings.standing(session, person.person_id, subject, _errand(person_id, subject), now=now())
    page = {"person": person, "stand": stand, "held": None, "back": _learner(person_id)}
    page["asked"] = url_for("exams.request_of", person_id=person_id, reference=stand.asked) if stand.asked else None
    return render_template("exams/slots.html", **page)


@bp.get("/desk/learners/<int:person_id>/slots/<int:slot_id>")
@may(Act.BOOK_ON_BEHALF)
def check_for(person_id: int, slot_id: int) -> ResponseReturnValue:
    """Show what would be booked for the person."""
    return _check_page(person_id, SlotId(slot_id), BehalfForm())


@bp.post("/desk/learners/<int:person_id>/slots/<int:slot_id>")
@may(Act.BOOK_ON_BEHALF)
def book_for(person_id: int, slot_id: int) -> ResponseReturnValue:
    """Book for the person."""
    form = BehalfForm()
    if not form.validate_on_submit():
        return _check_page(person_id, SlotId(slot_id), form), UNPROCESSABLE
    whom = PersonId(person_id)
    given = (form.request_key.data, form.channel, form.reason.data, form.shown)
    wish = Wish(whom, EXAMS.holder(whom), SlotId(slot_id), *given)
    try:
        with unit_of_work(sessions()) as session:
            somebody_else(session, person_id)
            reference = service.book_seat(session, EXAMS, wish, actor=actor(), now=now())
    except (*REFUSALS, DuplicateRequestError) as error:
        made = made_by(wish.person_id, wish.request_key)
        return _slip(made) if made else _refused(error, person_id, wish.slot_id)
    return _slip(reference)


@bp.get("/desk/learners/<int:person_id>/bookings/<reference>/change")
@may(Act.BOOK_ON_BEHALF)
def change_for(person_id: int, reference: str) -> ResponseReturnValue:
    """Show the sessions to which the person's booking can be moved."""
    errand = _change_errand(person_id, reference)
    with reading(sessions()) as session:
        person = somebody_else(session, person_id)
        booking = movable(_live(bookings.shown(session, reference, person_id=person.person_id)))
        choice = standings.moving(session, person.person_id, booking, errand, now=now())
    page = {
        "person": person,
        "booking": booking,
        "site": _site(booking),
        "choice": choice,
        "back": _learner(person_id),
    }
    return render_template("exams/change.html", **page)


@bp.get("/desk/learners/<int:person_id>/bookings/<reference>/change/<int:slot_id>")
@may(Act.BOOK_ON_BEHALF)
def check_change_for(person_id: int, reference: str, slot_id: int) -> ResponseReturnValue:
    """Show the person's old place and the new one."""
    return _change_page(person_id, reference, SlotId(slot_id), OnBehalfForm())


@bp.post("/desk/learners/<int:person_id>/bookings/<reference>/change/<int:slot_id>")
@may(Act.BOOK_ON_BEHALF)
def move_for(person_id: int, reference: str, slot_id: int) -> ResponseReturnValue:
    """Move the person's booking."""
    form = OnBehalfForm()
    if not form.validate_on_submit():
        return _change_page(person_id, reference, SlotId(slot_id), form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            person = somebody_else(session, person_id)
            bookings.shown(session, reference, person_id=person.person_id)
            given = {"reason": form.reason.data, "evidence": form.shown}
            service.change_slot(session, EXAMS, reference, SlotId(slot_id), actor=actor(), now=now(), **given)
    except TooLateError:
        return _begun()
    except REFUSALS as error:
        return _refused(error, person_id, SlotId(slot_id), reference)
    return _slip(reference)


@bp.get("/desk/learners/<int:person_id>/bookings/<reference>/cancel")
@may(Act.BOOK_ON_BEHALF)
def cancel_for(person_id: int, reference: str) -> ResponseReturnValue:
    """Say what cancelling means, and ask for the reason."""
    return _cancel_page(person_id, reference, OnBehalfForm())


@bp.post("/desk/learners/<int:person_id>/bookings/<reference>/cancel")
@may(Act.BOOK_ON_BEHALF)
def give_up_for(person_id: int, reference: str) -> ResponseReturnValue:
    """Cancel the person's booking; a clerk may until the session begins."""
    form = OnBehalfForm()
    if not form.validate_on_submit():
        return _cancel_page(person_id, reference, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            person = somebody_else(session, person_id)
            bookings.shown(session, reference, person_id=person.person_id)
            given = {"reason": form.reason.data, "evidence": form.shown}
            service.cancel(session, EXAMS, reference, actor=actor(), now=now(), **given)
    except TooLateError:
        return _begun()
    return _slip(reference)


def _learner(person_id: int) -> str:
    return url_for("exams.learner", person_id=person_id)


def _errand(person_id: int, subject: str) -> Errand:
    page_args = {"person_id": person_id, "subject": subject}
    return Errand(
        "exams.slots_for", "exams.check_for", page_args, {"person_id": person_id}, "exams.wishes_for", page_args
    )


def _change_errand(person_id: int, reference: str) -> Errand:
    args = {"person_id": person_id, "reference": reference}
    return Errand("exams.change_for", "exams.check_change_for", args, args)


def _site(booking: ShownBooking) -> str:
    return site_in_words(booking.site_name, booking.site_name_en)


def _live(booking: ShownBooking) -> ShownBooking:
    if booking.state is not BookingState.CONFIRMED:
        raise InvalidStateError(f"booking {booking.id} is {booking.state}")
    return booking


def _check_page(person_id: int, slot_id: SlotId, form: BehalfForm) -> str:
    form.request_key.data = form.request_key.data or new_token()
    with reading(sessions()) as session:
        person = somebody_else(session, person_id)
        check = standings.check(session, person.person_id, slot_id, now=now())
    back = _errand(person_id, check.slot.service).page_href(day=check.slot.day.isoformat())
    ask = _errand(person_id, check.slot.service).wish_href(slot_id)
    return render_template("exams/check.html", person=person, check=check, form=form, back=back, ask=ask)


def _change_page(person_id: int, reference: str, slot_id: SlotId, form: OnBehalfForm) -> str:
    with reading(sessions()) as session:
        person = somebody_else(session, person_id)
        booking = movable(_live(bookings.shown(session, reference, person_id=person.person_id)))
        check = standings.check(session, person.person_id, slot_id, now=now(), moving=True)
    back = _change_errand(person_id, reference).page_href(day=check.slot.day.isoformat())
    page = {"person": person, "booking": booking, "site": _site(booking), "check": check, "form": form, "back": back}
    return render_template("exams/check_change.html", **page)


def _cancel_page(person_id: int, reference: str, form: OnBehalfForm) -> str:
    with reading(sessions()) as session:
        person = somebody_else(session, person_id)
        booking = _live(bookings.shown(session, reference, person_id=person.person_id))
        ranking = ranking_lines(session, person.person_id, booking.service)
    page = {"person": person, "booking": booking, "site": _site(booking), "form": form, "back": _learner(person_id)}
    page["ranking"] = ranking
    return render_template("exams/cancel.html", **page)


def _refused(error: Exception, person_id: int, slot_id: SlotId, kept: str | None = None) -> ResponseReturnValue:
    def errand(subject: str) -> Errand:
        return _change_errand(person_id, kept) if kept else _errand(person_id, subject)

    back = _learner(person_id)
    return refused(error, Try(slot_id, PersonId(person_id), errand, back, lambda _reference: back, kept))


def _begun() -> ResponseReturnValue:
    return error_page(CONFLICT, _("The session has begun; its booking can no longer be changed or cancelled."))


def _slip(reference: str) -> ResponseReturnValue:
    """Lead to the slip, which says what was done."""
    return redirect(url_for("desk.booking_slip", reference=reference), SEE_OTHER)
