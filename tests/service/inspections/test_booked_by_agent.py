"""An agent books for an owner: both are told, the owner once, and nobody is told of an own booking twice."""

from datetime import date

from sqlalchemy import select

from booking.bookings.wishes import Wish
from booking.inspections.holders import holder_of
from booking.inspections.models import Owner
from booking.inspections.service.booking import book_window
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import OwnerId, SlotId, VehicleId
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import applicant, person_of
from tests.service.inspections.town import station, told, window


def car_of(sessions: Sessions, owner: Actor) -> VehicleId:
    with unit_of_work(sessions) as session:
        return factories.vehicle(
            session, person_id=person_of(owner), registered_on=date(2010, 12, 20), valid_until=date(2026, 12, 31)
        )


def book(sessions: Sessions, by: Actor, vehicle_id: VehicleId, slot_id: SlotId) -> str:
    with unit_of_work(sessions) as session:
        wish = Wish(person_of(by), holder_of(vehicle_id), slot_id, "key")
        return book_window(session, wish, actor=by, now=NOW)


def test_the_owner_is_told_once_what_an_agent_books(sessions: Sessions) -> None:
    owner, agent = applicant(sessions), applicant(sessions)
    vehicle_id, slot_id = car_of(sessions, owner), window(sessions, station(sessions), date(2026, 12, 1))
    with unit_of_work(sessions) as session:
        owner_id = session.scalars(select(Owner.id).where(Owner.person_id == owner.person_id)).one()
        factories.agency(session, OwnerId(owner_id), agent)

    references = {book(sessions, agent, vehicle_id, slot_id) for _ in range(2)}

    (reference,) = references
    (to_owner,) = told(sessions, "inspection_booked_by_agent")
    (to_agent,) = told(sessions, "inspection_booking_confirmed")
    assert reference in to_owner
    assert reference in to_agent


def test_an_owner_who_books_is_told_by_the_confirmation_alone(sessions: Sessions) -> None:
    owner = applicant(sessions)
    vehicle_id, slot_id = car_of(sessions, owner), window(sessions, station(sessions), date(2026, 12, 1))

    book(sessions, owner, vehicle_id, slot_id)

    assert told(sessions, "inspection_booked_by_agent") == []
    assert len(told(sessions, "inspection_booking_confirmed")) == 1
