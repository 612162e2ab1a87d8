"""A booking of a vehicle, by whoever may act for it: moving it to another window, and cancelling it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from booking.bookings import queries as bookings
from booking.bookings import service
from booking.bookings.models import BookingState
from booking.bookings.offered import Errand
from booking.bookings.queries import ShownBooking
from booking.bookings.service import NotMovableError, TooLateError
from booking.inspections.forms.booking import ConfirmForm, StationForm
from booking.inspections.holders import is_vehicle, vehicle_of
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.bookable import Bookable, bookable
from booking.inspections.queries.stations import nearest_first, stations_for
from booking.inspections.views import checking
from booking.inspections.views.blueprint import bp
from booking.inspections.views.booking import shown_at
from booking.inspections.views.checking import ranking_lines
from booking.inspections.views.refused import CONFLICT, REFUSALS, SEE_OTHER, UNPROCESSABLE, Try, refused
from booking.inspections.views.stations import district_of
from booking.inspections.views.windows import choice
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidStateError, NotFoundError
from booking.kernel.ids import SiteId, SlotId
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import language


@bp.get("/inspections/bookings/<reference>/change")
@may(Act.BOOK_FOR_ONESELF)
def change(reference: str) -> ResponseReturnValue:
    """Show the windows to which the booking can be moved, first those of its own station."""
    with reading(sessions()) as session:
        booking, known = _mine(session, reference)
        _require_movable(booking)
        if not booking.can_change(now()):
            return _too_late(booking, known)
        form = station_form(session, known, booking)
        site_id = SiteId(int(form.site.data))
        errand = _errand(reference, site_id)
        found = choice(
            session, known.vehicle.kind, errand,
            opens_on=known.opens_on, site_id=site_id, leaving=booking.slot_id, now=now(),
        )  # fmt: skip
    page = {"booking": booking, "known": known, "form": form, "choice": found, "back": shown_at(reference)}
    return render_template("inspections/booking_change.html", **page)


@bp.get("/inspections/bookings/<reference>/change/<int:slot_id>")
@may(Act.BOOK_FOR_ONESELF)
def check_change(reference: str, slot_id: int) -> ResponseReturnValue:
    """Show the old window and the new one, or every reason against it."""
    return _change_page(reference, SlotId(slot_id), ConfirmForm())


@bp.post("/inspections/bookings/<reference>/change/<int:slot_id>")
@may(Act.BOOK_FOR_ONESELF)
def move(reference: str, slot_id: int) -> ResponseReturnValue:
    """Move the booking; the old place is kept until the new one is had."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _change_page(reference, SlotId(slot_id), form, UNPROCESSABLE)
    try:
        with unit_of_work(sessions()) as session:
            booking, known = _mine(session, reference)
            service.change_slot(session, INSPECTIONS, reference, SlotId(slot_id), actor=actor(), now=now())
    except TooLateError:
        return _too_late(booking, known)
    except REFUSALS as error:

        def errand(_known: Bookable, site_id: SiteId) -> Errand:
            return _errand(reference, site_id)

        return refused(error, Try(SlotId(slot_id), booking.holder, me().person_id, errand, kept=reference))
    flash(_("Your booking has been moved. The reference stays the same."), "success")
    return redirect(shown_at(reference), SEE_OTHER)


@bp.get("/inspections/bookings/<reference>/cancel")
@may(Act.BOOK_FOR_ONESELF)
def cancel(reference: str) -> ResponseReturnValue:
    """Say what cancelling means, and ask."""
    return _cancel_page(reference, ConfirmForm())


@bp.post("/inspections/bookings/<reference>/cancel")
@may(Act.BOOK_FOR_ONESELF)
def give_up(reference: str) -> ResponseReturnValue:
    """Cancel the booking."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _cancel_page(reference, form, UNPROCESSABLE)
    try:
        with unit_of_work(sessions()) as session:
            booking, known = _mine(session, reference)
            service.cancel(session, INSPECTIONS, reference, actor=actor(), now=now())
    except TooLateError:
        return _too_late(booking, known)
    flash(_("Your booking is cancelled."), "success")
    return redirect(shown_at(reference), SEE_OTHER)


def _mine(session: Session, reference: str) -> tuple[ShownBooking, Bookable]:
    """Return the booking and its vehicle; raise `NotFoundError` where the reader may not act for it."""
    booking = bookings.shown(session, reference, person_id=None)
    if not is_vehicle(booking.holder):
        raise NotFoundError
    return booking, bookable(session, vehicle_of(booking.holder), person_id=me().person_id, now=now())


def _require_movable(booking: ShownBooking) -> None:
    if not booking.can_move:
        raise NotMovableError


def station_form(session: Session, known: Bookable, booking: ShownBooking) -> StationForm:
    """Return the choice of stations, the nearest first; what makes no sense is the booking's own."""
    district = district_of(session, known.vehicle.owner_id)
    stations = nearest_first(stations_for(session, known.vehicle.kind, now=now()), district)
    choices = {str(station.id): station.named(language()) for station in stations}
    choices.setdefault(str(booking.site_id), booking.site_name)
    asked = request.args.get("site", "")
    form = StationForm(MultiDict({"site": asked if asked in choices else str(booking.site_id)}))
    form.site.choices = [SelectChoice(code, name) for code, name in choices.items()]
    return form


def _errand(reference: str, site_id: SiteId) -> Errand:
    of_booking = {"reference": reference}
    return Errand("inspections.change", "inspections.check_change", {**of_booking, "site": site_id}, of_booking)


def _change_page(reference: str, slot_id: SlotId, form: ConfirmForm, status: int = 200) -> ResponseReturnValue:
    with reading(sessions()) as session:
        booking, known = _mine(session, reference)
        _require_movable(booking)
        if not booking.can_change(now()):
            return _too_late(booking, known)
        check = checking.check(session, known, slot_id, now=now(), moving=True)
    back = _errand(reference, check.slot.site_id).page_href(day=check.slot.day.isoformat())
    page = {"booking": booking, "known": known, "check": check, "form": form, "back": back}
    return render_template("inspections/booking_check_change.html", **page), status


def _cancel_page(reference: str, form: ConfirmForm, status: int = 200) -> ResponseReturnValue:
    with reading(sessions()) as session:
        booking, known = _mine(session, reference)
        ranking = () if booking.can_move else ranking_lines(session, known)
    if booking.state is BookingState.CANCELLED:
        return redirect(shown_at(reference), SEE_OTHER)
    if not booking.can_change(now()):
        return _too_late(booking, known)
    page = {"booking": booking, "known": known, "form": form, "back": shown_at(reference), "ranking": ranking}
    return render_template("inspections/booking_cancel.html", **page), status


def _too_late(booking: ShownBooking, known: Bookable) -> ResponseReturnValue:
    """Say that the deadline has passed; a booking that is over cannot be touched."""
    if booking.state is not BookingState.CONFIRMED:
        raise InvalidStateError(f"booking {booking.id} is {booking.state}")
    back = url_for("bookings.show", reference=booking.reference)
    return render_template("inspections/booking_too_late.html", booking=booking, known=known, back=back), CONFLICT
