"""Binding a vehicle for the person at the counter, by the papers that were shown."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.accounts import queries as people
from booking.accounts.queries import MaskedPerson
from booking.inspections.forms.counter import BindAtCounterForm
from booking.inspections.forms.vehicles import mark
from booking.inspections.queries.authority import may_act_for_vehicle
from booking.inspections.rules.plates import plate_number
from booking.inspections.service.access import refuse_others
from booking.inspections.service.binding import Bound, BoundToAnotherError, bind_vehicle
from booking.inspections.service.plated import known_vehicle
from booking.inspections.views.blueprint import bp
from booking.inspections.views.counter import UNPROCESSABLE
from booking.inspections.views.counter_ways import desk, done
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import PersonId, VehicleId
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import worded

CONFLICT = 409


@bp.get("/desk/vehicles/people/<int:person_id>/new")
@may(Act.KEEP_VEHICLE_RECORDS)
def new_vehicle_for(person_id: int) -> ResponseReturnValue:
    """Ask for the vehicle and for what was shown."""
    return _page(PersonId(person_id), BindAtCounterForm())


@bp.post("/desk/vehicles/people/<int:person_id>/new")
@may(Act.KEEP_VEHICLE_RECORDS)
def bind_for(person_id: int) -> ResponseReturnValue:
    """Bind the vehicle for the person, or for the company that the person acts for."""
    form, whom = BindAtCounterForm(), PersonId(person_id)
    if not form.validate_on_submit():
        return _page(whom, form), UNPROCESSABLE
    try:
        with unit_of_work(sessions()) as session:
            _somebody_else(session, whom)
            known = _known(session, form)
            was_there = known is not None and may_act_for_vehicle(session, known, whom)
            bound = _bind(session, whom, form)
    except InvalidInputError as error:
        mark(form, error)
        return _page(whom, form), UNPROCESSABLE
    except BoundToAnotherError as error:
        return _page(whom, form, worded(error.wording)), CONFLICT
    if bound.vehicle_id is None:  # a VIN that does not fit refuses owners, never the counter
        raise AssertionError("the counter needs no VIN to bind")
    if was_there:
        flash(_("This vehicle was bound already; nothing has changed."), "notice")
    return done(bound.vehicle_id, _("The vehicle is bound."))


def _bind(session: Session, whom: PersonId, form: BindAtCounterForm) -> Bound:
    return bind_vehicle(
        session, whom, form.vehicle(), company=form.company(), actor=actor(), now=now(), shown=form.evidence.data
    )


def _known(session: Session, form: BindAtCounterForm) -> VehicleId | None:
    """Return the vehicle that bears this plate, if the office knows one."""
    plate = plate_number(form.plate_type.data, form.whole_plate)
    known = known_vehicle(session, form.plate_type.data, plate)
    return known.id if known else None


def _somebody_else(session: Session, person_id: PersonId) -> MaskedPerson:
    """Return the person for whom a clerk binds; nobody does it for oneself (`NotAllowedError`)."""
    refuse_others(actor(), person_id)
    return people.masked_person(session, person_id)


def _page(person_id: PersonId, form: BindAtCounterForm, why: str = "") -> str:
    """Show the form; `why` says that the vehicle is another owner's, and its page is then one step away."""
    with reading(sessions()) as session:
        person = _somebody_else(session, person_id)
        others = _known(session, form) if why else None
    page = {"person": person, "form": form, "why": why, "other": desk(others) if others else None}
    return render_template("inspections/counter/bind.html", **page)
