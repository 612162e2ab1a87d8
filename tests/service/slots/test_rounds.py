"""The ledger of slots that a round decides: opened once by the draw, freed seats handed on, leftovers returned."""

from collections.abc import Mapping

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidStateError
from booking.kernel.ids import SlotId
from booking.slots import service as slots
from booking.slots.jobs import return_freed_seats
from booking.slots.models import Lane, Method, Quota, Release, Slot
from booking.slots.service import SlotFullError
from tests import factories
from tests.conftest import NOW

LANES = {Lane.ORDINARY: 4, Lane.PRIORITY: 2}
Counters = tuple[int, int, int]


def slot_of_round(sessions: Sessions, method: Method = Method.RANKED) -> SlotId:
    with unit_of_work(sessions) as session:
        return factories.slot(session, method=method, lanes=LANES)


def settle(sessions: Sessions, given: Mapping[SlotId, Mapping[Lane, int]]) -> None:
    with unit_of_work(sessions) as session:
        slots.settle_draw(session, given, actor=SYSTEM, now=NOW)


def ledger(sessions: Sessions, slot_id: SlotId) -> dict[Lane, Counters]:
    """Return (released, taken, freed) by lane."""
    with reading(sessions) as session:
        rows = session.scalars(select(Quota).where(Quota.slot_id == slot_id)).all()
        return {row.lane: (row.released, row.taken, row.freed) for row in rows}


def handed(sessions: Sessions, slot_id: SlotId, *lanes: Lane) -> Lane:
    with unit_of_work(sessions) as session:
        return slots.hand_over(session, slot_id, lanes)


def test_the_draw_opens_the_ledger_given_seats_are_taken_and_the_others_wait(sessions: Sessions) -> None:
    some, none = slot_of_round(sessions), slot_of_round(sessions)

    settle(sessions, {some: {Lane.ORDINARY: 4, Lane.PRIORITY: 1}, none: {}})

    assert ledger(sessions, some) == {Lane.ORDINARY: (4, 4, 0), Lane.PRIORITY: (1, 1, 1)}
    assert ledger(sessions, none) == {Lane.ORDINARY: (0, 0, 4), Lane.PRIORITY: (0, 0, 2)}


def test_the_draw_is_one_release_of_all_seats_in_every_lane_logged_once_each(sessions: Sessions) -> None:
    slot_id = slot_of_round(sessions)

    settle(sessions, {slot_id: {Lane.ORDINARY: 3}})

    with reading(sessions) as session:
        releases = session.execute(select(Release.lane, Release.amount, Release.due_at, Release.done_at)).all()
        logged = session.scalars(select(AuditEntry).where(AuditEntry.act == "seats released")).all()
    assert set(releases) == {(lane, places, NOW, NOW) for lane, places in LANES.items()}
    assert {(entry.object_id, entry.after["lane"], entry.after["amount"]) for entry in logged} == {
        (str(slot_id), lane, places) for lane, places in LANES.items()
    }
    assert len(logged) == len(LANES)


@pytest.mark.parametrize("given", [{}, {Lane.ORDINARY: 2}])
def test_a_draw_is_settled_once(sessions: Sessions, given: Mapping[Lane, int]) -> None:
    fresh, settled = slot_of_round(sessions), slot_of_round(sessions)
    settle(sessions, {settled: given})
    before = ledger(sessions, settled)

    with pytest.raises(InvalidStateError):
        settle(sessions, {fresh: given, settled: given})

    assert ledger(sessions, settled) == before
    assert ledger(sessions, fresh) == dict.fromkeys(LANES, (0, 0, 0)), "all slots of a draw or none"
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Release)) == len(LANES)


def test_a_slot_on_sale_is_not_settled(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=2)

    with pytest.raises(InvalidStateError):
        settle(sessions, {slot_id: {Lane.ORDINARY: 1}})


def test_more_places_than_there_are_cannot_be_given(sessions: Sessions) -> None:
    slot_id = slot_of_round(sessions)

    with pytest.raises(IntegrityError):
        settle(sessions, {slot_id: {Lane.ORDINARY: 5}})

    assert ledger(sessions, slot_id) == dict.fromkeys(LANES, (0, 0, 0))


def test_a_draw_of_withdrawn_slots_only_opens_nothing(sessions: Sessions) -> None:
    settle(sessions, {})

    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Release)) == 0


@pytest.mark.parametrize("lane", [Lane.MAKE_UP, Lane.WALK_IN])
def test_a_seat_in_a_lane_that_the_slot_does_not_have_is_not_settled(sessions: Sessions, lane: Lane) -> None:
    slot_id = slot_of_round(sessions)

    for given in ({slot_id: {Lane.ORDINARY: 1, lane: 1}}, {slot_id: {}, SlotId(404): {Lane.ORDINARY: 1}}):
        with pytest.raises(InvalidStateError):
            settle(sessions, given)

    assert ledger(sessions, slot_id) == dict.fromkeys(LANES, (0, 0, 0))


def test_a_freed_seat_is_put_into_somebodys_hands_and_is_on_sale_at_no_moment(sessions: Sessions) -> None:
    slot_id = slot_of_round(sessions)
    settle(sessions, {slot_id: {Lane.ORDINARY: 3, Lane.PRIORITY: 1}})

    lanes = [handed(sessions, slot_id, Lane.PRIORITY, Lane.ORDINARY) for _ in range(2)]

    assert lanes == [Lane.PRIORITY, Lane.ORDINARY]
    assert ledger(sessions, slot_id) == {Lane.ORDINARY: (4, 4, 0), Lane.PRIORITY: (2, 2, 0)}
    with pytest.raises(SlotFullError):
        handed(sessions, slot_id, Lane.PRIORITY, Lane.ORDINARY)


def test_a_seat_of_another_lane_is_not_handed_over(sessions: Sessions) -> None:
    slot_id = slot_of_round(sessions)
    settle(sessions, {slot_id: {Lane.ORDINARY: 4}})

    with pytest.raises(SlotFullError):
        handed(sessions, slot_id, Lane.ORDINARY, Lane.MAKE_UP)


def test_a_seat_on_sale_is_not_handed_over(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, released=2)

    with pytest.raises(SlotFullError):
        handed(sessions, slot_id, Lane.ORDINARY)


def test_a_cancelled_seat_goes_to_the_next(sessions: Sessions) -> None:
    slot_id = slot_of_round(sessions)
    settle(sessions, {slot_id: {Lane.ORDINARY: 4, Lane.PRIORITY: 2}})
    with unit_of_work(sessions) as session:
        slots.free_seat(session, slot_id, Lane.ORDINARY)

    assert handed(sessions, slot_id, Lane.ORDINARY) is Lane.ORDINARY
    assert ledger(sessions, slot_id)[Lane.ORDINARY] == (4, 4, 0)


@pytest.mark.parametrize("method", [Method.RANKED, Method.LOTTERY])
def test_by_itself_no_seat_of_a_round_returns_to_sale(sessions: Sessions, method: Method) -> None:
    of_round = slot_of_round(sessions, method)
    settle(sessions, {of_round: {Lane.ORDINARY: 1}})
    with unit_of_work(sessions) as session:
        first_come = factories.slot(session, released=2)
        slots.take_seat(session, first_come, [Lane.ORDINARY], now=NOW)
        slots.free_seat(session, first_come, Lane.ORDINARY)

    assert return_freed_seats(sessions, NOW) == 1

    assert ledger(sessions, of_round) == {Lane.ORDINARY: (1, 1, 3), Lane.PRIORITY: (0, 0, 2)}
    assert ledger(sessions, first_come) == {Lane.ORDINARY: (2, 0, 0)}


def test_what_nobody_waits_for_returns_in_the_named_slots_only(sessions: Sessions) -> None:
    wanted, other = slot_of_round(sessions), slot_of_round(sessions)
    settle(sessions, {wanted: {Lane.ORDINARY: 1}, other: {}})

    for expected in (5, 0):
        with unit_of_work(sessions) as session:
            assert slots.return_freed_seats(session, actor=SYSTEM, now=NOW, of=[wanted]) == expected

    assert ledger(sessions, wanted) == {Lane.ORDINARY: (4, 1, 0), Lane.PRIORITY: (2, 0, 0)}
    assert ledger(sessions, other) == {Lane.ORDINARY: (0, 0, 4), Lane.PRIORITY: (0, 0, 2)}
    with reading(sessions) as session:
        logged = session.scalars(select(AuditEntry).where(AuditEntry.act == "freed seats returned")).all()
    assert {(entry.after["lane"], entry.after["amount"]) for entry in logged} == {("ordinary", 3), ("priority", 2)}


def test_freed_seats_of_a_closed_or_withdrawn_slot_stay_freed_even_when_named(sessions: Sessions) -> None:
    closed, withdrawn = slot_of_round(sessions), slot_of_round(sessions)
    settle(sessions, {closed: {}, withdrawn: {}})
    with unit_of_work(sessions) as session:
        closes_at = session.get_one(Slot, closed).closes_at
        slots.withdraw_slot(session, withdrawn, actor=SYSTEM, reason="停电", now=NOW)

    with unit_of_work(sessions) as session:
        assert slots.return_freed_seats(session, actor=SYSTEM, now=NOW, of=[withdrawn]) == 0
        assert slots.return_freed_seats(session, actor=SYSTEM, now=closes_at, of=[closed]) == 0


def test_no_slot_named_returns_nothing(sessions: Sessions) -> None:
    settle(sessions, {slot_of_round(sessions): {}})

    with unit_of_work(sessions) as session:
        assert slots.return_freed_seats(session, actor=SYSTEM, now=NOW, of=[]) == 0
