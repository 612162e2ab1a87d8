"""Binding a vehicle: one form, one page to check it, and where to go when it cannot be bound on line."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts.service.throttle import TooManyTriesError
from booking.inspections.forms.vehicles import BindForm, mark
from booking.inspections.queries.agencies import own_owner
from booking.inspections.queries.authority import may_act_for_vehicle
from booking.inspections.rules.plates import masked_plate, plate_number
from booking.inspections.rules.vins import vin_number, vin_warning
from booking.inspections.service.binding import Bound, BoundToAnotherError, bind_vehicle
from booking.inspections.service.owners import owner_of_person, set_district
from booking.inspections.service.plated import known_vehicle
from booking.inspections.views.blueprint import bp
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import clock, worded

SEE_OTHER, CONFLICT, UNPROCESSABLE, TOO_MANY = 303, 409, 422, 429
BIND, CHANGE = "bind", "change"


@bp.route("/inspections/vehicles/new", methods=["GET", "POST"])
@may(Act.BOOK_FOR_ONESELF)
def bind() -> ResponseReturnValue:
    """Ask for the vehicle, show what was entered, and bind it. What was entered never stands in an address."""
    form, step = _form(), request.form.get("step")
    if not form.is_submitted() or step == CHANGE:
        return _form_page(form)
    if not form.validate():
        return _form_page(form), UNPROCESSABLE
    return _bound(form) if step == BIND else _check_page(form)


def _form() -> BindForm:
    form = BindForm()
    with reading(sessions()) as session:
        known = own_owner(session, me().person_id)
    if known is not None and known.district:
        del form.district  # nobody is asked twice
    return form


def _form_page(form: BindForm) -> str:
    return render_template("inspections/bind.html", form=form)


def _check_page(form: BindForm) -> str:
    plate = plate_number(form.plate_type.data, form.whole_plate)
    page = {
        "form": form,
        "plate": f"{plate[:2]}·{plate[2:]}",
        "vin": vin_number(form.vin.data),
        "is_odd": vin_warning(vin_number(form.vin.data)),
        "entered": _entered(form),
    }
    return render_template("inspections/bind_check.html", **page)


def _entered(form: BindForm) -> list[tuple[str, str]]:
    """Return what was sent, to be sent once more with the next step."""
    return [(name, value) for name, value in request.form.items() if name in form and name != "csrf_token"]


def _bound(form: BindForm) -> ResponseReturnValue:
    try:
        with unit_of_work(sessions()) as session:
            was_there = _acts_already(session, form)
            done = bind_vehicle(
                session, me().person_id, form.vehicle(), company=form.company(), actor=actor(), now=now()
            )
            _note_district(session, form, done)
    except InvalidInputError as error:
        mark(form, error)
        return _form_page(form), UNPROCESSABLE
    except BoundToAnotherError as error:
        return _refused_page(form, worded(error.wording)), CONFLICT
    except TooManyTriesError as error:
        at = clock(error.again_at)
        form.vin.errors = [_("Too many tries; try again after %(clock)s, or come to the counter", clock=at)]
        return _form_page(form), TOO_MANY
    if done.vehicle_id is None:
        form.vin.errors = [_("The office knows this vehicle with another VIN; compare it with the licence")]
        return _form_page(form), UNPROCESSABLE
    text = _("This vehicle was bound already; nothing has changed.") if was_there else _("The vehicle is bound.")
    flash(text, "success")
    return redirect(url_for("inspections.vehicle", vehicle_id=done.vehicle_id), SEE_OTHER)


def _refused_page(form: BindForm, text: str) -> str:
    plate = masked_plate(plate_number(form.plate_type.data, form.whole_plate))
    return render_template("inspections/bind_refused.html", plate=plate, text=text, entered=_entered(form))


def _acts_already(session: Session, form: BindForm) -> bool:
    plate = plate_number(form.plate_type.data, form.whole_plate)
    known = known_vehicle(session, form.plate_type.data, plate)
    return known is not None and may_act_for_vehicle(session, known.id, me().person_id)


def _note_district(session: Session, form: BindForm, done: Bound) -> None:
    """Note where the reader looks for stations; a company's is not the agent's to say."""
    if done.vehicle_id is None or form.is_company or "district" not in form or not form.district.data:
        return
    owner_id = owner_of_person(session, me().person_id, actor=actor(), now=now())
    set_district(session, owner_id, form.district.data, actor=actor(), now=now())
