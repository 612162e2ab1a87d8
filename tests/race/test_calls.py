"""Many operators and one queue: each car is called once, each number given once, whoever presses when."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import select, update

from booking.attendance import jobs
from booking.attendance.models import Visit, VisitState
from booking.attendance.rules.order import call_order
from booking.attendance.service import calls, results
from booking.attendance.service.calls import PostBusyError
from booking.attendance.service.results import ResultFinalError
from booking.attendance.service.steps import AlreadyHereError
from booking.bookings.models import BookingState
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ConflictError
from booking.kernel.ids import VisitId
from booking.notices.models import Channel, Notice
from tests.service.attendance.station import CARS, Station, at

pytestmark = pytest.mark.race
CARS_WAITING, OPERATORS = 24, 12
Answer = TypeVar("Answer")


def together(count: int, act: Callable[[int], Answer]) -> list[Answer]:
    """Let `count` threads act, all starting together; return what each returned."""
    start = Barrier(count)

    def one(number: int) -> Answer:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def waiting(sessions: Sessions, count: int) -> Station:
    station = Station(sessions)
    for number in range(count):
        station.arrive(f"car:{number}", "08:00")
    return station


def test_however_many_operators_call_each_car_is_called_once_and_in_order(sessions: Sessions) -> None:
    station = waiting(sessions, CARS_WAITING)

    def operator(number: int) -> list[str]:
        called: list[str] = []
        while visit := station.call("08:30", f"lane {number}"):
            called.append(visit.holder)
            station.start(visit, "08:30")
        return called

    rows = together(OPERATORS, operator)

    called = Counter(holder for row in rows for holder in row)
    assert called == Counter(f"car:{number}" for number in range(CARS_WAITING))
    assert station.acts("visit").count("visit called") == CARS_WAITING


def test_the_race_is_real_without_the_claim(sessions: Sessions) -> None:
    """Control: look who is next, then write the call. Two operators call the same car."""
    station = waiting(sessions, 2)
    both_have_looked = Barrier(2)

    def check_then_act(number: int) -> str:
        with reading(sessions) as session:
            ids = session.scalars(select(Visit.id).where(Visit.state == VisitState.WAITING)).all()
        first = call_order((station.seen(VisitId(one)).waiting for one in ids), now=at("08:30"))[0]
        both_have_looked.wait()
        values = {"state": VisitState.CALLED, "called_at": at("08:30"), "post": f"lane {number}"}
        with unit_of_work(sessions) as session:
            session.execute(update(Visit).where(Visit.number == first.number).values(values))
        return f"car {first.number}"

    assert together(2, check_then_act) == ["car 1", "car 1"]


def test_a_button_pressed_many_times_at_once_calls_one_car(sessions: Sessions) -> None:
    station = waiting(sessions, CARS_WAITING)

    def press(number: int) -> str:
        try:
            return "called" if station.call("08:30", "lane 1") else "nobody"
        except PostBusyError:
            return "busy"

    assert Counter(together(OPERATORS, press)) == {"called": 1, "busy": OPERATORS - 1}


def test_numbers_of_a_day_have_neither_gaps_nor_doubles(sessions: Sessions) -> None:
    station = Station(sessions)

    def arrive(number: int) -> int | str:
        try:
            return station.arrive(f"car:{number // 2}", "08:00").number  # each car twice
        except AlreadyHereError:
            return "here already"

    answers = together(OPERATORS, arrive)

    assert sorted(one for one in answers if isinstance(one, int)) == list(range(1, OPERATORS // 2 + 1))


def test_whoever_comes_while_absences_are_marked_is_either_here_or_absent_and_told_once(sessions: Sessions) -> None:
    station = Station(sessions)
    bookings = [station.booked(f"car:{number}", "10:00") for number in range(6)]

    def act(number: int) -> int | str:
        if number >= 6:  # two schedulers
            return jobs.mark_absent_due(sessions, CARS, at("11:30"))
        try:
            return station.arrive(f"car:{number}", "11:30").on_time
        except ConflictError:
            return "too late"

    marked = sum(one for one in together(8, act)[6:] if isinstance(one, int))

    states = Counter(station.booking(booking_id) for booking_id in bookings)
    assert set(states) <= {BookingState.ATTENDED, BookingState.ABSENT}
    assert states[BookingState.ABSENT] == marked
    with reading(sessions) as session:
        told = session.scalars(select(Notice.event).where(Notice.channel == Channel.INBOX)).all()
    assert len(told) == len(set(told)) == marked


def test_a_result_is_either_undone_or_settled(sessions: Sessions) -> None:
    for turn in range(5):
        station = Station(sessions)
        booking_id = station.booked(f"car:{turn}", "10:00")
        visit = station.tested(f"car:{turn}", "10:00", True)

        def act(number: int, station: Station = station, visit_id: VisitId = visit.id) -> str:
            try:
                with unit_of_work(sessions) as session:
                    if number:
                        settled = results.settle_result(session, visit_id, actor=SYSTEM, now=at("10:09"))
                        return "settled" if settled else "undone before"
                station.undo(station.seen(visit_id), "10:09")
            except (ConflictError, ResultFinalError):
                return "settled before"
            return "undone"

        answers = together(2, act)

        if station.seen(visit.id).state is VisitState.IN_TEST:
            assert answers == ["undone", "undone before"]
            assert station.booking(booking_id) is BookingState.ATTENDED
        else:
            assert answers == ["settled before", "settled"]
            assert station.booking(booking_id) is BookingState.PASSED


def test_two_who_record_that_nobody_came_count_one_missed_call(sessions: Sessions) -> None:
    station = waiting(sessions, 1)
    visit = station.call("08:30")
    assert visit is not None

    def call_off(number: int) -> str:
        try:
            with unit_of_work(sessions) as session:
                return calls.call_off(session, visit.id, actor=station.operator, now=at("08:31"))
        except ConflictError:
            return "too late"

    assert Counter(together(4, call_off)) == {VisitState.WAITING: 1, "too late": 3}
    assert station.seen(visit.id).missed_calls == 1
