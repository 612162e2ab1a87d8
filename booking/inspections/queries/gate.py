"""What came to the gate: a scanned reference or a typed plate, looked up, and whether the car may drive in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from booking.attendance.models import OPEN, VisitState
from booking.attendance.queries.visits import VisitRow, visits_of
from booking.bookings.models import Booking, BookingState
from booking.inspections.holders import holder_of, is_vehicle, vehicle_of
from booking.inspections.queries.plates import plates_in_clear
from booking.inspections.queries.stations import inspects
from booking.inspections.queries.vehicles import ShownVehicle, find_vehicles, plain_plate, vehicle_shown
from booking.kernel.calendar import ONE_DAY, local_day
from booking.kernel.identifiers import plain_number
from booking.kernel.ids import REFERENCE_ALPHABET, REFERENCE_LENGTH, BookingId, Holder, SiteId, VehicleId
from booking.sites import queries as sites
from booking.sites.models import Site
from booking.slots.models import Slot

REFERENCE = re.compile(f"[{REFERENCE_ALPHABET}]{{{REFERENCE_LENGTH}}}")
CASE_OPEN = 30 * ONE_DAY  # so long a failed car comes back into the same case; the office's own rule


class Answer(StrEnum):
    """What the gate is told. Only the first lets a car in without a question."""

    READY = "ready"
    CHOOSE = "choose"  # what was typed fits several cars, or is only the end of a plate
    NOT_FOUND = "not_found"
    NO_BOOKING = "no_booking"
    HERE_ALREADY = "here_already"
    WRONG_DAY = "wrong_day"
    WRONG_STATION = "wrong_station"
    OVER = "over"  # the booking was used, missed or cancelled
    OTHER_KIND = "other_kind"  # the station has no test lane for such a vehicle


@dataclass(frozen=True, slots=True)
class BookingAtGate:
    """The booking that a car came with."""

    id: BookingId
    reference: str
    service: str
    holder: Holder
    state: BookingState
    site_id: SiteId
    site_name: str
    site_name_en: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `visit` is the one that is open; `failed` the last one, if its re-inspection is due here.

    `text` is what was typed where nothing is known of it.
    """

    answer: Answer
    vehicle: ShownVehicle | None = None
    booking: BookingAtGate | None = None
    visit: VisitRow | None = None
    failed: VisitRow | None = None
    vehicles: Sequence[ShownVehicle] = ()
    text: str = ""
    can_walk_in: bool = False


def look_up(session: Session, site_id: SiteId, text: str, *, now: datetime) -> Found:
    """Return what a scanned reference or a typed plate stands for, and whether it may drive in here and now.

    A whole plate is one car; the end of a plate could be another one's, so that the operator has to choose.
    """
    reference = plain_number(text)
    if REFERENCE.fullmatch(reference):
        booking = _first_booking(session, Booking.reference == reference)
        if booking is None or not is_vehicle(booking.holder):
            return Found(Answer.NOT_FOUND)
        return _judged(session, site_id, vehicle_of(booking.holder), booking, now)
    vehicles = find_vehicles(session, text, now=now)
    if not vehicles:
        return Found(Answer.NOT_FOUND, text=text)
    if len(vehicles) > 1 or not _is_plate_of(session, vehicles[0].vehicle_id, text):
        return Found(Answer.CHOOSE, vehicles=vehicles)
    return look_up_vehicle(session, site_id, vehicles[0].vehicle_id, now=now)


def look_up_vehicle(session: Session, site_id: SiteId, vehicle_id: VehicleId, *, now: datetime) -> Found:
    """Return whether a known car may drive in; raise `NotFoundError` if there is none."""
    live = (Booking.holder == holder_of(vehicle_id), Booking.state == BookingState.CONFIRMED)
    today = (Slot.site_id == site_id, Slot.day == local_day(now))
    booking = _first_booking(session, *live, *today) or _first_booking(session, *live)
    return _judged(session, site_id, vehicle_id, booking, now)


def failed_here(visits: Sequence[VisitRow], service: str, site_id: SiteId, *, now: datetime) -> VisitRow | None:
    """Return of a vehicle's visits, the last first, the failed one that it comes back for.

    Only if it failed here, and lately: elsewhere it is inspected anew, for the report to go on from is here.
    """
    last = next((one for one in visits if one.service == service and one.state is not VisitState.LEFT), None)
    if last is None or last.state is not VisitState.FAILED or last.site_id != site_id:
        return None
    return last if local_day(now) - last.day <= CASE_OPEN else None


def _judged(
    session: Session, site_id: SiteId, vehicle_id: VehicleId, booking: BookingAtGate | None, now: datetime
) -> Found:
    vehicle = vehicle_shown(session, vehicle_id, person_id=None, now=now)
    visits = visits_of(session, holder_of(vehicle_id))
    here = next((visit for visit in visits if visit.state in OPEN), None)
    if here is not None:
        return Found(Answer.HERE_ALREADY, vehicle, booking, visit=here)
    answer = _answer(booking, site_id, now)
    is_inspected = inspects(sites.station(session, site_id, now=now), vehicle.kind)
    if not is_inspected and answer in (Answer.NO_BOOKING, Answer.OVER):
        answer = Answer.OTHER_KIND
    failed = failed_here(visits, vehicle.service, site_id, now=now)
    return Found(answer, vehicle, booking, failed=failed, can_walk_in=is_inspected and answer is not Answer.READY)


def _answer(booking: BookingAtGate | None, site_id: SiteId, now: datetime) -> Answer:
    if booking is None:
        return Answer.NO_BOOKING
    if booking.state is not BookingState.CONFIRMED:
        return Answer.OVER
    if local_day(booking.starts_at) != local_day(now):
        return Answer.WRONG_DAY
    return Answer.READY if booking.site_id == site_id else Answer.WRONG_STATION


def _first_booking(session: Session, *wanted: ColumnElement[bool]) -> BookingAtGate | None:
    query = (
        select(
            Booking.id,
            Booking.reference,
            Booking.service,
            Booking.holder,
            Booking.state,
            Slot.site_id,
            Site.name.label("site_name"),
            Site.name_en.label("site_name_en"),
            Slot.starts_at,
            Slot.ends_at,
        )
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Site, Site.id == Slot.site_id)
        .where(*wanted)
        .order_by(Slot.starts_at, Booking.id)
    )
    row = session.execute(query).mappings().first()
    return BookingAtGate(**row) if row else None


def _is_plate_of(session: Session, vehicle_id: VehicleId, text: str) -> bool:
    _, plate = plates_in_clear(session, [vehicle_id])[vehicle_id]
    return plain_plate(text) == plate
