"""The board of a day and its public part: who stands where, in how many statements, and what nobody is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from booking.attendance.models import VisitState
from booking.attendance.queries import board as boards
from booking.attendance.queries.board import Board, Pool, PublicQueue
from booking.attendance.queries.figures import figures_of
from booking.kernel.db import Sessions, reading
from tests.service.attendance.station import DAY, SERVICE, Station, at

FIVE = timedelta(minutes=5)
POOLS = (Pool({SERVICE}, {"1": FIVE, "2": FIVE}),)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Collect the statements that are run meanwhile."""
    statements: list[str] = []

    def note(*given: object) -> None:
        statements.append(str(given[2]))

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def seen(station: Station, clock: str, pools: tuple[Pool, ...] = POOLS) -> Board:
    with reading(station.sessions) as session:
        return boards.board(session, station.site_id, DAY, pools=pools, now=at(clock))


def public(station: Station, clock: str) -> PublicQueue:
    with reading(station.sessions) as session:
        return boards.queue_public(session, station.site_id, pools=POOLS, now=at(clock))


@pytest.fixture
def station(sessions: Sessions) -> Station:
    """A station at 10:10: one tested, one in test, one called, three waiting, two still to come; one who left."""
    station = Station(sessions)
    for car in ("car:in", "car:to_come"):
        station.booked(car, "10:00")
    station.booked("car:early", "11:00")
    station.booked("car:afternoon", "14:00")
    station.tested("car:done", "09:30", True)
    station.leave(station.arrive("car:left", "09:40"), "09:50")
    for car in ("car:walk1", "car:walk2", "car:walk3"):
        visit = station.arrive(car, "10:00")
        if car == "car:walk1":
            station.call("10:01", "1")
            station.start(visit, "10:02")
    station.arrive("car:in", "10:03")
    station.arrive("car:early", "10:04")
    station.call("10:08", "2")
    return station


def test_everybody_stands_on_the_board_once_and_in_order(station: Station) -> None:
    board = seen(station, "10:10")

    assert [one.visit.holder for one in board.waiting] == ["car:walk2", "car:walk3", "car:early"]
    assert [row.holder for row in board.called] == ["car:in"]
    assert [row.holder for row in board.in_test] == ["car:walk1"]
    assert [row.holder for row in board.done] == ["car:done", "car:left"]
    assert [one.holder for one in board.to_come] == ["car:to_come", "car:afternoon"]
    assert board.counts == {
        VisitState.WAITING: 3,
        VisitState.CALLED: 1,
        VisitState.IN_TEST: 1,
        VisitState.PASSED: 1,
        VisitState.LEFT: 1,
    }


def test_waits_count_who_is_in_test_who_is_called_and_who_is_booked_for_this_hour(station: Station) -> None:
    board = seen(station, "10:10")

    # Lane 1 took a car at 10:02 and is overdue, so free now; lane 2 has one called and is free at 10:15. The booked
    # car that is still to come is counted as if it stood here.
    assert [one.wait for one in board.waiting] == [timedelta(minutes=count) for count in (5, 5, 10)]
    assert board.walk_in_waits == {SERVICE: timedelta(minutes=10)}


def test_where_no_lane_is_open_no_wait_is_told(station: Station) -> None:
    board = seen(station, "10:10", (Pool({SERVICE}),))

    assert [one.wait for one in board.waiting] == [None, None, None]
    assert board.walk_in_waits == {SERVICE: None}
    assert seen(station, "10:10", ()).walk_in_waits == {}


def test_the_public_sees_numbers_and_never_a_holder(station: Station) -> None:
    queue = public(station, "10:10")

    assert [(call.number, call.post) for call in queue.calls] == [(6, "2")]
    assert (queue.waiting, queue.to_come_now) == (3, 1)
    assert queue.walk_in_waits == {SERVICE: timedelta(minutes=10)}
    assert "car" not in repr(queue)
    assert "holder" not in {field.name for field in (*fields(queue), *fields(queue.calls[0]))}


def test_the_last_call_is_shown_first(station: Station) -> None:
    station.call("10:09", "3")

    assert [call.post for call in public(station, "10:10").calls] == ["3", "2"]


def test_a_test_without_a_result_is_asked_for_the_next_day(station: Station) -> None:
    with reading(station.sessions) as session:
        tomorrow = boards.board(
            session, station.site_id, DAY + timedelta(days=1), pools=POOLS, now=at("10:00") + timedelta(days=1)
        )

    assert [row.holder for row in tomorrow.unfinished] == ["car:walk1"]
    assert (tomorrow.in_test, tomorrow.waiting) == ([], [])
    station.result(tomorrow.unfinished[0], True, "10:00", DAY + timedelta(days=1))


def test_board_queue_and_figures_take_a_fixed_number_of_statements(station: Station) -> None:
    def statements() -> tuple[int, int, int]:
        counts = []
        with reading(station.sessions) as session:
            session.connection()
            for look in (
                lambda: boards.board(session, station.site_id, DAY, pools=POOLS, now=at("10:10")),
                lambda: boards.queue_public(session, station.site_id, pools=POOLS, now=at("10:10")),
                lambda: figures_of(session, station.site_id, DAY, DAY),
            ):
                with counted(session) as run:
                    look()
                counts.append(len(run))
        return counts[0], counts[1], counts[2]

    before = statements()
    for number in range(10):
        station.booked(f"car:more{number}", "15:00")
        station.arrive(f"car:other{number}", "10:05")

    assert before == statements() == (3, 2, 3)
