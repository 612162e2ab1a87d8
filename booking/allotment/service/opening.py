"""Opening rounds: all slots of one service and day whose requests close together, announced as leaf 0."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from booking.allotment.models.rounds import Checkpoint, Round, RoundSlot, Stage
from booking.allotment.rules.draw import Json
from booking.allotment.rules.encoding import canonical, instant_text, key_commitment
from booking.allotment.rules.tree import Tree, announcement_leaf
from booking.allotment.service import keys
from booking.audit import service as audit
from booking.bookings.line import Line
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.ids import SlotId
from booking.plans.queries.circumstances import round_settings
from booking.plans.rules.timetable import round_times
from booking.policies import queries as policies
from booking.slots import service as slots
from booking.slots.models import Lane, Method, Quota, Slot, SlotState

LANES = (Lane.MAKE_UP, Lane.PRIORITY, Lane.ORDINARY)
SOURCES = {"draw": ("draw:kuaile8",), "drand": ("drand",), "drand_and_draw": ("drand", "draw:kuaile8")}
DEMO = ("demo",)


@dataclass(frozen=True, slots=True)
class Group:
    """The slots that a round is opened for."""

    line: str
    service: str
    day: date
    method: Method
    closes_at: datetime


def groups_without_round(session: Session, line: str) -> Sequence[Group]:
    """Return what rounds are missing for, the earliest close first. A slot is in one round."""
    columns = (Slot.line, Slot.service, Slot.day, Slot.method, Slot.requests_until.label("closes_at"))
    query = select(*columns).where(Slot.line == line, *_roundless()).distinct()
    return [Group(**row) for row in session.execute(query.order_by("closes_at", Slot.service)).mappings()]


def open_round(session: Session, line: Line, group: Group, *, demo: bool, actor: Actor, now: datetime) -> bool:
    """Open the round of a group; return False if there was none to open.

    The announcement is fixed here: slots, quotas, times, sources of randomness, the commitment to the round's key.
    Slots whose close has passed before any round was opened (no scheduler ran) are left to whoever comes first.
    """
    found = session.scalars(
        select(Slot)
        .where(Slot.line == group.line, Slot.service == group.service, Slot.day == group.day)
        .where(Slot.method == group.method, Slot.requests_until == group.closes_at, *_roundless())
        .order_by(Slot.starts_at, Slot.id)
    ).all()
    opened_at = now.replace(microsecond=0)
    if not found:
        return False
    if group.closes_at <= opened_at:
        slots.settle_draw(session, {SlotId(slot.id): {} for slot in found}, actor=actor, now=now)
        audit.record(session, "round missed", "slot", found[0].id, actor=actor, now=now, after={"slots": len(found)})
        return False
    values = policies.all_values(session, local_day(now))
    times = round_times(local_day(group.closes_at), round_settings(policies.all_values(session, group.day)))
    key_id, public = keys.office_key(session, now=now)
    secret, sealed = keys.new_secret(session)
    opening = {
        "line": group.line,
        "service": group.service,
        "day": group.day,
        "method": group.method,
        "opens_at": opened_at,
        "closes_at": group.closes_at,
        "objections_until": times.objections_until,
        "beacon_not_before": times.beacon_not_before,
        "key_sealed": sealed,
        "office_key_id": key_id,
        "latest_minute": opened_at.replace(second=0),
    }
    round_id = _next_id(session)
    announcement = {
        "format": "booking-round/1",
        "round": str(round_id),
        "attempt": 1,
        "line": group.line,
        "service": group.service,
        "date": group.day.isoformat(),
        "method": group.method.value,
        "opens_at": instant_text(opened_at),
        "closes_at": instant_text(group.closes_at),
        "objections_until": instant_text(times.objections_until),
        "beacon_not_before": instant_text(times.beacon_not_before),
        "beacon": list(DEMO if demo else SOURCES[values.code("rounds.beacon")]),
        "lanes": [lane.value for lane in LANES],
        "slots": _announced(session, found),
        "rule": line.rule_set(group.day),
        "sample": values.number("rounds.sample"),
        "key_commitment": key_commitment(secret),
        "office_key": public,
    }
    _write(session, round_id, opening, announcement, found)
    after = {"slots": len(found), "closes_at": instant_text(group.closes_at)}
    audit.record(session, "round opened", "round", round_id, actor=actor, now=now, after=after)
    return True


def _write(
    session: Session, round_id: int, opening: dict[str, object], announcement: Json, found: Sequence[Slot]
) -> None:
    leaf, tree = announcement_leaf(announcement), Tree()
    tree.append(leaf)
    session.execute(
        insert(Round).values(
            id=round_id,
            announcement=canonical(announcement).decode(),
            announcement_hash=leaf.hex(),
            peaks=tree.as_text(),
            stage=Stage.COLLECTING,
            **opening,
        )
    )
    session.execute(insert(RoundSlot), [{"slot_id": slot.id, "round_id": round_id} for slot in found])
    first = {"round_id": round_id, "number": 1, "n": 1, "root": leaf.hex(), "at": opening["opens_at"]}
    session.execute(insert(Checkpoint), first)


def _announced(session: Session, found: Sequence[Slot]) -> list[Json]:
    """Return the slots as announced: in order of time, with the quota of each lane that has any."""
    quota: dict[int, dict[str, int]] = {slot.id: {} for slot in found}
    rows = session.execute(
        select(Quota.slot_id, Quota.lane, Quota.capacity).where(Quota.slot_id.in_(quota), Quota.lane.in_(LANES))
    )
    for slot_id, lane, capacity in rows:
        quota[slot_id][lane.value] = capacity
    return [
        {
            "id": str(slot.id),
            "site": str(slot.site_id),
            "starts_at": instant_text(slot.starts_at),
            "quota": quota[slot.id],
            "reserve": 0,
        }
        for slot in found
    ]


def _next_id(session: Session) -> int:
    """Take the round's number before its row is written, since the announcement names it.

    The caller's transaction is the only writer of rounds that commits with it: a second opener of the same slots
    fails on them, and one of other slots on the number; both try again a minute later.
    """
    latest = session.scalar(select(Round.id).order_by(Round.id.desc()).limit(1))
    return (latest or 0) + 1


def _roundless() -> tuple[ColumnElement[bool], ...]:
    return (
        Slot.requests_until.is_not(None),
        Slot.state == SlotState.PUBLISHED,
        ~select(RoundSlot.slot_id).where(RoundSlot.slot_id == Slot.id).exists(),
        ~select(Quota.slot_id).where(Quota.slot_id == Slot.id, Quota.released + Quota.freed > 0).exists(),
    )
