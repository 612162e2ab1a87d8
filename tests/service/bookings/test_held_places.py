"""Booking where a place is held: that one is taken, one held elsewhere is given up, and a lapsed one is nobody's."""

from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest

from booking.bookings import service as bookings
from booking.bookings.wishes import Wish, look_first
from booking.exams.line import EXAMS
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import BookingError
from booking.kernel.ids import SlotId
from booking.slots.holds import hold_seat
from booking.slots.models import Hold, HoldPurpose, HoldState, Lane, Quota
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW
from tests.service.bookings.test_book_seat import mei, person_of

UNTIL = NOW + timedelta(hours=48)


def slot(sessions: Sessions, day: date = date(2026, 12, 8)) -> SlotId:
    with unit_of_work(sessions) as session:
        return factories.slot(session, released=1, day=day)


def hold(sessions: Sessions, slot_id: SlotId, actor: Actor) -> int:
    with unit_of_work(sessions) as session:
        return hold_seat(
            session, slot_id, [Lane.ORDINARY], EXAMS.holder(person_of(actor)),
            purpose=HoldPurpose.REMINDER, until=UNTIL, actor=SYSTEM, now=NOW,
        )  # fmt: skip


def wish(actor: Actor, slot_id: SlotId, key: str = "key") -> Wish:
    return Wish(person_of(actor), EXAMS.holder(person_of(actor)), slot_id, key)


def book(sessions: Sessions, actor: Actor, slot_id: SlotId, *, now: datetime = NOW, key: str = "key") -> str:
    with unit_of_work(sessions) as session:
        return bookings.book_seat(session, EXAMS, wish(actor, slot_id, key), actor=actor, now=now)


def taken(sessions: Sessions, slot_id: SlotId) -> int:
    with reading(sessions) as session:
        return session.get_one(Quota, (slot_id, Lane.ORDINARY)).taken


def state(sessions: Sessions, hold_id: int) -> HoldState:
    with reading(sessions) as session:
        return session.get_one(Hold, hold_id).state


def test_the_place_that_is_held_is_the_one_that_is_booked(sessions: Sessions) -> None:
    learner, slot_id = mei(sessions), slot(sessions)
    hold_id = hold(sessions, slot_id, learner)

    book(sessions, learner, slot_id)

    assert (state(sessions, hold_id), taken(sessions, slot_id)) == (HoldState.TAKEN, 1)


def test_the_quick_look_sees_a_place_that_is_held_for_whoever_asks(sessions: Sessions) -> None:
    learner, other, slot_id = mei(sessions), mei(sessions), slot(sessions)
    hold(sessions, slot_id, learner)

    with reading(sessions) as session:
        assert look_first(session, EXAMS, wish(learner, slot_id), now=NOW) is None
        with pytest.raises(SlotFullError):
            look_first(session, EXAMS, wish(other, slot_id), now=NOW)
        assert look_first(session, EXAMS, wish(other, slot_id), now=UNTIL) is None


@pytest.mark.parametrize("held_first", [True, False])
def test_a_booking_elsewhere_gives_the_held_place_up(sessions: Sessions, held_first: bool) -> None:
    learner, first, second = mei(sessions), slot(sessions), slot(sessions, date(2026, 12, 9))
    held, wanted = (first, second) if held_first else (second, first)
    hold_id = hold(sessions, held, learner)

    book(sessions, learner, wanted)

    assert state(sessions, hold_id) is HoldState.GIVEN_UP
    assert (taken(sessions, held), taken(sessions, wanted)) == (0, 1)


def test_a_refused_booking_leaves_the_held_place_held(sessions: Sessions) -> None:
    learner, held, full = mei(sessions), slot(sessions), slot(sessions, date(2026, 12, 9))
    hold_id = hold(sessions, held, learner)
    book(sessions, mei(sessions), full)

    with pytest.raises(SlotFullError):
        book(sessions, learner, full)

    assert (state(sessions, hold_id), taken(sessions, held)) == (HoldState.HELD, 1)


def test_after_its_hour_the_held_place_is_anybodys_although_no_job_ran(sessions: Sessions) -> None:
    learner, other, slot_id = mei(sessions), mei(sessions), slot(sessions)
    hold_id = hold(sessions, slot_id, learner)

    book(sessions, other, slot_id, now=UNTIL)

    assert (state(sessions, hold_id), taken(sessions, slot_id)) == (HoldState.LAPSED, 1)
    with pytest.raises(SlotFullError):
        book(sessions, learner, slot_id, now=UNTIL)


@pytest.mark.race
def test_many_taps_on_one_held_place_are_one_booking(sessions: Sessions) -> None:
    learner, slot_id = mei(sessions), slot(sessions)
    hold_id = hold(sessions, slot_id, learner)
    start, found = Barrier(8), list[str]()

    def tap(number: int) -> None:
        start.wait(10)
        try:
            book(sessions, learner, slot_id, key=f"key-{number}")
        except BookingError:  # by the rules where the other was first, else by the index
            found.append("refused")
        else:
            found.append("booked")

    threads = [Thread(target=tap, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == ["booked"] + ["refused"] * 7
    assert (state(sessions, hold_id), taken(sessions, slot_id)) == (HoldState.TAKEN, 1)
