"""Booking for a vehicle: is it due, which station, which window, check, done. Nothing is stored before the button."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from booking.bookings.acting import refuse_strangers
from booking.bookings.offered import Errand
from booking.bookings.queries import made_with
from booking.bookings.service import DuplicateRequestError
from booking.bookings.wishes import Wish, look_first
from booking.inspections.forms.booking import BookForm, DistrictForm
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.bookable import Bookable, all_bookable, bookable
from booking.inspections.queries.stations import takes
from booking.inspections.service.booking import book_window
from booking.inspections.views import checking
from booking.inspections.views.blueprint import bp
from booking.inspections.views.checking import asked_for, explained, papers, window
from booking.inspections.views.refused import REFUSALS, SEE_OTHER, UNPROCESSABLE, Try, refused
from booking.inspections.views.stations import district_of, station_lines
from booking.inspections.views.windows import choice, named
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.ids import SiteId, SlotId, VehicleId
from booking.kernel.secrets import new_token
from booking.sites import queries as sites
from booking.slots.service import SlotFullError
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions
from booking.web.language import language


@bp.get("/inspections/vehicles/<int:vehicle_id>/book")
@may(Act.BOOK_FOR_ONESELF)
def book(vehicle_id: int) -> ResponseReturnValue:
    """Show the stations for a vehicle; one that cannot be booked for is told why, and by when it can."""
    number = VehicleId(vehicle_id)
    with reading(sessions()) as session:
        known = bookable(session, number, person_id=me().person_id, now=now())
        asked = asked_for(session, known)
        if not known.is_free or asked:
            reasons = explained(known.refusals)
            return render_template("inspections/booking_not_now.html", known=known, reasons=reasons, asked=asked)
        chosen = {"district": district_of(session, known.vehicle.owner_id), **request.args.to_dict()}
        form = DistrictForm(MultiDict(chosen))
        lines = station_lines(session, known.vehicle.kind, form.district.data or "", now=now())
        held = window(session, known.vehicle.held.slot_id, now=now()) if known.vehicle.held else None
    page = {"form": form, "lines": lines, "held": held}
    return render_template("inspections/booking_stations.html", known=known, **page)


@bp.get("/inspections/vehicles/<int:vehicle_id>/stations/<int:site_id>")
@may(Act.BOOK_FOR_ONESELF)
def windows(vehicle_id: int, site_id: int) -> ResponseReturnValue:
    """Show the days and windows of one station."""
    with reading(sessions()) as session:
        known = bookable(session, VehicleId(vehicle_id), person_id=me().person_id, now=now())
        station = sites.station(session, SiteId(site_id), now=now())
        errand = _errand(known.vehicle.vehicle_id, station.id)
        there = errand if known.is_free else errand.only_looking()
        found = choice(session, known.vehicle.kind, there, opens_on=known.opens_on, site_id=station.id, now=now())
    back = url_for("inspections.book", vehicle_id=vehicle_id)
    page = {"known": known, "station": station.named(language()), "choice": found, "back": back}
    return render_template("inspections/booking_windows.html", **page)


@bp.get("/inspections/windows/<int:slot_id>")
@may(Act.BOOK_FOR_ONESELF)
def check(slot_id: int) -> ResponseReturnValue:
    """Lead from a public plan to the check of a window: straight on for whoever has one vehicle that fits."""
    with reading(sessions()) as session:
        slot = window(session, SlotId(slot_id), now=now())
        vehicles = [
            known.vehicle
            for known in all_bookable(session, me().person_id, now=now())
            if known.vehicle.service == slot.service and takes(slot.classes, known.vehicle.kind)
        ]
    if len(vehicles) == 1:
        return redirect(url_for("inspections.check_window", vehicle_id=vehicles[0].vehicle_id, slot_id=slot_id))
    return render_template(
        "inspections/booking_vehicle.html",
        slot=slot,
        vehicles=vehicles,
        station=named(slot.site_name, slot.site_name_en),
    )


@bp.get("/inspections/vehicles/<int:vehicle_id>/windows/<int:slot_id>")
@may(Act.BOOK_FOR_ONESELF)
def check_window(vehicle_id: int, slot_id: int) -> ResponseReturnValue:
    """Show what would be booked, or every reason why it cannot be."""
    return _check_page(VehicleId(vehicle_id), SlotId(slot_id), BookForm())


@bp.post("/inspections/vehicles/<int:vehicle_id>/windows/<int:slot_id>")
@may(Act.BOOK_FOR_ONESELF)
def take(vehicle_id: int, slot_id: int) -> ResponseReturnValue:
    """Book the place."""
    form = BookForm()
    if not form.validate_on_submit():
        return _check_page(VehicleId(vehicle_id), SlotId(slot_id), form), UNPROCESSABLE
    holder = INSPECTIONS.holder(VehicleId(vehicle_id))
    return booked(Wish(me().person_id, holder, SlotId(slot_id), form.request_key.data))


def booked(wish: Wish) -> ResponseReturnValue:
    """Book what is wished and lead to the booking, or answer with the page that says why not."""
    with reading(sessions()) as session:  # somebody else's vehicle is not found, whatever the window
        refuse_strangers(session, INSPECTIONS, wish.holder, wish.person_id)
        try:
            reference = look_first(session, INSPECTIONS, wish, now=now())
        except SlotFullError as error:
            return refused(error, _try(wish))
    return redirect(shown_at(reference), SEE_OTHER) if reference else _stored(wish)


def _stored(wish: Wish) -> ResponseReturnValue:
    try:
        with unit_of_work(sessions()) as session:
            reference = book_window(session, wish, actor=actor(), now=now())
    except (*REFUSALS, DuplicateRequestError) as error:
        # Of two clicks at once the second may meet what the first has just changed.
        with reading(sessions()) as session:
            made = made_with(session, wish.person_id, wish.request_key)
        return redirect(shown_at(made[0]), SEE_OTHER) if made else refused(error, _try(wish))
    return redirect(shown_at(reference), SEE_OTHER)


def shown_at(reference: str) -> str:
    """Return where a booking is shown."""
    return url_for("bookings.show", reference=reference)


def _try(wish: Wish) -> Try:
    return Try(wish.slot_id, wish.holder, wish.person_id, errand_of)


def errand_of(known: Bookable, site_id: SiteId) -> Errand:
    """Return where the ways on lead from a window that could not be had."""
    return _errand(known.vehicle.vehicle_id, site_id)


def _errand(vehicle_id: VehicleId, site_id: SiteId) -> Errand:
    of_vehicle = {"vehicle_id": vehicle_id}
    return Errand(
        "inspections.windows",
        "inspections.check_window",
        {**of_vehicle, "site_id": site_id},
        of_vehicle,
        "inspections.wishes",
        of_vehicle,
    )


def _check_page(vehicle_id: VehicleId, slot_id: SlotId, form: BookForm) -> str:
    form.request_key.data = form.request_key.data or new_token()
    with reading(sessions()) as session:
        known = bookable(session, vehicle_id, person_id=me().person_id, now=now())
        found = checking.check(session, known, slot_id, now=now())
    errand = _errand(vehicle_id, found.slot.site_id)
    page = {
        "papers": papers(known, me().person_id),
        "form": form,
        "ask": errand.wish_href(slot_id) if found.state == "collecting" else None,
        "back": errand.page_href(day=found.slot.day.isoformat()),
    }
    return render_template("inspections/booking_check.html", known=known, check=found, **page)
