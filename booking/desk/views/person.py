"""One person, learner and owner in one: what there is, what can be done, and the ways to what the person sees."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from booking.accounts import queries as people
from booking.allotment.queries.requests import requests_of
from booking.bookings.models import BookingState
from booking.bookings.override_queries import overrides_of
from booking.bookings.queries import ShownBooking
from booking.bookings.registered import called
from booking.desk.service import note_opening
from booking.desk.views.blueprint import bp
from booking.desk.words import STATES
from booking.exams.line import EXAMS
from booking.exams.views.path import Links, way_of
from booking.inspections.holders import is_vehicle, vehicle_of
from booking.inspections.queries import vehicles
from booking.inspections.queries.histories import requests_of_vehicles
from booking.inspections.views.garage import park
from booking.kernel.actors import Act
from booking.kernel.actors import may as role_may
from booking.kernel.db import unit_of_work
from booking.kernel.ids import PersonId
from booking.web.guards import may
from booking.web.house import actor, me, now, sessions, today

MOST_OVER = 5  # bookings that are over; the learner's page has all of them


@bp.get("/desk/people/<int:person_id>")
@may(Act.USE_DESK)
def person(person_id: int) -> ResponseReturnValue:
    """Show the person; that the page was opened is logged."""
    with unit_of_work(sessions()) as session:
        page = _page(session, PersonId(person_id))
        note_opening(session, PersonId(person_id), actor=actor(), now=now())
    return render_template("desk/person.html", **page)


def _page(session: Session, person_id: PersonId) -> dict[str, object]:
    mine = person_id == me().person_id
    may_act = role_may(actor(), Act.BOOK_ON_BEHALF) and not mine
    shown = people.masked_person(session, person_id)
    way = way_of(session, person_id, _links(person_id) if may_act else Links(None, None), today=today())
    garage = vehicles.garage(session, person_id, now=now())
    asked = requests_of_vehicles(session, [one.vehicle_id for one in garage])
    live = [one for one in way.bookings if one.is_live]
    over = [one for one in way.bookings if not one.is_live][:MOST_OVER]
    return {
        "person": shown,
        "mine": mine,
        "may_act": may_act,
        "way": way,
        "parked": [park(one, asked.get(one.vehicle_id)) for one in garage],
        "live": live,
        "over": over,
        "called": called(session, [*live, *over]),
        "vehicle_of": {one.holder: vehicle_of(one.holder) for one in live if is_vehicle(one.holder)},
        "changeable": {one.id for one in live if _is_changeable(one)},
        "requests": [one for one in requests_of(session, person_id) if one.is_live],
        "overrides": overrides_of(session, EXAMS.holder(person_id)),
        "override_states": STATES,
    }


def _is_changeable(booking: ShownBooking) -> bool:
    """Whether a clerk may still change or cancel: until it begins."""
    return booking.state is BookingState.CONFIRMED and now() < booking.starts_at


def _links(person_id: int) -> Links:
    return Links(
        lambda subject: url_for("exams.slots_for", person_id=person_id, subject=subject),
        None,
        lambda reference: url_for("exams.request_of", person_id=person_id, reference=reference),
    )
