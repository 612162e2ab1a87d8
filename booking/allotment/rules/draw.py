"""The draw: who comes before whom, and who gets which place. No time of arrival goes in, so none can matter.

Office rules, art. 9 (domain of ranked rounds): earlier ranking time first; ties, and lotteries, by a ticket that
nobody could know before the list was sealed.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from booking.allotment.rules.encoding import OUTCOME, SAMPLE, SEED, canonical, digest

MOST_LOTS = 16
ASKING = ("apply", "replace", "correct")
Json = dict[str, Any]


class Applicant(NamedTuple):
    """The effective row of one person. `ranking_time` is "" in a lottery; a wish is a slot id or "*<site id>"."""

    pid: str
    lane: str
    ranking_time: str
    losses: int
    wishes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One slot of the announcement: when and where, and how many seats each lane has."""

    id: str
    site: str
    starts_at: str
    quota: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a draw decides. All lists hold pids; `result` pairs them with slot ids in the order of `order`."""

    order: list[str]
    result: list[list[str]]
    waiting: list[str]
    sample: list[str]


def effective(rows: Iterable[Json]) -> dict[str, Applicant]:
    """Return the rows that count, by pid: the last that asks for something, unless it was withdrawn after it."""
    asking: dict[str, Applicant] = {}
    for row in rows:
        if row["kind"] in ASKING:
            asking[row["pid"]] = applicant_of(row)
        elif row["kind"] == "withdraw":
            asking.pop(row["pid"], None)
    return asking


def applicant_of(row: Json) -> Applicant:
    """Return what the draw sees of a row."""
    return Applicant(row["pid"], row["lane"], row["ranking_time"], row["losses"], tuple(row["wishes"]))


def places_of(announcement: Json) -> list[Place]:
    """Return the slots of an announcement."""
    return [Place(slot["id"], slot["site"], slot["starts_at"], slot["quota"]) for slot in announcement["slots"]]


def seed_of(first_leaf: bytes, n: int, root: bytes, beacon: object) -> bytes:
    """Return the seed: the sealed list and the public random values together, so that neither decides alone."""
    return digest(SEED, first_leaf, n.to_bytes(8, "big"), root, canonical(beacon))


def lots_of(losses: int) -> int:
    """Return the lots of a person who has lost so many draws: each loss doubles them, to 16 at most."""
    return min(1 << min(losses, 4), MOST_LOTS)


def ticket(seed: bytes, applicant: Applicant, method: str) -> str:
    """Return the ticket: of the pid itself where it only breaks ties, else the smallest of the person's lots."""
    if method != "lottery":
        return hmac.digest(seed, applicant.pid.encode(), "sha256").hex()
    lots = (f"{applicant.pid}:{lot}".encode() for lot in range(lots_of(applicant.losses)))
    return min(hmac.digest(seed, lot, "sha256") for lot in lots).hex()


Key = tuple[str, str, str]


def keys(applicants: Iterable[Applicant], seed: bytes, method: str) -> dict[str, Key]:
    """Return by pid what orders people within a lane: ranking time (none in a lottery), ticket, pid."""
    is_lottery = method == "lottery"
    return {
        one.pid: ("" if is_lottery else one.ranking_time, ticket(seed, one, method), one.pid) for one in applicants
    }


def draw(
    applicants: Mapping[str, Applicant],
    places: Sequence[Place],
    lanes: Sequence[str],
    seed: bytes,
    *,
    method: str,
    sample: int,
) -> Outcome:
    """Order the applicants and give each the first wish that still has a seat in the lane, lane by lane.

    Raises `KeyError` for a row in a lane, or with a wish, that the announcement does not have.
    """
    key = keys(applicants.values(), seed, method)
    rank = {lane: place for place, lane in enumerate(lanes)}
    order = sorted(applicants, key=lambda pid: (rank[applicants[pid].lane], key[pid]))
    granted = _allot(applicants, order, key, places, lanes)
    waiting = sorted((pid for pid in order if pid not in granted), key=key.__getitem__)
    result = [[pid, granted[pid]] for pid in order if pid in granted]
    return Outcome(order, result, waiting, spot_check(granted, seed, sample))


def _allot(
    applicants: Mapping[str, Applicant],
    order: Sequence[str],
    key: Mapping[str, Key],
    places: Sequence[Place],
    lanes: Sequence[str],
) -> dict[str, str]:
    held_by = wish_table(places)
    left = {place.id: 0 for place in places}
    granted: dict[str, str] = {}
    without: list[str] = []
    for lane in lanes:
        for place in places:
            left[place.id] += place.quota.get(lane, 0)
        turn = [pid for pid in order if applicants[pid].lane == lane]
        if lane == lanes[-1] and without:
            turn = sorted([*turn, *without], key=key.__getitem__)
        for pid in turn:
            slot = next((slot for wish in applicants[pid].wishes for slot in held_by[wish] if left[slot]), None)
            if slot is None:
                without.append(pid)
            else:
                granted[pid] = slot
                left[slot] -= 1
    return granted


def wish_table(places: Sequence[Place]) -> dict[str, tuple[str, ...]]:
    """Return the slots that each possible wish stands for; a site's in order of time, then id."""
    table: dict[str, tuple[str, ...]] = {place.id: (place.id,) for place in places}
    for place in sorted(places, key=lambda place: (place.starts_at, place.id)):
        wish = f"*{place.site}"
        table[wish] = (*table.get(wish, ()), place.id)
    return table


def spot_check(granted: Iterable[str], seed: bytes, size: int) -> list[str]:
    """Return the granted pids that the office examines: nobody chooses them, the seed does."""
    return sorted(granted, key=lambda pid: digest(SAMPLE, seed, pid.encode()))[:size]


def outcome_hash(outcome: Outcome, checkpoints: object, freeze: object) -> bytes:
    """Return the hash that binds everything decided, and the checkpoints that led there."""
    parts = (outcome.order, outcome.result, outcome.waiting, outcome.sample, checkpoints, freeze)
    return digest(OUTCOME, *(canonical(part) for part in parts))
