"""The learners of the demo city, at every stage of the path."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from booking.accounts.models import Account
from booking.accounts.service import people, registration, signing_in
from booking.demo.documents import invented_document, invented_phone
from booking.exams import service as records
from booking.exams.rules.facts import Kind, LicenceClass, Outcome, Subject
from booking.exams.service import Application, Result
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.calendar import at_local, local_day
from booking.kernel.ids import PersonId

SURNAMES = "陈林黄李吴梁郑杨许周庞钟莫符洪蔡冯罗"
PASSED, FAILED, ABSENT = Outcome.PASSED, Outcome.FAILED, Outcome.ABSENT
ONE, TWO, ROAD, SAFETY = Subject
SCORES = {PASSED: 92, FAILED: 60}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a learner stands: class, kind, days since acceptance, and results as (subject, days ago, outcome)."""

    name: str
    licence_class: LicenceClass = LicenceClass.C1
    kind: Kind = Kind.FIRST
    accepted_ago: int = 90
    results: tuple[tuple[Subject, int, Outcome], ...] = ()
    age: int = 24


# The first of each is named at the sign-ins; the others fill the city.
STAGES = (
    Stage("may take subject 2", results=((ONE, 40, PASSED),)),
    Stage("new: nothing taken yet", accepted_ago=12),
    Stage("waits after subject 1", results=((ONE, 4, PASSED),), accepted_ago=30),
    Stage("failed subject 2 four days ago", results=((ONE, 60, PASSED), (TWO, 4, FAILED))),
    Stage("may take the road test", results=((ONE, 80, PASSED), (TWO, 30, PASSED))),
    Stage("may take the safety exam", results=((ONE, 85, PASSED), (TWO, 40, PASSED), (ROAD, 18, PASSED))),
    Stage("one booking of subject 2 left", accepted_ago=200,
          results=((ONE, 180, PASSED), *((TWO, ago, FAILED) for ago in (120, 95, 70, 45)))),
    Stage("permit ends within six months", accepted_ago=990,
          results=((ONE, 960, PASSED), (TWO, 400, PASSED), (ROAD, 60, ABSENT))),
    Stage("automatic car, may take subject 2", LicenceClass.C2, results=((ONE, 35, PASSED),), age=45),
    Stage("large lorry, waits for the road test", LicenceClass.B2, age=33,
          results=((ONE, 33, PASSED), (TWO, 8, PASSED))),
    Stage("upgrade to a large bus", LicenceClass.A1, Kind.UPGRADE, results=((ONE, 50, PASSED),), age=38),
    Stage("has asked for subject 2", results=((ONE, 42, PASSED),)),
    Stage("asked for subject 2, decided", results=((ONE, 30, PASSED),)),
    Stage("has everything", results=((ONE, 88, PASSED), (TWO, 60, PASSED), (ROAD, 40, PASSED), (SAFETY, 40, PASSED))),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoLearner:
    """A learner with an account."""

    person_id: PersonId
    actor: Actor
    phone: str
    stage: Stage
    plays_from: date  # the day after the last result brought along


def add_learners(
    session: Session, numbers: Sequence[int], *, password_hash: str, start: datetime, now: datetime
) -> list[DemoLearner]:
    """Add learners, their accounts and their records, with the results they brought along.

    They registered at `start`; "days ago" is counted from `now`.
    """
    return [
        _add(session, number, password_hash=password_hash, start=start, today=local_day(now)) for number in numbers
    ]


def _add(session: Session, number: int, *, password_hash: str, start: datetime, today: date) -> DemoLearner:
    stage = STAGES[number % len(STAGES)]
    born = date(today.year - stage.age, 3, 1)
    document = invented_document(number, born_on=born)
    phone = invented_phone(number + 1)
    name = f"{SURNAMES[number % len(SURNAMES)]}演示{number + 1:03}"
    person_id = people.add_person(
        session, name=name, document=document, phone=phone, born_on=document.born_on or born, actor=SYSTEM,
        now=start, phone_proved_at=start,
    )  # fmt: skip
    account_id = registration.open_account(session, person_id, password_hash, start)
    # A few days of spread, so that not everybody of a stage stands on the same day.
    spread = number // len(STAGES) % 3
    application = Application(
        stage.licence_class, stage.kind, None, today - timedelta(stage.accepted_ago + spread), None, None
    )
    records.open_record(session, person_id, application, actor=SYSTEM, now=start)
    for subject, ago, outcome in stage.results:
        result = Result(subject, today - timedelta(ago + spread), outcome, SCORES.get(outcome), None)
        evening = max(start, at_local(result.day, time(18)))
        records.record_result(session, person_id, result, actor=SYSTEM, now=evening)
    actor = signing_in.actor_of(session.get_one(Account, account_id))
    last = min((ago for _, ago, _ in stage.results), default=stage.accepted_ago)
    return DemoLearner(person_id, actor, phone, stage, today - timedelta(last + spread - 1))
