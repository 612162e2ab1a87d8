"""The counter for vehicles: finding one, and its page. What is searched for never stands in an address."""

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from booking.accounts.service.looking import Page, note_look
from booking.bookings import queries as bookings
from booking.bookings.queries import ShownBooking
from booking.inspections.forms.counter import ReasonForm, SearchForm
from booking.inspections.holders import is_vehicle, vehicle_of
from booking.inspections.queries.authority import is_of, people_for
from booking.inspections.queries.bookable import Bookable, bookable
from booking.inspections.queries.counter import Found, agents_of_owner, search
from booking.inspections.queries.facts import settings_on
from booking.inspections.queries.histories import bookings_of_vehicle, requests_of_vehicles
from booking.inspections.queries.vehicles import InClear, in_clear
from booking.inspections.rules.periods import Step
from booking.inspections.service.access import refuse_who_may_not_act
from booking.inspections.service.revealing import reveal
from booking.inspections.views import due as standings
from booking.inspections.views.blueprint import bp
from booking.inspections.views.checking import asked_for, explained, window
from booking.inspections.views.garage import Parked, park
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import PersonId, VehicleId
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions, today

UNPROCESSABLE = 422


@bp.get("/desk/vehicles")
@may(Act.SEE_VEHICLES)
def vehicle_counter() -> ResponseReturnValue:
    """Show the search box."""
    return _counter_page(SearchForm())


@bp.post("/desk/vehicles")
@may(Act.SEE_VEHICLES)
def search_vehicles() -> ResponseReturnValue:
    """Show which vehicles and people were found, masked."""
    form = SearchForm()
    if not form.validate_on_submit():
        return _counter_page(form), UNPROCESSABLE
    with reading(sessions()) as session:
        found = search(session, form.text.data, now=now())
        asked = requests_of_vehicles(session, [vehicle.vehicle_id for vehicle in found.vehicles])
    parked = [park(vehicle, asked.get(vehicle.vehicle_id)) for vehicle in found.vehicles]
    return _counter_page(form, found, parked)


@bp.get("/desk/vehicles/<int:vehicle_id>")
@may(Act.SEE_VEHICLES)
def vehicle_at_desk(vehicle_id: int) -> ResponseReturnValue:
    """Show the vehicle as its owner sees it, the register's data and the agents; the log keeps who looked."""
    with unit_of_work(sessions()) as session:
        page = _vehicle(session, VehicleId(vehicle_id), me().person_id)
        note_look(session, Page.VEHICLE, vehicle_id, actor=actor(), now=now())
    return render_template("inspections/counter/vehicle.html", **page)


@bp.route("/desk/vehicles/<int:vehicle_id>/clear", methods=["GET", "POST"])
@may(Act.KEEP_VEHICLE_RECORDS)
def clear_at_desk(vehicle_id: int) -> ResponseReturnValue:
    """Ask for the reason; show plate and VIN in full once it is in the log."""
    form = ReasonForm()
    with reading(sessions()) as session:
        known = somebody_elses(session, vehicle_id)
    clear: InClear | None = None
    if form.validate_on_submit():
        with unit_of_work(sessions()) as session:
            clear = reveal(session, VehicleId(vehicle_id), reason=form.reason.data, actor=actor(), now=now())
    page = {"known": known, "form": form, "clear": clear}
    return render_template("inspections/counter/clear.html", **page), UNPROCESSABLE if form.errors else 200


def somebody_elses(session: Session, vehicle_id: int) -> Bookable:
    """Return the vehicle for which a clerk acts; raise `NotAllowedError` for the clerk's own."""
    refuse_who_may_not_act(session, VehicleId(vehicle_id), actor())
    return bookable(session, VehicleId(vehicle_id), person_id=None, now=now())


def booking_of(session: Session, vehicle_id: int, reference: str) -> tuple[ShownBooking, Bookable]:
    """Return a booking of the vehicle for which a clerk acts; one of another vehicle is not found."""
    known = somebody_elses(session, vehicle_id)
    booking = bookings.shown(session, reference, person_id=None)
    if not is_vehicle(booking.holder) or vehicle_of(booking.holder) != vehicle_id:
        raise NotFoundError
    return booking, known


def _counter_page(form: SearchForm, found: Found | None = None, parked: Sequence[Parked] = ()) -> str:
    may_keep = role_may(actor(), Act.KEEP_VEHICLE_RECORDS)
    page = {"form": form, "found": found, "parked": parked, "may_keep": may_keep, "mine": me().person_id}
    return render_template("inspections/counter/search.html", **page)


def _vehicle(session: Session, vehicle_id: VehicleId, reader: PersonId) -> dict[str, object]:
    known = bookable(session, vehicle_id, person_id=None, now=now())
    vehicle = known.vehicle
    mine = is_of(session, vehicle_id, reader)
    asked = asked_for(session, known)
    settings = settings_on(session, today())
    answer = standings.answer(known.facts, today=today(), settings=settings) if known.facts else None
    step = answer.standing.step if answer else Step.LINE_TEST
    papers = standings.papers(known.facts, step, by_company=vehicle.owner_is_company) if known.facts else ((), ())
    booking = bookings.shown(session, vehicle.booking.reference, person_id=None) if vehicle.booking else None
    return {
        "known": known,
        "parked": park(vehicle, asked),
        "mine": mine,
        "reader": reader,
        "may_act": role_may(actor(), Act.BOOK_ON_BEHALF) and not mine,
        "answer": answer,
        "papers": papers,
        "reasons": explained(known.refusals),
        "asked": asked,
        "booking": booking,
        "is_changeable": booking is not None and now() < booking.starts_at,
        "can_be_told": bool(people_for(session, vehicle_id)),
        "held": window(session, vehicle.held.slot_id, now=now()) if vehicle.held else None,
        "document": in_clear(session, vehicle_id, person_id=None).owner_document,
        "agents": agents_of_owner(session, vehicle.owner_id) if vehicle.owner_id is not None else (),
        "bookings": bookings_of_vehicle(session, vehicle_id),
    }
