"""A small town for rounds: learners, a site, slots that a round decides, and a clock that walks through its steps."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update

from booking.allotment import jobs
from booking.allotment.beacons import Beacons, build_beacons
from booking.allotment.models.requests import Entry, Request
from booking.allotment.models.rounds import Leaf, RecordEvent, Round, RoundSlot, Stage
from booking.allotment.queries import records
from booking.allotment.rules.checker import check
from booking.allotment.rules.draw import Json
from booking.allotment.rules.receipts import OK
from booking.allotment.service import requests
from booking.allotment.service.requests import Asked
from booking.allotment.service.wishes import WishFor
from booking.bookings import service as bookings
from booking.bookings.models import LIVE, Booking
from booking.exams.line import EXAMS
from booking.exams.models import Learner
from booking.invariants import asking as invariants
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SiteId, SlotId
from booking.kernel.secrets import new_token
from booking.notices.models import Channel, Notice
from booking.slots import service as slots
from booking.slots.models import Lane, Method
from tests import factories

DEMO = build_beacons(is_demo=True, mirrors=())
DAY = date(2026, 12, 8)
OPENED = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CLOSE = at_local(DAY - timedelta(days=5), time(17))
FREEZE = at_local(DAY - timedelta(days=4), time(12))
DRAW = at_local(DAY - timedelta(days=4), time(21, 30))
NOON = at_local(DAY - timedelta(days=3), time(12))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
UNCHECKED = (10,)  # step 10 is not checked where no receipt is given


@dataclass
class Town:
    """One site with ranked slots of 8 December, and people who ask for them."""

    sessions: Sessions
    method: Method = Method.RANKED
    beacons: Beacons = DEMO
    site_id: SiteId = field(init=False)
    slots: list[SlotId] = field(default_factory=list)

    def __post_init__(self) -> None:
        with unit_of_work(self.sessions) as session:
            self.site_id = factories.site(session, services=("subject_2",))

    def add_slot(
        self, *, day: date = DAY, starts: time = time(8, 30), site_id: SiteId | None = None, **lanes: int
    ) -> SlotId:
        """Publish a slot with so many places by lane ("ordinary=2")."""
        places = {Lane(name): places for name, places in (lanes or {"ordinary": 1}).items()}
        with unit_of_work(self.sessions) as session:
            slot_id = factories.slot(
                session, site_id=site_id or self.site_id, day=day, starts=starts, lanes=places, method=self.method
            )
        self.slots.append(slot_id)
        return slot_id

    def add_learner(self, *, accepted_on: date = date(2026, 3, 1), valid_until: date | None = None) -> Actor:
        """Add somebody who may take subject 2; the ranking time is the day of subject 1."""
        with unit_of_work(self.sessions) as session:
            actor = factories.account(session)
            assert actor.person_id is not None
            issued = accepted_on + timedelta(days=10)
            factories.learner(session, actor.person_id, accepted_on=accepted_on, permit_issued_on=issued)
            factories.passed(session, actor, "subject_1", day=issued)
            if valid_until:
                ends = update(Learner).where(Learner.person_id == actor.person_id)
                session.execute(ends.values(permit_valid_until=valid_until))
        return actor

    def add_learners(self, count: int) -> list[Actor]:
        """Add people of whom each ranks a day after the one before."""
        first = date(2026, 3, 1)
        return [self.add_learner(accepted_on=first + timedelta(days=number)) for number in range(count)]

    def add_staff(self, role: Role = Role.COUNTER) -> Actor:
        with unit_of_work(self.sessions) as session:
            return factories.account(session, role)

    def open(self, now: datetime = OPENED) -> int:
        """Open what rounds are due and return the id of the latest."""
        jobs.open_rounds(self.sessions, EXAMS, self.beacons, now)
        with reading(self.sessions) as session:
            round_id = session.scalar(select(Round.id).order_by(Round.id.desc()).limit(1))
        assert round_id is not None
        return round_id

    def ask(self, actor: Actor, *wishes: WishFor, now: datetime = OPENED, **more: Any) -> str:
        """Let somebody ask for the wishes, in order."""
        with unit_of_work(self.sessions) as session:
            return requests.ask(session, EXAMS, asked(actor, wishes, **more), actor=actor, now=now)

    def change(
        self, actor: Actor, reference: str, *wishes: WishFor, version: int = 1, now: datetime = OPENED, **more: Any
    ) -> None:
        """Let somebody give a request other wishes."""
        other = asked(actor, wishes, **more)
        with unit_of_work(self.sessions) as session:
            requests.change(session, EXAMS, reference, other, version=version, actor=actor, now=now)

    def withdraw(self, actor: Actor, reference: str, now: datetime = OPENED) -> None:
        with unit_of_work(self.sessions) as session:
            requests.withdraw(session, EXAMS, reference, actor=actor, now=now)

    def cancel(self, actor: Actor, now: datetime) -> None:
        """Let somebody give up the place just held."""
        with unit_of_work(self.sessions) as session:
            query = select(Booking.reference).where(Booking.person_id == actor.person_id, Booking.state.in_(LIVE))
            bookings.cancel(session, EXAMS, session.scalars(query).one(), actor=actor, now=now)

    def take_back(self, slot_id: SlotId, now: datetime, actor: Actor | None = None) -> None:
        """Withdraw a slot, as a closure does."""
        with unit_of_work(self.sessions) as session:
            slots.withdraw_slot(session, slot_id, actor=actor or factories.account(session, Role.APPROVER),
                                reason="台风", now=now)  # fmt: skip

    def advance(self, now: datetime) -> int:
        """Ring the job of rounds."""
        return jobs.advance_rounds(self.sessions, EXAMS, self.beacons, now)

    def draw(self) -> None:
        """Walk through close, freeze and draw at their hours."""
        for hour in (CLOSE, FREEZE, DRAW):
            self.advance(hour)

    def hand_on(self, now: datetime = NOON) -> int:
        """Ring the job of freed seats."""
        return jobs.hand_on_seats(self.sessions, EXAMS, now)

    def record(self, round_id: int) -> Json:
        with reading(self.sessions) as session:
            return records.record_of(session, round_id)

    def record_text(self, round_id: int) -> str:
        return json.dumps(self.record(round_id), ensure_ascii=False)

    def rows(self, round_id: int) -> list[Json]:
        with reading(self.sessions) as session:
            query = select(Leaf.row).where(Leaf.round_id == round_id).order_by(Leaf.seq)
            return [json.loads(row) for row in session.scalars(query)]

    def kinds(self, round_id: int) -> list[str]:
        """Return what kinds of rows the record has, in order."""
        return [row["kind"] for row in self.rows(round_id)]

    def entry(self, round_id: int, actor: Actor) -> Entry:
        with reading(self.sessions) as session:
            return session.get_one(Entry, (round_id, EXAMS.holder(person_of(actor))))

    def request(self, actor: Actor) -> Request:
        """Return somebody's latest request."""
        with reading(self.sessions) as session:
            query = select(Request).where(Request.person_id == actor.person_id).order_by(Request.id.desc())
            return session.scalars(query.limit(1)).one()

    def round_of(self, slot_id: SlotId) -> int:
        with reading(self.sessions) as session:
            return session.get_one(RoundSlot, slot_id).round_id

    def stage(self, round_id: int) -> Stage:
        with reading(self.sessions) as session:
            return session.get_one(Round, round_id).stage

    def events(self, round_id: int) -> list[tuple[str, int, str]]:
        """Return the events after the draw as (kind, person, reason)."""
        with reading(self.sessions) as session:
            query = (
                select(RecordEvent.kind, Entry.person_id, RecordEvent.reason)
                .join(Entry, (Entry.round_id == RecordEvent.round_id) & (Entry.pid == RecordEvent.pid))
                .where(RecordEvent.round_id == round_id)
                .order_by(RecordEvent.n)
            )
            return [(row.kind, row.person_id, row.reason) for row in session.execute(query)]

    def told(self, actor: Actor) -> list[str]:
        """Return which messages of requests somebody got, in order."""
        with reading(self.sessions) as session:
            query = select(Notice.template).where(
                Notice.person_id == actor.person_id,
                Notice.channel == Channel.INBOX,
                Notice.template.startswith("request_"),
            )
            return list(session.scalars(query.order_by(Notice.id)))

    def holders(self) -> dict[int, int]:
        """Return slot by person of the live bookings."""
        with reading(self.sessions) as session:
            rows = session.execute(select(Booking.person_id, Booking.slot_id).where(Booking.state.in_(LIVE)))
            return {row.person_id: row.slot_id for row in rows}

    def breaches(self, now: datetime = DRAW) -> list[str]:
        """Return which invariants of the house do not hold."""
        with reading(self.sessions) as session:
            return [found.name for found in invariants.findings(session, now=now) if found.count]

    def require_sound(self, now: datetime = DRAW) -> None:
        """Require that every drawn round convinces the checker, receipts and all, and that no invariant is broken."""
        with reading(self.sessions) as session:
            drawn = session.scalars(select(Round.id).where(Round.stage == Stage.DRAWN)).all()
        for round_id in drawn:
            wrong = unsound(self.sessions, round_id)
            assert wrong == [], wrong
        assert self.breaches(now) == []


def unsound(sessions: Sessions, round_id: int) -> list[str]:
    """Return what the checker says against the record of a drawn round, with the receipt of each of its rows."""
    with reading(sessions) as session:
        record = records.record_of(session, round_id)
        receipts = [records.receipt_of(session, round_id, entry["row"]["seq"]) for entry in record["rows"]]
    texts = [json.dumps(receipt, ensure_ascii=False) for receipt in receipts]
    steps = check(json.dumps(record, ensure_ascii=False), texts)
    allowed = () if receipts else UNCHECKED
    return [f"{s.number} {s.name}: {s.problem}" for s in steps if s.state != OK and s.number not in allowed]


def asked(actor: Actor, wishes: Sequence[WishFor], **more: Any) -> Asked:
    """Return what somebody asks for."""
    values = {"person_id": person_of(actor), "request_key": new_token(), **more}
    values.setdefault("holder", EXAMS.holder(PersonId(int(str(values["person_id"])))))
    return Asked(service="subject_2", wishes=tuple(wishes), **values)


def person_of(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id
