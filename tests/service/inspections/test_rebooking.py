"""A car that has just failed can be booked again at once, although its result could still be taken back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from booking.attendance.models import Visit, VisitState
from booking.attendance.queries.settings import day_settings
from booking.attendance.service.arrivals import Arrival, arrive
from booking.attendance.service.calls import call_next, start
from booking.attendance.service.results import ResultFinalError, record_result, undo_result
from booking.bookings.models import Booking, BookingState
from booking.bookings.queries import find
from booking.bookings.service import AlreadyBookedError, book_seat
from booking.bookings.wishes import Wish
from booking.inspections.holders import holder_of
from booking.inspections.line import INSPECTIONS
from booking.inspections.service.booking import book_window
from booking.inspections.service.several import book_several
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, SlotId, VehicleId, VisitId
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW
from tests.service.inspections.cars import applicant, person_of
from tests.service.inspections.town import station, window

SOON = NOW + timedelta(minutes=1)
TOMORROW = date(2026, 11, 25)


class Failed:
    """A booked car that has failed a moment ago, and a window of tomorrow."""

    def __init__(self, sessions: Sessions) -> None:
        self.owner: Actor = applicant(sessions)
        self.site: SiteId = station(sessions)
        self.next: SlotId = window(sessions, self.site, TOMORROW)
        today = window(sessions, self.site, NOW.date())
        with unit_of_work(sessions) as session:
            self.car: VehicleId = factories.vehicle(
                session,
                person_id=person_of(self.owner),
                registered_on=date(2010, 12, 20),
                valid_until=date(2026, 12, 31),
            )
            self.operator = factories.account(session, Role.STATION, site_id=self.site)
            self.first = factories.booking_row(session, self.owner, today, at=NOW, held_by=holder_of(self.car))
        with unit_of_work(sessions) as session:
            settings = day_settings(session, INSPECTIONS.key, NOW.date())
            arrival = Arrival(holder_of(self.car), "inspection_small")
            visit = arrive(session, self.site, arrival, settings=settings, actor=self.operator, now=NOW)
            call_next(session, self.site, "1", actor=self.operator, now=NOW)
            start(session, visit.id, actor=self.operator, now=NOW)
            record_result(session, visit.id, False, actor=self.operator, now=NOW)
            self.visit: VisitId = visit.id

    @property
    def wish(self) -> Wish:
        return Wish(person_of(self.owner), holder_of(self.car), self.next, "again")


def test_booking_again_settles_the_fail(sessions: Sessions) -> None:
    failed = Failed(sessions)

    with unit_of_work(sessions) as session:
        reference = book_window(session, failed.wish, actor=failed.owner, now=SOON)

    with reading(sessions) as session:
        assert find(session, failed.first).state is BookingState.FAILED
        assert find(session, reference).state is BookingState.CONFIRMED


def test_the_core_alone_would_still_find_the_booking_of_the_failed_test(sessions: Sessions) -> None:
    failed = Failed(sessions)

    with pytest.raises(AlreadyBookedError), unit_of_work(sessions) as session:
        book_seat(session, INSPECTIONS, failed.wish, actor=failed.owner, now=SOON)


def test_a_result_on_which_a_booking_was_built_is_not_taken_back(sessions: Sessions) -> None:
    failed = Failed(sessions)
    with unit_of_work(sessions) as session:
        book_window(session, failed.wish, actor=failed.owner, now=SOON)

    with reading(sessions) as session:
        settings = day_settings(session, INSPECTIONS.key, NOW.date())

    with pytest.raises(ResultFinalError), unit_of_work(sessions) as session:
        undo_result(session, failed.visit, settings=settings, actor=failed.operator, now=SOON)


def test_a_booking_that_is_refused_settles_nothing(sessions: Sessions) -> None:
    failed = Failed(sessions)
    full = window(sessions, failed.site, TOMORROW, free=0)
    wish = Wish(person_of(failed.owner), holder_of(failed.car), full, "again")

    with pytest.raises(SlotFullError), unit_of_work(sessions) as session:
        book_window(session, wish, actor=failed.owner, now=SOON)

    with reading(sessions) as session:
        visit = session.get_one(Visit, failed.visit)
        assert (visit.state, visit.settled_at) == (VisitState.FAILED, None)
        assert session.scalar(select(func.count()).select_from(Booking)) == 1


def test_a_car_that_has_just_failed_may_be_among_several(sessions: Sessions) -> None:
    failed = Failed(sessions)

    with unit_of_work(sessions) as session:
        given = book_several(
            session,
            person_of(failed.owner),
            {failed.car: failed.next},
            "key",
            whole=True,
            actor=failed.owner,
            now=SOON,
        )

    assert set(given.references) == {failed.car}
