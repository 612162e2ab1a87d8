"""Moving and cancelling a vehicle's booking at the counter or on the telephone, until its window begins."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.bookings import service
from booking.bookings.behalf_forms import OnBehalfForm
from booking.bookings.models import BookingState
from booking.bookings.offered import Errand
from booking.bookings.queries import ShownBooking
from booking.bookings.service import NotMovableError, TooLateError
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.bookable import Bookable
from booking.inspections.views import checking
from booking.inspections.views.blueprint import bp
from booking.inspections.views.checking import ranking_lines
from booking.inspections.views.counter import booking_of
from booking.inspections.views.counter_ways import desk, slip
from booking.inspections.views.own import station_form
from booking.inspections.views.refused import CONFLICT, REFUSALS, UNPROCESSABLE, Try, refused
from booking.inspections.views.windows import choice
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidStateError
from booking.kernel.ids import SiteId, SlotId
from booking.web.errors import error_page
from booking.web.guards import may
from booking.web.house import actor, now, sessions


@bp.get("/desk/vehicles/<int:vehicle_id>/bookings/<reference>/change")
@may(Act.BOOK_ON_BEHALF)
def change_for(vehicle_id: int, reference: str) -> ResponseReturnValue:
    """Show the windows to which the booking can be moved, first those of its own station."""
    with reading(sessions()) as session:
        booking, known = _movable(session, vehicle_id, reference)
        form = station_form(session, known, booking)
        site_id = SiteId(int(form.site.data))
        errand = _errand(vehicle_id, reference, site_id)
        found = choice(
            session, known.vehicle.kind, errand,
            opens_on=known.opens_on, site_id=site_id, leaving=booking.slot_id, now=now(),
        )  # fmt: skip
    page = {"booking": booking, "known": known, "form": form, "choice": found}
    back = desk(vehicle_id)
    return render_template("inspections/booking_change.html", **page, back=back, desk=back)


@bp.get("/desk/vehicles/<int:vehicle_id>/bookings/<reference>/change/<int:slot_id>")
@may(Act.BOOK_ON_BEHALF)
def check_change_for(vehicle_id: int, reference: str, slot_id: int) -> ResponseReturnValue:
    """Show the old window and the new one, or every reason against it."""
    return _change_page(vehicle_id, reference, SlotId(slot_id), OnBehalfForm())


@bp.post("/desk/vehicles/<int:vehicle_id>/bookings/<reference>/change/<int:slot_id>")
@may(Act.BOOK_ON_BEHALF)
def move_for(vehicle_id: int, reference: str, slot_id: int) -> ResponseReturnValue:
    """Move the booking; the old place is kept until the new one is had."""
    form = OnBehalfForm()
    if not form.validate_on_submit():
        return _change_page(vehicle_id, reference, SlotId(slot_id), form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            booking, _known = booking_of(session, vehicle_id, reference)
            given = {"reason": form.reason.data, "evidence": form.shown}
            service.change_slot(session, INSPECTIONS, reference, SlotId(slot_id), actor=actor(), now=now(), **given)
    except TooLateError:
        return _begun()
    except REFUSALS as error:

        def errand(_known: Bookable, site_id: SiteId) -> Errand:
            return _errand(vehicle_id, reference, site_id)

        tried = Try(SlotId(slot_id), booking.holder, None, errand, kept=reference, desk=desk(vehicle_id))
        return refused(error, tried)
    return slip(reference)


@bp.get("/desk/vehicles/<int:vehicle_id>/bookings/<reference>/cancel")
@may(Act.BOOK_ON_BEHALF)
def cancel_for(vehicle_id: int, reference: str) -> ResponseReturnValue:
    """Say what cancelling means, and ask for the reason."""
    return _cancel_page(vehicle_id, reference, OnBehalfForm())


@bp.post("/desk/vehicles/<int:vehicle_id>/bookings/<reference>/cancel")
@may(Act.BOOK_ON_BEHALF)
def give_up_for(vehicle_id: int, reference: str) -> ResponseReturnValue:
    """Cancel the booking; a clerk may until the window begins."""
    form = OnBehalfForm()
    if not form.validate_on_submit():
        return _cancel_page(vehicle_id, reference, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            booking_of(session, vehicle_id, reference)
            given = {"reason": form.reason.data, "evidence": form.shown}
            service.cancel(session, INSPECTIONS, reference, actor=actor(), now=now(), **given)
    except TooLateError:
        return _begun()
    return slip(reference)


def _errand(vehicle_id: int, reference: str, site_id: SiteId) -> Errand:
    of_booking = {"vehicle_id": vehicle_id, "reference": reference}
    return Errand(
        "inspections.change_for", "inspections.check_change_for", {**of_booking, "site": site_id}, of_booking
    )


def _live(session: Session, vehicle_id: int, reference: str) -> tuple[ShownBooking, Bookable]:
    booking, known = booking_of(session, vehicle_id, reference)
    if booking.state is not BookingState.CONFIRMED:
        raise InvalidStateError(f"booking {booking.id} is {booking.state}")
    return booking, known


def _movable(session: Session, vehicle_id: int, reference: str) -> tuple[ShownBooking, Bookable]:
    booking, known = _live(session, vehicle_id, reference)
    if not booking.can_move:
        raise NotMovableError
    return booking, known


def _change_page(vehicle_id: int, reference: str, slot_id: SlotId, form: OnBehalfForm) -> str:
    with reading(sessions()) as session:
        booking, known = _movable(session, vehicle_id, reference)
        check = checking.check(session, known, slot_id, now=now(), moving=True)
    back = _errand(vehicle_id, reference, check.slot.site_id).page_href(day=check.slot.day.isoformat())
    page = {"booking": booking, "known": known, "check": check, "form": form, "back": back}
    return render_template("inspections/booking_check_change.html", **page)


def _cancel_page(vehicle_id: int, reference: str, form: OnBehalfForm) -> str:
    with reading(sessions()) as session:
        booking, known = _live(session, vehicle_id, reference)
        ranking = () if booking.can_move else ranking_lines(session, known)
    page = {"booking": booking, "known": known, "form": form, "ranking": ranking, "back": desk(vehicle_id)}
    return render_template("inspections/booking_cancel.html", **page)


def _begun() -> ResponseReturnValue:
    return error_page(CONFLICT, _("The window has begun; its booking can no longer be changed or cancelled."))
