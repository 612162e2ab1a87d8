"""How many people ask for how many places, where one of them stands among them, and how it went in the past.

Everything is counted from the entries; nobody but the person asked about can be told apart in what comes out.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from booking.allotment.models.requests import Entry, Standing
from booking.allotment.models.rounds import Round, RoundSlot, Stage
from booking.kernel.ids import Holder, SiteId
from booking.slots.models import Lane, Method, Slot

PAST_ROUNDS = 6
LANE_ORDER = {Lane.MAKE_UP: 0, Lane.PRIORITY: 1, Lane.ORDINARY: 2, Lane.WALK_IN: 3}
Key = tuple[int, datetime]


@dataclass(frozen=True, slots=True)
class Crowd:
    """The others who stand in a round: how many, their keys, and how many of them ask for each wish."""

    others: int = 0
    keys: Mapping[Key, int] = field(default_factory=dict)
    wished: Mapping[str, int] = field(default_factory=dict)

    def before(self, lane: Lane, ranking_time: datetime) -> int:
        """Count who sorts before this lane and ranking time for certain, whatever the draw says."""
        mine = (LANE_ORDER[lane], ranking_time)
        return sum(people for key, people in self.keys.items() if key < mine)

    def level(self, lane: Lane, ranking_time: datetime) -> int:
        """Count who has the very same lane and ranking time: among these the draw decides."""
        return self.keys.get((LANE_ORDER[lane], ranking_time), 0)

    def asking(self, slot: str, site: str) -> int:
        """Count who asks for a slot, by itself or by its site; each person is counted once."""
        return self.wished.get(slot, 0) + self.wished.get(f"*{site}", 0) - self.wished.get(f"{slot}*{site}", 0)


@dataclass(frozen=True, slots=True)
class Odds:
    """How it went at a site in past rounds of a service: how many asked for it, and how many of them got a place."""

    rounds: int
    asked: int
    granted: int


@dataclass(frozen=True, slots=True)
class CutOff:
    """The last person who got a seat of a slot in the draw, in the lanes in which the reader stood."""

    lane: Lane
    ranking_time: datetime


def crowds(session: Session, round_ids: Iterable[int], *, apart_from: Holder) -> Mapping[int, Crowd]:
    """Return the others in each round; two statements. Before the draw those in the list, after it all who were."""
    wanted = list(round_ids)
    there = (Entry.round_id.in_(wanted), Entry.standing != Standing.OUT, Entry.holder != apart_from)
    people = func.count().label("people")
    by_key = select(Entry.round_id, Entry.lane, Entry.ranking_time, people).where(*there)
    keys: dict[int, dict[Key, int]] = {round_id: {} for round_id in wanted}
    total: Counter[int] = Counter()
    for row in session.execute(by_key.group_by(Entry.round_id, Entry.lane, Entry.ranking_time)):
        total[row.round_id] += row.people
        if row.ranking_time is not None:
            keys[row.round_id][LANE_ORDER[row.lane], row.ranking_time] = row.people
    wished: dict[int, Counter[str]] = {round_id: Counter() for round_id in wanted}
    sites = _sites(session, wanted)
    by_wishes = select(Entry.round_id, Entry.wishes, people).where(*there)
    for round_id, text, alike in session.execute(by_wishes.group_by(Entry.round_id, Entry.wishes)):
        wishes = json.loads(text)
        both = [slot + sites[slot] for slot in wishes if sites.get(slot) in wishes]
        wished[round_id].update(dict.fromkeys((*wishes, *both), alike))
    return {round_id: Crowd(total[round_id], keys[round_id], wished[round_id]) for round_id in wanted}


def odds(session: Session, line: str, service: str, site_ids: Iterable[SiteId]) -> Mapping[SiteId, Odds]:
    """Return for each site how the latest drawn rounds with slots there went; three statements.

    Whoever asked for the site in any way is counted as having asked, and as granted whose turn came at that site.
    """
    latest = (
        select(Round.id)
        .where(Round.line == line, Round.service == service, Round.stage == Stage.DRAWN)
        .order_by(Round.drawn_at.desc(), Round.id.desc())
        .limit(PAST_ROUNDS)
    )
    round_ids = session.scalars(latest).all()
    at = _sites(session, round_ids)
    counted = {site_id: Counter[str]() for site_id in site_ids}
    for round_id, wishes, slot_id, people in _asked(session, round_ids):
        sites = {wish if wish.startswith("*") else at.get(wish, "") for wish in wishes}
        got = at.get(str(slot_id), "")
        for site_id, count in counted.items():
            if f"*{site_id}" in sites:
                count["asked"] += people
                count["granted"] += people if got == f"*{site_id}" else 0
                count[f"round {round_id}"] = 1
    return {
        site_id: Odds(sum(name.startswith("round") for name in count), count["asked"], count["granted"])
        for site_id, count in counted.items()
    }


def cut_offs(session: Session, request_id: int) -> Mapping[int, Mapping[str, CutOff]]:
    """Return by round and slot, for the drawn rounds of a request, who was the last to get a seat; one statement.

    Only the lanes in which the person stood, the own and the ordinary: a seat of another lane was not to be had with
    any ranking time.
    """
    mine = aliased(Entry)
    query = (
        select(Entry.round_id, Entry.slot_id, Entry.lane, func.max(Entry.ranking_time).label("last"))
        .join(mine, and_(mine.round_id == Entry.round_id, mine.request_id == request_id))
        .join(Round, Round.id == Entry.round_id)
        .where(Round.stage == Stage.DRAWN, Round.method == Method.RANKED)
        .where(Entry.place > 0, Entry.queue == 0, Entry.slot_id.is_not(None))
        .where(or_(Entry.lane == mine.lane, Entry.lane == Lane.ORDINARY))
        .group_by(Entry.round_id, Entry.slot_id, Entry.lane)
    )
    found: dict[int, dict[str, CutOff]] = {}
    for row in session.execute(query):
        of_round = found.setdefault(row.round_id, {})
        known = of_round.get(str(row.slot_id))
        if known is None or known.ranking_time < row.last:
            of_round[str(row.slot_id)] = CutOff(row.lane, row.last)
    return found


def _sites(session: Session, round_ids: Sequence[int]) -> Mapping[str, str]:
    """Return by slot the wish for its site: {"12": "*3"}."""
    query = (
        select(Slot.id, Slot.site_id)
        .join(RoundSlot, RoundSlot.slot_id == Slot.id)
        .where(RoundSlot.round_id.in_(round_ids))
    )
    return {str(row.id): f"*{row.site_id}" for row in session.execute(query)}


def _asked(session: Session, round_ids: Sequence[int]) -> Iterable[tuple[int, list[str], int | None, int]]:
    """Yield (round, wishes, slot or None, people) of everybody in the draw, alike ones together."""
    got: ColumnElement[int | None] = case((Entry.queue == 0, Entry.slot_id), else_=None)
    query = select(Entry.round_id, Entry.wishes, got.label("got"), func.count().label("people"))
    query = query.where(Entry.round_id.in_(round_ids), Entry.place > 0)
    for row in session.execute(query.group_by(Entry.round_id, Entry.wishes, got)):
        yield row.round_id, json.loads(row.wishes), row.got, row.people
