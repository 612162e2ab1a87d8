"""A round that a whole province asks for: its slots, its people with their requests, and its sealed list.

In bulk and without the rules, which ask each person alone; keys, rows, leaves and checkpoints are the production's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking.accounts.models import Account
from booking.allotment import jobs
from booking.allotment.beacons import build_beacons
from booking.allotment.models.requests import Entry, Request, RequestWish
from booking.allotment.models.rounds import Round
from booking.allotment.service import keys, leaves, stages
from booking.allotment.service.leaves import NewRow
from booking.audit import service as audit
from booking.exams.line import EXAMS
from booking.kernel.actors import SYSTEM
from booking.kernel.calendar import at_local, local_day
from booking.kernel.db import Sessions, reading, table_of, unit_of_work
from booking.kernel.ids import PersonId, SlotId, new_reference
from booking.slots.models import Lane, Method, Quota, Slot
from tests import factories
from tests.bench import city

SITES = 50
AT_ONCE = 5_000  # people written in one transaction, behind which there is a checkpoint
WISHES = 3
DEMO = build_beacons(is_demo=True, mirrors=())
LANES = {Lane.MAKE_UP: 1, Lane.PRIORITY: 2}  # of each slot; the rest is ordinary


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many ask for how many places."""

    people: int
    slots: int
    seats: int


@dataclass(frozen=True, slots=True)
class Asking:
    """One person of the crowd, and what the row in the list says."""

    person_id: PersonId
    account_id: int
    lane: Lane
    ranking_time: datetime
    wishes: Sequence[SlotId]


def open_round(sessions: Sessions, slots: int, seats: int, *, now: datetime) -> tuple[int, list[SlotId]]:
    """Publish ranked slots with `seats` places in all and open their round; return it and them."""
    with unit_of_work(sessions) as session:
        sites = [factories.site(session, services=("subject_2",)) for _ in range(min(SITES, slots))]
        rows = [_slot(sites[n % len(sites)], n // len(sites), seats // slots, now) for n in range(slots)]
        slot_ids = city.added(session, Slot, rows)
        quota = [
            {"slot_id": slot_id, "lane": lane, "capacity": places}
            for slot_id in slot_ids
            for lane, places in _places(seats // slots).items()
        ]
        session.execute(insert(Quota), quota)
    jobs.open_rounds(sessions, EXAMS, DEMO, now)
    with reading(sessions) as session:
        round_id = session.scalars(select(Round.id).order_by(Round.id.desc())).first()
    assert round_id is not None
    return round_id, [SlotId(slot_id) for slot_id in slot_ids]


def fill(sessions: Sessions, round_id: int, crowd: Crowd, slot_ids: Sequence[SlotId], *, now: datetime) -> None:
    """Let the crowd ask, some thousands a minute, each for a few slots of which some are wished for more."""
    random, at = Random(9), now
    for done in range(0, crowd.people, AT_ONCE):
        at += timedelta(minutes=1)
        with unit_of_work(sessions) as session:
            people = _people(session, min(AT_ONCE, crowd.people - done), slot_ids, random, at)
            _ask(session, round_id, people, at)
        with unit_of_work(sessions) as session:
            stages.checkpoint(session, round_id, now=at + timedelta(seconds=50))


def _slot(site_id: int, turn: int, seats: int, now: datetime) -> dict[str, Any]:
    day = local_day(now) + timedelta(days=city.AHEAD)
    starts_at = at_local(day, time(7 + turn // 2, turn % 2 * 30))
    return {
        "line": "exams",
        "service": "subject_2",
        "site_id": site_id,
        "day": day,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=30),
        "classes": "",
        "capacity": seats,
        "method": Method.RANKED,
        "publish_by": at_local(day - timedelta(days=10), time(9)),
        "published_at": now,
        "requests_until": at_local(day - timedelta(days=5), time(17)),
        "opens_at": at_local(day - timedelta(days=3), time(12)),
        "closes_at": at_local(day, time.min),
        "cancel_until": at_local(day, time.min),
    }


def _places(seats: int) -> dict[Lane, int]:
    return {**LANES, Lane.ORDINARY: seats - sum(LANES.values())}


def _people(session: Session, number: int, slot_ids: Sequence[SlotId], random: Random, now: datetime) -> list[Asking]:
    today = local_day(now)
    passed_on = {one: today - timedelta(days=random.randrange(20, 110)) for one in range(number)}
    people = city.added_people(session, number, now=now)
    accounts = city.added(session, Account, [city.account(person_id, now) for person_id in people])
    city.add_learners(session, people, list(passed_on.values()), now=now)
    start: dict[date, datetime] = {day: at_local(day, time.min) for day in set(passed_on.values())}
    return [
        Asking(
            PersonId(person_id),
            accounts[n],
            Lane.PRIORITY if n % 50 == 0 else Lane.MAKE_UP if n % 100 == 1 else Lane.ORDINARY,
            start[passed_on[n]],
            _wishes(slot_ids, random),
        )
        for n, person_id in enumerate(people)
    ]


def _wishes(slot_ids: Sequence[SlotId], random: Random) -> list[SlotId]:
    """Choose some slots, the first ones of the list more often than the last."""
    found: dict[SlotId, None] = {}
    while len(found) < min(WISHES, len(slot_ids)):
        found[slot_ids[int(len(slot_ids) * random.random() ** 1.5)]] = None
    return list(found)


def _ask(session: Session, round_id: int, people: Sequence[Asking], now: datetime) -> None:
    request_ids = city.added(session, Request, [_request(one, now) for one in people])
    session.execute(
        insert(table_of(RequestWish)),
        [
            {"request_id": request_id, "place": place, "slot_id": slot_id, "site_id": None}
            for request_id, one in zip(request_ids, people, strict=True)
            for place, slot_id in enumerate(one.wishes, start=1)
        ],
    )
    made = [(request_id, {"service": "subject_2"}) for request_id in request_ids]
    audit.record_all(session, "request made", "request", made, actor=SYSTEM, now=now)
    pids = keys.pseudonyms(
        session, EXAMS, session.get_one(Round, round_id), [EXAMS.holder(one.person_id) for one in people]
    )
    rows = [
        NewRow(
            "apply",
            pids[EXAMS.holder(one.person_id)],
            one.lane,
            one.ranking_time,
            0,
            [str(slot) for slot in one.wishes],
        )
        for one in people
    ]
    numbers = leaves.append(session, round_id, rows, now=now)
    session.execute(
        insert(table_of(Entry)),
        [
            {
                "round_id": round_id,
                "holder": EXAMS.holder(one.person_id),
                "person_id": one.person_id,
                "request_id": request_id,
                "pid": pids[EXAMS.holder(one.person_id)],
                "seq": seq,
                "lane": one.lane,
                "ranking_time": one.ranking_time,
                "wishes": "[" + ", ".join(f'"{slot}"' for slot in one.wishes) + "]",
                "standing": "in",
                "place": 0,
                "queue": 0,
                "passed_because": "",
            }
            for one, request_id, seq in zip(people, request_ids, numbers, strict=True)
        ],
    )


def _request(one: Asking, now: datetime) -> dict[str, Any]:
    return {
        "reference": new_reference(),
        "line": "exams",
        "service": "subject_2",
        "person_id": one.person_id,
        "holder": EXAMS.holder(one.person_id),
        "state": "live",
        "channel": "internet",
        "asked_by": one.account_id,
        "reason": "",
        "request_key": f"crowd {one.person_id}",
        "version": 1,
        "carry_on": False,
        "notice_hours": 48,
        "is_make_up": one.lane is Lane.MAKE_UP,
        "losses": 0,
        "created_at": now,
        "changed_at": now,
    }
