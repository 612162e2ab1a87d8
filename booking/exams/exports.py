"""Learners and results as rows that `exams.imports` reads again; in clear, so every caller logs who took them."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.exams.models import ExamResult, Learner
from booking.kernel.db import keyring_of
from booking.sites.models import Site

AT_ONCE = 1000  # rows fetched from the database at a time
Cells = tuple[str | int | date | None, ...]


def exported_learners(session: Session) -> Iterator[Cells]:
    """Yield the open records in the columns of `imports.LEARNER_COLUMNS`, in the order in which they were opened."""
    keyring = keyring_of(session)
    query = select(Learner, Person).join(Person, Person.id == Learner.person_id).where(Learner.closed_at.is_(None))
    for learner, person in session.execute(query.order_by(Learner.id).execution_options(yield_per=AT_ONCE)):
        yield (
            person.name,
            person.id_type.value,
            keyring.open(person.id_number_sealed, column="person.id_number"),
            keyring.open(person.phone_sealed, column="person.phone"),
            learner.licence_class,
            learner.kind,
            learner.accepted_on,
            learner.permit_issued_on,
            learner.permit_valid_until,
        )


def exported_results(session: Session, first: date, last: date) -> Iterator[Cells]:
    """Yield the results of local days `first` to `last` in the columns of `imports.RESULT_COLUMNS`, oldest first."""
    keyring = keyring_of(session)
    query = (
        select(ExamResult, Person.id_type, Person.id_number_sealed, Site.code)
        .join(Learner, Learner.id == ExamResult.learner_id)
        .join(Person, Person.id == Learner.person_id)
        .outerjoin(Site, Site.id == ExamResult.site_id)
        .where(ExamResult.day.between(first, last))
        .order_by(ExamResult.day, ExamResult.id)
    )
    for result, id_type, sealed, code in session.execute(query.execution_options(yield_per=AT_ONCE)):
        number = keyring.open(sealed, column="person.id_number")
        yield id_type.value, number, result.subject, result.day, code, result.outcome, result.score
