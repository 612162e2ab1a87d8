"""The learner's own booking: moving it to another session, and cancelling it."""

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.bookings import queries as bookings
from booking.bookings import service
from booking.bookings.models import BookingState
from booking.bookings.offered import Errand
from booking.bookings.queries import ShownBooking
from booking.bookings.service import NotMovableError, TooLateError
from booking.exams.forms import ConfirmForm
from booking.exams.line import EXAMS
from booking.exams.views import standing as standings
from booking.exams.views.blueprint import bp
from booking.exams.views.learner import shown_at
from booking.exams.views.path import site_in_words
from booking.exams.views.positions import ranking_lines
from booking.exams.views.refused import CONFLICT, REFUSALS, SEE_OTHER, UNPROCESSABLE, Try, refused
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidStateError
from booking.kernel.ids import SlotId
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions


@bp.get("/my/bookings/<reference>/change")
@may(Act.BOOK_FOR_ONESELF)
def change(reference: str) -> ResponseReturnValue:
    """Show the days and sessions to which the booking can be moved."""
    with reading(sessions()) as session:
        booking = movable(_mine(session, reference))
        if not booking.can_change(now()):
            return _too_late(booking)
        choice = standings.moving(session, me().person_id, booking, _errand(reference), now=now())
    site = site_in_words(booking.site_name, booking.site_name_en)
    return render_template("exams/change.html", booking=booking, site=site, choice=choice, back=shown_at(reference))


@bp.get("/my/bookings/<reference>/change/<int:slot_id>")
@may(Act.BOOK_FOR_ONESELF)
def check_change(reference: str, slot_id: int) -> ResponseReturnValue:
    """Show the old place and the new one, or every reason against it."""
    return _change_page(reference, SlotId(slot_id), ConfirmForm())


@bp.post("/my/bookings/<reference>/change/<int:slot_id>")
@may(Act.BOOK_FOR_ONESELF)
def move(reference: str, slot_id: int) -> ResponseReturnValue:
    """Move the booking; the old place is kept until the new one is had."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _change_page(reference, SlotId(slot_id), form, UNPROCESSABLE)
    try:
        with unit_of_work(sessions()) as session:
            booking = _mine(session, reference)
            service.change_slot(session, EXAMS, reference, SlotId(slot_id), actor=actor(), now=now())
    except TooLateError:
        return _too_late(booking)
    except REFUSALS as error:
        errand = _errand(reference)
        tried = Try(
            SlotId(slot_id), me().person_id, lambda _subject: errand, shown_at(reference), shown_at, reference
        )
        return refused(error, tried)
    flash(_("Your booking has been moved. The reference stays the same."), "success")
    return redirect(shown_at(reference), SEE_OTHER)


@bp.get("/my/bookings/<reference>/cancel")
@may(Act.BOOK_FOR_ONESELF)
def cancel(reference: str) -> ResponseReturnValue:
    """Say what cancelling means, and ask."""
    return _cancel_page(reference, ConfirmForm())


@bp.post("/my/bookings/<reference>/cancel")
@may(Act.BOOK_FOR_ONESELF)
def give_up(reference: str) -> ResponseReturnValue:
    """Cancel the booking."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _cancel_page(reference, form)
    try:
        with unit_of_work(sessions()) as session:
            booking = _mine(session, reference)
            service.cancel(session, EXAMS, reference, actor=actor(), now=now())
    except TooLateError:
        return _too_late(booking)
    flash(_("Your booking is cancelled."), "success")
    return redirect(shown_at(reference), SEE_OTHER)


def _mine(session: Session, reference: str) -> ShownBooking:
    """Return the learner's own booking; raise `NotFoundError` for anybody else's."""
    return bookings.shown(session, reference, person_id=me().person_id)


def _errand(reference: str) -> Errand:
    return Errand("exams.change", "exams.check_change", {"reference": reference}, {"reference": reference})


def _change_page(reference: str, slot_id: SlotId, form: ConfirmForm, status: int = 200) -> ResponseReturnValue:
    with reading(sessions()) as session:
        booking = movable(_mine(session, reference))
        if not booking.can_change(now()):
            return _too_late(booking)
        check = standings.check(session, me().person_id, slot_id, now=now(), moving=True)
    site = site_in_words(booking.site_name, booking.site_name_en)
    back = _errand(reference).page_href(day=check.slot.day.isoformat())
    page = render_template("exams/check_change.html", booking=booking, site=site, check=check, form=form, back=back)
    return page, status


def movable(booking: ShownBooking) -> ShownBooking:
    """Return the booking if its place can be exchanged; raise `NotMovableError` for one that a round gave."""
    if not booking.can_move:
        raise NotMovableError
    return booking


def _cancel_page(reference: str, form: ConfirmForm) -> ResponseReturnValue:
    with reading(sessions()) as session:
        booking = _mine(session, reference)
        ranking = ranking_lines(session, me().person_id, booking.service)
    if booking.state is BookingState.CANCELLED:
        return redirect(shown_at(reference), SEE_OTHER)
    if not booking.can_change(now()):
        return _too_late(booking)
    site = site_in_words(booking.site_name, booking.site_name_en)
    page = {"booking": booking, "site": site, "form": form, "back": shown_at(reference), "ranking": ranking}
    return render_template("exams/cancel.html", **page)


def _too_late(booking: ShownBooking) -> ResponseReturnValue:
    """Say that the deadline has passed, and where it can still be done; a booking that is over cannot be touched."""
    if booking.state is not BookingState.CONFIRMED:
        raise InvalidStateError(f"booking {booking.id} is {booking.state}")
    page = render_template("exams/too_late.html", booking=booking, back=shown_at(booking.reference))
    return page, CONFLICT
