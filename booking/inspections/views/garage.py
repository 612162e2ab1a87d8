"""An owner's vehicles: the list, and the page of one with what is due, what it needs and what was booked for it."""

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.inspections.queries import vehicles
from booking.inspections.queries.facts import facts_of, settings_on
from booking.inspections.queries.histories import bookings_of_vehicle, requests_of_vehicles
from booking.inspections.queries.vehicles import ShownVehicle
from booking.inspections.rules.due import DueStanding, State
from booking.inspections.rules.facts import KINDS, USES
from booking.inspections.rules.periods import Step
from booking.inspections.rules.plates import PLATE_TYPES, PlateType
from booking.inspections.views import due as standings
from booking.inspections.views import ways
from booking.inspections.views.blueprint import bp
from booking.inspections.views.due import Look, look
from booking.kernel.actors import Act
from booking.kernel.db import reading
from booking.kernel.ids import VehicleId
from booking.web.guards import may
from booking.web.house import me, now, sessions, today
from booking.web.language import worded

# The look of a card by the state it shows.
CARDS = {
    "overdue": "overdue",
    "due": "early",
    "exempt": "open",
    "held": "open",
    "booked": "booked",
    "waiting": "waiting",
    "later": "",
}


@dataclass(frozen=True, slots=True)
class Parked:
    """A vehicle in the list: how it stands, and the one thing to do about it."""

    vehicle: ShownVehicle
    look: Look
    card: str
    is_acted_for: bool
    href: str
    action: str
    is_main: bool  # the button is for what has to be done now

    @property
    def kind(self) -> str:
        """What the vehicle is."""
        return worded(KINDS[self.vehicle.kind])

    @property
    def use(self) -> str:
        """What it is registered to be used for."""
        return worded(USES[self.vehicle.use])

    @property
    def plate_type(self) -> str:
        """What plates it bears; a type that cannot be booked on line stays a code."""
        known = self.vehicle.plate_type in set(PlateType)
        return worded(PLATE_TYPES[PlateType(self.vehicle.plate_type)]) if known else self.vehicle.plate_type

    @property
    def leads_away(self) -> bool:
        """Whether the button leads to another page than the vehicle's own."""
        return not self.href.startswith(ways.vehicle(self.vehicle.vehicle_id) + "#")

    @property
    def is_bookable(self) -> bool:
        """Whether a window can be booked for it today."""
        return self.is_main and self.look.state in ("due", "overdue")


@bp.get("/inspections/vehicles")
@may(Act.BOOK_FOR_ONESELF)
def garage() -> ResponseReturnValue:
    """Show the vehicles that the reader owns or acts for, what is urgent first."""
    with reading(sessions()) as session:
        found = vehicles.garage(session, me().person_id, now=now())
        asked = requests_of_vehicles(session, [one.vehicle_id for one in found])
    parked = [park(one, asked.get(one.vehicle_id)) for one in found]
    page = {
        "urgent": [one for one in parked if one.look.state != "later"],
        "later": [one for one in parked if one.look.state == "later"],
        "several": ways.book_several() if sum(one.is_bookable for one in parked) > 1 else None,
    }
    return render_template("inspections/garage.html", **page)


@bp.get("/inspections/vehicles/<int:vehicle_id>")
@may(Act.BOOK_FOR_ONESELF)
def vehicle(vehicle_id: int) -> ResponseReturnValue:
    """Show one vehicle; somebody else's is not found."""
    whose = me().person_id
    with reading(sessions()) as session:
        shown = vehicles.vehicle_shown(session, VehicleId(vehicle_id), person_id=whose, now=now())
        clear = vehicles.in_clear(session, shown.vehicle_id, person_id=whose)
        facts = facts_of(session, [shown.vehicle_id]).get(shown.vehicle_id)
        settings = settings_on(session, today())
        bookings = bookings_of_vehicle(session, shown.vehicle_id)
        asked = requests_of_vehicles(session, [shown.vehicle_id]).get(shown.vehicle_id)
    answer = standings.answer(facts, today=today(), settings=settings) if facts else None
    step = answer.standing.step if answer else Step.LINE_TEST
    is_acted_for = shown.owner_person != whose
    bring, settled = (
        standings.papers(
            facts, step, by_company=shown.owner_is_company, by_agent=is_acted_for and not shown.owner_is_company
        )
        if facts
        else ((), ())
    )
    page = {
        "parked": park(shown, asked),
        "clear": clear,
        "answer": answer,
        "bring": bring,
        "settled": settled,
        "bookings": bookings,
    }
    return render_template("inspections/vehicle.html", **page)


def park(shown: ShownVehicle, asked: str | None = None) -> Parked:
    """Say how a vehicle stands and what to do about it: what is booked, held or asked for comes before what is due.

    `asked` is the reference of its live request.
    """
    seen = _look(shown, asked)
    href, action, is_main = _next_step(shown, asked)
    return Parked(shown, seen, CARDS[seen.state], shown.owner_person != me().person_id, href, action, is_main)


def _look(shown: ShownVehicle, asked: str | None) -> Look:
    if shown.booking is not None:
        return Look("booked", None)
    if shown.held is not None:
        return Look("held", None)
    if asked is not None:
        return Look("waiting", _("Place requested"))
    return look(shown.standing, today()) if shown.standing else Look("due", _("First registration not known"))


def _next_step(shown: ShownVehicle, asked: str | None) -> tuple[str, str, bool]:
    if shown.booking is not None:
        return ways.booking(shown.booking.reference), _("See the booking"), False
    if shown.held is not None:
        return ways.hold(shown.held.id), _("Take the place held for you"), True
    if asked is not None:
        return ways.request(asked), _("See the request"), False
    return _due_step(shown.vehicle_id, shown.standing)


def _due_step(vehicle_id: VehicleId, stand: DueStanding | None) -> tuple[str, str, bool]:
    if stand is None:
        return ways.change(vehicle_id), _("Say when it was first registered"), True
    if stand.state is State.NOT_YET:
        return ways.vehicle(vehicle_id, "years"), _("See when it is due"), False
    if stand.step is Step.MARK_ONLY:
        return ways.vehicle(vehicle_id, "next"), _("How to get the mark on line"), True
    return ways.book(vehicle_id), _("Book the inspection"), True
