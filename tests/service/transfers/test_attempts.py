"""The results of a day as a workbook, and its rosters as files, for the operator of the site."""

import io

import pytest
from python_calamine import CalamineWorkbook

from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError
from booking.kernel.workbooks import Cell, write_workbook
from booking.rosters.imports import ATTEMPT_COLUMNS
from booking.transfers.jobs.running import run_transfers
from booking.transfers.models import TransferState
from booking.transfers.scope import Scope
from booking.transfers.service.asking import Upload, ask_for, take_in
from tests.service.rosters.exam_site import DAY, ExamSite, Learner
from tests.service.transfers.office import NOW, Office, open_office


@pytest.fixture
def site(sqlite: Sessions) -> ExamSite:
    return ExamSite(sqlite)


@pytest.fixture
def three(site: ExamSite) -> list[Learner]:
    """Three learners of one session; two of them have come."""
    learners = site.all_booked(site.slot("10:00"), 3)
    for learner in learners[:2]:
        site.check_in(learner, "09:50")
    return learners


def workbook(*rows: tuple[Cell, ...]) -> bytes:
    file = io.BytesIO()
    write_workbook(file, "attempts", tuple(ATTEMPT_COLUMNS), rows)
    return file.getvalue()


def test_results_of_a_day_come_in_and_its_roster_goes_out(site: ExamSite, three: list[Learner]) -> None:
    operator = Office(site.sessions, site.operator)
    content = workbook((three[0].reference, 1, "passed", 90), (three[1].reference, 1, "failed", 60))
    with unit_of_work(site.sessions) as session:
        upload = Upload("今天.xlsx", content)
        transfer_id = take_in(session, "attempts", upload, Scope(DAY), actor=site.operator, now=NOW)
    run_transfers(site.sessions, NOW)
    operator.accept(operator.shown(transfer_id))
    run_transfers(site.sessions, NOW)

    book = CalamineWorkbook.from_object(io.BytesIO(operator.made("rosters", Scope(DAY), file_format="xlsx")))

    assert operator.shown(transfer_id).counts == {"rows": 2, "attempts": 2}
    header, *rows = book.get_sheet_by_index(0).to_python()
    reference, outcome, score = (header.index(name) for name in ("reference", "outcome_1", "score_1"))
    assert {(row[reference], row[outcome], row[score]) for row in rows} == {
        (three[0].reference, "passed", 90.0),
        (three[1].reference, "failed", 60.0),
        (three[2].reference, "", ""),
    }


def test_a_result_for_somebody_who_did_not_come_refuses_the_file_by_line(
    site: ExamSite, three: list[Learner]
) -> None:
    content = workbook((three[0].reference, 1, "passed", 90), (three[2].reference, 1, "passed", 90))
    with unit_of_work(site.sessions) as session:
        upload = Upload("今天.xlsx", content)
        transfer_id = take_in(session, "attempts", upload, Scope(DAY), actor=site.operator, now=NOW)

    run_transfers(site.sessions, NOW)

    tried = Office(site.sessions, site.operator).shown(transfer_id)
    assert tried.state is TransferState.REFUSED
    assert [(error.line, error.column, error.problem) for error in tried.errors] == [
        (3, "reference", "was not checked in")
    ]


def test_rosters_go_out_for_one_site_and_to_its_operator_for_that_alone(site: ExamSite, sqlite: Sessions) -> None:
    supervisor = open_office(sqlite)
    with pytest.raises(InvalidInputError) as failure, unit_of_work(sqlite) as session:
        ask_for(session, "rosters", "csv", Scope(DAY), reason="核对", actor=supervisor.actor, now=NOW)
    assert failure.value.field == "site_id"

    other = ExamSite(sqlite)
    asked = Office(sqlite, site.operator).made("rosters", Scope(DAY, site_id=other.site_id))
    assert len(asked.decode("utf-8-sig").splitlines()) == 1  # the own site has nobody today

    with pytest.raises(NotAllowedError), unit_of_work(sqlite) as session:
        take_in(session, "attempts", Upload("a.csv", b""), Scope(DAY), actor=supervisor.actor, now=NOW)
