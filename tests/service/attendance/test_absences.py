"""Who did not come: marked once, told, and only where somebody records who comes."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from booking.accounts.models import Person
from booking.attendance import jobs
from booking.attendance.models import VisitState
from booking.attendance.service import absences
from booking.bookings.models import BookingState
from booking.exams.line import EXAMS
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.ids import VisitId
from booking.notices.models import Channel, Notice
from booking.slots import service as slots
from booking.slots.models import Slot
from tests import factories
from tests.conftest import NOW
from tests.service.attendance.station import CARS, Station, at


def test_a_booking_whose_window_is_long_over_is_absent_once(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00")

    assert jobs.mark_absent_due(sessions, CARS, at("11:29")) == 0
    assert jobs.mark_absent_due(sessions, CARS, at("11:30")) == 1
    assert jobs.mark_absent_due(sessions, CARS, at("11:31")) == 0

    assert station.booking(booking_id) is BookingState.ABSENT
    assert station.acts("booking") == ["booking absent"]


def test_absences_that_were_slept_through_are_made_good(sessions: Sessions) -> None:
    station = Station(sessions)
    for number in range(3):
        station.booked(f"car:{number}", f"1{number}:00")

    assert jobs.mark_absent_due(sessions, CARS, at("08:00") + timedelta(days=3)) == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_absent_are_told_without_their_plate(sessions: Sessions, language: str) -> None:
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00")
    with unit_of_work(sessions) as session:
        session.execute(update(Person).values(language=language))

    jobs.mark_absent_due(sessions, CARS, at("11:30"))

    with reading(sessions) as session:
        notice = session.scalars(select(Notice).where(Notice.channel == Channel.INBOX)).one()
        told = keyring_of(session).open(notice.text_sealed, column="notice.text")
    assert notice.template == "inspection_booking_absent"
    assert notice.event == f"booking {booking_id} booking_absent"
    assert "粤G·1***" in told
    assert "10:00–11:00" in told


def test_whoever_came_is_not_absent_whatever_became_of_them(sessions: Sessions) -> None:
    station = Station(sessions)
    waiting, late = station.booked("car:1", "10:00"), station.booked("car:2", "10:00")
    station.arrive("car:1", "10:00")
    station.arrive("car:2", "11:25")

    assert jobs.mark_absent_due(sessions, CARS, at("11:30")) == 0

    assert station.booking(waiting) is station.booking(late) is BookingState.ATTENDED


def test_somebody_who_came_after_the_list_was_made_is_not_absent(sessions: Sessions) -> None:
    """Attended may become absent when somebody goes untested, so the job must not rely on the steps alone."""
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00")
    station.arrive("car:1", "11:29")

    with unit_of_work(sessions) as session:
        assert not absences.mark_absent(session, CARS, booking_id, actor=SYSTEM, now=at("11:30"))

    assert station.booking(booking_id) is BookingState.ATTENDED


def test_nobody_is_absent_from_a_window_that_the_office_withdrew(sessions: Sessions) -> None:
    station = Station(sessions)
    station.booked("car:1", "10:00")
    with unit_of_work(sessions) as session:
        slots.withdraw_slot(session, station.window("10:00"), actor=SYSTEM, reason="停电", now=at("08:00"))

    assert jobs.mark_absent_due(sessions, CARS, at("12:00")) == 0


def test_a_line_that_does_not_record_who_comes_has_no_absent(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        holder = factories.account(session)
        slot_id = factories.slot(session)
        factories.booking(session, holder, slot_id, at=NOW)
        ends_at = session.get_one(Slot, slot_id).ends_at

    assert jobs.keep_days(sessions, EXAMS, ends_at + timedelta(days=1)) == 0


def test_whoever_still_waited_at_night_has_left_and_whoever_is_in_test_is_owed_a_result(sessions: Sessions) -> None:
    station = Station(sessions)
    visits: dict[str, VisitId] = {}
    for car in ("car:test", "car:called", "car:waits"):
        visits[car] = station.arrive(car, "17:00").id
        if car != "car:waits":
            station.call("17:01", car)
    station.start(station.seen(visits["car:test"]), "17:05")
    midnight = at("00:00") + timedelta(days=1)

    assert jobs.end_days(sessions, CARS, midnight - timedelta(minutes=1)) == 0
    assert jobs.end_days(sessions, CARS, midnight) == 2
    assert jobs.end_days(sessions, CARS, midnight) == 0

    states = [station.seen(visit_id).state for visit_id in visits.values()]
    assert states == [VisitState.IN_TEST, VisitState.LEFT, VisitState.LEFT]
