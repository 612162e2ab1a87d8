"""Seats that an outage closes: only what nobody holds, and back where they came from."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.slots import service as slots
from booking.slots.blocking import Counters, block_seats, blocked_of, unblock_seats
from booking.slots.jobs import release_due_seats, return_freed_seats
from booking.slots.models import Lane, Quota, Release
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW

LATER = NOW + timedelta(days=7)


def window(sessions: Sessions, *, taken: int = 0) -> SlotId:
    """Add a window of ten: six on sale, two to be released in a week, two for walk-ins."""
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, lanes={Lane.ORDINARY: 8, Lane.WALK_IN: 2})
        for amount, due_at in ((6, NOW), (2, LATER)):
            session.execute(insert(Release).values(slot_id=slot_id, lane=Lane.ORDINARY, amount=amount, due_at=due_at))
    release_due_seats(sessions, NOW)
    with unit_of_work(sessions) as session:
        for _ in range(taken):
            slots.take_seat(session, slot_id, [Lane.ORDINARY], now=NOW)
    return slot_id


def block(sessions: Sessions, slot_id: SlotId, count: int) -> int:
    with unit_of_work(sessions) as session:
        return block_seats(session, slot_id, count, reason="设备检修", actor=SYSTEM, now=NOW)


def unblock(sessions: Sessions, slot_id: SlotId, count: int) -> int:
    with unit_of_work(sessions) as session:
        return unblock_seats(session, slot_id, count, reason="恢复", actor=SYSTEM, now=NOW)


def ledger(sessions: Sessions, slot_id: SlotId, lane: Lane = Lane.ORDINARY) -> tuple[int, int, int, int]:
    """Return (released, taken, freed, blocked)."""
    with reading(sessions) as session:
        quota = session.get_one(Quota, (slot_id, lane))
        return quota.released, quota.taken, quota.freed, quota.blocked


def test_seats_not_yet_released_are_blocked_before_those_on_sale(sessions: Sessions) -> None:
    slot_id = window(sessions, taken=3)

    assert block(sessions, slot_id, 4) == 4
    assert ledger(sessions, slot_id) == (4, 3, 0, 4)


def test_bookings_are_never_blocked_and_the_walk_in_share_goes_last(sessions: Sessions) -> None:
    slot_id = window(sessions, taken=5)

    assert block(sessions, slot_id, 10) == 5
    assert ledger(sessions, slot_id) == (5, 5, 0, 3)
    assert ledger(sessions, slot_id, Lane.WALK_IN) == (0, 0, 0, 2)
    with pytest.raises(SlotFullError), unit_of_work(sessions) as session:
        slots.take_seat(session, slot_id, [Lane.ORDINARY], now=NOW)


def test_a_later_release_brings_no_blocked_seat(sessions: Sessions) -> None:
    slot_id = window(sessions)
    block(sessions, slot_id, 1)

    release_due_seats(sessions, LATER)

    assert ledger(sessions, slot_id) == (7, 0, 0, 1)


def test_what_comes_back_before_its_release_waits_for_it(sessions: Sessions) -> None:
    slot_id = window(sessions)
    block(sessions, slot_id, 2)

    assert unblock(sessions, slot_id, 2) == 2
    assert ledger(sessions, slot_id) == (6, 0, 0, 0)
    release_due_seats(sessions, LATER)
    assert ledger(sessions, slot_id) == (8, 0, 0, 0)


def test_what_comes_back_later_returns_at_the_announced_hour(sessions: Sessions) -> None:
    slot_id = window(sessions)
    block(sessions, slot_id, 5)

    assert unblock(sessions, slot_id, 99) == 5
    assert ledger(sessions, slot_id) == (3, 0, 3, 0)
    return_freed_seats(sessions, NOW)
    assert ledger(sessions, slot_id) == (6, 0, 0, 0)


def test_the_walk_in_share_that_comes_back_is_not_put_on_sale(sessions: Sessions) -> None:
    slot_id = window(sessions)
    block(sessions, slot_id, 10)

    unblock(sessions, slot_id, 2)

    assert ledger(sessions, slot_id, Lane.WALK_IN) == (0, 0, 0, 0)
    with reading(sessions) as session:
        assert blocked_of(session, [slot_id]) == {slot_id: 8}


@st.composite
def ledgers(draw: st.DrawFn) -> Counters:
    blocked, freed, taken, free, unreleased = (draw(st.integers(0, 9)) for _ in range(5))
    capacity = blocked + freed + taken + free + unreleased
    return Counters(draw(st.sampled_from(Lane)), capacity, taken + free, taken, freed, blocked)


@given(ledger=ledgers(), count=st.integers(0, 50), pending=st.integers(0, 20))
def test_blocking_and_unblocking_keep_every_seat(ledger: Counters, count: int, pending: int) -> None:
    for after in (ledger.with_blocked(count), ledger.without_blocked(count, pending)):
        assert (after.capacity, after.taken) == (ledger.capacity, ledger.taken)
        assert after.taken <= after.released
        assert min(after.released, after.freed, after.blocked, after.unreleased) >= 0
    assert ledger.with_blocked(count).blocked - ledger.blocked == min(
        count, ledger.capacity - ledger.blocked - ledger.taken
    )


@given(ledger=ledgers(), count=st.integers(0, 50))
def test_unblocking_never_brings_more_than_was_blocked(ledger: Counters, count: int) -> None:
    assert ledger.blocked - ledger.without_blocked(count, 0).blocked == min(count, ledger.blocked)
