"""Cars that drive in: scanned or typed, chosen among several, or noted as they stand there."""

from collections.abc import Callable

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from booking.attendance.queries.visits import VisitRow
from booking.bookings.ticket import TicketError
from booking.bookings.ticket_issue import scanned
from booking.inspections.forms.station import ArrivalForm, KnownCarForm, WalkInForm
from booking.inspections.queries.gate import Answer, Found, look_up, look_up_vehicle
from booking.inspections.queries.stations import inspects
from booking.inspections.rules.facts import VehicleKind
from booking.inspections.service.gate import admit
from booking.inspections.service.plated import find_or_add_walk_in
from booking.inspections.views.blueprint import bp
from booking.inspections.views.station_day import board_page, own_station, to_board
from booking.kernel.actors import Act
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import ConflictError, InvalidInputError
from booking.kernel.ids import SiteId
from booking.sites import queries as sites
from booking.sites.queries import StationShown
from booking.web.guards import may
from booking.web.house import actor, now, sessions
from booking.web.language import worded

UNPROCESSABLE = 422


@bp.post("/station/arrivals")
@may(Act.RUN_STATION)
def arrive() -> ResponseReturnValue:
    """Let in what was scanned or typed, or say why not."""
    site_id, form = own_station(), ArrivalForm()
    if not form.validate_on_submit():
        return board_page(site_id, form=form), UNPROCESSABLE
    try:
        text = scanned(form.text.data, sessions().keyring)
    except TicketError as refused:
        form.text.errors = [worded(refused.wording)]
        return board_page(site_id, form=form), UNPROCESSABLE
    return _answered(site_id, lambda session: look_up(session, site_id, text, now=now()))


@bp.post("/station/arrivals/vehicle")
@may(Act.RUN_STATION)
def arrive_with_vehicle() -> ResponseReturnValue:
    """Let in a car that the page has named: as booked, or as a walk-in if the operator says so."""
    site_id, form = own_station(), KnownCarForm()
    if not form.validate_on_submit():
        return to_board()
    vehicle_id, walks_in = form.vehicle_id, bool(form.walk_in.data)
    return _answered(
        site_id, lambda session: look_up_vehicle(session, site_id, vehicle_id, now=now()), walks_in=walks_in
    )


@bp.route("/station/walk-in", methods=["GET", "POST"])
@may(Act.RUN_STATION)
def walk_in() -> ResponseReturnValue:
    """Note a car that nobody knows, and let it in. `typed` comes from the board: it only fills the form."""
    site_id = own_station()
    with reading(sessions()) as session:
        station = sites.station(session, site_id, now=now())
    form = WalkInForm(formdata=None) if "typed" in request.form else WalkInForm()
    form.offer(_kinds(station))
    if "typed" in request.form:
        form.fill(request.form["typed"])
        return _walk_in_page(station, form)
    if not form.validate_on_submit():
        return _walk_in_page(station, form)
    seen = (form.plate_type.data, form.whole_plate, form.vehicle_kind.data)
    try:
        with unit_of_work(sessions()) as session:
            vehicle_id = find_or_add_walk_in(session, *seen, actor=actor(), now=now())
            found = look_up_vehicle(session, site_id, vehicle_id, now=now())
    except InvalidInputError as refusal:
        form.refuse(refusal)
        return _walk_in_page(station, form)
    # A car that turns out to be booked elsewhere is shown first: its owner may not know that the booking stays.
    return _answered(
        site_id,
        lambda session: look_up_vehicle(session, site_id, vehicle_id, now=now()),
        walks_in=found.answer is Answer.NO_BOOKING,
    )


def _answered(site_id: SiteId, look: Callable[[Session], Found], *, walks_in: bool = False) -> ResponseReturnValue:
    """Admit the car that was found, or show why not; a second click finds that it is here, under its number."""
    try:
        with unit_of_work(sessions()) as session:
            found = look(session)
            visit = _let_in(session, site_id, found, walks_in=walks_in)
    except ConflictError:
        visit = None
        with reading(sessions()) as session:
            found = look(session)
    return to_board(visit.id) if visit else (board_page(site_id, found=found), UNPROCESSABLE)


def _let_in(session: Session, site_id: SiteId, found: Found, *, walks_in: bool) -> VisitRow | None:
    """Admit a car that may come in: booked, or without a booking if the operator has said so."""
    if found.vehicle is None or not (found.answer is Answer.READY or (walks_in and found.can_walk_in)):
        return None
    booking = found.booking if found.answer is Answer.READY else None
    return admit(session, site_id, found.vehicle.vehicle_id, booking=booking, actor=actor(), now=now())


def _kinds(station: StationShown) -> list[VehicleKind]:
    return [kind for kind in VehicleKind if inspects(station, kind)]


def _walk_in_page(station: StationShown, form: WalkInForm) -> ResponseReturnValue:
    page = render_template("inspections/station/walk_in.html", station=station, form=form)
    return page, UNPROCESSABLE if form.errors else 200
