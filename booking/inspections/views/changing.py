"""Correcting what is told of a vehicle, and letting go of it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.inspections.forms.vehicles import ChangeForm, SureForm, mark
from booking.inspections.models import Vehicle
from booking.inspections.queries.vehicles import ShownVehicle, vehicle_shown
from booking.inspections.service import changes
from booking.inspections.service.unbinding import StillBookedError, unbind_vehicle
from booking.inspections.views.blueprint import bp
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, StaleError
from booking.kernel.ids import VehicleId
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions

SEE_OTHER, CONFLICT, UNPROCESSABLE = 303, 409, 422


@bp.route("/inspections/vehicles/<int:vehicle_id>/edit", methods=["GET", "POST"])
@may(Act.BOOK_FOR_ONESELF)
def change_vehicle(vehicle_id: int) -> ResponseReturnValue:
    """Correct the particulars; what the register says is shown with the way to the counter."""
    form = ChangeForm()
    with reading(sessions()) as session:
        shown = _mine(session, vehicle_id)
        if not form.is_submitted():
            form.show(changes.particulars_of(session.get_one(Vehicle, shown.vehicle_id)))
    if not form.is_submitted():
        return _change_page(shown, form)
    seen = form.data_seen() if form.validate() else None
    if seen is None:
        return _change_page(shown, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            changes.change_vehicle(session, shown.vehicle_id, form.told(), seen=seen, actor=actor(), now=now())
    except InvalidInputError as error:
        mark(form, error)
        return _change_page(shown, form), UNPROCESSABLE
    except StaleError:
        return _change_page(shown, form, is_stale=True), CONFLICT
    flash(_("The vehicle's data are changed."), "success")
    return redirect(url_for("inspections.vehicle", vehicle_id=vehicle_id), SEE_OTHER)


@bp.route("/inspections/vehicles/<int:vehicle_id>/unbind", methods=["GET", "POST"])
@may(Act.BOOK_FOR_ONESELF)
def unbind(vehicle_id: int) -> ResponseReturnValue:
    """Say what letting go means, and do it."""
    form = SureForm()
    with reading(sessions()) as session:
        shown = _mine(session, vehicle_id)
    if not form.validate_on_submit():
        return _unbind_page(shown, form), UNPROCESSABLE if form.errors else 200
    try:
        with unit_of_work(sessions()) as session:
            unbind_vehicle(session, shown.vehicle_id, actor=actor(), now=now())
    except StillBookedError:
        return _unbind_page(shown, form, is_refused=True), CONFLICT
    flash(_("The vehicle %(plate)s is no longer bound.", plate=shown.plate), "success")
    return redirect(url_for("inspections.garage"), SEE_OTHER)


def _mine(session: Session, vehicle_id: int) -> ShownVehicle:
    """Return a vehicle of the reader; raise `NotFoundError` for anybody else's."""
    return vehicle_shown(session, VehicleId(vehicle_id), person_id=me().person_id, now=now())


def _change_page(shown: ShownVehicle, form: ChangeForm, *, is_stale: bool = False) -> str:
    return render_template("inspections/vehicle_edit.html", vehicle=shown, form=form, is_stale=is_stale)


def _unbind_page(shown: ShownVehicle, form: SureForm, *, is_refused: bool = False) -> str:
    return render_template("inspections/unbind.html", vehicle=shown, form=form, is_refused=is_refused)
