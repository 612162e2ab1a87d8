"""Booking for a vehicle at the counter or on the telephone: same rules, a reason, and the slip at once."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from booking.bookings.offered import Errand
from booking.bookings.queries import made_with
from booking.bookings.service import DuplicateRequestError
from booking.bookings.wishes import Wish
from booking.inspections.forms.booking import DistrictForm
from booking.inspections.forms.counter import BehalfForm
from booking.inspections.queries.authority import people_for
from booking.inspections.queries.bookable import Bookable
from booking.inspections.service.booking import book_window
from booking.inspections.views import checking
from booking.inspections.views.blueprint import bp
from booking.inspections.views.checking import asked_for, papers, window
from booking.inspections.views.counter import somebody_elses
from booking.inspections.views.counter_ways import desk, slip
from booking.inspections.views.refused import REFUSALS, UNPROCESSABLE, Try, refused
from booking.inspections.views.stations import district_of, station_lines
from booking.inspections.views.windows import choice
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import PersonId, SiteId, SlotId
from booking.kernel.secrets import new_token
from booking.sites import queries as sites
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import language


@bp.get("/desk/vehicles/<int:vehicle_id>/stations")
@may(Act.BOOK_ON_BEHALF)
def stations_for_vehicle(vehicle_id: int) -> ResponseReturnValue:
    """Show the stations for the vehicle; the vehicle's page says why one cannot be booked for."""
    with reading(sessions()) as session:
        known = somebody_elses(session, vehicle_id)
        if not known.is_free or asked_for(session, known) or not people_for(session, known.vehicle.vehicle_id):
            return redirect(desk(vehicle_id))
        chosen = {"district": district_of(session, known.vehicle.owner_id), **request.args.to_dict()}
        form = DistrictForm(MultiDict(chosen))
        lines = station_lines(session, known.vehicle.kind, form.district.data or "", now=now())
        held = window(session, known.vehicle.held.slot_id, now=now()) if known.vehicle.held else None
    page = {"known": known, "form": form, "lines": lines, "held": held, "desk": desk(vehicle_id)}
    return render_template("inspections/booking_stations.html", **page)


@bp.get("/desk/vehicles/<int:vehicle_id>/stations/<int:site_id>")
@may(Act.BOOK_ON_BEHALF)
def windows_for_vehicle(vehicle_id: int, site_id: int) -> ResponseReturnValue:
    """Show the days and windows of one station."""
    with reading(sessions()) as session:
        known = somebody_elses(session, vehicle_id)
        station = sites.station(session, SiteId(site_id), now=now())
        errand = _errand(vehicle_id, station.id)
        there = errand if known.is_free else errand.only_looking()
        found = choice(session, known.vehicle.kind, there, opens_on=known.opens_on, site_id=station.id, now=now())
    back = url_for("inspections.stations_for_vehicle", vehicle_id=vehicle_id)
    page = {"known": known, "station": station.named(language()), "choice": found, "back": back}
    return render_template("inspections/booking_windows.html", **page)


@bp.get("/desk/vehicles/<int:vehicle_id>/windows/<int:slot_id>")
@may(Act.BOOK_ON_BEHALF)
def check_window_for(vehicle_id: int, slot_id: int) -> ResponseReturnValue:
    """Show what would be booked, or every reason why it cannot be."""
    return _check_page(vehicle_id, SlotId(slot_id), BehalfForm())


@bp.post("/desk/vehicles/<int:vehicle_id>/windows/<int:slot_id>")
@may(Act.BOOK_ON_BEHALF)
def take_for(vehicle_id: int, slot_id: int) -> ResponseReturnValue:
    """Book the place and show the slip."""
    form = BehalfForm()
    if not form.validate_on_submit():
        return _check_page(vehicle_id, SlotId(slot_id), form), UNPROCESSABLE
    with reading(sessions()) as session:
        wish = _wish(session, somebody_elses(session, vehicle_id), SlotId(slot_id), form)
    try:
        with unit_of_work(sessions()) as session:
            reference = book_window(session, wish, actor=actor(), now=now())
    except (*REFUSALS, DuplicateRequestError) as error:
        # Of two clicks at once the second may meet what the first has just changed.
        with reading(sessions()) as session:
            made = made_with(session, wish.person_id, wish.request_key)
        return slip(made[0]) if made else refused(error, _try(vehicle_id, wish))
    return slip(reference)


def _wish(session: Session, known: Bookable, slot_id: SlotId, form: BehalfForm) -> Wish:
    given = (form.request_key.data, form.channel, form.reason.data, form.shown)
    return Wish(_told(session, known), known.holder, slot_id, *given)


def _told(session: Session, known: Bookable) -> PersonId:
    """Return who is told of the booking and finds it among the own ones; a vehicle of nobody cannot be booked for."""
    people = people_for(session, known.vehicle.vehicle_id)
    if not people:
        raise NotFoundError
    return people[0]


def _try(vehicle_id: int, wish: Wish) -> Try:
    def errand(_known: Bookable, site_id: SiteId) -> Errand:
        return _errand(vehicle_id, site_id)

    return Try(wish.slot_id, wish.holder, None, errand, desk=desk(vehicle_id))


def _errand(vehicle_id: int, site_id: SiteId) -> Errand:
    of_vehicle = {"vehicle_id": vehicle_id}
    page_args = {**of_vehicle, "site_id": site_id}
    return Errand("inspections.windows_for_vehicle", "inspections.check_window_for", page_args, of_vehicle)


def _check_page(vehicle_id: int, slot_id: SlotId, form: BehalfForm) -> str:
    form.request_key.data = form.request_key.data or new_token()
    with reading(sessions()) as session:
        known = somebody_elses(session, vehicle_id)
        told = _told(session, known)
        check = checking.check(session, known, slot_id, now=now())
    page = {
        "known": known,
        "check": check,
        "papers": papers(known, told),
        "form": form,
        "back": _errand(vehicle_id, check.slot.site_id).page_href(day=check.slot.day.isoformat()),
        "ask": None,
        "desk": desk(vehicle_id),
    }
    return render_template("inspections/booking_check.html", **page)
