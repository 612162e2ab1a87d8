"""Keeping what is noted of a vehicle at the counter: correcting it, and letting go of its owner."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.inspections.forms.counter import CorrectForm, ReasonForm
from booking.inspections.forms.vehicles import mark
from booking.inspections.models import Vehicle
from booking.inspections.queries.bookable import Bookable
from booking.inspections.service import changes
from booking.inspections.service.particulars import VehicleData
from booking.inspections.service.unbinding import StillBookedError, unbind_vehicle
from booking.inspections.views.blueprint import bp
from booking.inspections.views.counter import UNPROCESSABLE, somebody_elses
from booking.inspections.views.counter_ways import desk, done
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError, StaleError
from booking.kernel.ids import VehicleId
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import worded

CONFLICT = 409


@bp.get("/desk/vehicles/<int:vehicle_id>/edit")
@may(Act.KEEP_VEHICLE_RECORDS)
def record_of_vehicle(vehicle_id: int) -> ResponseReturnValue:
    """Show what is noted for correction."""
    return _as_stored(vehicle_id)


@bp.post("/desk/vehicles/<int:vehicle_id>/edit")
@may(Act.KEEP_VEHICLE_RECORDS)
def correct_vehicle(vehicle_id: int) -> ResponseReturnValue:
    """Correct it, unless somebody else has changed it since it was shown; from then on it is the register's word."""
    form = CorrectForm()
    with reading(sessions()) as session:
        known = somebody_elses(session, vehicle_id)
    seen = form.data_seen() if form.validate() else None
    if seen is None:
        return _page(known, form), UNPROCESSABLE
    given = {"seen": seen, "actor": actor(), "now": now(), "reason": form.reason.data}
    try:
        with unit_of_work(sessions()) as session:
            changes.change_vehicle(session, VehicleId(vehicle_id), form.told(), **given)
    except InvalidInputError as error:
        mark(form, error)
        return _page(known, form), UNPROCESSABLE
    except StaleError as error:
        return _as_stored(vehicle_id, worded(error.wording)), CONFLICT
    return done(vehicle_id, _("The record is corrected."))


@bp.route("/desk/vehicles/<int:vehicle_id>/unbind", methods=["GET", "POST"])
@may(Act.KEEP_VEHICLE_RECORDS)
def unbind_at_desk(vehicle_id: int) -> ResponseReturnValue:
    """Let go of the vehicle's owner by the papers, so that the next one can bind it."""
    form = ReasonForm()
    with reading(sessions()) as session:
        known = somebody_elses(session, vehicle_id)
    if not form.validate_on_submit():
        return _unbind_page(known, form), UNPROCESSABLE if form.errors else 200
    try:
        with unit_of_work(sessions()) as session:
            unbind_vehicle(session, VehicleId(vehicle_id), actor=actor(), now=now(), reason=form.reason.data)
    except StillBookedError as error:
        return _unbind_page(known, form, worded(error.wording)), CONFLICT
    return done(vehicle_id, _("The vehicle has no owner here any more; its next owner can bind it."))


def _as_stored(vehicle_id: int, why: str = "") -> str:
    """Show what is stored now; what a clerk had entered before somebody else's change is not mixed into it."""
    form = CorrectForm(formdata=None)
    with reading(sessions()) as session:
        known = somebody_elses(session, vehicle_id)
        form.show(_noted(session, known))
    return _page(known, form, why)


def _noted(session: Session, known: Bookable) -> VehicleData:
    return changes.particulars_of(session.get_one(Vehicle, known.vehicle.vehicle_id, populate_existing=True))


def _page(known: Bookable, form: CorrectForm, why: str = "") -> str:
    page = {"vehicle": known.vehicle, "form": form, "why": why, "back": desk(known.vehicle.vehicle_id)}
    return render_template("inspections/counter/record.html", **page)


def _unbind_page(known: Bookable, form: ReasonForm, why: str = "") -> str:
    page = {"vehicle": known.vehicle, "form": form, "why": why, "back": desk(known.vehicle.vehicle_id)}
    return render_template("inspections/counter/unbind.html", **page)
