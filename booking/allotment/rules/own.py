"""One person's own line of a record: the key, how many came before, the cut-off of each wish, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from booking.allotment.rules.draw import Applicant, Json, Key, keys, lots_of, wish_table
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
    """Return the line of `pid`, or None if it has no effective row.

    A cut-off looks at the lanes in which the person stood, the own and the last one: a seat of another lane was not
    to be had with any key.
    """
    if pid not in applicants:
        return None
    announcement, me = data["announcement"], applicants[pid]
    seed, table = bytes.fromhex(data["seed"]), wish_table(places(announcement))
    key = keys(applicants.values(), seed, announcement["method"])
    last = _last_of_each_slot(data["result"], applicants, key, {me.lane, announcement["lanes"][-1]})
    wished = dict.fromkeys(slot for wish in me.wishes for slot in table[wish])
    cut_offs = tuple(
        CutOff(slot, applicants[last[slot]].lane, key[last[slot]][0], key[last[slot]][1])
        if slot in last
        else CutOff(slot, "", "", "")
        for slot in wished
    )
    waiting = data["waiting"].index(pid) + 1 if pid in data["waiting"] else 0
    granted = dict(data["result"]).get(pid, "")
    return OwnLine(me, key[pid][1], data["order"].index(pid), granted, waiting, cut_offs)


def _last_of_each_slot(
    result: list[list[str]], applicants: dict[str, Applicant], key: dict[str, Key], lanes: set[str]
) -> dict[str, str]:
    last: dict[str, str] = {}
    for pid, slot in result:
        if applicants[pid].lane in lanes:
            last[slot] = max(last.get(slot, pid), pid, key=key.__getitem__)
    return last


def own_words(data: Json, line: OwnLine) -> Iterator[str]:
    """Yield the line in plain words: key, people ahead, what came of it and why, and what happened since."""
    me, is_lottery = line.applicant, data["announcement"]["method"] == "lottery"
    own_key = (
        f"{lots_of(me.losses)} lots after {me.losses} losses" if is_lottery else f"ranking time {me.ranking_time}"
    )
    yield f"lane {me.lane}, {own_key}, ticket {line.ticket}"
    yield f"people ahead: {line.ahead} of {len(data['order']) - 1} others"
    if line.granted:
        yield f"granted {line.granted}: the first slot of the list that still had a seat"
    else:
        yield f"not granted: nothing of the list had a seat left; place {line.waiting} in the queue"
    for cut_off in line.cut_offs:
        yield f"slot {cut_off.slot}: {_cut_off_words(cut_off, is_lottery=is_lottery)}"
    for event in (entry["event"] for entry in data["events"]):
        if event["pid"] == me.pid:
            yield f"later, at {event['at']}: {event['kind']} {event['slot']} {event['reason']}".rstrip()


def _cut_off_words(cut_off: CutOff, *, is_lottery: bool) -> str:
    if not cut_off.lane:
        return "nobody got a seat in the lanes in which this person stood"
    last_key = "" if is_lottery else f"ranking time {cut_off.ranking_time}, "
    return f"the last to get a seat has lane {cut_off.lane}, {last_key}ticket {cut_off.ticket}"


def why_not_in(data: Json, pid: str) -> str:
    """Say why a pid has no effective row; "" if it does not stand in the rows at all."""
    rows = (entry["row"] for entry in reversed(data["rows"]))
    last = next((row for row in rows if row["pid"] == pid), None)
    if last is None:
        return ""
    return f"{'refused' if last['kind'] == 'refused' else 'withdrawn'} in row {last['seq']} {last['reason']}".rstrip()
