"""Files that go out: for a reason, to whom asked, for an hour; and the same again when they come back."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from booking.audit.models import AuditEntry
from booking.exams.exports import exported_learners, exported_results
from booking.exams.imports import RESULT_COLUMNS
from booking.inspections.imports import COLUMNS as VEHICLES
from booking.inspections.imports import exported_vehicles
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from booking.kernel.ids import TransferId
from booking.kernel.tables import write_csv
from booking.kernel.workbooks import NOTES_SHEET
from booking.transfers.jobs.running import run_transfers
from booking.transfers.rules import KEPT_OUT
from booking.transfers.scope import Scope
from booking.transfers.service.asking import FileGoneError, ask_for, take_out
from tests import factories
from tests.service.transfers.office import NOW, Office, as_csv, learner, open_office

DAYS = Scope(date(2026, 11, 1), date(2026, 11, 30))
PEOPLE = [learner(1, name="=欧阳𠮷"), learner(2, name="'李"), learner(3)]
RESULT = ("A", PEOPLE[0][2], "subject_1", date(2026, 11, 10), None, "passed", 95)
VEHICLE = (
    "A", PEOPLE[0][2], "02", "粤G12345", "LSVFF66R8C2116280", "small_passenger", "A", 5, date(2018, 12, 10),
    date(2026, 12, 31),
)  # fmt: skip


def csv_of(columns: tuple[str, ...], *rows: tuple[object, ...]) -> bytes:
    return write_csv(columns, rows).encode()


@pytest.fixture
def two(sqlite: Sessions, postgresql_url: str, open_sessions: Callable[[str], Sessions]) -> tuple[Office, Office]:
    """One office with data, and another without any: on SQLite and on PostgreSQL."""
    return open_office(sqlite), open_office(open_sessions(postgresql_url))


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_what_goes_out_comes_in_elsewhere_as_it_was(two: tuple[Office, Office], file_format: str) -> None:
    here, there = two
    here.brought_in(as_csv(PEOPLE))
    here.brought_in(csv_of(tuple(RESULT_COLUMNS), RESULT), "results")
    here.brought_in(csv_of(tuple(VEHICLES), VEHICLE), "vehicles")

    for kind, scope in (("learners", Scope()), ("results", DAYS), ("vehicles", Scope())):
        there.brought_in(here.made(kind, scope, file_format=file_format), kind)

    with reading(here.sessions) as ours, reading(there.sessions) as theirs:
        # The result moves a record on; both have seen it by now.
        assert list(exported_learners(theirs)) == list(exported_learners(ours))
        days = (date(2026, 11, 1), date(2026, 11, 30))
        assert list(exported_results(theirs, *days)) == list(exported_results(ours, *days)) == [RESULT]
        assert list(exported_vehicles(theirs)) == list(exported_vehicles(ours)) == [VEHICLE]


def test_a_workbook_says_who_took_it_and_why_and_is_logged(sqlite: Sessions) -> None:
    office = open_office(sqlite)
    office.brought_in(as_csv(PEOPLE))

    book = CalamineWorkbook.from_object(io.BytesIO(office.made("learners", file_format="xlsx")))

    assert book.sheet_names == ["learners", NOTES_SHEET]
    notes = {str(name): words for name, words in book.get_sheet_by_name(NOTES_SHEET).to_python()}
    assert (notes["用途 Reason"], notes["导出时间 At"]) == ("核对", "2026-11-24 10:00")
    assert "counter" in str(notes["导出人 Taken out by"])
    with reading(sqlite) as session:
        entries = session.execute(select(AuditEntry.act, AuditEntry.reason).where(AuditEntry.reason != "")).all()
    assert [tuple(entry) for entry in entries] == [
        ("file asked for", "核对"),
        ("file made", "核对"),
        ("file taken out", "核对"),
    ]


def asked(office: Office, kind: str = "learners", scope: Scope | None = None, reason: str = "核对") -> TransferId:
    with unit_of_work(office.sessions) as session:
        return ask_for(session, kind, "csv", scope or Scope(), reason=reason, actor=office.actor, now=NOW)


def test_a_file_is_for_who_asked_and_for_an_hour(sqlite: Sessions) -> None:
    office, other = open_office(sqlite), open_office(sqlite)
    transfer_id = asked(office)
    run_transfers(sqlite, NOW)

    with pytest.raises(NotFoundError), unit_of_work(sqlite) as session:
        take_out(session, transfer_id, actor=other.actor, now=NOW)
    late = NOW + KEPT_OUT + timedelta(minutes=1)
    with pytest.raises(FileGoneError), unit_of_work(sqlite) as session:
        take_out(session, transfer_id, actor=office.actor, now=late)
    run_transfers(sqlite, late)

    assert office.shown(transfer_id).keep_until is None


@pytest.mark.parametrize(
    ("kind", "scope", "reason", "field"),
    [
        ("learners", Scope(), " ", "reason"),
        ("results", Scope(), "x", "first_day"),
        ("results", Scope(date(2026, 11, 2), date(2026, 11, 1)), "x", "last_day"),
        ("results", Scope(date(1900, 11, 2), date(2026, 11, 1)), "x", "last_day"),
    ],
)
def test_nothing_goes_out_without_a_reason_or_without_its_days(
    sqlite: Sessions, kind: str, scope: Scope, reason: str, field: str
) -> None:
    with pytest.raises(InvalidInputError) as failure:
        asked(open_office(sqlite), kind, scope, reason)

    assert failure.value.field == field


@pytest.mark.parametrize("role", [Role.PLANNER, Role.APPROVER, Role.SUPERVISOR, Role.EXAM_SITE])
def test_who_keeps_no_learners_takes_none_out(sqlite: Sessions, role: Role) -> None:
    with pytest.raises(NotAllowedError):
        asked(open_office(sqlite, role))


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_bookings_go_out_without_anybody_in_them_and_with_the_wall_clock(sqlite: Sessions, file_format: str) -> None:
    with unit_of_work(sqlite) as session:
        slot_id = factories.slot(session, day=date(2026, 12, 1))
        factories.booking(session, factories.account(session), slot_id, at=datetime(2026, 11, 23, 18, tzinfo=UTC))
    office = open_office(sqlite, Role.SUPERVISOR)

    content = office.made("bookings", Scope(date(2026, 12, 1), date(2026, 12, 1)), file_format=file_format)

    if file_format == "csv":
        row = content.decode("utf-8-sig").splitlines()[1].split(",")
    else:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        row = [str(cell) for cell in book.get_sheet_by_index(0).to_python()[1]]
    assert row[4:6] == ["2026-12-01", "08:30"]
    assert row[11][:16] == "2026-11-24 02:00"
    assert not any("测试" in cell for cell in row)
