"""Who waits: learners counted by shape, requests, inflows, bookings that may fail, and how tests ended lately."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Subquery, and_, case, func, literal, select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.allotment.models.requests import Request, RequestState
from booking.bookings.models import LIVE, Booking
from booking.demand.rules.facts import PACE_DAYS, RATE_DAYS, Outcomes
from booking.demand.rules.flow import Key
from booking.demand.rules.shapes import LONGEST_WAIT, OLD_AGE, USUAL_AGE, Shape, Taken
from booking.exams.models import ExamResult, Learner
from booking.exams.rules.facts import Outcome, Subject
from booking.exams.rules.orders import DAYS_AFTER_FAILURE
from booking.kernel.calendar import ONE_DAY
from booking.slots.models import Slot

LINE = "exams"
FAR = timedelta(days=2 * 365)
RECENT = timedelta(days=DAYS_AFTER_FAILURE + 2)  # an older failure keeps nobody from booking


def shapes(session: Session, *, today: date, last: date) -> Sequence[tuple[Shape, int]]:
    """Return the learners on the way, counted by shape; one statement, grouped by the database."""
    taken, live = _taken(today), _live()
    columns = [*_of_record(today, last), *_of_subjects(taken, live)]
    each = (
        select(*columns)
        .select_from(Learner)
        .join(Person, Person.id == Learner.person_id)
        .outerjoin(taken, taken.c.learner_id == Learner.id)
        .outerjoin(live, live.c.person_id == Learner.person_id)
        .where(Learner.closed_at.is_(None))
        .subquery()
    )
    grouped = select(*each.c, func.count().label("people")).group_by(*each.c)
    return [(_shape(row._asdict()), row.people) for row in session.execute(grouped)]


def _of_record(today: date, last: date) -> Sequence[Any]:
    old = literal(today - LONGEST_WAIT, Date)
    permit, valid = Learner.permit_issued_on, Learner.permit_valid_until
    usual = literal(today - USUAL_AGE, Date)
    return (
        Learner.licence_class,
        Learner.kind,
        Learner.held_class,
        case((Person.born_on > today - OLD_AGE, usual), else_=Person.born_on).label("born_on"),
        case((permit.is_not(None), old), (Learner.accepted_on < old, old), else_=Learner.accepted_on).label(
            "accepted_on"
        ),
        case((and_(valid.is_not(None), permit < old), old), else_=permit).label("permit_issued_on"),
        case((valid > last + LONGEST_WAIT, literal(today + FAR, Date)), else_=valid).label("permit_valid_until"),
    )


def _of_subjects(taken: Subquery, live: Subquery) -> Iterator[ColumnElement[Any]]:
    for subject in Subject:
        passed = func.coalesce(taken.c[f"passed_{subject}"], 0)
        yield passed.label(f"passed_{subject}")
        bookings = func.coalesce(taken.c[f"bookings_{subject}"], 0)
        yield case((passed == 1, 0), else_=bookings).label(f"bookings_{subject}")
        yield case((passed == 1, None), else_=taken.c[f"last_{subject}"]).label(f"last_{subject}")
        yield func.coalesce(live.c[f"live_{subject}"], 0).label(f"live_{subject}")


def _taken(today: date) -> Subquery:
    """Return, for each learner and subject: passed or not, how many bookings, and the last day where it is recent."""
    old = literal(today - RECENT, Date)
    columns: list[ColumnElement[Any]] = []
    for subject in Subject:
        mine = ExamResult.subject == subject.value
        passed = and_(mine, ExamResult.outcome == Outcome.PASSED.value)
        day = case((and_(mine, ExamResult.day < old), old), (mine, ExamResult.day))
        columns += [
            func.max(case((passed, 1), else_=0)).label(f"passed_{subject}"),
            func.sum(case((mine, 1), else_=0)).label(f"bookings_{subject}"),
            func.max(day, type_=Date).label(f"last_{subject}"),
        ]
    query = select(ExamResult.learner_id, *columns).join(Learner, Learner.id == ExamResult.learner_id)
    return query.where(Learner.closed_at.is_(None)).group_by(ExamResult.learner_id).subquery()


def _live() -> Subquery:
    columns = [
        func.max(case((Booking.service == subject.value, 1), else_=0)).label(f"live_{subject}") for subject in Subject
    ]
    query = select(Booking.person_id, *columns).where(Booking.line == LINE, Booking.state.in_(LIVE))
    return query.group_by(Booking.person_id).subquery()


def _shape(row: dict[str, Any]) -> Shape:
    record = {name: row[name] for name in Shape.__dataclass_fields__ if name != "taken"}
    taken = tuple(
        Taken(
            passed=bool(row[f"passed_{subject}"]),
            bookings=int(row[f"bookings_{subject}"]),
            last=row[f"last_{subject}"],
            live=bool(row[f"live_{subject}"]),
        )
        for subject in Subject
    )
    return Shape(**record, taken=taken)


def live_requests(session: Session) -> Mapping[Key, int]:
    """Return how many requests are live, by subject and class."""
    query = (
        select(Request.service, Learner.licence_class, func.count())
        .join(Learner, and_(Learner.person_id == Request.person_id, Learner.closed_at.is_(None)))
        .where(Request.line == LINE, Request.state == RequestState.LIVE)
        .group_by(Request.service, Learner.licence_class)
    )
    return {(Subject(service), code): count for service, code, count in session.execute(query)}


def accepted(session: Session, *, today: date) -> Sequence[tuple[str, str, str, int]]:
    """Return how many were accepted in the last four weeks, by class, kind and class held."""
    query = (
        select(Learner.licence_class, Learner.kind, Learner.held_class, func.count())
        .where(Learner.accepted_on > today - timedelta(days=PACE_DAYS), Learner.accepted_on <= today)
        .group_by(Learner.licence_class, Learner.kind, Learner.held_class)
    )
    return [(code, kind, held, count) for code, kind, held, count in session.execute(query)]


def passes(session: Session, *, today: date) -> Mapping[Key, int]:
    """Return how many passed in the last four weeks, by subject and class."""
    query = (
        select(ExamResult.subject, Learner.licence_class, func.count())
        .join(Learner, Learner.id == ExamResult.learner_id)
        .where(ExamResult.day > today - timedelta(days=PACE_DAYS), ExamResult.day <= today)
        .where(ExamResult.outcome == Outcome.PASSED.value)
        .group_by(ExamResult.subject, Learner.licence_class)
    )
    return {(Subject(subject), code): count for subject, code, count in session.execute(query)}


def outcomes(session: Session, *, today: date) -> Mapping[Subject, Outcomes]:
    """Return how the tests of the last twelve weeks ended, by subject; and how many there were in the last four."""
    is_lately = ExamResult.day > today - timedelta(days=PACE_DAYS)
    query = (
        select(ExamResult.subject, ExamResult.outcome, func.count(), func.sum(case((is_lately, 1), else_=0)))
        .where(ExamResult.day > today - timedelta(days=RATE_DAYS), ExamResult.day <= today)
        .group_by(ExamResult.subject, ExamResult.outcome)
    )
    ended: dict[Subject, Counter[str]] = {}
    for subject, outcome, count, lately in session.execute(query):
        counted = ended.setdefault(Subject(subject), Counter())
        counted[outcome] += count
        counted["tested"] += int(lately)
    return {
        subject: Outcomes(*(counted[name] for name in ("passed", "failed", "absent", "tested")))
        for subject, counted in ended.items()
    }


def live_bookings(session: Session, *, today: date, last: date) -> Sequence[tuple[Subject, str, date, int]]:
    """Return the places held from tomorrow to `last`, by subject, class and day."""
    query = (
        select(Booking.service, Learner.licence_class, Slot.day, func.count())
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Learner, and_(Learner.person_id == Booking.person_id, Learner.closed_at.is_(None)))
        .where(Booking.line == LINE, Booking.state.in_(LIVE), Slot.day.between(today + ONE_DAY, last))
        .group_by(Booking.service, Learner.licence_class, Slot.day)
    )
    return [(Subject(service), code, day, count) for service, code, day, count in session.execute(query)]
