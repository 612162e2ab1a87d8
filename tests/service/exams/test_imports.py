"""Learners and results from files: all or nothing, every wrong line named, no identity number shown."""

from datetime import date

import pytest
from sqlalchemy import func, select

from booking.accounts.models import Person
from booking.exams.imports import import_learners, import_results
from booking.exams.models import ExamResult, Learner
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import ImportRefusedError
from tests import factories
from tests.conftest import NOW

LEARNERS = "name,id_type,id_number,phone,licence_class,kind,accepted_on,permit_issued_on,permit_valid_until\n"
RESULTS = "id_type,id_number,service,date,site,outcome,score\n"
ID = factories.resident_id(7, born_on=date(1999, 4, 5))
OTHER = factories.resident_id(8, born_on=date(1998, 4, 5))
GOOD = f"陈测试,A,{ID},19911112222,C1,first,2026-10-01,2026-10-20,\n"


def learners(sessions: Sessions, text: str) -> int:
    with unit_of_work(sessions) as session:
        return import_learners(session, text, actor=SYSTEM, now=NOW)


def results(sessions: Sessions, text: str) -> int:
    with unit_of_work(sessions) as session:
        return import_results(session, text, actor=SYSTEM, now=NOW)


def count(sessions: Sessions, table: type) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_learners_are_imported_with_their_permit(sessions: Sessions) -> None:
    text = LEARNERS + GOOD + f"李测试,A,{OTHER},19911113333,B2,first,2026-11-01,,\n"

    assert learners(sessions, "\ufeff" + text) == 2

    with reading(sessions) as session:
        valid_until = session.scalars(select(Learner.permit_valid_until).order_by(Learner.id)).all()
    assert valid_until == [date(2029, 10, 20), None]


def test_a_person_who_is_known_keeps_the_one_entry(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        factories.person(session)
    known = count(sessions, Person)

    learners(sessions, LEARNERS + GOOD)

    assert count(sessions, Person) == known + 1


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        (GOOD.replace(ID, ID[:-1] + ("1" if ID[-1] != "1" else "2")), "id_number", "***"),
        (GOOD.replace("19911112222", "12345"), "phone", "***"),
        (GOOD.replace("C1", "C9"), "licence_class", "C9"),
        (GOOD.replace("first", "second"), "kind", "second"),
        (GOOD.replace("2026-10-01", "2026-10-32"), "accepted_on", "2026-10-32"),
        (GOOD.replace("2026-10-20", "2026-09-20"), "permit_issued_on", "2026-09-20"),
        (GOOD.replace("陈测试", ""), "name", ""),
    ],
)
def test_one_bad_line_stores_nothing_and_is_named(sessions: Sessions, line: str, column: str, value: str) -> None:
    good = f"李测试,A,{OTHER},19911113333,C1,first,2026-11-01,,\n"

    with pytest.raises(ImportRefusedError) as refused:
        learners(sessions, LEARNERS + good + line)

    (error,) = refused.value.errors
    assert (error.line, error.column, error.value) == (3, column, value)
    assert ID not in str(refused.value)
    assert (count(sessions, Learner), count(sessions, Person)) == (0, 0)


def test_the_same_person_twice_in_a_file_is_refused(sessions: Sessions) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        learners(sessions, LEARNERS + GOOD + GOOD + GOOD.replace("C1", "C9") + GOOD)

    found = [(error.line, error.column) for error in refused.value.errors]
    assert found == [(3, "id_number"), (4, "licence_class"), (5, "id_number")]
    assert count(sessions, Learner) == 0


def test_results_move_the_record_on(sessions: Sessions) -> None:
    learners(sessions, LEARNERS + GOOD.replace("2026-10-20", ""))
    text = RESULTS + f"A,{ID},subject_1,2026-11-02,,failed,70\n" + f"A,{ID},subject_1,2026-11-20,,passed,95\n"

    assert results(sessions, text) == 2

    with reading(sessions) as session:
        assert session.scalars(select(Learner.permit_issued_on)).one() == date(2026, 11, 20)


def test_every_known_result_of_a_file_is_named(sessions: Sessions) -> None:
    learners(sessions, LEARNERS + GOOD)
    known = f"A,{ID},subject_2,2026-11-10,,failed,60\n"
    results(sessions, RESULTS + known)

    with pytest.raises(ImportRefusedError) as refused:
        results(sessions, RESULTS + known + known)

    assert [(error.line, error.column) for error in refused.value.errors] == [(2, "date"), (3, "date")]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (f"A,{OTHER},subject_1,2026-11-02,,passed,95\n", "id_number"),  # nobody is known
        (f"A,{ID},subject_1,2026-11-25,,passed,95\n", "date"),  # tomorrow
        (f"A,{ID},subject_1,2026-11-02,4408-X,passed,95\n", "site"),
        (f"A,{ID},subject_5,2026-11-02,,passed,95\n", "service"),
        (f"A,{ID},subject_1,2026-11-02,,passed,101\n", "score"),
        (f"A,{ID},subject_1,2026-11-02,,passed,80\n", "score"),  # below the pass mark
        (f"A,{ID},subject_1,2026-11-02,,won,95\n", "outcome"),
    ],
)
def test_one_bad_result_stores_none(sessions: Sessions, line: str, column: str) -> None:
    learners(sessions, LEARNERS + GOOD)
    good = f"A,{ID},subject_2,2026-11-10,,failed,60\n"

    with pytest.raises(ImportRefusedError) as refused:
        results(sessions, RESULTS + good + line)

    assert [(error.line, error.column) for error in refused.value.errors] == [(3, column)]
    assert ID not in str(refused.value)
    assert count(sessions, ExamResult) == 0
