"""The twelve checks of a public record. No database, no network, no secret: anybody runs this."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from booking.allotment.rules.draw import (
    Applicant,
    Json,
    Outcome,
    Place,
    draw,
    effective,
    outcome_hash,
    places_of,
    seed_of,
)
from booking.allotment.rules.events import Line, Seats, event_hash, wrong_events
from booking.allotment.rules.own import own_line, own_words, why_not_in
from booking.allotment.rules.receipts import NOT_CHECKED, OK, WRONG, receipt_found
from booking.allotment.rules.rows import wrong_announcement, wrong_minutes, wrong_rows, wrong_values
from booking.allotment.rules.shape import UnfitRecordError, read_record
from booking.allotment.rules.tree import announcement_leaf, roots_at, row_leaf


@dataclass(frozen=True, slots=True)
class Step:
    """One check: its number and name, "ok", "wrong" or "not checked", the first thing that is wrong; the own line."""

    number: int
    name: str
    state: str
    problem: str = ""
    details: tuple[str, ...] = ()


class Record:
    """A record that has the right shape, and what can be computed from it. Each value is computed once."""

    def __init__(self, data: Json) -> None:
        self.data = data
        self.announcement: Json = data["announcement"]
        self.rows: list[Json] = [entry["row"] for entry in data["rows"]]

    @cached_property
    def leaves(self) -> list[bytes]:
        rows = (row_leaf(entry["row"], bytes.fromhex(entry["nonce"])) for entry in self.data["rows"])
        return [announcement_leaf(self.announcement), *rows]

    @cached_property
    def roots(self) -> dict[int, bytes]:
        counts = [point["n"] for point in self.data["checkpoints"]]
        return roots_at(self.leaves, [*counts, self.data["freeze"]["n"]])

    @cached_property
    def applicants(self) -> dict[str, Applicant]:
        return effective(self.rows)

    @cached_property
    def places(self) -> list[Place]:
        return places_of(self.announcement)

    @cached_property
    def seed(self) -> bytes:
        freeze = self.data["freeze"]
        root = self.roots.get(freeze["n"], b"")
        return seed_of(self.leaves[0], freeze["n"], root, self.data["beacon"])

    @cached_property
    def outcome(self) -> Outcome:
        return draw(
            self.applicants, self.places, self.announcement["lanes"], self.seed,
            method=self.announcement["method"], sample=self.announcement["sample"],
        )  # fmt: skip


def check(source: str | bytes, receipts: Sequence[str | bytes] = (), pid: str = "") -> Iterator[Step]:
    """Yield the checks one by one, each with the first thing that is wrong; what has not the shape fails at 0.

    With a pid, the last step is that person's own line.
    """
    name = "the file is a record"
    try:
        record = Record(read_record(source))
    except UnfitRecordError as failure:
        yield Step(0, name, WRONG, str(failure))
        return
    yield Step(0, name, OK)
    has_held = True
    for number, (name, problems) in CHECKS.items():
        step = _receipts(record, receipts) if number == RECEIPTS else _step(number, name, problems(record))
        has_held = has_held and (number == RECEIPTS or step.state == OK)
        yield step
    if pid:
        yield _own(record, pid, has_held=has_held)


def holds(steps: Iterable[Step]) -> bool:
    """Whether nothing was found wrong."""
    return all(step.state != WRONG for step in steps)


def _step(number: int, name: str, problems: Iterator[str]) -> Step:
    try:
        problem = next(problems, "")
    except KeyError as missing:  # a lane or a wish that the announcement does not have
        problem = f"{missing} is not in the announcement"
    return Step(number, name, WRONG if problem else OK, problem)


def _announcement(record: Record) -> Iterator[str]:
    if record.leaves[0].hex() != record.data["announcement_hash"]:
        yield "the announcement does not hash to leaf 0"
    yield from wrong_announcement(record.announcement)


def _rows(record: Record) -> Iterator[str]:
    for number, row in enumerate(record.rows, start=1):
        if row["seq"] != number:
            yield f"row {number} has the number {row['seq']}"
    freeze = record.data["freeze"]
    root = record.roots.get(freeze["n"])
    if root is None:
        yield f"the freeze counts {freeze['n']} leaves, the file has {len(record.leaves)}"
    elif root.hex() != freeze["root"]:
        yield "a row, a nonce or the announcement was changed: the leaves do not give the root of the freeze"


def _checkpoints(record: Record) -> Iterator[str]:
    points = record.data["checkpoints"]
    if not points or points[0]["n"] != 1 or points[0]["at"] != record.announcement["opens_at"]:
        yield "the first checkpoint is not the opening with leaf 0 alone"
        return
    if points[-1]["at"] != record.announcement["closes_at"]:
        yield "the last checkpoint is not that of the close"
    for before, point in pairwise([*points, record.data["freeze"]]):
        if point["n"] < before["n"] or point["at"] < before["at"]:
            yield f"the checkpoint of {point['at']} runs backwards"
    for point in points:
        root = record.roots.get(point["n"])
        if root is None or root.hex() != point["root"]:
            yield f"the checkpoint of {point['at']} is no prefix of the final tree"


def _after_freeze(record: Record) -> Iterator[str]:
    freeze = record.data["freeze"]
    if len(record.leaves) > freeze["n"]:
        yield f"row {freeze['n']} came after the freeze"
    if freeze["at"] != record.announcement["objections_until"]:
        yield "the freeze is not at the announced instant"


def _minutes(record: Record) -> Iterator[str]:
    return wrong_minutes(record.rows, record.announcement, record.data["checkpoints"], record.data["freeze"])


def _one_row_each(record: Record) -> Iterator[str]:
    return wrong_rows(record.rows, record.announcement)


def _beacon(record: Record) -> Iterator[str]:
    return wrong_values(record.data["beacon"], record.announcement["beacon"])


def _outcome(record: Record) -> Iterator[str]:
    if record.seed.hex() != record.data["seed"]:
        yield "the seed is not that of the sealed list and the public random values"
    computed = record.outcome
    for name in ("order", "result", "waiting", "sample"):
        if getattr(computed, name) != record.data[name]:
            yield f"{name} is not what the rule gives"
    binding = outcome_hash(computed, record.data["checkpoints"], record.data["freeze"])
    if binding.hex() != record.data["outcome_hash"]:
        yield "the outcome hash does not bind what is published"


def _quota(record: Record) -> Iterator[str]:
    quota = {place.id: sum(place.quota.values()) for place in record.places}
    given = Counter(slot for _, slot in record.data["result"])
    for slot, seats in given.items():
        if seats > quota.get(slot, 0):
            yield f"slot {slot} has {quota.get(slot, 0)} seats and {seats} people"


def _events(record: Record) -> Iterator[str]:
    previous = outcome_hash(record.outcome, record.data["checkpoints"], record.data["freeze"])
    for number, entry in enumerate(record.data["events"], start=1):
        previous = event_hash(previous, entry["event"])
        if previous.hex() != entry["hash"]:
            yield f"the chain breaks at event {number}"
            return
    reserve = {slot["id"]: slot["reserve"] for slot in record.announcement["slots"]}
    seats = Seats.after_draw(record.outcome, record.places, reserve)
    events = [entry["event"] for entry in record.data["events"]]
    if events and events[0]["at"] < record.announcement["beacon_not_before"]:
        yield "an event is earlier than the draw"
    yield from wrong_events(events, seats, Line(record.outcome.waiting, record.applicants, record.places))


def _receipts(record: Record, receipts: Sequence[str | bytes]) -> Step:
    name = CHECKS[RECEIPTS][0]
    if not receipts:
        return Step(RECEIPTS, name, NOT_CHECKED, "no receipt was given")
    found = [receipt_found(receipt, record.announcement, record.leaves) for receipt in receipts]
    for state in (WRONG, NOT_CHECKED):
        if says := next((says for of_one, says in found if of_one == state), ""):
            return Step(RECEIPTS, name, state, says)
    return Step(RECEIPTS, name, OK)


def _own(record: Record, pid: str, *, has_held: bool) -> Step:
    name = f"the own line of {pid}"
    if not has_held:
        return Step(OWN, name, NOT_CHECKED, "the record does not hold, so it says nothing of anybody")
    if line := own_line(record.data, record.applicants, pid):
        return Step(OWN, name, OK, details=tuple(own_words(record.data, line)))
    if reason := why_not_in(record.data, pid):
        return Step(OWN, name, OK, details=(f"did not take part: {reason}",))
    return Step(OWN, name, WRONG, "no row has this pid")


RECEIPTS, OWN = 10, 12
CHECKS: dict[int, tuple[str, Callable[[Record], Iterator[str]]]] = {
    1: ("the announcement is leaf 0", _announcement),
    2: ("every row is in the sealed list", _rows),
    3: ("every checkpoint is a prefix of it", _checkpoints),
    4: ("nothing came after the freeze", _after_freeze),
    5: ("minutes run forward, and none is after the close", _minutes),
    6: ("one effective row for each person", _one_row_each),
    7: ("the random values are from the announced sources", _beacon),
    8: ("order, result, queue and sample recompute", _outcome),
    9: ("no slot is beyond its quota", _quota),
    RECEIPTS: ("each receipt is found and signed by the office", lambda _: iter(())),
    11: ("the events are one chain, and freed seats went in order", _events),
}
