"""What is no record is said to be none, with the place that is wrong; nothing makes the checker stumble."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from booking.allotment.rules.checker import Step, check
from booking.allotment.rules.encoding import instant_of
from booking.allotment.rules.receipts import WRONG
from booking.allotment.rules.shape import UnfitRecordError, read_receipt, read_record
from tests.records import all_wrong, build_record, first_wrong, text_of

Json = dict[str, Any]
HONEST = build_record(11, people=20, slots=3)
TURNS = 400


def only_step(source: str | bytes) -> Step:
    (step,) = check(source)
    return step


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        ('\ufeff{"format": ""}', "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"n": ' + "9" * 5000 + "}", "is not JSON"),
        ("[]", "is not a JSON object"),
        ("null", "is not a JSON object"),
        ('{"a": 1, "a": 2}', "a key stands twice"),
        ("{}", "record: the key 'announcement' is missing"),
    ],
)
def test_what_is_no_record_fails_at_the_first_step(source: str | bytes, says: str) -> None:
    step = only_step(source)

    assert (step.number, step.state) == (0, WRONG)
    assert says in step.problem


def put(*path: str | int, value: object) -> Callable[[Json], None]:
    """Return what writes a value at a place of the record."""

    def change(data: Json) -> None:
        part: Any = data
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (put("format", value="booking-round-record/2"), "record.format is not as the format says"),
        (put("more", value=1), "record: the key 'more' is unknown"),
        (put("rows", value={}), "record.rows is not a list"),
        (put("rows", 3, "row", value=[]), "record.rows[3].row is not an object"),
        (put("rows", 3, "row", "by", value=["a", "b"]), "record.rows[3].row: the key 'by' is unknown"),
        (put("rows", 3, "row", "seq", value=True), "record.rows[3].row.seq is not"),
        (put("rows", 3, "row", "seq", value=4.0), "record.rows[3].row.seq is not"),
        (put("rows", 3, "row", "losses", value=-1), "record.rows[3].row.losses is not"),
        (put("rows", 3, "row", "losses", value=2**53), "record.rows[3].row.losses is not"),
        (put("rows", 3, "row", "minute", value="2026-12-01T01:00:01Z"), "record.rows[3].row.minute is not"),
        (put("rows", 3, "row", "minute", value="2026-12-01T25:00:00Z"), "record.rows[3].row.minute is not"),
        (put("rows", 3, "row", "minute", value="::::00:00Z"), "record.rows[3].row.minute is not"),
        (put("rows", 3, "row", "kind", value="ask"), "record.rows[3].row.kind is not"),
        (put("rows", 3, "row", "reason", value="e\u0301"), "record.rows[3].row.reason is not"),
        (put("rows", 3, "row", "reason", value="\ud800"), "record.rows[3].row.reason is not"),
        (put("rows", 3, "row", "lane", value="\udfff"), "record.rows[3].row.lane is not"),
        (put("rows", 3, "row", "lane", value="e\u0301"), "record.rows[3].row.lane is not"),
        (put("rows", 3, "row", "lane", value=""), "record.rows[3].row.lane is not"),
        (put("rows", 3, "row", "wishes", value=["1 2"]), "record.rows[3].row.wishes[0] is not"),
        (put("rows", 3, "nonce", value="AB" * 16), "record.rows[3].nonce is not"),
        (put("freeze", "n", value=2**64), "record.freeze.n is not"),
        (put("result", 0, value=["ab" * 16]), "record.result[0] is not a pair"),
        (put("result", 0, value=["ab" * 16, "1", "2"]), "record.result[0] is not a pair"),
        (put("result", 0, value=["ab", "1"]), "record.result[0] is not as"),
        (put("announcement", "date", value="2026-02-30"), "record.announcement.date is not"),
        (put("announcement", "date", value="20261210"), "record.announcement.date is not"),
        (
            put("announcement", "slots", 0, "quota", "ordinary", value="3"),
            "record.announcement.slots[0].quota is not",
        ),
        (put("announcement", "opens_at", value="2026-11-30T01:00:00+00:00"), "record.announcement.opens_at is not"),
        (put("events", 0, "event", "kind", value=["granted"]), "record.events[0].event.kind is not"),
    ],
)
def test_the_place_that_is_not_as_the_format_says_is_named(change: Callable[[Json], None], says: str) -> None:
    data = HONEST.copy()

    change(data)

    step = only_step(json.dumps(data))
    assert (step.number, step.state) == (0, WRONG)
    assert step.problem.startswith(says)


@pytest.mark.parametrize(
    ("change", "step", "says"),
    [
        (put("announcement", "attempt", value=0), 1, "does not hash to leaf 0"),
        (put("rows", 3, "row", "seq", value=9), 2, "row 4 has the number 9"),
        (put("rows", 3, "nonce", value="00" * 16), 2, "a row, a nonce or the announcement was changed"),
        (put("freeze", "n", value=99), 2, "the freeze counts 99 leaves, the file has"),
        (put("checkpoints", value=[]), 3, "the first checkpoint is not the opening"),
        (put("checkpoints", 3, "root", value="00" * 32), 3, "is no prefix of the final tree"),
        (put("freeze", "at", value="2026-12-06T04:00:01Z"), 4, "the freeze is not at the announced instant"),
        (put("beacon", 0, "source", value="demo"), 7, "not the announced ones in their order"),
        (put("order", 0, value="ab" * 16), 8, "order is not what the rule gives"),
        (put("waiting", value=[]), 8, "waiting is not what the rule gives"),
        (put("sample", value=[]), 8, "sample is not what the rule gives"),
        (put("outcome_hash", value="00" * 32), 8, "does not bind what is published"),
        (put("events", 1, "hash", value="00" * 32), 11, "the chain breaks at event 2"),
    ],
)
def test_each_step_says_the_first_thing_that_is_wrong(change: Callable[[Json], None], step: int, says: str) -> None:
    data = HONEST.copy()

    change(data)

    found = first_wrong(data)
    assert found is not None
    assert found.number == step
    assert says in found.problem


def places(value: object) -> list[tuple[Any, Any]]:
    """Return every (container, key) of a parsed file."""
    parts: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(value, list):
        parts = list(enumerate(value))
    return [place for key, part in parts for place in ((value, key), *places(part))]


def test_nothing_of_the_right_shape_or_the_wrong_one_makes_the_checker_stumble() -> None:
    """Random values, also fitting ones of elsewhere, are put at random places; each is refused, none raises."""
    dice = Random(3)
    strange: list[Any] = [
        None,
        True,
        -1,
        0,
        1,
        1.5,
        "",
        " ",
        "x",
        "*1",
        "100",
        "00" * 16,
        "00" * 32,
        [],
        {},
        [[]],
        2**70,
    ]

    for _ in range(TURNS):
        data = HONEST.copy()
        spots = places(data)
        container, key = dice.choice(spots)
        elsewhere, other = dice.choice(spots)
        was, now = container[key], dice.choice([*strange, elsewhere[other]])
        container[key] = now
        assert all_wrong(json.loads(json.dumps(data))) or was == now


def test_a_wish_or_a_lane_that_was_not_announced_is_told_and_stops_nothing() -> None:
    data = HONEST.copy()
    row = next(entry["row"] for entry in data["rows"] if entry["row"]["kind"] == "apply")

    row["lane"], row["wishes"] = "friends", ["999"]

    assert {2, 6, 8, 11} <= set(all_wrong(data))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30T01:00:00",
        "2026-11-30 01:00:00Z",
        "٢026-11-30T01:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-30T24:00:00Z",
    ],
)
def test_an_instant_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        instant_of(text)


def test_a_receipt_is_no_record_and_a_record_no_receipt() -> None:
    with pytest.raises(UnfitRecordError, match="record: the key"):
        read_record(text_of(HONEST.receipts[0]))
    with pytest.raises(UnfitRecordError, match="receipt: the key"):
        read_receipt(HONEST.text)
