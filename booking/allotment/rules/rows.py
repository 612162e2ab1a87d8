"""What must be true of announcement, rows and random values beyond their hashes; each yields what is wrong."""

import re
from collections.abc import Iterator, Sequence

from booking.allotment.rules.draw import ASKING, Json, places_of, wish_table
from booking.allotment.rules.encoding import MINUTE, instant_of

AFTER_CLOSE = ("refused", "correct")
VALUES = {"drand": "[0-9a-f]{64}", "demo": "[0-9a-f]{64}", "draw": "[0-9]+( [0-9]+)*"}


def wrong_announcement(announcement: Json) -> Iterator[str]:
    """Yield where the announced times are out of order, or a lane or slot stands twice."""
    names = ("opens_at", "closes_at", "objections_until", "beacon_not_before")
    times = [announcement[name] for name in names]
    if times != sorted(times):
        yield "the announced times are out of order"
    for what in ("lanes", "beacon"):
        if not announcement[what] or len(set(announcement[what])) < len(announcement[what]):
            yield f"{what} are missing or stand twice"
    if announcement["attempt"] < 1:
        yield "attempts are counted from 1"
    ids = [slot["id"] for slot in announcement["slots"]]
    if len(set(ids)) < len(ids):
        yield "a slot stands twice"
    for slot in announcement["slots"]:
        if strange := sorted(slot["quota"].keys() - set(announcement["lanes"])):
            yield f"slot {slot['id']} has seats in the lane {strange[0]!r}, which was not announced"


def wrong_minutes(rows: Sequence[Json], announcement: Json, points: Sequence[Json], freeze: Json) -> Iterator[str]:
    """Yield the rows whose minute runs backwards, lies outside its checkpoints, or behind the close."""
    latest = _minute(announcement["opens_at"])
    bounds: Iterator[Json | None] = iter([*points, freeze])
    point = next(bounds)
    for row in rows:
        minute, seq = row["minute"], row["seq"]
        while point is not None and point["n"] <= seq:  # leaf `seq` lies behind this checkpoint
            latest = max(latest, _minute(point["at"]))
            point = next(bounds, None)
        if minute < latest:
            yield f"the minute of row {seq} runs backwards"
        if point is not None and minute > point["at"]:
            yield f"row {seq} is later than the checkpoint that counts it"
        if minute > announcement["closes_at"] and row["kind"] not in AFTER_CLOSE:
            yield f"row {seq} came after the close"
        latest = max(latest, minute)


def _minute(instant: str) -> str:
    return instant_of(instant).strftime(MINUTE)


def wrong_rows(rows: Sequence[Json], announcement: Json) -> Iterator[str]:
    """Yield where a person stands twice, changes what is not there, or asks for what was not announced."""
    known = wish_table(places_of(announcement))
    live: set[str] = set()
    for row in rows:
        kind, pid, seq = row["kind"], row["pid"], row["seq"]
        if kind == "apply" and pid in live:
            yield f"row {seq}: {pid} applies a second time"
        if kind in ("replace", "withdraw") and pid not in live:
            yield f"row {seq}: {pid} has nothing to {kind}"
        if kind == "withdraw":
            live.discard(pid)
        if kind not in ASKING:
            continue
        live.add(pid)
        yield from _wrong_request(row, announcement, known)


def _wrong_request(row: Json, announcement: Json, known: dict[str, tuple[str, ...]]) -> Iterator[str]:
    seq = row["seq"]
    if row["lane"] not in announcement["lanes"]:
        yield f"row {seq}: the lane {row['lane']!r} was not announced"
    if (row["ranking_time"] == "") != (announcement["method"] == "lottery"):
        yield f"row {seq}: a ranking time belongs to ranked rounds, and only to them"
    if len(set(row["wishes"])) < len(row["wishes"]):
        yield f"row {seq}: a wish stands twice"
    if strange := next((wish for wish in row["wishes"] if wish not in known), None):
        yield f"row {seq}: the wish {strange!r} is not of this round"
    if row["kind"] == "correct" and (len(row["by"]) != 2 or len(set(row["by"])) != 2):
        yield f"row {seq}: a correction needs two people"


def wrong_values(values: Sequence[Json], sources: Sequence[str]) -> Iterator[str]:
    """Yield where the random values are not those of the announced sources, or not spelled as such values are."""
    if [value["source"] for value in values] != list(sources):
        yield "the sources are not the announced ones in their order"
    for value in values:
        spelling = VALUES.get(value["source"].partition(":")[0])
        if spelling is None or not re.fullmatch(spelling, value["value"], re.ASCII):
            yield f"the value of {value['source']} is not one of such a source"
