"""Learners and results from CSV files: all lines or none, every wrong one named, no identity number shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.accounts.service import people as accounts
from booking.audit import service as audit
from booking.bookings.steps import ResultWaitsError
from booking.exams import service as records
from booking.exams.rules.facts import Kind, LicenceClass, Outcome, Subject
from booking.exams.service import Application, OpenRecordError, Result, ResultKnownError
from booking.kernel import tables
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.errors import InvalidInputError, InvalidStateError, NotFoundError
from booking.kernel.identifiers import IdDocument, IdType, InvalidIdentifierError, id_document, mobile_number
from booking.kernel.ids import PersonId
from booking.sites import queries as sites

SECRET = ("id_number", "phone")
ID_PROBLEMS = {
    "shape": "is not a number of that kind of document",
    "date": "holds a birth date that cannot be",
    "check_digit": "has a wrong check digit; was a digit mistyped?",
}


def _phone(cell: str) -> str:
    try:
        return mobile_number(cell)
    except InvalidIdentifierError as failure:
        raise ValueError("is not a mainland mobile number of 11 digits") from failure


_DOCUMENT: Mapping[str, tables.Parser] = {
    "id_type": tables.choice(*IdType),
    "id_number": tables.text(30),
}
LEARNER_COLUMNS: Mapping[str, tables.Parser] = {
    "name": tables.text(60),
    **_DOCUMENT,
    "phone": _phone,
    "licence_class": tables.choice(*LicenceClass),
    "kind": tables.choice(*Kind),
    "accepted_on": tables.iso_date,
    "permit_issued_on": tables.optional(tables.iso_date),
    "permit_valid_until": tables.optional(tables.iso_date),
}
RESULT_COLUMNS: Mapping[str, tables.Parser] = {
    **_DOCUMENT,
    "service": tables.choice(*Subject),
    "date": tables.iso_date,
    "site": tables.optional(tables.text(20)),
    "outcome": tables.choice(*Outcome),
    "score": tables.optional(tables.whole_number(0, 100)),
}


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """One line of a learners file."""

    name: str
    id_type: str
    id_number: str
    phone: str
    licence_class: str
    kind: str
    accepted_on: date
    permit_issued_on: date | None
    permit_valid_until: date | None

    def application(self) -> Application:
        return Application(
            LicenceClass(self.licence_class),
            Kind(self.kind),
            None,
            self.accepted_on,
            self.permit_issued_on,
            self.permit_valid_until,
        )


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of a results file."""

    id_type: str
    id_number: str
    service: str
    date: date
    site: str | None
    outcome: str
    score: int | None


def import_learners(session: Session, source: str | bytes, *, actor: Actor, now: datetime) -> int:
    """Open a record for each line and return how many; people already known are found by their document.

    All or nothing: raises `ImportRefusedError` naming line, column and value of everything that is wrong.
    """
    rows = tables.Rows(source, LEARNER_COLUMNS, LearnerRow, secret=SECRET)
    opened = 0
    for line, row in rows:
        document = _document(rows, line, row.id_type, row.id_number, local_day(now))
        if document is None:
            continue
        person_id = accounts.person_by_identity(session, document)
        if person_id is None:
            if document.born_on is None:
                rows.wrong(line, "id_type", row.id_type, "carries no birth date; open this record at the counter")
                continue
            person_id = accounts.add_person(
                session, name=row.name, document=document, phone=row.phone, born_on=document.born_on,
                actor=actor, now=now,
            )  # fmt: skip
        try:
            with session.begin_nested():  # a refused line must not end the transaction: the next ones are read too
                records.open_record(session, person_id, row.application(), actor=actor, now=now)
            opened += 1
        except OpenRecordError:
            rows.wrong(line, "id_number", row.id_number, "this person has an open record already")
        except InvalidInputError as failure:
            rows.wrong(line, failure.field, str(getattr(row, failure.field)), "does not fit the days before it")
    audit.record(session, "learners imported", "import", "learners", actor=actor, now=now, after={"count": opened})
    return opened


def import_results(session: Session, source: str | bytes, *, actor: Actor, now: datetime) -> int:
    """Record each line's result, move the learner's record on, and return how many.

    All or nothing: raises `ImportRefusedError` naming line, column and value of everything that is wrong.
    """
    rows = tables.Rows(source, RESULT_COLUMNS, ResultRow, secret=SECRET)
    site_ids = sites.codes(session)
    recorded = 0
    for line, row in rows:
        document = _document(rows, line, row.id_type, row.id_number, local_day(now))
        person_id = accounts.person_by_identity(session, document) if document else None
        if document and person_id is None:
            rows.wrong(line, "id_number", row.id_number, "nobody with this document is known")
        if row.site and row.site not in site_ids:
            rows.wrong(line, "site", row.site, "is not the code of an exam site")
        if row.date > local_day(now):
            rows.wrong(line, "date", row.date.isoformat(), "is still to come")
        elif person_id is not None and (not row.site or row.site in site_ids):
            site_id = site_ids[row.site] if row.site else None
            result = Result(Subject(row.service), row.date, Outcome(row.outcome), row.score, site_id)
            column, problem = _problem(session, person_id, result, actor, now)
            if problem:
                rows.wrong(line, column, str(getattr(row, column)), problem)
            recorded += not problem
    audit.record(session, "results imported", "import", "results", actor=actor, now=now, after={"count": recorded})
    return recorded


def _problem(session: Session, person_id: PersonId, result: Result, actor: Actor, now: datetime) -> tuple[str, str]:
    """Record one result; return the column at fault and what is wrong with it, or two empty texts."""
    try:
        with session.begin_nested():  # a refused line must not end the transaction: the next ones are read too
            records.record_result(session, person_id, result, actor=actor, now=now)
    except NotFoundError:
        return "id_number", "this person has no open learner's record"
    except InvalidInputError:
        return "score", "does not fit the outcome and the pass mark"
    except ResultKnownError:
        return "date", "a result of that subject and day is recorded already"
    except InvalidStateError:
        return "outcome", "the booking of that day has another outcome already"
    except ResultWaitsError:
        return "outcome", "the exam site has recorded a result of that day, which is about to take effect"
    return "", ""


def _document(
    rows: tables.Rows[LearnerRow] | tables.Rows[ResultRow], line: int, kind: str, number: str, today: date
) -> IdDocument | None:
    try:
        return id_document(IdType(kind), number, today=today)
    except InvalidIdentifierError as failure:
        rows.wrong(line, "id_number", number, ID_PROBLEMS[failure.problem])
        return None
