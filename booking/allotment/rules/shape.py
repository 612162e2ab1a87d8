"""Whether a file is a record at all: exact keys, exact types, exact spellings. What is not bound is refused here."""

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from booking.allotment.rules.encoding import instant_of

# Says "" of what fits, else the way to the first thing that does not, and what is the matter with it.
Shape = Callable[[object], str]
KINDS = ("apply", "replace", "withdraw", "refused", "correct")
EVENT_KINDS = ("cancelled", "cancelled_by_office", "granted", "manual", "absent")
METHODS = ("ranked", "lottery")
LARGEST = 2**53 - 1  # beyond it JavaScript, which checks records too, does not tell whole numbers apart


class UnfitRecordError(ValueError):
    """The text is not a record; the message names the place and what is expected there."""


def read_record(source: str | bytes) -> dict[str, Any]:
    """Parse a record; raise `UnfitRecordError` with the first place that is not as the format says."""
    return _required(_parse(source), RECORD, "record")


def read_receipt(source: str | bytes) -> dict[str, Any]:
    """Parse a receipt; raise `UnfitRecordError`."""
    return _required(_parse(source), RECEIPT, "receipt")


def _required(value: dict[str, Any], shape: Shape, name: str) -> dict[str, Any]:
    if problem := shape(value):
        raise UnfitRecordError(name + problem)
    return value


def _parse(source: str | bytes) -> dict[str, Any]:
    try:
        text = source if isinstance(source, str) else source.decode()
        parsed = json.loads(text, object_pairs_hook=_without_doubles)
    except UnfitRecordError:
        raise
    except (ValueError, RecursionError) as failure:
        raise UnfitRecordError(f"the file is not JSON: {failure}") from failure
    if not isinstance(parsed, dict):
        raise UnfitRecordError("the file is not a JSON object")
    return parsed


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnfitRecordError("a key stands twice in one object")
    return found


def _strange(value: object) -> str:
    return f" is not as the format says: {str(value)[:40]!r}"


def only(fits: Callable[[object], bool]) -> Shape:
    """Return the shape of what a test accepts."""
    return lambda value: "" if fits(value) else _strange(value)


def matching(pattern: str) -> Shape:
    """Return the shape of texts of one spelling."""
    fits = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: "" if isinstance(value, str) and fits(value) else _strange(value)


def one_of(*allowed: str) -> Shape:
    """Return the shape of a few words."""
    return lambda value: "" if value in allowed else _strange(value)


def fields(**shapes: Shape) -> Shape:
    """Return the shape of an object with exactly these keys."""
    names, parts = shapes.keys(), list(shapes.items())

    def problem(value: object) -> str:
        if not isinstance(value, dict):
            return " is not an object"
        if value.keys() != names:
            odd = min(value.keys() ^ names)
            return f": the key {odd!r} is {'missing' if odd in names else 'unknown'}"
        for key, part in parts:
            if wrong := part(value[key]):
                return f".{key}{wrong}"
        return ""

    return problem


def listing(item: Shape) -> Shape:
    """Return the shape of a list of such items, however many."""

    def problem(value: object) -> str:
        if not isinstance(value, list):
            return " is not a list"
        for number, one in enumerate(value):
            if wrong := item(one):
                return f"[{number}]{wrong}"
        return ""

    return problem


def is_text(value: object) -> bool:
    """Whether the value is a text in NFC that can be written in UTF-8: no half of a surrogate pair."""
    return isinstance(value, str) and (value.isascii() or _is_written_one_way(value))


def is_name(value: object) -> bool:
    """Whether the value is a text without white space, and not empty."""
    return isinstance(value, str) and _is_name(value)


def is_count(value: object) -> bool:
    """Whether the value is a whole number from 0."""
    return type(value) is int and 0 <= value <= LARGEST


def is_instant(value: object) -> bool:
    """Whether the value is an instant as the record writes it."""
    return isinstance(value, str) and _is_instant(value)


def is_minute(value: object) -> bool:
    """Whether the value is an instant cut to its minute."""
    return isinstance(value, str) and value.endswith(":00Z") and _is_instant(value)


def is_day(value: object) -> bool:
    """Whether the value is a day YYYY-MM-DD."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


# Lanes, wishes and instants come again and again in the rows of a round.
@lru_cache(maxsize=4096)
def _is_name(text: str) -> bool:
    return re.fullmatch(r"[^\s]+", text, re.ASCII) is not None and is_text(text)


@lru_cache(maxsize=4096)
def _is_instant(text: str) -> bool:
    try:
        return bool(instant_of(text))
    except ValueError:
        return False


def _is_written_one_way(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text) and not any("\ud800" <= sign <= "\udfff" for sign in text)


def is_quota(value: object) -> bool:
    """Whether the value is an object of whole numbers by names."""
    return isinstance(value, dict) and all(is_name(name) and is_count(item) for name, item in value.items())


def row(value: object) -> str:
    """Say what is wrong with a row: only a correction names the two who made it."""
    return (CORRECTION if isinstance(value, dict) and value.get("kind") == "correct" else ROW)(value)


def pair(value: object) -> str:
    """Say what is wrong with an item of the result: a pid and its slot."""
    if not isinstance(value, list) or len(value) != 2:
        return " is not a pair"
    return PID(value[0]) or NAME(value[1])


HASH, PID, SIGNATURE = matching("[0-9a-f]{64}"), matching("[0-9a-f]{32}"), matching("[0-9a-f]{128}")
NAME, TEXT, COUNT = only(is_name), only(is_text), only(is_count)
DAY, INSTANT, MINUTE = only(is_day), only(is_instant), only(is_minute)
SLOT = fields(id=NAME, site=NAME, starts_at=INSTANT, quota=only(is_quota), reserve=COUNT)
ANNOUNCEMENT = fields(
    format=one_of("booking-round/1"), round=NAME, attempt=COUNT, line=NAME, service=NAME, date=DAY,
    method=one_of(*METHODS), opens_at=INSTANT, closes_at=INSTANT, objections_until=INSTANT,
    beacon_not_before=INSTANT, beacon=listing(NAME), lanes=listing(NAME), slots=listing(SLOT), rule=NAME,
    sample=COUNT, key_commitment=HASH, office_key=HASH,
)  # fmt: skip
ROW_FIELDS: dict[str, Shape] = {
    "seq": COUNT, "kind": one_of(*KINDS), "pid": PID, "lane": NAME,
    "ranking_time": only(lambda value: value == "" or is_instant(value)), "losses": COUNT,
    "wishes": listing(NAME), "minute": MINUTE, "reason": TEXT,
}  # fmt: skip
ROW, CORRECTION = fields(**ROW_FIELDS), fields(**ROW_FIELDS, by=listing(NAME))
CHECKPOINT = fields(n=COUNT, root=HASH, at=INSTANT)
EVENT = fields(n=COUNT, kind=one_of(*EVENT_KINDS), pid=PID, slot=NAME, at=INSTANT, reason=TEXT)
RECORD = fields(
    format=one_of("booking-round-record/1"), announcement=ANNOUNCEMENT, announcement_hash=HASH,
    checkpoints=listing(CHECKPOINT), rows=listing(fields(row=row, nonce=PID)), freeze=CHECKPOINT,
    beacon=listing(fields(source=NAME, value=TEXT)), seed=HASH, order=listing(PID), result=listing(pair),
    waiting=listing(PID), sample=listing(PID), outcome_hash=HASH, events=listing(fields(event=EVENT, hash=HASH)),
)  # fmt: skip
RECEIPT = fields(announcement_hash=HASH, row=row, nonce=PID, leaf=HASH, n=COUNT, root=HASH, signature=SIGNATURE)
