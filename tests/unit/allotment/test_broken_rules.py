"""A record whose hashes are all right, and in which a rule was broken from the start: each rule has its own words."""

from collections.abc import Callable
from typing import Any

import pytest

from booking.allotment.rules.checker import check
from booking.allotment.rules.events import event_hash
from booking.allotment.rules.receipts import WRONG
from tests.records import STAFF, build_record, chained, sealed, text_of

Json = dict[str, Any]
HONEST = build_record(20, people=60)
LOTTERY = build_record(20, people=60, method="lottery")
WAITING = HONEST.data["waiting"]


def said(data: Json, step: int) -> str:
    """Return what one step finds wrong."""
    return next(one.problem for one in check(text_of(data)) if one.number == step and one.state == WRONG)


def announce(**changes: object) -> Callable[[Json], None]:
    return lambda data: data["announcement"].update(changes)


def double_slot(data: Json) -> None:
    data["announcement"]["slots"].append(data["announcement"]["slots"][0])


def seats_of_strangers(data: Json) -> None:
    data["announcement"]["slots"][0]["quota"]["friends"] = 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (announce(objections_until="2026-12-05T08:59:00Z"), "the announced times are out of order"),
        (announce(lanes=["make_up", "priority", "ordinary", "make_up"]), "lanes are missing or stand twice"),
        (announce(beacon=[]), "beacon are missing or stand twice"),
        (announce(attempt=0), "attempts are counted from 1"),
        (double_slot, "a slot stands twice"),
        (seats_of_strangers, "slot 100 has seats in the lane 'friends', which was not announced"),
    ],
)
def test_an_announcement_that_contradicts_itself_is_told(change: Callable[[Json], None], says: str) -> None:
    data = HONEST.copy() | {"events": []}

    change(data)
    sealed(data)

    assert said(data, 1) == says


def last_request(data: Json) -> Json:
    found: Json = [entry["row"] for entry in data["rows"] if entry["row"]["kind"] == "apply"][-1]
    return found


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lane": "friends"}, "the lane 'friends' was not announced"),
        ({"ranking_time": ""}, "a ranking time belongs to ranked rounds, and only to them"),
        ({"wishes": ["100", "101", "100"]}, "a wish stands twice"),
        ({"wishes": ["100", "999"]}, "the wish '999' is not of this round"),
        ({"wishes": ["*999"]}, "the wish '*999' is not of this round"),
        ({"kind": "correct", "by": []}, "a correction needs two people"),
        ({"kind": "correct", "by": [STAFF[0], STAFF[1], STAFF[1]]}, "a correction needs two people"),
    ],
)
def test_a_request_for_what_was_not_announced_is_told(change: Json, says: str) -> None:
    data = HONEST.copy()

    last_request(data).update(change)

    assert said(data, 6).endswith(f": {says}")


def test_a_ranking_time_in_a_lottery_is_told() -> None:
    data = LOTTERY.copy()

    last_request(data)["ranking_time"] = "2026-11-01T00:00:00Z"

    assert said(data, 6).endswith(": a ranking time belongs to ranked rounds, and only to them")


def happened(*events: tuple[str, str, str]) -> Json:
    """Return the record with these events (kind, pid, slot) and no others, all in one chain."""
    at = HONEST.data["events"][0]["event"]["at"]
    data = HONEST.copy()
    data["events"] = [
        {"event": {"n": 0, "kind": kind, "pid": pid, "slot": slot, "at": at, "reason": ""}, "hash": ""}
        for kind, pid, slot in events
    ]
    return chained(data)


def freed() -> tuple[str, str]:
    """Return who gives back which place: one of no site that is wished as a whole, so that the queue is plain."""
    slots = {slot["id"] for slot in HONEST.data["announcement"]["slots"] if slot["site"] != "1"}
    return next((pid, slot) for pid, slot in HONEST.data["result"] if slot in slots)


def test_a_freed_seat_for_the_second_of_the_queue_is_told_with_whose_it_was() -> None:
    pid, slot = freed()
    named = [one for one in WAITING if slot in _wishes(one)]

    assert said(happened(("cancelled", pid, slot), ("granted", named[1], slot)), 11) == (
        f"event 2: the seat was {named[0]}'s, not {named[1]}'s"
    )


def _wishes(pid: str) -> list[str]:
    rows = [entry["row"] for entry in HONEST.data["rows"] if entry["row"]["pid"] == pid and entry["row"]["wishes"]]
    return list(rows[-1]["wishes"])


def test_a_freed_seat_for_somebody_who_never_waited_is_told() -> None:
    pid, slot = freed()

    assert "'s, not " in said(happened(("cancelled", pid, slot), ("granted", "ab" * 16, slot)), 11)


def test_a_place_that_the_person_does_not_hold_cannot_be_given_back() -> None:
    _, slot = freed()

    assert said(happened(("cancelled", WAITING[0], slot)), 11) == f"event 1: {WAITING[0]} does not hold slot {slot}"


def test_a_slot_of_elsewhere_has_no_events_here() -> None:
    assert said(happened(("manual", WAITING[0], "999")), 11) == "event 1: slot 999 is not of this round"


def test_events_are_numbered_without_gaps() -> None:
    data = HONEST.copy()
    data["events"] = data["events"][:1]
    chained(data)
    data["events"][0]["event"]["n"] = 2
    previous = data["outcome_hash"]
    data["events"][0]["hash"] = event_hash(bytes.fromhex(previous), data["events"][0]["event"]).hex()

    assert said(data, 11) == "event 1 has the number 2"
