"""Calling: who is next, what a missed call costs, and how a visit comes to its test or to nothing."""

import pytest
from sqlalchemy import update

from booking.attendance.models import VisitState
from booking.attendance.service import calls
from booking.attendance.service.calls import PostBusyError
from booking.bookings.models import Booking, BookingState
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.errors import InvalidInputError, InvalidStateError, NotFoundError
from booking.kernel.ids import VisitId
from tests.service.attendance.station import Station, at


def test_cars_are_called_in_the_published_order(sessions: Sessions) -> None:
    station = Station(sessions)
    for car, starts in (("car:late", "09:00"), ("car:early", "11:00"), ("car:booked", "10:00")):
        station.booked(car, starts)
    for car, clock in (("car:walk", "09:50"), ("car:early", "09:55"), ("car:late", "10:01"), ("car:booked", "10:04")):
        station.arrive(car, clock)

    order = [station.called("10:05", post) for post in "12345"]

    assert order == ["car:booked", "car:walk", "car:late", "car:early", ""]


def test_an_early_car_goes_first_once_its_window_has_begun(sessions: Sessions) -> None:
    station = Station(sessions)
    station.booked("car:early", "11:00")
    station.arrive("car:walk", "10:00")
    station.arrive("car:early", "10:30")

    assert station.called("11:00") == "car:early"


def test_a_post_calls_only_what_it_may_take(sessions: Sessions) -> None:
    station = Station(sessions)
    station.arrive("car:1", "08:00")
    station.arrive("truck:2", "08:01")

    with unit_of_work(sessions) as session:
        visit = calls.call_next(
            session,
            station.site_id,
            "large",
            may_take=lambda one: one.holder.startswith("truck"),
            actor=station.operator,
            now=at("08:05"),
        )

    assert visit is not None
    assert (visit.holder, visit.post, visit.state) == ("truck:2", "large", VisitState.CALLED)
    assert visit.called_at == at("08:05")


def test_nobody_is_called_who_came_after_the_call_or_on_another_day(sessions: Sessions) -> None:
    station = Station(sessions)
    station.arrive("car:1", "08:00")

    assert station.called("07:59") == ""


def test_a_button_pressed_twice_calls_one_car(sessions: Sessions) -> None:
    station = Station(sessions)
    first, _ = station.arrive("car:1", "08:00"), station.arrive("car:2", "08:00")
    station.call("08:01")

    with pytest.raises(PostBusyError):
        station.call("08:01")

    station.start(first, "08:02")
    assert station.called("08:03") == "car:2"  # a lane may have several under test


def test_a_post_has_a_name(sessions: Sessions) -> None:
    station = Station(sessions)

    with pytest.raises(InvalidInputError):
        station.call("08:00", "")
    with pytest.raises(InvalidInputError):
        station.call("08:00", "x" * 21)


def test_whoever_misses_a_call_goes_to_the_end_of_those_who_go_by_arrival(sessions: Sessions) -> None:
    station = Station(sessions)
    station.booked("car:booked", "10:00")
    booked = station.arrive("car:booked", "10:00")
    station.arrive("car:walk", "10:01")
    station.call("10:05")

    assert station.call_off(booked, "10:08") is VisitState.WAITING

    assert [station.called("10:09", post) for post in "123"] == ["car:walk", "car:booked", ""]


def test_whoever_misses_two_calls_has_left(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00")
    visit = station.arrive("car:1", "10:00")
    for clock in ("10:05", "10:15"):
        station.call(clock)
        state = station.call_off(visit, clock)

    assert state is VisitState.LEFT
    assert station.booking(booking_id) is BookingState.ABSENT
    assert station.acts("visit") == [
        "visit arrived",
        "visit called",
        "visit missed a call",
        "visit called",
        "visit missed its calls",
    ]


def test_a_number_is_called_again_to_the_same_post(sessions: Sessions) -> None:
    station = Station(sessions)
    visit = station.arrive("car:1", "08:00")
    station.call("08:01", "2")

    with unit_of_work(sessions) as session:
        calls.call_again(session, visit.id, actor=station.operator, now=at("08:03"))

    seen = station.seen(visit.id)
    assert (seen.called_at, seen.post, seen.missed_calls) == (at("08:03"), "2", 0)


def test_a_test_that_cannot_go_on_costs_nobody_their_place(sessions: Sessions) -> None:
    station = Station(sessions)
    station.booked("car:1", "10:00")
    first = station.arrive("car:1", "10:00")
    station.arrive("car:2", "10:01")
    station.call("10:05")
    station.start(first, "10:06")

    with unit_of_work(sessions) as session:
        calls.break_off(session, first.id, reason="检测线停电", actor=station.operator, now=at("10:10"))

    assert [station.called("10:11", post) for post in "23"] == ["car:1", "car:2"]


def test_whoever_leaves_untested_ends_their_booking_and_can_book_again(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00")
    visit = station.arrive("car:1", "10:00")

    station.leave(visit, "10:20")

    assert station.booking(booking_id) is BookingState.ABSENT
    assert station.acts("booking") == ["booking attended", "booking absent"]
    station.booked("car:1", "14:00")


def test_a_booking_that_the_office_cancelled_meanwhile_stays_cancelled(sessions: Sessions) -> None:
    station = Station(sessions)
    booking_id = station.booked("car:1", "10:00")
    visit = station.arrive("car:1", "10:00")
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).values(state=BookingState.CANCELLED_BY_OFFICE, ended_at=at("10:10")))

    station.leave(visit, "10:20")

    assert station.booking(booking_id) is BookingState.CANCELLED_BY_OFFICE


def test_each_verb_needs_the_state_before_it(sessions: Sessions) -> None:
    station = Station(sessions)
    visit = station.arrive("car:1", "08:00")

    with pytest.raises(InvalidStateError):
        station.start(visit, "08:01")
    with pytest.raises(InvalidStateError):
        station.call_off(visit, "08:01")
    with pytest.raises(InvalidStateError):
        station.result(visit, True, "08:01")
    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        calls.call_again(session, visit.id, actor=station.operator, now=at("08:01"))
    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        calls.break_off(session, visit.id, reason="x", actor=station.operator, now=at("08:01"))
    station.call("08:02")
    station.start(visit, "08:03")
    with pytest.raises(InvalidStateError):
        station.leave(visit, "08:04")  # whoever is in test gets a result, or is put back


def test_a_visit_that_is_not_there_is_not_found(sessions: Sessions) -> None:
    station = Station(sessions)

    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        calls.start(session, VisitId(999), actor=station.operator, now=at("08:00"))
