"""Held seats: one for each holder, taken exactly once, and nobody's once their hour has passed, job or no job."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import Holder, SlotId
from booking.slots import service as slots
from booking.slots.holds import (
    AlreadyHeldError,
    HoldGoneError,
    give_up_hold,
    held_for,
    held_seat,
    hold_seat,
    take_held,
)
from booking.slots.jobs import lapse_due_holds
from booking.slots.models import Hold, HoldPurpose, HoldState, Lane, Quota
from booking.slots.queries import slot_shown, slots_between
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW

CAR, OTHER = Holder("vehicle:1"), Holder("vehicle:2")
UNTIL = NOW + timedelta(hours=48)


def held(sessions: Sessions, slot_id: SlotId, holder: Holder = CAR, *, now: datetime = NOW) -> int:
    with unit_of_work(sessions) as session:
        return hold_seat(
            session, slot_id, [Lane.ORDINARY], holder,
            purpose=HoldPurpose.REMINDER, until=now + timedelta(hours=48), actor=SYSTEM, now=now,
        )  # fmt: skip


def one_seat(sessions: Sessions) -> SlotId:
    with unit_of_work(sessions) as session:
        return factories.slot(session, released=1)


def take(sessions: Sessions, slot_id: SlotId, *, now: datetime) -> None:
    with unit_of_work(sessions) as session:
        slots.take_seat(session, slot_id, [Lane.ORDINARY], now=now)


def taken(sessions: Sessions, slot_id: SlotId) -> int:
    with reading(sessions) as session:
        return session.get_one(Quota, (slot_id, Lane.ORDINARY)).taken


def state(sessions: Sessions, hold_id: int) -> HoldState:
    with reading(sessions) as session:
        return session.get_one(Hold, hold_id).state


def test_a_held_seat_is_nobody_elses(sessions: Sessions) -> None:
    slot_id = one_seat(sessions)
    held(sessions, slot_id)

    with pytest.raises(SlotFullError):
        take(sessions, slot_id, now=UNTIL - timedelta(seconds=1))


def test_a_hold_lapses_although_no_job_runs(sessions: Sessions) -> None:
    slot_id = one_seat(sessions)
    hold_id = held(sessions, slot_id)

    take(sessions, slot_id, now=UNTIL)

    assert (state(sessions, hold_id), taken(sessions, slot_id)) == (HoldState.LAPSED, 1)


def test_a_lapsed_seat_is_shown_as_free_although_no_job_runs(sessions: Sessions) -> None:
    slot_id = one_seat(sessions)
    held(sessions, slot_id)

    with reading(sessions) as session:
        before, after = (slot_shown(session, slot_id, now=now) for now in (UNTIL - timedelta(seconds=1), UNTIL))
        listed = slots_between(session, before.day, before.day, now=UNTIL) if before else []

    assert before
    assert after
    assert (before.remaining, after.remaining, [slot.remaining for slot in listed]) == (0, 1, [1])


def test_a_lapsed_hold_cannot_be_taken(sessions: Sessions) -> None:
    slot_id = one_seat(sessions)
    hold_id = held(sessions, slot_id)

    with pytest.raises(HoldGoneError), unit_of_work(sessions) as session:
        take_held(session, hold_id, CAR, slot_id, actor=SYSTEM, now=UNTIL)
    with pytest.raises(HoldGoneError), reading(sessions) as session:
        held_seat(session, hold_id, now=UNTIL)


def test_nobody_takes_what_is_held_for_another(sessions: Sessions) -> None:
    slot_id = one_seat(sessions)
    hold_id = held(sessions, slot_id)

    with pytest.raises(HoldGoneError), unit_of_work(sessions) as session:
        take_held(session, hold_id, OTHER, slot_id, actor=SYSTEM, now=NOW)


def test_a_holder_has_one_held_seat_of_a_service(sessions: Sessions) -> None:
    held(sessions, one_seat(sessions))

    with pytest.raises(AlreadyHeldError):
        held(sessions, one_seat(sessions))


def test_a_lapsed_hold_stands_in_the_way_of_no_new_one(sessions: Sessions) -> None:
    old = held(sessions, one_seat(sessions))

    new = held(sessions, one_seat(sessions), now=UNTIL)

    assert (state(sessions, old), state(sessions, new)) == (HoldState.LAPSED, HoldState.HELD)
    with reading(sessions) as session:
        assert held_for(session, [CAR, OTHER], now=UNTIL)[CAR].id == new


def test_what_is_given_up_is_free_at_once(sessions: Sessions) -> None:
    slot_id = one_seat(sessions)
    hold_id = held(sessions, slot_id)

    with unit_of_work(sessions) as session:
        give_up_hold(session, hold_id, CAR, slot_id, actor=SYSTEM, now=NOW)

    take(sessions, slot_id, now=NOW)
    assert state(sessions, hold_id) is HoldState.GIVEN_UP


def test_the_job_notes_lapsed_holds_once(sessions: Sessions) -> None:
    slot_id = one_seat(sessions)
    held(sessions, slot_id)

    assert [lapse_due_holds(sessions, now) for now in (UNTIL - timedelta(seconds=1), UNTIL, UNTIL)] == [0, 1, 0]
    assert taken(sessions, slot_id) == 0


@pytest.mark.race
def test_a_held_seat_is_taken_exactly_once(sessions: Sessions) -> None:
    slot_id = one_seat(sessions)
    hold_id = held(sessions, slot_id)

    def try_it(session: Session) -> None:
        take_held(session, hold_id, CAR, slot_id, actor=SYSTEM, now=NOW)

    assert sorted(at_once(sessions, try_it, 12)) == ["gone"] * 11 + ["taken"]


def at_once(sessions: Sessions, act: Callable[[Session], None], people: int) -> list[str]:
    """Let that many people act at the same moment; return what each got."""
    start, found = Barrier(people), list[str]()

    def one() -> None:
        start.wait(10)
        try:
            with unit_of_work(sessions) as session:
                act(session)
        except HoldGoneError:
            found.append("gone")
        else:
            found.append("taken")

    threads = [Thread(target=one) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize(
    ("guard", "statement"),
    [
        ("kept_hold", "DELETE FROM hold"),
        ("hold_identity", "UPDATE hold SET holder = 'vehicle:2'"),
        ("hold_step", "UPDATE hold SET state = 'held', ended_at = NULL"),
    ],
)
def test_a_hold_that_ended_stays_as_it_was(sessions: Sessions, guard: str, statement: str) -> None:
    slot_id = one_seat(sessions)
    hold_id = held(sessions, slot_id)
    if guard == "hold_step":
        with unit_of_work(sessions) as session:
            session.execute(update(Hold).where(Hold.id == hold_id).values(state=HoldState.LAPSED, ended_at=NOW))

    with pytest.raises(IntegrityError, match=guard), unit_of_work(sessions) as session:
        session.execute(text(statement))
