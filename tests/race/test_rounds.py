"""Rounds under many hands: one request for each person, a list without gaps, and receipts that stay valid."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from random import Random
from threading import Barrier

import pytest
from sqlalchemy import func, select

from booking.allotment.errors import AlreadyAskedError
from booking.allotment.models.requests import Request, RequestState
from booking.allotment.models.rounds import Leaf, Round
from booking.allotment.rules.tree import Tree
from booking.kernel.db import Sessions, reading
from booking.kernel.errors import ConflictError
from tests.service.allotment.city import HOUR, MINUTE, OPENED, Town, unsound

pytestmark = pytest.mark.race

THREADS = 16
REQUESTS_EACH = {"sqlite": 6, "postgresql": 20}  # SQLite has one writer at a time, and no queue before its door


def at_once(hands: int, act: Callable[[int], str]) -> Counter[str]:
    """Let every hand act at the same moment, each on its own connection; count the answers."""
    start = Barrier(hands)

    def hand(number: int) -> str:
        start.wait()
        return act(number)

    with ThreadPoolExecutor(hands) as pool:
        return Counter(pool.map(hand, range(hands)))


def test_thirty_two_forms_of_one_person_are_one_request(sessions: Sessions) -> None:
    town = Town(sessions)
    slot_id = town.add_slot()
    learner = town.add_learner()
    round_id = town.open()

    def ask(number: int) -> str:
        try:
            town.ask(learner, slot_id, request_key=f"form {number % 4}")
        except (AlreadyAskedError, ConflictError):
            return "refused"
        return "asked"

    answers = at_once(32, ask)

    assert answers["asked"] >= 1  # one made it; who sent the same form later hears of it
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).where(Request.state == RequestState.LIVE)) == 1
    assert town.kinds(round_id) == ["apply"]
    assert town.told(learner) == ["request_received"]


def test_hundreds_of_requests_at_once_leave_no_gap_and_every_receipt_valid(sessions: Sessions) -> None:
    town = Town(sessions)
    slot_id = town.add_slot(ordinary=5)
    asking = THREADS * REQUESTS_EACH[sessions.engine.dialect.name]
    people = [town.add_learner(accepted_on=date(2026, 3, 1 + number % 28)) for number in range(asking)]
    round_id = town.open()
    chance = Random(4408)
    clocks = [OPENED + 2 * HOUR + chance.randint(-60, 60) * MINUTE for _ in people]

    def ask(number: int) -> str:
        for index in range(number, len(people), THREADS):
            reference = town.ask(people[index], slot_id, now=clocks[index])
            if index % 7 == 0:
                town.withdraw(people[index], reference, now=clocks[index])
            elif index % 5 == 0:
                town.change(people[index], reference, slot_id, now=clocks[index])
        return "done"

    assert at_once(THREADS, ask) == {"done": THREADS}

    with reading(sessions) as session:
        round_ = session.get_one(Round, round_id)
        rows = session.scalars(select(Leaf).where(Leaf.round_id == round_id).order_by(Leaf.seq)).all()
    tree = Tree()
    for leaf in (round_.announcement_hash, *(row.leaf for row in rows)):
        tree.append(bytes.fromhex(leaf))
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert (round_.leaves, round_.peaks, rows[-1].root) == (tree.n, tree.as_text(), tree.root().hex())
    town.draw()
    assert len(town.holders()) == 5
    assert unsound(sessions, round_id) == []
