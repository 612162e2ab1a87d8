"""Whole records of invented rounds, honest in every part, built with the rules themselves; and tools to forge them.

`build_record(7)` is the same record on every run. `sealed` is what a forger with the office's machine would do: it
computes every hash, root, ticket and result again, so that only what people keep outside can still disagree.
"""

import copy
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from booking.allotment.rules.checker import Record, Step, check
from booking.allotment.rules.draw import outcome_hash
from booking.allotment.rules.encoding import instant_of, instant_text, key_commitment, minute_text
from booking.allotment.rules.events import Line, Seats, event_hash
from booking.allotment.rules.receipts import WRONG, signed_part
from booking.allotment.rules.tree import Tree, announcement_leaf, row_leaf

Json = dict[str, Any]
LANES = ("make_up", "priority", "ordinary")
OPENS = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)
FREEZE = datetime(2026, 12, 6, 4, 0, tzinfo=UTC)
BEACON = datetime(2026, 12, 6, 13, 30, tzinfo=UTC)
EXAM_DAY = datetime(2026, 12, 10, 0, 30, tzinfo=UTC)
STAFF = ("5e" * 16, "7a" * 16)
MOST_DRAWN = 80


@dataclass(frozen=True)
class BuiltRecord:
    """A record, the receipts of its rows in their order, and the office's key."""

    data: Json
    receipts: list[Json]
    office: Ed25519PrivateKey

    @property
    def text(self) -> str:
        return text_of(self.data)

    def copy(self) -> Json:
        """Return the data for somebody to alter."""
        return copy.deepcopy(self.data)


def text_of(data: object) -> str:
    """Write a record or a receipt as a file."""
    return json.dumps(data, ensure_ascii=False, indent=1)


def first_wrong(data: Json, *receipts: Json) -> Step | None:
    """Return the first step that finds something wrong."""
    steps = check(text_of(data), [text_of(receipt) for receipt in receipts])
    return next((step for step in steps if step.state == WRONG), None)


def all_wrong(data: Json, *receipts: Json) -> list[int]:
    """Return the numbers of all steps that find something wrong."""
    steps = check(text_of(data), [text_of(receipt) for receipt in receipts])
    return [step.number for step in steps if step.state == WRONG]


def build_record(seed: int, *, method: str = "ranked", people: int = 40, slots: int = 6) -> BuiltRecord:
    """Build the honest record of a round with requests, changes, refusals, corrections and later events."""
    dice = Random(seed)
    office = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
    key = dice.randbytes(32)
    announcement = _announcement(dice, office, key, method=method, slots=slots)
    rows = _rows(dice, announcement, _pids(key, people))
    data: Json = {
        "format": "booking-round-record/1", "announcement": announcement, "announcement_hash": "",
        "checkpoints": _checkpoints(rows), "rows": [{"row": row, "nonce": dice.randbytes(16).hex()} for row in rows],
        "freeze": {"n": len(rows) + 1, "root": "", "at": instant_text(FREEZE)},
        "beacon": [_value(dice, source) for source in announcement["beacon"]], "seed": "",
        "order": [], "result": [], "waiting": [], "sample": [], "outcome_hash": "", "events": [],
    }  # fmt: skip
    sealed(data)
    data["events"] = [{"event": event, "hash": ""} for event in _events(dice, Record(data))]
    sealed(data)
    return BuiltRecord(data, list(_receipts(data, office)), office)


def _receipts(data: Json, office: Ed25519PrivateKey) -> Iterator[Json]:
    """Yield the receipt of each row, as the office gave it at once."""
    tree = Tree()
    announced, *leaves = Record(data).leaves
    tree.append(announced)
    for entry, leaf in zip(data["rows"], leaves, strict=True):
        tree.append(leaf)
        receipt: Json = {
            "announcement_hash": announced.hex(), "row": copy.deepcopy(entry["row"]), "nonce": entry["nonce"],
            "leaf": leaf.hex(), "n": tree.n, "root": tree.root().hex(),
        }  # fmt: skip
        yield signed(receipt, office)


def signed(receipt: Json, office: Ed25519PrivateKey) -> Json:
    """Return the receipt with the signature of that key."""
    unsigned = {name: value for name, value in receipt.items() if name != "signature"}
    return {**unsigned, "signature": office.sign(signed_part(unsigned)).hex()}


def sealed(data: Json) -> Json:
    """Compute everything in the data again that follows from announcement, rows, checkpoints' counts and events."""
    for number, entry in enumerate(data["rows"], start=1):
        entry["row"]["seq"] = number
    data["freeze"]["n"] = len(data["rows"]) + 1
    leaves = [row_leaf(entry["row"], bytes.fromhex(entry["nonce"])) for entry in data["rows"]]
    tree, roots = Tree(), {}
    for leaf in (announcement_leaf(data["announcement"]), *leaves):
        tree.append(leaf)
        roots[tree.n] = tree.root().hex()
    for point in (*data["checkpoints"], data["freeze"]):
        point["root"] = roots[point["n"]]
    data["announcement_hash"] = roots[1]
    return drawn(data)


def drawn(data: Json) -> Json:
    """Compute again what follows from the sealed list and the random values."""
    record = Record(data)
    data["seed"] = record.seed.hex()
    outcome = record.outcome
    data |= {"order": outcome.order, "result": outcome.result, "waiting": outcome.waiting, "sample": outcome.sample}
    binding = outcome_hash(outcome, data["checkpoints"], data["freeze"])
    data["outcome_hash"] = binding.hex()
    return chained(data)


def chained(data: Json) -> Json:
    """Number the events and compute their hashes again."""
    previous = bytes.fromhex(data["outcome_hash"])
    for number, entry in enumerate(data["events"], start=1):
        entry["event"]["n"] = number
        previous = event_hash(previous, entry["event"])
        entry["hash"] = previous.hex()
    return data


def _announcement(dice: Random, office: Ed25519PrivateKey, key: bytes, *, method: str, slots: int) -> Json:
    return {
        "format": "booking-round/1", "round": str(dice.randrange(1, 999)), "attempt": 1, "line": "exams",
        "service": "subject_2", "date": "2026-12-10", "method": method, "opens_at": instant_text(OPENS),
        "closes_at": instant_text(CLOSES), "objections_until": instant_text(FREEZE),
        "beacon_not_before": instant_text(BEACON), "beacon": ["draw:快乐8", "drand"], "lanes": list(LANES),
        "slots": [_slot(dice, number) for number in range(slots)], "rule": "order-172", "sample": 3,
        "key_commitment": key_commitment(key), "office_key": office.public_key().public_bytes_raw().hex(),
    }  # fmt: skip


def _slot(dice: Random, number: int) -> Json:
    return {
        "id": str(100 + number), "site": f"{1 + number % 3}",
        "starts_at": instant_text(EXAM_DAY + timedelta(hours=number)),
        "quota": {"make_up": dice.randrange(2), "priority": dice.randrange(2), "ordinary": dice.randrange(1, 5)},
        "reserve": 1,
    }  # fmt: skip


def _pids(key: bytes, people: int) -> list[str]:
    return [
        hmac.digest(key, f"pid:resident_id:{one}:subject_2".encode(), "sha256").hex()[:32] for one in range(people)
    ]


def _value(dice: Random, source: str) -> Json:
    if source.startswith("draw:"):
        return {"source": source, "value": " ".join(map(str, dice.sample(range(1, MOST_DRAWN + 1), 20)))}
    return {"source": source, "value": dice.randbytes(32).hex()}


def _rows(dice: Random, announcement: Json, pids: list[str]) -> list[Json]:
    """Return the rows by minute: everybody asks, some change their mind, some are refused, two are corrected."""
    minutes = int((CLOSES - OPENS) / timedelta(minutes=1))
    rows: list[tuple[int, Json]] = []
    for person, pid in enumerate(pids):
        first = dice.randrange(minutes - 10)
        kinds = {0: ("refused",), 1: ("apply", "withdraw"), 2: ("apply", "replace"), 3: ("refused", "apply")}
        kinds |= {4: ("apply", "withdraw", "apply"), 5: ("apply", "replace", "replace")}
        for later, kind in enumerate(kinds.get(person if person < 6 else dice.randrange(16), ("apply",))):
            rows.append((first + 2 * later, _row(dice, announcement, pid, kind)))
    rows.sort(key=lambda timed: timed[0])
    rows.append((minutes + 60, _row(dice, announcement, pids[2], "correct")))
    rows.append((minutes + 90, _row(dice, announcement, pids[0], "correct")))
    rows.append((minutes + 120, _row(dice, announcement, pids[1], "refused")))
    for number, (minute, row) in enumerate(rows, start=1):
        row["seq"], row["minute"] = number, minute_text(OPENS + timedelta(minutes=minute))
    return [row for _, row in rows]


def _row(dice: Random, announcement: Json, pid: str, kind: str) -> Json:
    asks = kind in ("apply", "replace", "correct")
    ids = [slot["id"] for slot in announcement["slots"]]
    wishes = dice.sample(ids, dice.randint(1, min(4, len(ids)))) + (["*1"] if dice.random() < 0.3 else [])
    ranked = announcement["method"] == "ranked"
    since = OPENS - timedelta(days=dice.randrange(10, 40))  # few days for many people: there are ties to draw
    return {
        "seq": 0, "kind": kind, "pid": pid, "lane": dice.choices(LANES, (1, 2, 9))[0],
        "ranking_time": instant_text(since) if asks and ranked else "", "losses": dice.randrange(6) if asks else 0,
        "wishes": wishes if asks else [], "minute": "", "reason": "permit-too-young" if kind == "refused" else "",
        **({"by": list(STAFF)} if kind == "correct" else {}),
    }  # fmt: skip


def _checkpoints(rows: list[Json]) -> list[Json]:
    """Return the opening, the end of every minute in which a leaf came, and the close."""
    counted: dict[str, int] = {instant_text(OPENS): 1}
    for row in rows:
        if row["minute"] < instant_text(CLOSES):
            counted[instant_text(instant_of(row["minute"]) + timedelta(minutes=1))] = row["seq"] + 1
    counted[instant_text(CLOSES)] = max(counted.values())
    return [{"n": n, "root": "", "at": at} for at, n in counted.items()]


def _events(dice: Random, record: Record) -> list[Json]:
    """Return what happened later: places given back and handed on, one of the reserve, one person absent."""
    reserve = {slot["id"]: slot["reserve"] for slot in record.announcement["slots"]}
    seats = Seats.after_draw(record.outcome, record.places, reserve)
    line = Line(record.outcome.waiting, record.applicants, record.places)
    events: list[Json] = []

    def happen(kind: str, pid: str, slot: str, reason: str = "") -> None:
        at = instant_text(BEACON + timedelta(minutes=10 * len(events)))
        event = {"n": 0, "kind": kind, "pid": pid, "slot": slot, "at": at, "reason": reason}
        assert not seats.apply(event)
        events.append(event)

    for pid, slot in dice.sample(record.outcome.result, min(8, len(record.outcome.result))):
        happen(dice.choice(("cancelled", "cancelled", "cancelled_by_office")), pid, slot)
        while turn := line.next_for(slot, seats.gone):
            happen("granted", turn, slot)
            if len(events) > 2 and dice.random() < 0.7:
                break
            happen("cancelled", turn, slot, "too_late")  # passed over: a grant, and at once its end
    held = sorted(seats.holders.items())
    happen("manual", dice.randbytes(16).hex(), held[0][1])
    happen("absent", *held[-1])
    return events
