"""The seat ledger under any order of acts: no seat is lost, none is invented."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidStateError
from booking.kernel.ids import SlotId
from booking.slots import service as slots
from booking.slots.jobs import release_due_seats, return_freed_seats
from booking.slots.models import Lane, Quota, Release
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW

CAPACITY = 6


def ledger(sessions: Sessions, slot_id: SlotId) -> tuple[int, int, int]:
    """Return (released, taken, freed)."""
    with reading(sessions) as session:
        quota = session.get_one(Quota, (slot_id, Lane.ORDINARY))
        return quota.released, quota.taken, quota.freed


def with_releases(sessions: Sessions, *amounts: int) -> SlotId:
    """Add a slot whose seats are released a minute apart, the first one now."""
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=0, capacity=max(sum(amounts), 1))
        for minute, amount in enumerate(amounts):
            due_at = NOW + timedelta(minutes=minute)
            session.execute(insert(Release).values(slot_id=slot_id, lane=Lane.ORDINARY, amount=amount, due_at=due_at))
    return slot_id


def test_seats_are_released_when_they_are_due_and_once(sessions: Sessions) -> None:
    slot_id = with_releases(sessions, 4, 2)

    assert release_due_seats(sessions, NOW) == 1
    assert release_due_seats(sessions, NOW) == 0
    assert ledger(sessions, slot_id) == (4, 0, 0)


def test_releases_missed_while_nobody_was_there_are_made_up_in_order(sessions: Sessions) -> None:
    slot_id = with_releases(sessions, 1, 2, 3)

    assert release_due_seats(sessions, NOW + timedelta(days=2)) == 3

    assert ledger(sessions, slot_id) == (6, 0, 0)
    with reading(sessions) as session:
        released = session.scalars(select(AuditEntry.after).order_by(AuditEntry.id)).all()
    assert [entry["amount"] for entry in released] == [1, 2, 3]


def test_a_withdrawn_slot_releases_nothing(sessions: Sessions) -> None:
    slot_id = with_releases(sessions, 4)
    with unit_of_work(sessions) as session:
        slots.withdraw_slot(session, slot_id, actor=SYSTEM, reason="停电", now=NOW)

    assert release_due_seats(sessions, NOW) == 1
    assert ledger(sessions, slot_id) == (0, 0, 0)


def test_a_slot_is_withdrawn_once_and_not_after_it_began(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session)

    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        slots.withdraw_slot(session, slot_id, actor=SYSTEM, reason="late", now=NOW + timedelta(days=60))
    with unit_of_work(sessions) as session:
        slots.withdraw_slot(session, slot_id, actor=SYSTEM, reason="停电", now=NOW)
    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        slots.withdraw_slot(session, slot_id, actor=SYSTEM, reason="again", now=NOW)


def test_a_seat_that_nobody_took_cannot_be_freed(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session)

    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        slots.free_seat(session, slot_id, Lane.ORDINARY)


def test_freed_seats_of_a_closed_slot_stay_freed(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, closes_at=NOW)
        slots.take_seat(session, slot_id, [Lane.ORDINARY], now=NOW)
        slots.free_seat(session, slot_id, Lane.ORDINARY)

    assert return_freed_seats(sessions, NOW) == 0
    assert ledger(sessions, slot_id) == (9, 0, 1)


def test_more_than_the_capacity_cannot_be_released(sessions: Sessions) -> None:
    slot_id = with_releases(sessions, 3)
    with unit_of_work(sessions) as session:
        due_at = NOW - timedelta(minutes=1)
        session.execute(insert(Release).values(slot_id=slot_id, lane=Lane.ORDINARY, amount=9, due_at=due_at))

    with pytest.raises(IntegrityError):
        release_due_seats(sessions, NOW)


def test_one_release_that_fails_holds_up_no_other(sessions: Sessions) -> None:
    broken, sound = with_releases(sessions, 3), with_releases(sessions, 2)
    with unit_of_work(sessions) as session:
        due_at = NOW - timedelta(minutes=1)
        session.execute(insert(Release).values(slot_id=broken, lane=Lane.ORDINARY, amount=9, due_at=due_at))

    with pytest.raises(IntegrityError):
        release_due_seats(sessions, NOW)

    assert ledger(sessions, broken) == (3, 0, 0)
    assert ledger(sessions, sound) == (2, 0, 0)


class Ledger(RuleBasedStateMachine):
    """Release, take, free and return in any order, against a model of three counters."""

    emptied: Callable[[], Sessions]

    def __init__(self) -> None:
        super().__init__()
        self.sessions = type(self).emptied()
        self.slot_id = with_releases(self.sessions, *[1] * CAPACITY)
        self.released = self.taken = self.freed = 0

    @rule(minutes=st.integers(0, CAPACITY))
    def release(self, minutes: int) -> None:
        self.released += release_due_seats(self.sessions, NOW + timedelta(minutes=minutes))

    @rule()
    def take(self) -> None:
        try:
            with unit_of_work(self.sessions) as session:
                slots.take_seat(session, self.slot_id, [Lane.ORDINARY], now=NOW)
        except SlotFullError:
            assert self.taken == self.released
        else:
            self.taken += 1

    @precondition(lambda self: self.taken)
    @rule()
    def free(self) -> None:
        with unit_of_work(self.sessions) as session:
            slots.free_seat(session, self.slot_id, Lane.ORDINARY)
        self.taken, self.released, self.freed = self.taken - 1, self.released - 1, self.freed + 1

    @rule()
    def give_back(self) -> None:
        assert return_freed_seats(self.sessions, NOW) == self.freed
        self.released, self.freed = self.released + self.freed, 0

    @invariant()
    def nothing_is_lost(self) -> None:
        assert ledger(self.sessions, self.slot_id) == (self.released, self.taken, self.freed)
        assert 0 <= self.taken <= self.released <= self.released + self.freed <= CAPACITY
        with reading(self.sessions) as session:
            done = session.scalar(select(func.count()).where(Release.done_at.is_not(None)))
        assert self.released + self.freed == done


def test_no_order_of_acts_loses_a_seat(emptied: Callable[[], Sessions]) -> None:
    Ledger.emptied = staticmethod(emptied)

    few = settings(max_examples=20, stateful_step_count=15, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Ledger, settings=few)
