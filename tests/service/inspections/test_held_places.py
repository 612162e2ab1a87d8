"""A held place becomes one booking, whoever clicks how often; and none once its time is over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from booking.bookings import service as bookings
from booking.bookings.models import Booking
from booking.bookings.service import AlreadyBookedError
from booking.bookings.wishes import Wish
from booking.inspections.holders import holder_of
from booking.inspections.jobs import remind_owners
from booking.inspections.line import INSPECTIONS
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import VehicleId
from booking.slots.holds import HeldSeat, HoldGoneError, held_for
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import applicant, person_of
from tests.service.inspections.town import ledger, station, window

DAY = date(2026, 11, 28)


def reminded(sessions: Sessions) -> tuple[Actor, VehicleId, HeldSeat]:
    """Hold the only place of a window for a car that runs out in thirty days."""
    mei = applicant(sessions)
    with unit_of_work(sessions) as session:
        vehicle_id = factories.vehicle(session, person_id=person_of(mei), valid_until=date(2026, 12, 24))
    window(sessions, station(sessions), DAY, free=1)
    remind_owners(sessions, NOW)
    with reading(sessions) as session:
        return mei, vehicle_id, held_for(session, [holder_of(vehicle_id)], now=NOW)[holder_of(vehicle_id)]


def taken(
    sessions: Sessions, actor: Actor, vehicle_id: VehicleId, held: HeldSeat, key: str, *, hours: int = 1
) -> str:
    wish = Wish(person_of(actor), holder_of(vehicle_id), held.slot_id, key)
    with unit_of_work(sessions) as session:
        return bookings.book_seat(session, INSPECTIONS, wish, actor=actor, now=NOW + timedelta(hours=hours))


def test_the_place_of_a_reminder_is_taken_exactly_once(sessions: Sessions) -> None:
    mei, vehicle_id, held = reminded(sessions)
    start = Barrier(8)

    def client(number: int) -> str:
        start.wait()
        try:
            taken(sessions, mei, vehicle_id, held, f"click-{number}")
        except (HoldGoneError, AlreadyBookedError):
            return "gone"
        return "taken"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(client, range(8))) == ["gone"] * 7 + ["taken"]

    assert ledger(sessions, held.slot_id)["taken"] == 1
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Booking)) == 1


def test_while_it_is_held_the_place_is_nobody_elses(sessions: Sessions) -> None:
    _, _, held = reminded(sessions)
    wang = applicant(sessions)
    with unit_of_work(sessions) as session:
        other = factories.vehicle(session, person_id=person_of(wang))

    with pytest.raises(SlotFullError):
        taken(sessions, wang, other, held, "other", hours=47)


def test_after_its_time_the_place_is_anybodys_with_no_job_running(sessions: Sessions) -> None:
    mei, vehicle_id, held = reminded(sessions)
    wang = applicant(sessions)
    with unit_of_work(sessions) as session:
        other = factories.vehicle(session, person_id=person_of(wang))

    wish = Wish(person_of(wang), holder_of(other), held.slot_id, "other")
    with unit_of_work(sessions) as session:
        assert bookings.book_seat(session, INSPECTIONS, wish, actor=wang, now=NOW + timedelta(hours=48))

    with pytest.raises(SlotFullError):
        taken(sessions, mei, vehicle_id, held, "late", hours=48)
    assert ledger(sessions, held.slot_id)["taken"] == 1
