"""Seals: every fact of every entry counts, and so does what stands before. Draws: the seed decides, nobody else."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booking.supervision.rules.chain import BEGINNING, Sealed, drawn, seal_of

ENTRY = Sealed(
    7, datetime(2026, 11, 24, 2, tzinfo=UTC), 3, 4, "counter", "booking made", "booking", "17",
    {"state": "confirmed"}, {"lane": "ordinary"}, "by phone",
)  # fmt: skip
CHANGED: dict[str, Any] = {
    "id": 8, "at": ENTRY.at + timedelta(microseconds=1), "account_id": None, "person_id": 5, "role": "approver",
    "act": "booking moved", "object_kind": "slot", "object_id": "71", "before": {}, "after": {"lane": "priority"},
    "reason": "",
}  # fmt: skip


@pytest.mark.parametrize("fact", [field.name for field in fields(Sealed)])
def test_no_fact_of_an_entry_can_change_under_its_seal(fact: str) -> None:
    changed = replace(ENTRY, **{fact: CHANGED[fact]})

    assert seal_of(BEGINNING, [changed]) != seal_of(BEGINNING, [ENTRY])


def test_a_seal_takes_in_the_one_before_it_and_every_entry() -> None:
    second = replace(ENTRY, id=8)

    whole = seal_of(BEGINNING, [ENTRY, second])

    assert whole == seal_of(BEGINNING, [second, ENTRY])
    assert len({whole, seal_of(BEGINNING, [ENTRY]), seal_of(BEGINNING, [second]), seal_of(whole, [ENTRY])}) == 4


def test_a_draw_depends_on_the_seed_and_not_on_the_order_of_the_bookings() -> None:
    references = [f"K7MP-{number:04}" for number in range(500)]

    chosen = drawn("a" * 64, references, 10)

    assert chosen == drawn("a" * 64, references[::-1], 10)
    assert len(set(chosen)) == 10
    assert chosen != drawn("b" * 64, references, 10)
    assert drawn("a" * 64, references[:3], 10) == drawn("a" * 64, references[:3], 3)
