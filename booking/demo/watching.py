"""What the demo city's supervisor finds: a clerk who opened many pages, an owner who books and cancels, a draw."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Account
from booking.bookings import service as bookings
from booking.bookings.wishes import Wish
from booking.demo.asking import City
from booking.desk import service as desk
from booking.exams.models import Learner
from booking.inspections.line import INSPECTIONS
from booking.inspections.models import Owner, Vehicle
from booking.inspections.rules.facts import SERVICE_OF_KIND, VehicleKind
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import ONE_DAY, at_local, local_day
from booking.kernel.db import reading, unit_of_work
from booking.kernel.errors import BookingError
from booking.kernel.ids import AccountId, PersonId, VehicleId
from booking.kernel.secrets import new_token
from booking.slots.models import Hold, HoldState
from booking.slots.queries import slots_between
from booking.stats.rules.spans import Days
from booking.supervision.jobs import draw_spot_checks, seal_log
from booking.supervision.models import Outcome
from booking.supervision.service import checks
from booking.supervision.service.checks import Looked

PAGES_OPENED, TIMES_CANCELLED = 33, 3
MOST_TRIED, MANY = 60, 3
APART, A_MINUTE = timedelta(minutes=12), timedelta(minutes=1)
SETTLED = timedelta(minutes=2)
EXPLAINED = "车主来电说明：三次都因临时出差，之后没有再约。看过日志，没有代办人。"


def watch(city: City, now: datetime) -> None:
    """Leave one finding to be looked at and one that was, seal the log, and draw last week's checks."""
    _open_many_pages(city, now)
    subject = _book_and_cancel(city, now)
    if subject:
        _look(city, subject, now)
    while seal_log(city.sessions, now + SETTLED):
        pass
    draw_spot_checks(city.sessions, now + SETTLED)


def _open_many_pages(city: City, now: datetime) -> None:
    """Let the second clerk open more pages of learners than is usual, yesterday afternoon."""
    begins = at_local(local_day(now) - ONE_DAY, time(14, 40))
    with unit_of_work(city.sessions) as session:
        people = session.scalars(select(Learner.person_id).order_by(Learner.id).limit(PAGES_OPENED)).all()
        for number, person_id in enumerate(people):
            at = begins + number * timedelta(minutes=4)
            desk.note_opening(session, PersonId(person_id), actor=city.staff["counter2"], now=at)


def _book_and_cancel(city: City, now: datetime) -> str:
    """Let one owner book and give up three times within the hour; return whom and what it is about, "" for nobody."""
    with reading(city.sessions) as session:
        candidates = list(_candidates(session, now))
    for wish, actor, service in candidates:
        try:
            for number in range(TIMES_CANCELLED):
                _once(city, replace(wish, request_key=new_token()), actor, now - (TIMES_CANCELLED - number) * APART)
        except BookingError:
            continue  # this one may not book now: another vehicle
        return f"{wish.holder}/{service}"
    return ""


def _once(city: City, wish: Wish, actor: Actor, at: datetime) -> None:
    with unit_of_work(city.sessions) as session:
        reference = bookings.book_seat(session, INSPECTIONS, wish, actor=actor, now=at)
    with unit_of_work(city.sessions) as session:
        bookings.cancel(session, INSPECTIONS, reference, actor=actor, now=at + A_MINUTE)


def _candidates(session: Session, now: datetime) -> Iterator[tuple[Wish, Actor, str]]:
    """Yield what owners of the last vehicles could book; no vehicle with a held place, which a named owner has."""
    held = set(session.scalars(select(Hold.holder).where(Hold.state == HoldState.HELD)))
    query = (
        select(Vehicle.id, Vehicle.vehicle_kind, Account.id, Account.person_id)
        .join(Owner, Owner.id == Vehicle.owner_id)
        .join(Account, Account.person_id == Owner.person_id)
        .where(Vehicle.bound_at.is_not(None), Account.role == Role.APPLICANT)
        .order_by(Vehicle.id.desc())
        .limit(MOST_TRIED)
    )
    first = local_day(now) + 2 * ONE_DAY
    for vehicle_id, kind, account_id, person_id in session.execute(query):
        service, holder = SERVICE_OF_KIND[VehicleKind(kind)], INSPECTIONS.holder(VehicleId(vehicle_id))
        found = slots_between(session, first, first + 8 * ONE_DAY, line=INSPECTIONS.key, service=service)
        open_now = [slot for slot in found if slot.is_open(now - TIMES_CANCELLED * APART) and slot.remaining > MANY]
        if open_now and holder not in held:
            actor = Actor(AccountId(account_id), PersonId(person_id), Role.APPLICANT)
            yield Wish(PersonId(person_id), holder, open_now[-1].id, ""), actor, service


def _look(city: City, subject: str, now: datetime) -> None:
    """Let the supervisor look at it and write down why it is all right."""
    today = local_day(now)
    days, looked = Days(today - 29 * ONE_DAY, today), Looked(Outcome.EXPLAINED, EXPLAINED)
    with unit_of_work(city.sessions) as session:
        checks.look_at(
            session, "book_cancel", subject, days, TIMES_CANCELLED,
            looked=looked, actor=city.staff["supervisor"], now=now,
        )  # fmt: skip
