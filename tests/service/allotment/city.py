"""A small town for rounds: learners, a site, slots that a round decides, and a clock that walks through its steps."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select, update

from booking.allotment import jobs
from booking.allotment.beacons import build_beacons
from booking.allotment.models.rounds import Round
from booking.allotment.queries import records
from booking.allotment.rules.draw import Json
from booking.allotment.service import requests
from booking.allotment.service.requests import Asked
from booking.allotment.service.wishes import WishFor
from booking.exams.line import EXAMS
from booking.exams.models import Learner
from booking.kernel.actors import Actor
from booking.kernel.calendar import at_local
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SiteId, SlotId
from booking.kernel.secrets import new_token
from booking.slots.models import Lane, Method
from tests import factories

DEMO = build_beacons(is_demo=True, mirrors=())
DAY = date(2026, 12, 8)
OPENED = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CLOSE = at_local(DAY - timedelta(days=5), time(17))
FREEZE = at_local(DAY - timedelta(days=4), time(12))
DRAW = at_local(DAY - timedelta(days=4), time(21, 30))
NOON = at_local(DAY - timedelta(days=3), time(12))


@dataclass
class Town:
    """One site with ranked slots of 8 December, and people who ask for them."""

    sessions: Sessions
    method: Method = Method.RANKED
    site_id: SiteId = field(init=False)
    slots: list[SlotId] = field(default_factory=list)

    def __post_init__(self) -> None:
        with unit_of_work(self.sessions) as session:
            self.site_id = factories.site(session, services=("subject_2",))

    def add_slot(self, *, day: date = DAY, starts: time = time(8, 30), **lanes: int) -> SlotId:
        """Publish a slot with so many places by lane ("ordinary=2")."""
        places = {Lane(name): places for name, places in (lanes or {"ordinary": 1}).items()}
        with unit_of_work(self.sessions) as session:
            slot_id = factories.slot(
                session, site_id=self.site_id, day=day, starts=starts, lanes=places, method=self.method
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

    def open(self, now: datetime = OPENED) -> int:
        """Open what rounds are due and return the id of the latest."""
        jobs.open_rounds(self.sessions, EXAMS, DEMO, now)
        with reading(self.sessions) as session:
            round_id = session.scalar(select(Round.id).order_by(Round.id.desc()).limit(1))
        assert round_id is not None
        return round_id

    def ask(self, actor: Actor, *wishes: WishFor, now: datetime = OPENED, **more: object) -> str:
        """Let somebody ask for the wishes, in order."""
        with unit_of_work(self.sessions) as session:
            return requests.ask(session, EXAMS, asked(actor, wishes, **more), actor=actor, now=now)

    def advance(self, now: datetime) -> int:
        """Ring the job of rounds."""
        return jobs.advance_rounds(self.sessions, EXAMS, DEMO, now)

    def draw(self) -> None:
        """Walk through close, freeze and draw at their hours."""
        for hour in (CLOSE, FREEZE, DRAW):
            self.advance(hour)

    def record(self, round_id: int) -> Json:
        with reading(self.sessions) as session:
            return records.record_of(session, round_id)

    def record_text(self, round_id: int) -> str:
        return json.dumps(self.record(round_id), ensure_ascii=False)


def asked(actor: Actor, wishes: Sequence[WishFor], **more: object) -> Asked:
    """Return what somebody asks for."""
    assert actor.person_id is not None
    values = {"request_key": new_token(), **more}
    return Asked(PersonId(actor.person_id), "subject_2", tuple(wishes), **values)  # type: ignore[arg-type]  # passed through
