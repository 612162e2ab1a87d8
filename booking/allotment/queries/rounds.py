"""Rounds as everybody may see them: the list, and one round with its announcement, its numbers and its cut-offs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from booking.allotment.models.proposals import Correction
from booking.allotment.models.requests import Entry, Standing
from booking.allotment.models.rounds import Checkpoint, Leaf, RecordEvent, Round, RoundSlot, Stage
from booking.allotment.rules.draw import Json
from booking.allotment.service.announced import announcement_of
from booking.allotment.service.beacons import agreed_values
from booking.allotment.service.opening import LANES
from booking.kernel.calendar import local_day
from booking.kernel.errors import NotFoundError
from booking.sites.models import Site
from booking.slots.models import Lane, Method, Quota, Slot, SlotState

PAGE = 20
LATEST = 8  # codes and checkpoints on the page; the file has all of them
PEOPLE = (Standing.IN, Standing.GRANTED, Standing.WAITING, Standing.PASSED)


@dataclass(frozen=True, slots=True)
class RoundFilter:
    """What the reader chose; None is everything. Past are the rounds whose exam day is over."""

    service: str | None = None
    day: date | None = None
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round in numbers. `rows` counts those of the list; freed places are handed on daily from `hands_on_at` on."""

    id: int
    line: str
    service: str
    day: date
    method: Method
    stage: Stage
    opens_at: datetime
    closes_at: datetime
    objections_until: datetime
    beacon_not_before: datetime
    drawn_at: datetime | None
    hands_on_at: datetime | None
    rows: int
    people: int
    places: int
    granted: int
    waiting: int

    def state(self, now: datetime) -> str:
        """Say it in a word: collecting, closed, frozen, awaited (the random value is due), drawn."""
        if self.stage is Stage.COLLECTING:
            return "collecting" if now < self.closes_at else "closed"
        if self.stage is Stage.FROZEN and now >= self.beacon_not_before:
            return "awaited"
        return self.stage.value

    def takes_objections(self, now: datetime) -> bool:
        """Whether two people may still put a row right."""
        return self.stage is Stage.CLOSED and now < self.objections_until


@dataclass(frozen=True, slots=True)
class CutOff:
    """How many of a lane the draw gave a place of a slot, and the latest ranking time among them; None: a lottery."""

    lane: Lane
    granted: int
    latest: datetime | None

    @property
    def day(self) -> date | None:
        return local_day(self.latest) if self.latest else None


@dataclass(frozen=True, slots=True)
class SlotOfRound:
    """One slot as announced, with what the draw made of it."""

    id: int
    site_name: str
    site_name_en: str
    starts_at: datetime
    ends_at: datetime
    is_withdrawn: bool
    quota: Mapping[str, int]
    cut_offs: Sequence[CutOff]

    @property
    def places(self) -> int:
        return sum(self.quota.values())

    @property
    def granted(self) -> int:
        """Counts what the draw gave; what was handed on later is not in it."""
        return sum(cut_off.granted for cut_off in self.cut_offs)


@dataclass(frozen=True, slots=True)
class Point:
    """A published state of the list: the root of its first `n` leaves."""

    number: int
    n: int
    root: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the list as everybody sees it while it is secret: its number and its code."""

    number: int
    code: str


@dataclass(frozen=True, slots=True)
class RoundShown:
    """One round with everything that its page says of it. Lists are short; the whole is in the files."""

    line: RoundLine
    announcement: Json
    announcement_hash: str
    frozen_root: str
    seed: str
    outcome_hash: str
    event_hash: str
    slots: Sequence[SlotOfRound]
    passed: Mapping[str, int]
    events: Mapping[str, int]
    corrections: int
    values: Sequence[Json]
    points: Sequence[Point]
    codes: Sequence[Code]

    @property
    def by_lane(self) -> Mapping[str, int]:
        """Return the announced places of each lane, in the order of lanes."""
        sums = {lane: sum(slot.quota.get(lane, 0) for slot in self.slots) for lane in self.announcement["lanes"]}
        return {lane: places for lane, places in sums.items() if places}

    @property
    def reserve(self) -> int:
        """Count the places that the office kept back for itself, by its announcement."""
        return sum(int(slot["reserve"]) for slot in self.announcement["slots"])

    @property
    def sampled(self) -> int:
        """Count the people of the spot check."""
        return min(int(self.announcement["sample"]), sum(slot.granted for slot in self.slots))

    @property
    def is_demo(self) -> bool:
        return "demo" in self.announcement["beacon"]


def rounds_page(
    session: Session, chosen: RoundFilter, *, today: date, page: int = 1
) -> tuple[Sequence[RoundLine], bool]:
    """Return one page of rounds, and whether there are more: the next exam day first, of past ones the latest."""
    order = (Round.day.desc(), Round.id.desc()) if chosen.is_past else (Round.day, Round.id)
    query = select(Round).order_by(*order).limit(PAGE + 1).offset((page - 1) * PAGE)
    if chosen.day is not None:
        query = query.where(Round.day == chosen.day)
    else:
        query = query.where(Round.day < today if chosen.is_past else Round.day >= today)
    if chosen.service is not None:
        query = query.where(Round.service == chosen.service)
    found = lines_of(session, query)
    return found[:PAGE], len(found) > PAGE


def lines_of(session: Session, query: Select[Round]) -> Sequence[RoundLine]:
    """Return the rounds of a query in numbers; three statements."""
    rounds = session.scalars(query).all()
    ids = [round_.id for round_ in rounds]
    people: dict[int, dict[Standing, int]] = {}
    counted = select(Entry.round_id, Entry.standing, func.count()).where(Entry.round_id.in_(ids))
    for round_id, standing, count in session.execute(counted.group_by(Entry.round_id, Entry.standing)):
        people.setdefault(round_id, {})[standing] = count
    places = {row.round_id: row for row in session.execute(_places(ids))}
    return [_line(round_, people.get(round_.id, {}), places.get(round_.id)) for round_ in rounds]


def round_line(session: Session, round_id: int) -> RoundLine:
    """Return one round in numbers, or raise `NotFoundError`; three statements."""
    found = lines_of(session, select(Round).where(Round.id == round_id))
    if not found:
        raise NotFoundError
    return found[0]


def round_shown(session: Session, round_id: int) -> RoundShown:
    """Return one round, or raise `NotFoundError`. However many people asked, only short lists are loaded."""
    line = round_line(session, round_id)
    round_ = session.get_one(Round, round_id)
    is_drawn = round_.stage is Stage.DRAWN
    announcement = announcement_of(round_)
    kinds = select(RecordEvent.kind, func.count()).where(RecordEvent.round_id == round_id)
    because = select(Entry.passed_because, func.count()).where(
        Entry.round_id == round_id, Entry.standing == Standing.PASSED
    )
    corrected = select(func.count()).where(Correction.round_id == round_id, Correction.approved_at.is_not(None))
    return RoundShown(
        line=line,
        announcement=announcement,
        announcement_hash=round_.announcement_hash,
        frozen_root=round_.frozen_root,
        seed=round_.seed,
        outcome_hash=round_.outcome_hash,
        event_hash=round_.event_hash,
        slots=_slots(session, round_id, announcement),
        passed=_counts(session, because.group_by(Entry.passed_because).order_by(Entry.passed_because)),
        events=_counts(session, kinds.group_by(RecordEvent.kind).order_by(RecordEvent.kind)),
        corrections=session.scalar(corrected) or 0,
        values=(agreed_values(session, round_) or ()) if is_drawn else (),
        points=_points(session, round_id),
        codes=_codes(session, round_id),
    )


def _places(round_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            RoundSlot.round_id,
            func.sum(Quota.capacity).label("places"),
            func.min(Slot.opens_at, type_=Slot.opens_at.type).label("hands_on_at"),
        )
        .join(Slot, Slot.id == RoundSlot.slot_id)
        .join(Quota, Quota.slot_id == RoundSlot.slot_id)
        .where(RoundSlot.round_id.in_(round_ids), Quota.lane.in_(LANES))
        .group_by(RoundSlot.round_id)
    )


def _line(round_: Round, people: Mapping[Standing, int], places: object | None) -> RoundLine:
    same = {name: getattr(round_, name) for name in RoundLine.__dataclass_fields__ if hasattr(Round, name)}
    return RoundLine(
        **same,
        rows=round_.leaves - 1,
        people=sum(people.get(standing, 0) for standing in PEOPLE),
        places=int(getattr(places, "places", 0)),
        hands_on_at=getattr(places, "hands_on_at", None),
        granted=people.get(Standing.GRANTED, 0),
        waiting=people.get(Standing.WAITING, 0),
    )


def _slots(session: Session, round_id: int, announcement: Json) -> Sequence[SlotOfRound]:
    quota = {int(slot["id"]): slot["quota"] for slot in announcement["slots"]}
    cut_offs: dict[int, list[CutOff]] = {}
    of_draw = (Entry.round_id == round_id, Entry.place > 0, Entry.queue == 0, Entry.slot_id.is_not(None))
    latest = func.max(Entry.ranking_time, type_=Entry.ranking_time.type)
    counted = select(Entry.slot_id, Entry.lane, func.count(), latest).where(*of_draw)
    for slot_id, lane, granted, at in session.execute(counted.group_by(Entry.slot_id, Entry.lane)):
        cut_offs.setdefault(slot_id or 0, []).append(CutOff(lane, granted, at))
    query = (
        select(Slot.id, Slot.starts_at, Slot.ends_at, Slot.state, Site.name, Site.name_en)
        .join(RoundSlot, RoundSlot.slot_id == Slot.id)
        .join(Site, Site.id == Slot.site_id)
        .where(RoundSlot.round_id == round_id)
        .order_by(Slot.starts_at, Site.id, Slot.id)
    )
    return [
        SlotOfRound(
            id=row.id,
            site_name=row.name,
            site_name_en=row.name_en,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_withdrawn=row.state is SlotState.WITHDRAWN,
            quota=quota[row.id],
            cut_offs=sorted(cut_offs.get(row.id, ()), key=lambda cut_off: LANES.index(cut_off.lane)),
        )
        for row in session.execute(query)
    ]


def _counts(session: Session, query: Select[str, int]) -> Mapping[str, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def _points(session: Session, round_id: int) -> Sequence[Point]:
    query = select(Checkpoint).where(Checkpoint.round_id == round_id).order_by(Checkpoint.number.desc())
    return [Point(one.number, one.n, one.root, one.at) for one in session.scalars(query.limit(LATEST))]


def _codes(session: Session, round_id: int) -> Sequence[Code]:
    query = select(Leaf.seq, Leaf.leaf).where(Leaf.round_id == round_id).order_by(Leaf.seq.desc())
    return [Code(*row) for row in session.execute(query.limit(LATEST))]
