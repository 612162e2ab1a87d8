"""Ways to spoil a record at random: one value somewhere, with the hashes as they were or made anew; or its text."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from booking.allotment.rules.checker import Record
from booking.allotment.rules.events import event_hash
from booking.allotment.rules.tree import roots_at
from tests.records import Json, chained, drawn, sealed

Place = tuple[Any, Any]  # a list or an object, and the index or key in it
PARTS = (
    "announcement", "checkpoints", "rows", "events", "freeze", "beacon", "order", "result", "waiting", "sample",
    "seed", "announcement_hash", "outcome_hash",
)  # fmt: skip
ODD_TEXTS = ["", " ", "é", "e\u0301", "\u2028", "\U0001f600", "*1", "ordinary", "2026-12-05T09:00:00Z", "lottery"]
ODD_VALUES: list[object] = [0, 1, 2, -1, 2**53 - 1, 2**53, 1.5, True, None, [], {}, *ODD_TEXTS]
OTHER_WORD = {
    "apply": "replace", "replace": "apply", "withdraw": "correct", "granted": "manual", "cancelled": "absent",
    "ranked": "lottery", "lottery": "ranked", "ordinary": "make_up", "make_up": "ordinary",
}  # fmt: skip


def spoil(dice: Random, data: Json) -> None:
    """Change one thing in the record; most times make hashes anew behind it, as a lying office would."""
    part = dice.choices(PARTS, (4, 3, 6, 4, *[1] * 9))[0]
    _change(dice, dice.choice([(data, part), *_places(data[part])]))
    _if_possible(dice.choice((_left, sealed, sealed_as_it_stands, drawn, chained)), data)


def lie(dice: Random, data: Json) -> None:
    """Break one rule in a record that is else a record, and make every hash anew, so that only the rule tells."""
    dice.choice(LIES)(dice, data)
    _if_possible(sealed_as_it_stands, data)


def sealed_as_it_stands(data: Json) -> None:
    """Compute everything that follows from announcement, rows and events, whatever their numbers are."""
    counts = [point["n"] for point in (*data["checkpoints"], data["freeze"])]
    leaves = Record(data).leaves
    roots = roots_at(leaves, counts)
    for point in (*data["checkpoints"], data["freeze"]):
        point["root"] = roots.get(point["n"], bytes(32)).hex()
    data["announcement_hash"] = leaves[0].hex()
    events, data["events"] = data["events"], []
    drawn(data)
    data["events"] = events
    previous = bytes.fromhex(data["outcome_hash"])
    for entry in data["events"]:
        previous = event_hash(previous, entry["event"])
        entry["hash"] = previous.hex()


def _left(_: Json) -> None:
    """Leave every hash as it was."""


def _if_possible(again: Callable[[Json], object], data: Json) -> None:
    try:
        again(data)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return  # what has not the shape of a record cannot be sealed


def _the_close_is_counted_early(_: Random, data: Json) -> None:
    data["checkpoints"][-1]["at"] = data["checkpoints"][-2]["at"]


def _the_freeze_forgets_a_row(_: Random, data: Json) -> None:
    data["freeze"]["n"] -= 1


def _the_list_is_dated_otherwise(dice: Random, data: Json) -> None:
    dice.choice((data["checkpoints"][0], data["freeze"]))["at"] = "2026-12-03T00:00:00Z"


def _a_number_is_left_out(dice: Random, data: Json) -> None:
    if dice.random() < 0.5:
        data["rows"][-1]["row"]["seq"] += 1
    else:
        data["events"][-1]["event"]["n"] += 1


def _the_announcement_is_unfit(dice: Random, data: Json) -> None:
    announcement = data["announcement"]
    part, value = dice.choice((
        ("attempt", 0), ("closes_at", announcement["beacon_not_before"]), ("lanes", announcement["lanes"] * 2),
        ("slots", announcement["slots"] * 2), ("slots", announcement["slots"] + announcement["slots"][:1]),
    ))  # fmt: skip
    announcement[part] = value


def _a_source_stands_twice(_: Random, data: Json) -> None:
    data["announcement"]["beacon"] *= 2
    data["beacon"] *= 2


def _a_request_comes_after_the_close(_: Random, data: Json) -> None:
    late = next(entry["row"] for entry in data["rows"] if entry["row"]["kind"] == "correct")
    late["kind"] = "replace"
    del late["by"]


def _one_person_corrects(dice: Random, data: Json) -> None:
    row = next(entry["row"] for entry in data["rows"] if entry["row"]["kind"] == "correct")
    row["by"] = dice.choice(([], row["by"][:1], row["by"][:1] * 2, [*row["by"], row["by"][0]], [*row["by"], "5e"]))


def _an_event_breaks_the_rules(dice: Random, data: Json) -> None:
    """The last event gives a seat out of turn, or gives twice, or what is not there; or the first is too early."""
    first, last = data["events"][0]["event"], data["events"][-1]["event"]
    holder, held = dice.choice(data["result"])
    first_of_queue = dice.choice(data["waiting"] or [holder])
    slots = [slot["id"] for slot in data["announcement"]["slots"]]
    dice.choice((
        lambda: first.update(at=data["announcement"]["opens_at"]),
        lambda: last.update(kind="granted", pid=dice.choice((first_of_queue, last["pid"])), slot=dice.choice(slots)),
        lambda: last.update(kind="manual", pid=holder, slot=dice.choice((held, *slots))),
        lambda: last.update(kind="manual", pid="ab" * 16, slot=dice.choice(("999", *slots))),
        lambda: last.update(kind=dice.choice(("cancelled", "absent")), slot=dice.choice(("999", *slots))),
    ))()  # fmt: skip


def _a_seat_is_given_out_of_turn(dice: Random, data: Json) -> None:
    grants = [entry["event"] for entry in data["events"] if entry["event"]["kind"] == "granted"]
    if grants and len(data["waiting"]) > 1:
        one = dice.choice(grants)
        one["pid"] = dice.choice([pid for pid in data["waiting"] if pid != one["pid"]])
        del data["events"][data["events"].index(next(e for e in data["events"] if e["event"] is one)) + 1 :]


LIES: tuple[Callable[[Random, Json], None], ...] = (
    _the_list_is_dated_otherwise,
    _the_close_is_counted_early, _the_freeze_forgets_a_row, _a_number_is_left_out, _the_announcement_is_unfit,
    _the_announcement_is_unfit, _a_source_stands_twice, _a_request_comes_after_the_close, _one_person_corrects,
    _an_event_breaks_the_rules, _an_event_breaks_the_rules, _a_seat_is_given_out_of_turn,
)  # fmt: skip


def spoil_text(dice: Random, text: str) -> str:
    """Put a character into the text, or another in the place of one, or take one away."""
    at = dice.randrange(len(text))
    return text[:at] + dice.choice(["", "0", '"', "\\", "\n", "é", "{", "\ufeff"]) + text[at + dice.randint(0, 1) :]


def _places(value: object) -> Iterator[Place]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield value, key
        yield from _places(item)


def _change(dice: Random, place: Place) -> None:
    container, key = place
    value = container[key]
    match dice.choice(["odd", "near", "near", "near", "near", "gone", "doubled", "swapped"]):
        case "gone":
            del container[key]
        case "doubled" if isinstance(container, list):
            container.insert(key, json.loads(json.dumps(value)))
        case "swapped" if isinstance(container, list):
            other = dice.randrange(len(container))
            container[key], container[other] = container[other], container[key]
        case "odd":
            container[key] = dice.choice(ODD_VALUES)
        case _:
            container[key] = _near(dice, value)


def _near(dice: Random, value: object) -> object:
    """Return a value that could well stand there, but is another."""
    if isinstance(value, int):
        return value + dice.choice((-1, 1, 1, 2))
    if isinstance(value, list):
        return value[::-1] if dice.random() < 0.5 else value[1:]
    if not isinstance(value, str) or not value:
        return dice.choice(ODD_TEXTS)
    at = dice.randrange(len(value))
    return OTHER_WORD.get(value, value[:at] + dice.choice("0123456789abcdef") + value[at + 1 :])
