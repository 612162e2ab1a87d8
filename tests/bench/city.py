"""What the database holds while it is measured. In bulk and without passwords, but so that every invariant holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.accounts.models import Account, Person, SignIn, SignInKind
from booking.audit.models import AuditEntry
from booking.exams.models import ExamResult, Learner
from booking.exams.rules.facts import Outcome
from booking.kernel.actors import SYSTEM, Role
from booking.kernel.calendar import at_local, local_day
from booking.kernel.db import Base, Sessions, keyring_of, unit_of_work
from booking.kernel.identifiers import IdType
from booking.kernel.ids import SiteId, SlotId
from booking.kernel.secrets import new_token, token_hash
from booking.slots import service as slots
from booking.slots.jobs import release_due_seats
from booking.slots.models import Lane, Method, Quota, Release, Slot
from booking.slots.service import Opening
from tests import factories

SERVICES = ("subject_1", "subject_2", "road", "safety")
AHEAD = 14  # days from today to the first exam day, as the plans of a real office
NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Window:
    """When something takes place, and when it can be booked."""

    day: date
    starts_at: datetime
    ends_at: datetime
    published_at: datetime

    def columns(self) -> dict[str, Any]:
        """Return the columns that a slot and its opening share."""
        return {
            "day": self.day,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "classes": "",
            "method": Method.FIRST_COME,
            "publish_by": at_local(self.day - timedelta(days=10), time(9)),
            "opens_at": self.published_at,
            "closes_at": at_local(self.day, time.min),
            "cancel_until": at_local(self.day, time.min),
        }


def window(now: datetime, *, days: int = AHEAD, starts: time = time(8, 30)) -> Window:
    """Return an hour so many days ahead, published yesterday."""
    day = local_day(now) + timedelta(days=days)
    starts_at = at_local(day, starts)
    return Window(day, starts_at, starts_at + timedelta(minutes=50), now - timedelta(days=1))


def add_slot(sessions: Sessions, capacity: int, *, now: datetime) -> SlotId:
    """Publish one slot of subject 2 at a site of its own, and release its seats, by the services."""
    when = window(now)
    with unit_of_work(sessions) as session:
        site_id = factories.site(session)
        quota = {Lane.ORDINARY: capacity}
        releases = ((when.published_at, Lane.ORDINARY, capacity),)
        opening = Opening("exams", "subject_2", site_id, quota=quota, releases=releases, **when.columns())
        slot_id = slots.publish_slot(session, opening, actor=SYSTEM, now=when.published_at)
    release_due_seats(sessions, now)
    return slot_id


def add_people(sessions: Sessions, number: int, *, now: datetime, kind: SignInKind = SignInKind.WEB) -> list[str]:
    """Add learners who may take subject 2, each with an account and one open sign-in; return their tokens."""
    tokens = [new_token() for _ in range(number)]
    passed_on = local_day(now) - timedelta(days=60)
    with unit_of_work(sessions) as session:
        people = added_people(session, number, now=now)
        accounts = added(session, Account, [account(person_id, now) for person_id in people])
        add_learners(session, people, [passed_on] * number, now=now)
        sign_in = {"kind": kind, "epoch": 1, "created_at": now, "seen_at": now}
        until = now + timedelta(hours=8)
        rows = zip(tokens, accounts, strict=True)
        session.execute(
            insert(SignIn),
            [
                {"token_hash": token_hash(token), "account_id": one, "expires_at": until, **sign_in}
                for token, one in rows
            ],
        )
    return tokens


def add_plan(sessions: Sessions, *, days: int, sites: int, a_day: int, now: datetime) -> None:
    """Add `a_day` published slots at each of `sites` on each of `days`, the services in turn, each half sold out."""
    with unit_of_work(sessions) as session:
        site_ids = [factories.site(session, services=SERVICES) for _ in range(sites)]
        slot_ids = added(session, Slot, list(_plan(site_ids, days, a_day, now)))
        capacity = {"lane": Lane.ORDINARY, "capacity": 20}
        session.execute(insert(Quota), [{"slot_id": one, "released": 20, **capacity} for one in slot_ids])
        released = {"lane": Lane.ORDINARY, "amount": 20, "due_at": now, "done_at": now}
        session.execute(insert(Release), [{"slot_id": one, **released} for one in slot_ids])
        logged = {"at": now, "role": SYSTEM.role, "act": "seats released", "object_kind": "slot"}
        session.execute(insert(AuditEntry), [{"object_id": str(one), **logged} for one in slot_ids])


def _plan(site_ids: Sequence[SiteId], days: int, a_day: int, now: datetime) -> Iterator[dict[str, Any]]:
    for day in range(days):
        for site_id in site_ids:
            for place in range(a_day):
                when = window(now, days=AHEAD + day, starts=time(8 + place, 30))
                yield {
                    "line": "exams",
                    "service": SERVICES[place % len(SERVICES)],
                    "site_id": site_id,
                    "capacity": 20,
                    "published_at": when.published_at,
                    **when.columns(),
                }


def added_people(session: Session, number: int, *, now: datetime) -> list[int]:
    """Add people with invented documents and phones, and return them."""
    return added(session, Person, _people(session, number, now))


def add_learners(session: Session, people: Sequence[int], passed_on: Sequence[date], *, now: datetime) -> None:
    """Give each of the people an open record with subject 1 passed on a day of its own."""
    rows = [_learner(person_id, day) for person_id, day in zip(people, passed_on, strict=True)]
    learners = added(session, Learner, rows)
    passed = {"subject": "subject_1", "outcome": Outcome.PASSED, "score": 95, "recorded_at": now}
    session.execute(
        insert(ExamResult),
        [{"learner_id": one, "day": day, **passed} for one, day in zip(learners, passed_on, strict=True)],
    )


def added(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    """Insert the rows in bulk and return their ids in the same order."""
    column = table.__table__.c.id
    return list(session.scalars(insert(table).returning(column, sort_by_parameter_order=True), rows))


def _people(session: Session, number: int, now: datetime) -> list[dict[str, Any]]:
    keyring = keyring_of(session)
    rows = []
    for one in (next(NUMBERS) for _ in range(number)):
        born = date(1999, 1, 1) + timedelta(days=one // 100)
        document = factories.resident_id(one, born_on=born)
        phone = f"199{one:08}"
        rows.append(
            {
                "name": f"测试{one}",
                "sort_key": f"ce shi {one:06}",
                "id_type": IdType.RESIDENT,
                "id_number_sealed": keyring.seal(document, column="person.id_number"),
                "identity_hash": keyring.digest(f"A:{document}", column="person.identity"),
                "id_tail_hash": keyring.digest(document[-4:], column="person.id_tail"),
                "born_on": born,
                "phone_sealed": keyring.seal(phone, column="person.phone"),
                "phone_hash": keyring.digest(phone, column="person.phone"),
                "phone_proved_at": now,
                "language": "zh",
                "created_at": now,
            }
        )
    return rows


def account(person_id: int, now: datetime) -> dict[str, Any]:
    """Return the row of an applicant's account for which no password fits."""
    no_password = factories.NO_PASSWORD
    return {
        "person_id": person_id,
        "role": Role.APPLICANT,
        "password_hash": no_password,
        "epoch": 1,
        "created_at": now,
    }


def _learner(person_id: int, passed_on: date) -> dict[str, Any]:
    issued = passed_on - timedelta(days=20)
    return {
        "person_id": person_id,
        "licence_class": "C1",
        "kind": "first",
        "accepted_on": issued - timedelta(days=10),
        "permit_issued_on": issued,
        "permit_valid_until": issued + timedelta(days=3 * 365),
    }
