"""The two example records of the protocol hold, and one changed character anywhere is noticed."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from booking.allotment.rules.checker import check, holds
from booking.allotment.rules.receipts import NOT_CHECKED, OK
from tests.every_change import EXAMPLES, is_noticed, siblings, unnoticed

PARTS = 12
BREAKING = '"\\'


def name_of(path: Path) -> str:
    return path.stem


@pytest.fixture
def _no_search_for_rings() -> Iterator[None]:
    """Checking makes no rings of objects; looking for them again and again takes a fifth of the time."""
    gc.disable()
    yield
    gc.enable()


def test_both_examples_are_there() -> None:
    assert [path.stem for path in EXAMPLES] == ["round-record-lottery", "round-record-ranked"]


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_an_example_holds(path: Path) -> None:
    steps = list(check(path.read_bytes()))

    assert holds(steps)
    assert [step.number for step in steps] == list(range(12))
    assert [step.number for step in steps if step.state == NOT_CHECKED] == [10]
    assert {step.state for step in steps if step.number != 10} == {OK}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
@pytest.mark.usefixtures("_no_search_for_rings")
def test_no_position_can_take_another_character_unnoticed(path: Path, part: int) -> None:
    """At every position: one character of the same class, and one that breaks the file or means nothing there."""
    text, dice = path.read_text(), Random(part)
    original = json.loads(text)

    for position in range(part, len(text), PARTS):
        same = dice.choice(siblings(text[position]).replace(text[position], "") or "x")
        signs = same + BREAKING[position // PARTS % len(BREAKING)]
        escaped = [(position, text[position], sign) for sign in unnoticed(text, original, position, signs)]
        assert not escaped


def test_the_search_would_see_a_change_that_the_checker_lets_pass() -> None:
    one, other = (path.read_text() for path in EXAMPLES)

    assert is_noticed(one, json.loads(one))
    assert not is_noticed(one, json.loads(other))
