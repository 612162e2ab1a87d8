"""What happened after the draw, as a chain: each event's hash takes in the one before it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from booking.allotment.rules.draw import Applicant, Json, Outcome, Place, wish_table
from booking.allotment.rules.encoding import EVENT, canonical, digest

FREEING = ("cancelled", "cancelled_by_office")


def event_hash(previous: bytes, event: Json) -> bytes:
    """Return the hash of an event; the first event's previous is the outcome hash."""
    return digest(EVENT, previous, canonical(event))


@dataclass(slots=True)
class Seats:
    """Who holds which seat of a round, how many are free, and who still waits, as events go by."""

    holders: dict[str, str]
    free: dict[str, int]
    reserve: dict[str, int]
    gone: set[str] = field(default_factory=set)  # of those who waited: they had their turn

    @classmethod
    def after_draw(cls, outcome: Outcome, places: Sequence[Place], reserve: Mapping[str, int]) -> "Seats":
        """Return how things stand right after the draw."""
        holders = dict(outcome.result)
        free = {place.id: sum(place.quota.values()) for place in places}
        for slot in holders.values():
            free[slot] -= 1
        return cls(holders, free, dict(reserve))

    def apply(self, event: Json) -> str:
        """Take one event in; return "" or what is wrong with it. Whose turn a grant was, `Line` says."""
        kind, pid, slot = event["kind"], event["pid"], event["slot"]
        if slot not in self.free:
            return f"slot {slot} is not of this round"
        if kind == "granted":
            return self._grant(pid, slot, self.free)
        if kind == "manual":
            return self._grant(pid, slot, self.reserve)
        if self.holders.get(pid) != slot:
            return f"{pid} does not hold slot {slot}"
        del self.holders[pid]
        if kind in FREEING:
            self.free[slot] += 1
        return ""

    def _grant(self, pid: str, slot: str, seats: dict[str, int]) -> str:
        if pid in self.holders:
            return f"{pid} holds a place already"
        if seats[slot] < 1:
            return f"no seat of slot {slot} is left"
        seats[slot] -= 1
        self.holders[pid] = slot
        self.gone.add(pid)
        return ""


class Line:
    """The waiting queue of a round, asked slot by slot for the first who wants it and has not had a turn."""

    def __init__(self, waiting: Sequence[str], applicants: Mapping[str, Applicant], places: Sequence[Place]) -> None:
        table = wish_table(places)
        self._queues: dict[str, list[str]] = {place.id: [] for place in places}
        for pid in waiting:
            for slot in dict.fromkeys(slot for wish in applicants[pid].wishes for slot in table[wish]):
                self._queues[slot].append(pid)
        self.begin_again()

    def begin_again(self) -> None:
        """Forget who has had a turn."""
        self._heads = dict.fromkeys(self._queues, 0)

    def next_for(self, slot: str, gone: Collection[str]) -> str | None:
        """Return the first pid of the queue whose wishes hold the slot and who is not in `gone`."""
        queue, head = self._queues[slot], self._heads[slot]
        while head < len(queue) and queue[head] in gone:
            head += 1
        self._heads[slot] = head
        return queue[head] if head < len(queue) else None


def wrong_events(events: Sequence[Json], seats: Seats, line: Line) -> Iterator[str]:
    """Yield what is wrong with the events, in their order: numbers, times, seats, and whose turn it was."""
    latest = ""
    for number, event in enumerate(events, start=1):
        if event["n"] != number:
            yield f"event {number} has the number {event['n']}"
        if event["at"] < latest:
            yield f"event {number} is earlier than the one before it"
        latest = event["at"]
        turn = line.next_for(event["slot"], seats.gone) if event["slot"] in seats.free else None
        if problem := seats.apply(event):
            yield f"event {number}: {problem}"
        elif event["kind"] == "granted" and event["pid"] != turn:
            yield f"event {number}: the seat was {turn or 'nobody'}'s, not {event['pid']}'s"
