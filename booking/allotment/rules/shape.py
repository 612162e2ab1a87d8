"""Whether a file is a record at all: exact keys, exact types, exact spellings. What is not bound is refused here."""

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from booking.allotment.rules.encoding import instant_of

Check = Callable[[object], bool]
KINDS = ("apply", "replace", "withdraw", "refused", "correct")
EVENT_KINDS = ("cancelled", "cancelled_by_office", "granted", "manual", "absent")
METHODS = ("ranked", "lottery")


class UnfitRecordError(ValueError):
    """The text is not a record; the message names the place and what is expected there."""


def matching(pattern: str) -> Check:
    """Return a check for texts of one spelling."""
    fits = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: isinstance(value, str) and fits(value) is not None


def text(value: object) -> bool:
    """Whether the value is a text in NFC."""
    return isinstance(value, str) and unicodedata.is_normalized("NFC", value)


def count(value: object) -> bool:
    """Whether the value is a whole number from 0."""
    return type(value) is int and value >= 0


def instant(value: object) -> bool:
    """Whether the value is an instant as the record writes it."""
    try:
        return isinstance(value, str) and bool(instant_of(value))
    except ValueError:
        return False


def day(value: object) -> bool:
    """Whether the value is a day YYYY-MM-DD."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def counts(value: object) -> bool:
    """Whether the value is an object of whole numbers, by whatever names."""
    return isinstance(value, dict) and all(count(item) for item in value.values())


def one_of(*allowed: str) -> Check:
    """Return a check for a few words."""
    return lambda value: value in allowed and isinstance(value, str)


HASH = matching("[0-9a-f]{64}")
PID = matching("[0-9a-f]{32}")
SIGNATURE = matching("[0-9a-f]{128}")
NAME = matching(r"[^\s]+")


def instant_or_none(value: object) -> bool:
    """Whether the value is an instant, or "" for none."""
    return value == "" or instant(value)


# A shape is a check, {key: shape} for exactly these keys, or [shape] for a list.
SLOT = {"id": NAME, "site": NAME, "starts_at": instant, "quota": counts, "reserve": count}
ANNOUNCEMENT = {
    "format": one_of("booking-round/1"), "round": NAME, "attempt": count, "line": NAME, "service": NAME, "date": day,
    "method": one_of(*METHODS), "opens_at": instant, "closes_at": instant, "objections_until": instant,
    "beacon_not_before": instant, "beacon": [NAME], "lanes": [NAME], "slots": [SLOT], "rule": NAME, "sample": count,
    "key_commitment": HASH, "office_key": HASH,
}  # fmt: skip
ROW = {
    "seq": count, "kind": one_of(*KINDS), "pid": PID, "lane": NAME, "ranking_time": instant_or_none,
    "losses": count, "wishes": [NAME], "minute": matching(r"[0-9T:-]+:00Z"), "reason": text,
}  # fmt: skip
CORRECTION = {**ROW, "by": [NAME]}
CHECKPOINT = {"n": count, "root": HASH, "at": instant}
EVENT = {"n": count, "kind": one_of(*EVENT_KINDS), "pid": PID, "slot": NAME, "at": instant, "reason": text}
RECORD = {
    "format": one_of("booking-round-record/1"), "announcement": ANNOUNCEMENT, "announcement_hash": HASH,
    "checkpoints": [CHECKPOINT], "rows": [{"row": lambda _: True, "nonce": PID}], "freeze": CHECKPOINT,
    "beacon": [{"source": NAME, "value": text}], "seed": HASH, "order": [PID], "result": [[text]],
    "waiting": [PID], "sample": [PID], "outcome_hash": HASH, "events": [{"event": EVENT, "hash": HASH}],
}  # fmt: skip
RECEIPT = {
    "announcement_hash": HASH, "row": lambda _: True, "nonce": PID, "leaf": HASH, "n": count, "root": HASH,
    "signature": SIGNATURE,
}  # fmt: skip


def read_record(source: str | bytes) -> dict[str, Any]:
    """Parse a record; raise `UnfitRecordError` with the first place that is not as the format says."""
    record = _parse(source)
    require(record, RECORD, "record")
    for number, entry in enumerate(record["rows"], start=1):
        require(entry["row"], row_shape(entry["row"]), f"row {number}")
    return record


def read_receipt(source: str | bytes) -> dict[str, Any]:
    """Parse a receipt; raise `UnfitRecordError`."""
    receipt = _parse(source)
    require(receipt, RECEIPT, "receipt")
    require(receipt["row"], row_shape(receipt["row"]), "row of the receipt")
    return receipt


def row_shape(row: object) -> dict[str, object]:
    """Return the shape of a row: only a correction names the two who made it."""
    return CORRECTION if isinstance(row, dict) and row.get("kind") == "correct" else ROW


def require(value: object, shape: object, place: str) -> None:
    """Raise `UnfitRecordError` unless the value has the shape."""
    match shape:
        case dict():
            _require_object(value, shape, place)
        case [each]:
            _require_list(value, each, place)
        case _ if callable(shape) and not shape(value):
            raise UnfitRecordError(f"{place} is not as the format says: {str(value)[:40]!r}")


def _require_list(value: object, shape: object, place: str) -> None:
    if not isinstance(value, list):
        raise UnfitRecordError(f"{place} is not a list")
    for number, item in enumerate(value):
        require(item, shape, f"{place}[{number}]")


def _require_object(value: object, shape: dict[str, object], place: str) -> None:
    if not isinstance(value, dict):
        raise UnfitRecordError(f"{place} is not an object")
    if value.keys() != shape.keys():
        odd = sorted(value.keys() ^ shape.keys())[0]
        raise UnfitRecordError(f"{place}: the key {odd!r} is {'missing' if odd in shape else 'unknown'}")
    for key, part in shape.items():
        require(value[key], part, f"{place}.{key}")


def _parse(source: str | bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(source, object_pairs_hook=_without_doubles)
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
