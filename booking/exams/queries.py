"""The learner's record as rules and pages need it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.allotment.models.requests import Entry
from booking.bookings.models import LIVE, Booking, BookingState
from booking.exams.models import ExamResult, Learner
from booking.exams.rules.facts import Attempt, Facts, Kind, LicenceClass, Outcome, Subject
from booking.exams.rules.outlook import Outlook, outlook
from booking.exams.rules.places import Window
from booking.exams.rules.settings import Settings
from booking.kernel.calendar import local_day
from booking.kernel.db import batched
from booking.kernel.ids import LearnerId, PersonId
from booking.policies import queries as policies
from booking.sites.models import Site
from booking.slots.models import Lane, Method, Slot


@dataclass(frozen=True, slots=True)
class Record:
    """A learner's open record: the facts that rules see, and the windows the person is already booked for."""

    learner_id: LearnerId
    facts: Facts
    windows: Mapping[Subject, Window]


@dataclass(frozen=True, slots=True)
class ShownResult:
    """One exam taken, for a page."""

    subject: str
    day: date
    outcome: str
    score: int | None
    site_name: str | None
    site_name_en: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """How places in tests are given: the method, calendar days before the test, local hours ("17:00")."""

    method: str
    plan_days: int
    close_days: int
    close_clock: str
    draw_clock: str
    release_days: int
    release_clock: str
    freed_clock: str
    cancel_days: int  # working days


def terms_on(session: Session, day: date) -> Terms:
    """Return the terms in force on `day`; one statement."""
    values = policies.all_values(session, day)
    return Terms(
        method=values.code("exams.method"),
        plan_days=values.number("plans.lead_days"),
        close_days=values.number("rounds.close_days_before"),
        close_clock=f"{values.clock('rounds.close_hour'):%H:%M}",
        draw_clock=f"{values.clock('rounds.draw_hour'):%H:%M}",
        release_days=values.number("exams.release_days_before"),
        release_clock=f"{values.clock('exams.release_hour'):%H:%M}",
        freed_clock=f"{values.clock('slots.freed_seats_hour'):%H:%M}",
        cancel_days=values.number("bookings.cancel_working_days"),
    )


def settings_on(session: Session, day: date) -> Settings:
    """Return the office's reading of the unsettled points in force on `day`."""
    values = policies.all_values(session, day)
    return Settings(**{field.name: values[f"exams.{field.name}"] for field in fields(Settings)})


def record_of(session: Session, person_id: PersonId) -> Record | None:
    """Return the person's open record, or None; three statements."""
    return records_of(session, [person_id]).get(person_id)


def records_of(session: Session, person_ids: Iterable[PersonId]) -> dict[PersonId, Record]:
    """Return the open records of many people, in three statements for every few hundred of them."""
    found: dict[PersonId, Record] = {}
    for some in batched(person_ids):
        rows = session.execute(
            select(Learner, Person.born_on)
            .join(Person, Person.id == Learner.person_id)
            .where(Learner.person_id.in_(some), Learner.closed_at.is_(None))
        ).all()
        if not rows:
            continue
        attempts = _attempts(session, [LearnerId(learner.id) for learner, _ in rows])
        windows = _live_windows(session, some)
        for learner, born_on in rows:
            person_id, learner_id = PersonId(learner.person_id), LearnerId(learner.id)
            found[person_id] = _record(learner, born_on, attempts[learner_id], windows[person_id])
    return found


def _record(
    learner: Learner, born_on: date, attempts: Sequence[Attempt], windows: Mapping[Subject, Window]
) -> Record:
    facts = Facts(
        licence_class=LicenceClass(learner.licence_class),
        kind=Kind(learner.kind),
        held_class=LicenceClass(learner.held_class) if learner.held_class else None,
        born_on=born_on,
        accepted_on=learner.accepted_on,
        permit_issued_on=learner.permit_issued_on,
        permit_valid_until=learner.permit_valid_until,
        attempts=tuple(attempts),
        live={subject: local_day(window.starts_at) for subject, window in windows.items()},
    )
    return Record(LearnerId(learner.id), facts, windows)


def permit_valid_until(session: Session, person_id: PersonId) -> date | None:
    """Return the last day of the learner permit of the person's open record, or None."""
    query = select(Learner.permit_valid_until).where(Learner.person_id == person_id, Learner.closed_at.is_(None))
    return session.scalar(query)


def _attempts(session: Session, learner_ids: Sequence[LearnerId]) -> Mapping[LearnerId, list[Attempt]]:
    columns = (ExamResult.learner_id, ExamResult.subject, ExamResult.day, ExamResult.outcome)
    query = select(*columns).where(ExamResult.learner_id.in_(learner_ids))
    found: dict[LearnerId, list[Attempt]] = {learner_id: [] for learner_id in learner_ids}
    for row in session.execute(query.order_by(ExamResult.day, ExamResult.id)):
        found[row.learner_id].append(Attempt(Subject(row.subject), row.day, Outcome(row.outcome)))
    return found


def _live_windows(session: Session, person_ids: Sequence[PersonId]) -> Mapping[PersonId, dict[Subject, Window]]:
    query = (
        select(Booking.person_id, Booking.service, Slot.starts_at, Slot.ends_at)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Booking.person_id.in_(person_ids), Booking.line == "exams", Booking.state.in_(LIVE))
    )
    found: dict[PersonId, dict[Subject, Window]] = {person_id: {} for person_id in person_ids}
    for row in session.execute(query):
        found[row.person_id][Subject(row.service)] = Window(row.starts_at, row.ends_at)
    return found


def last_cancellation(session: Session, person_id: PersonId, service: str) -> datetime | None:
    """Return when the person last gave up a granted place of the service, or None."""
    query = select(func.max(Booking.ended_at)).where(
        Booking.person_id == person_id, Booking.service == service, Booking.state == BookingState.CANCELLED
    )
    return session.scalar(query)


def had_priority(session: Session, person_id: PersonId, service: str) -> bool:
    """Say whether the person has had a place of the service by priority: it is for once.

    In a round it is the lane in which the person stood that counts, for a seat may come from another one, and what
    is left over is for anybody. A place that the office took away does not count.
    """
    query = (
        select(Booking.id)
        .join(Slot, Slot.id == Booking.slot_id)
        .outerjoin(Entry, Entry.booking_id == Booking.id)
        .where(
            Booking.person_id == person_id,
            Booking.service == service,
            Booking.state != BookingState.CANCELLED_BY_OFFICE,
            case((Slot.method == Method.FIRST_COME, Booking.lane), else_=Entry.lane) == Lane.PRIORITY,
        )
    )
    return session.scalar(query.limit(1)) is not None


def path_of(session: Session, record: Record, *, today: date) -> tuple[Outlook, ...]:
    """Return how the learner stands with each of the four subjects, in their usual order."""
    settings = settings_on(session, today)
    return tuple(outlook(record.facts, subject, today=today, settings=settings) for subject in Subject)


def results_of(session: Session, learner_id: LearnerId) -> Sequence[ShownResult]:
    """Return the exams taken on the way to this licence, the latest first."""
    query = (
        select(ExamResult.subject, ExamResult.day, ExamResult.outcome, ExamResult.score)
        .add_columns(Site.name.label("site_name"), Site.name_en.label("site_name_en"))
        .outerjoin(Site, Site.id == ExamResult.site_id)
        .where(ExamResult.learner_id == learner_id)
        .order_by(ExamResult.day.desc(), ExamResult.id.desc())
    )
    return [ShownResult(**row) for row in session.execute(query).mappings()]
