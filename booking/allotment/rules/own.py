"""One person's own line of a record: the key, how many came before, the cut-off of each wish, and why."""

from dataclasses import dataclass

from booking.allotment.rules.draw import Applicant, Json, keys, wish_table
from booking.allotment.rules.draw import places_of as places


@dataclass(frozen=True, slots=True)
class CutOff:
    """The last person who got a seat of a wished slot; all "" where nobody did."""

    slot: str
    lane: str
    ranking_time: str
    ticket: str


@dataclass(frozen=True, slots=True)
class OwnLine:
    """How a person stands in a drawn round. `granted` is a slot id or ""; `waiting` the place in the queue from 1."""

    applicant: Applicant
    ticket: str
    ahead: int
    granted: str
    waiting: int
    cut_offs: tuple[CutOff, ...]


def own_line(data: Json, applicants: dict[str, Applicant], pid: str) -> OwnLine | None:
    """Return the line of `pid`, or None if it has no effective row."""
    if pid not in applicants:
        return None
    announcement = data["announcement"]
    seed, table = bytes.fromhex(data["seed"]), wish_table(places(announcement))
    key = keys(applicants.values(), seed, announcement["method"])
    granted = dict(data["result"])
    last: dict[str, str] = {}
    for other, slot in data["result"]:
        last[slot] = max(last.get(slot, other), other, key=key.__getitem__)
    me = applicants[pid]
    wished = dict.fromkeys(slot for wish in me.wishes for slot in table[wish])
    cut_offs = tuple(
        CutOff(slot, applicants[last[slot]].lane, key[last[slot]][0], key[last[slot]][1])
        if slot in last
        else CutOff(slot, "", "", "")
        for slot in wished
    )
    waiting = data["waiting"].index(pid) + 1 if pid in data["waiting"] else 0
    return OwnLine(me, key[pid][1], data["order"].index(pid), granted.get(pid, ""), waiting, cut_offs)
