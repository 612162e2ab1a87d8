"""The steps of a round: each at its hour, once, in order, however late, twice or in two places it rings."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from booking.allotment import jobs
from booking.allotment.models.rounds import Checkpoint, Leaf, Round, Stage
from booking.allotment.queries import records
from booking.allotment.queries.records import NotDrawnError
from booking.allotment.rules.tree import Tree
from booking.allotment.service import keys, stages
from booking.audit.models import AuditEntry
from booking.exams.line import EXAMS
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidStateError, NotFoundError
from booking.slots.models import Quota
from tests import factories
from tests.service.allotment.city import (
    CLOSE,
    DAY,
    DRAW,
    FREEZE,
    HOUR,
    MINUTE,
    NOON,
    OPENED,
    Town,
    person_of,
    unsound,
)

SECOND = timedelta(seconds=1)


@pytest.fixture
def town(sessions: Sessions) -> Town:
    return Town(sessions)


def with_people(town: Town, people: int = 3, seats: int = 1) -> int:
    """Open a round for which so many people have asked, a minute apart; return its number."""
    slot_id = town.add_slot(ordinary=seats)
    learners = town.add_learners(people)
    round_id = town.open()
    for number, learner in enumerate(learners):
        town.ask(learner, slot_id, now=OPENED + number * MINUTE)
    return round_id


def checkpoints(town: Town, round_id: int) -> list[tuple[int, datetime]]:
    with reading(town.sessions) as session:
        query = select(Checkpoint).where(Checkpoint.round_id == round_id).order_by(Checkpoint.number)
        return [(point.n, point.at) for point in session.scalars(query)]


def logged(town: Town) -> list[str]:
    with reading(town.sessions) as session:
        query = select(AuditEntry.act).where(AuditEntry.object_kind == "round").order_by(AuditEntry.id)
        return list(session.scalars(query))


def test_no_step_is_taken_before_its_hour(town: Town) -> None:
    round_id = with_people(town)

    found = []
    for hour in (CLOSE, FREEZE, DRAW):
        town.advance(hour - SECOND)
        found.append(town.stage(round_id))
        town.advance(hour)
        found.append(town.stage(round_id))

    assert found == [
        Stage.COLLECTING,
        Stage.CLOSED,
        Stage.CLOSED,
        Stage.FROZEN,
        Stage.FROZEN,
        Stage.DRAWN,
    ]


def test_steps_that_are_all_overdue_are_taken_in_their_order_and_dated_as_announced(town: Town) -> None:
    round_id = with_people(town)

    town.advance(DRAW + timedelta(days=1))

    assert town.stage(round_id) is Stage.DRAWN
    assert logged(town)[:5] == ["round opened", "round closed", "round frozen", "random value kept", "round drawn"]
    record = town.record(round_id)
    assert record["checkpoints"][-1]["at"] == record["announcement"]["closes_at"]
    assert record["freeze"]["at"] == record["announcement"]["objections_until"]
    town.require_sound()


def test_two_schedulers_at_once_take_each_step_once(town: Town) -> None:
    round_id = with_people(town)
    start = Barrier(4)

    def ring(hour: datetime) -> int:
        start.wait()
        return town.advance(hour)

    with ThreadPoolExecutor(4) as pool:
        taken = [sum(pool.map(ring, [hour] * 4)) for hour in (CLOSE, FREEZE, DRAW)]

    assert taken == [1, 1, 2]  # the last: the value and the draw
    assert sorted(logged(town)) == sorted(
        ["round opened", "round closed", "round frozen", "random value kept", "round drawn", "seats handed on"]
    )
    assert town.stage(round_id) is Stage.DRAWN
    town.require_sound()


def test_a_checkpoint_follows_each_minute_in_which_a_row_came_and_none_where_none_came(town: Town) -> None:
    slot_id = town.add_slot()
    people = town.add_learners(3)
    round_id = town.open()

    town.advance(OPENED + MINUTE)
    town.ask(people[0], slot_id, now=OPENED + MINUTE)
    town.ask(people[1], slot_id, now=OPENED + MINUTE)
    town.advance(OPENED + 2 * MINUTE)
    town.advance(OPENED + 3 * MINUTE)
    town.ask(people[2], slot_id, now=OPENED + 4 * MINUTE)
    town.draw()

    assert checkpoints(town, round_id) == [(1, OPENED), (3, OPENED + 2 * MINUTE), (4, CLOSE)]
    town.require_sound()


@pytest.mark.parametrize("opened_at", [OPENED, OPENED + 50 * SECOND])
def test_checkpoints_and_minutes_never_run_backwards_whatever_clocks_the_processes_have(
    town: Town, opened_at: datetime
) -> None:
    slot_id = town.add_slot()
    people = town.add_learners(12)
    round_id = town.open(opened_at)
    offsets = (0, -60, 60, 30, -59, 59, 0, -60, 1, 60, -30, 0)

    for number, (person, offset) in enumerate(zip(people, offsets, strict=True)):
        now = OPENED + 2 * HOUR + number * MINUTE
        town.ask(person, slot_id, now=now + offset * MINUTE)
        for late in (50 * SECOND, 10 * SECOND, timedelta(0), -HOUR, HOUR):
            town.advance(now + late)
    times = [at for _, at in checkpoints(town, round_id)]
    minutes = [row["minute"] for row in town.rows(round_id)]

    assert times == sorted(times)
    assert minutes == sorted(minutes)
    town.draw()
    town.require_sound()


def test_a_round_opened_late_in_a_minute_is_not_checkpointed_before_it_was_open(town: Town) -> None:
    slot_id = town.add_slot()
    learner = town.add_learner()
    opened = OPENED + 50 * SECOND
    round_id = town.open(opened)
    town.ask(learner, slot_id, now=opened)

    town.advance(OPENED + 10 * SECOND)
    town.draw()

    times = [at for _, at in checkpoints(town, round_id)]
    assert times == sorted(times)
    town.require_sound()


def test_while_requests_are_collected_the_public_sees_leaves_and_no_row_or_nonce(town: Town) -> None:
    round_id = with_people(town)

    with reading(town.sessions) as session:
        shown = records.leaves_of(session, round_id)
        nonces = session.scalars(select(Leaf.nonce)).all()
        with pytest.raises(NotDrawnError):
            records.record_of(session, round_id)
        for number in (0, 99):
            with pytest.raises(NotFoundError):
                records.leaves_of(session, number)
            with pytest.raises(NotFoundError):
                records.receipt_of(session, round_id, number)

    assert shown.keys() == {"announcement", "announcement_hash", "leaves", "checkpoints"}
    assert len(shown["leaves"]) == 4
    assert not any(nonce in str(shown) for nonce in nonces)
    town.advance(CLOSE)
    with reading(town.sessions) as session:
        assert [entry["nonce"] for entry in records.leaves_of(session, round_id)["rows"]] == nonces


def test_every_receipt_given_at_once_stays_valid_to_the_end(town: Town) -> None:
    slot_id = town.add_slot(ordinary=2)
    people = town.add_learners(3)
    round_id = town.open()
    given = []
    for number, person in enumerate(people, start=1):
        town.ask(person, slot_id)
        with reading(town.sessions) as session:
            given.append(records.receipt_of(session, round_id, number))
    town.withdraw(people[0], town.request(people[0]).reference)
    town.draw()

    with reading(town.sessions) as session:
        assert [records.receipt_of(session, round_id, number) for number in (1, 2, 3)] == given
    town.require_sound()


def test_the_tree_kept_in_the_round_is_the_tree_of_its_leaves(town: Town) -> None:
    round_id = with_people(town, people=7)

    with reading(town.sessions) as session:
        round_ = session.get_one(Round, round_id)
        rows = session.scalars(select(Leaf).where(Leaf.round_id == round_id).order_by(Leaf.seq)).all()
    tree = Tree()
    tree.append(bytes.fromhex(round_.announcement_hash))
    roots = []
    for row in rows:
        tree.append(bytes.fromhex(row.leaf))
        roots.append(tree.root().hex())

    assert (round_.leaves, round_.peaks) == (tree.n, tree.as_text())
    assert [row.root for row in rows] == roots


def test_slots_whose_round_nobody_opened_in_time_become_first_come_and_nothing_is_lost(town: Town) -> None:
    """No scheduler ran from the publication until after the close."""
    slot_id = town.add_slot(ordinary=2, priority=1)

    opened = jobs.open_rounds(town.sessions, EXAMS, town.beacons, CLOSE + HOUR)
    again = jobs.open_rounds(town.sessions, EXAMS, town.beacons, CLOSE + HOUR)
    town.hand_on(NOON - MINUTE)
    with reading(town.sessions) as session:
        before = session.scalar(select(func.sum(Quota.released)).where(Quota.slot_id == slot_id))
    town.hand_on(NOON)

    assert (opened, again, before) == (0, 0, 0)
    with reading(town.sessions) as session:
        rows = session.execute(select(Quota.released, Quota.freed, Quota.capacity).where(Quota.slot_id == slot_id))
        assert all((row.released, row.freed) == (row.capacity, 0) for row in rows)
        assert session.scalars(select(Round.id)).all() == []
    assert town.breaches() == []


def test_a_scheduler_that_comes_back_after_the_whole_life_of_a_round_makes_everything_good(town: Town) -> None:
    slot_id = town.add_slot(ordinary=1)
    people = town.add_learners(3)
    round_id = town.open()
    for person in people:
        town.ask(person, slot_id, notice_hours=0)

    for job in (town.open, town.advance, town.hand_on, town.advance):
        job(NOON + HOUR)

    assert town.stage(round_id) is Stage.DRAWN
    assert town.holders() == {people[0].person_id: slot_id}
    town.require_sound()


def test_two_who_open_the_same_round_open_one(town: Town) -> None:
    town.add_slot()
    town.add_slot(day=DAY + timedelta(days=1))
    start = Barrier(4)

    def open_rounds(_: int) -> str:
        start.wait()
        try:
            jobs.open_rounds(town.sessions, EXAMS, town.beacons, OPENED)
        except Exception as failure:
            return type(failure).__name__
        return "done"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(open_rounds, range(4)))
    town.open()

    assert set(answers) <= {"done", "IntegrityError"}  # who lost on a number or a slot tries again a minute later
    with reading(town.sessions) as session:
        assert session.scalars(select(Round.id).order_by(Round.id)).all() == [1, 2]


def test_the_key_of_pseudonyms_is_destroyed_after_its_time_and_the_record_holds_without_it(town: Town) -> None:
    round_id = with_people(town)
    town.draw()
    kept_days = timedelta(days=90)
    after = DRAW + timedelta(days=4) + kept_days

    early = jobs.destroy_old_keys(town.sessions, EXAMS, after - timedelta(days=1))
    destroyed = [jobs.destroy_old_keys(town.sessions, EXAMS, after) for _ in range(2)]

    assert (early, destroyed) == (0, [1, 0])
    with reading(town.sessions) as session:
        round_ = session.get_one(Round, round_id)
        assert round_.key_sealed is None
        with pytest.raises(InvalidStateError):
            keys.pseudonyms(session, EXAMS, round_, [EXAMS.holder(person_of(town.add_learner()))])
    assert logged(town)[-1] == "round key destroyed"
    assert unsound(town.sessions, round_id) == []


def test_a_step_of_a_round_that_is_not_there_or_not_yet_due_does_nothing(town: Town) -> None:
    round_id = with_people(town)

    with unit_of_work(town.sessions) as session:
        done = [
            stages.close(session, round_id, actor=SYSTEM, now=CLOSE - SECOND),
            stages.freeze(session, round_id, actor=SYSTEM, now=DRAW),
            stages.close(session, 99, actor=SYSTEM, now=CLOSE),
            stages.checkpoint(session, 99, now=CLOSE),
        ]

    assert done == [False] * 4
    assert town.stage(round_id) is Stage.COLLECTING


def test_pseudonyms_of_one_person_differ_from_round_to_round(town: Town) -> None:
    first, second = town.add_slot(), town.add_slot(day=DAY + timedelta(days=1))
    learner = town.add_learner()
    town.open()
    town.ask(learner, first, second)

    pids = {town.entry(town.round_of(slot_id), learner).pid for slot_id in (first, second)}

    assert len(pids) == 2
    with unit_of_work(town.sessions) as session:
        assert factories.person(session)
