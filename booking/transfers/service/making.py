"""A file that goes out: the rows of a kind, written as they come, with a note of who took them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts.models import Account, Person
from booking.kernel.calendar import LOCAL
from booking.kernel.tables import Listener, write_csv_file
from booking.kernel.workbooks import Cell, write_workbook
from booking.transfers.kinds import OUTGOING
from booking.transfers.scope import Scope
from booking.transfers.service.working import Work, require_active
from booking.transfers.words import COLUMNS, NAMES

Notes = Sequence[tuple[str, str]]


def write_file(session: Session, work: Work, target: BinaryIO, listener: Listener, *, now: datetime) -> int:
    """Write the file of a transfer and return how many rows it has."""
    require_active(session, work)
    notes = _notes(session, work, now)
    workbook = work.file_format == "xlsx"
    return write_kind(session, work.kind, work.scope, target, listener, workbook=workbook, notes=notes, now=now)


def write_kind(
    session: Session,
    code: str,
    scope: Scope,
    target: BinaryIO,
    listener: Listener,
    *,
    workbook: bool,
    notes: Notes,
    now: datetime,
    encoding: str = "utf-8-sig",
) -> int:
    """Write the rows of a kind as a workbook with notes, or as CSV, and return how many there are."""
    kind = OUTGOING[code]
    counted = _Counted(kind.rows(session, scope, now), listener)
    if workbook:
        write_workbook(target, code, kind.columns, counted, notes=notes)
    else:
        write_csv_file(target, kind.columns, (_as_text(row) for row in counted), encoding=encoding)
    return counted.rows


def write_template(
    target: BinaryIO, kind: str, columns: Sequence[str], days: frozenset[str], *, workbook: bool
) -> None:
    """Write a file with nothing but the header; a workbook says on a second sheet what each column holds."""
    if workbook:
        notes = [(name, f"{COLUMNS[kind][name].zh}\n{COLUMNS[kind][name].en}") for name in columns]
        write_workbook(target, kind, columns, (), notes=notes, days=days)
        return
    write_csv_file(target, columns, ())


class _Counted:
    """The rows, counted as they pass."""

    def __init__(self, rows: Iterator[Sequence[Cell]], listener: Listener) -> None:
        self.rows = 0
        self._rows = rows
        self._listener = listener

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        for row in self._rows:
            self.rows += 1
            self._listener(self.rows, 0)
            yield row


def _wall_clock(instant: datetime) -> str:
    return f"{instant.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _as_text(row: Sequence[Cell]) -> tuple[object, ...]:
    """Return the cells as they stand in a CSV file: instants as the wall clock shows them."""
    return tuple(_wall_clock(cell) if isinstance(cell, datetime) else cell for cell in row)


def _notes(session: Session, work: Work, now: datetime) -> Notes:
    """Return who took this file, when and why: it goes with every copy."""
    who = session.scalars(
        select(Person.name).join(Account, Account.person_id == Person.id).where(Account.id == work.actor.account_id)
    ).one()
    name = NAMES[work.kind]
    notes = [
        ("文件 File", f"{name.zh} {name.en}"),
        ("导出人 Taken out by", f"{who} ({work.actor.role.value})"),
        ("导出时间 At", _wall_clock(now)),
        ("用途 Reason", work.reason),
        ("编号 Number", str(work.id)),
    ]
    if isinstance(work.scope.first_day, date):
        notes.insert(1, ("日期 Days", f"{work.scope.first_day} – {work.scope.last_day}"))
    return notes
