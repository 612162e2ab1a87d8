"""Freed seats and many hands: each seat is handed to one, whoever hands it and whatever else happens to it."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, update

from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidStateError
from booking.kernel.ids import SlotId
from booking.slots import service as slots
from booking.slots.models import Lane, Method, Quota
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.race
HANDS, FREED, SEATS = 8, 3, 10


def settled(sessions: Sessions, *, taken: int) -> SlotId:
    """Add a slot whose draw gave `taken` of its seats; the others are freed."""
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, method=Method.RANKED, lanes={Lane.ORDINARY: SEATS})
        slots.settle_draw(session, {slot_id: {Lane.ORDINARY: taken}}, actor=SYSTEM, now=NOW)
        return slot_id


def ledger(sessions: Sessions, slot_id: SlotId) -> tuple[int, int, int]:
    """Return (released, taken, freed)."""
    with reading(sessions) as session:
        quota = session.get_one(Quota, (slot_id, Lane.ORDINARY))
        return quota.released, quota.taken, quota.freed


def at_once(hands: int, act: Callable[[int], str]) -> Counter[str]:
    """Let every hand act at the same moment, each on its own connection; count the answers."""
    start = Barrier(hands)

    def hand(number: int) -> str:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(hands) as pool:
        return Counter(pool.map(hand, range(hands)))


def test_three_freed_seats_are_handed_to_exactly_three_of_eight(sessions: Sessions) -> None:
    slot_id = settled(sessions, taken=SEATS - FREED)

    def hand_over(_: int) -> str:
        try:
            with unit_of_work(sessions) as session:
                slots.hand_over(session, slot_id, [Lane.ORDINARY])
        except SlotFullError:
            return "none left"
        return "handed over"

    assert at_once(HANDS, hand_over) == {"handed over": FREED, "none left": HANDS - FREED}
    assert ledger(sessions, slot_id) == (SEATS, SEATS, 0)


def test_the_race_is_real_without_the_claim(sessions: Sessions) -> None:
    """Control: read the counters, decide in Python, write them back. The one freed seat goes to both."""
    slot_id = settled(sessions, taken=SEATS - 1)
    both_have_looked = Barrier(2)

    def look_then_hand_over(_: int) -> str:
        released, taken, freed = ledger(sessions, slot_id)
        both_have_looked.wait()
        if not freed:
            return "none left"
        with unit_of_work(sessions) as session:
            values = {"released": released + 1, "taken": taken + 1, "freed": freed - 1}
            session.execute(update(Quota).where(Quota.slot_id == slot_id).values(**values))
        return "handed over"

    assert at_once(2, look_then_hand_over) == {"handed over": 2}


def test_a_freed_seat_is_handed_over_or_returned_to_sale_and_never_both(sessions: Sessions) -> None:
    slot_id = settled(sessions, taken=SEATS - FREED)

    def act(number: int) -> str:
        with unit_of_work(sessions) as session:
            if number % 4 == 0:
                return f"returned {slots.return_freed_seats(session, actor=SYSTEM, now=NOW, of=[slot_id])}"
            try:
                slots.hand_over(session, slot_id, [Lane.ORDINARY])
            except SlotFullError:
                return "none left"
        return "handed over"

    answers = at_once(HANDS, act)

    returned = sum(int(answer.split()[1]) * times for answer, times in answers.items() if answer[:8] == "returned")
    released, taken, freed = ledger(sessions, slot_id)
    assert (released + freed, taken) == (SEATS, SEATS - FREED + answers["handed over"])
    assert answers["handed over"] + returned + freed == FREED


def test_of_several_that_settle_one_draw_one_does(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        slot_ids = [factories.slot(session, method=Method.RANKED, lanes={Lane.ORDINARY: 5}) for _ in range(3)]

    def settle(number: int) -> str:
        given = {slot_id: {Lane.ORDINARY: 2} for slot_id in (slot_ids if number % 2 else reversed(slot_ids))}
        try:
            with unit_of_work(sessions) as session:
                slots.settle_draw(session, given, actor=SYSTEM, now=NOW)
        except InvalidStateError:
            return "too late"
        return "settled"

    assert at_once(6, settle) == {"settled": 1, "too late": 5}
    with reading(sessions) as session:
        rows = session.execute(select(Quota.released, Quota.taken, Quota.freed)).all()
    assert rows == [(2, 2, 3)] * 3
