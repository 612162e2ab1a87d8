"""A counter with files, for the tests of transfers."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from booking.exams.imports import LEARNER_COLUMNS
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Base, Sessions, reading, unit_of_work
from booking.kernel.ids import TransferId
from booking.kernel.workbooks import Cell, write_workbook
from booking.transfers.jobs.running import run_transfers
from booking.transfers.queries import ShownTransfer, transfer
from booking.transfers.scope import Scope
from booking.transfers.service.asking import Upload, ask_for, bring_in, take_in, take_out
from tests import factories

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
Learner = tuple[Cell, ...]


def learner(number: int, *, name: str = "") -> Learner:
    """Return one right row of a file of learners; each number is another person."""
    born = date(1990, 1, 1 + number // 100 % 28)
    document = factories.resident_id(number, born_on=born, area=f"44{number // 2800 % 10:02}01")
    phone = f"199{number:08}"
    return (name or f"学员{number}", "A", document, phone, "C1", "first", date(2026, 10, 1), None, None)


def as_csv(rows: Sequence[Learner]) -> bytes:
    lines = [
        ",".join(LEARNER_COLUMNS),
        *(",".join("" if cell is None else str(cell) for cell in row) for row in rows),
    ]
    return "\n".join(lines).encode()


def as_xlsx(rows: Sequence[Learner]) -> bytes:
    file = io.BytesIO()
    write_workbook(file, "learners", tuple(LEARNER_COLUMNS), rows)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody who moves files."""

    sessions: Sessions
    actor: Actor

    def sent(self, content: bytes, kind: str = "learners", *, name: str = "file.csv") -> TransferId:
        """Send a file that nobody has worked on yet."""
        with unit_of_work(self.sessions) as session:
            return take_in(session, kind, Upload(name, content), Scope(), actor=self.actor, now=NOW)

    def tried(self, content: bytes, kind: str = "learners") -> ShownTransfer:
        """Send a file, let the worker try it, and return what came of it."""
        transfer_id = self.sent(content, kind)
        run_transfers(self.sessions, NOW)
        return self.shown(transfer_id)

    def brought_in(self, content: bytes, kind: str = "learners") -> ShownTransfer:
        """Send a file, try it, and bring it in."""
        tried = self.tried(content, kind)
        assert tried.errors == []
        self.accept(tried)
        run_transfers(self.sessions, NOW)
        return self.shown(tried.id)

    def accept(self, tried: ShownTransfer) -> None:
        with unit_of_work(self.sessions) as session:
            bring_in(session, tried.id, seen=tried.fingerprint, actor=self.actor, now=NOW)

    def made(self, kind: str, scope: Scope | None = None, *, file_format: str = "csv") -> bytes:
        """Have a file made, and take it."""
        with unit_of_work(self.sessions) as session:
            transfer_id = ask_for(
                session, kind, file_format, scope or Scope(), reason="核对", actor=self.actor, now=NOW
            )
        run_transfers(self.sessions, NOW)
        with unit_of_work(self.sessions) as session:
            return b"".join(take_out(session, transfer_id, actor=self.actor, now=NOW))

    def shown(self, transfer_id: TransferId) -> ShownTransfer:
        with reading(self.sessions) as session:
            return transfer(session, transfer_id, self.actor)


def open_office(sessions: Sessions, role: Role = Role.COUNTER) -> Office:
    with unit_of_work(sessions) as session:
        return Office(sessions, factories.account(session, role, site_id=factories.site_for(session, role)))


def all_rows(sessions: Sessions) -> dict[str, int]:
    """Return how many rows every table has, but those of transfers themselves and of the log."""
    own = {"transfer", "transfer_piece", "audit_entry"}
    with reading(sessions) as session:
        return {
            name: session.scalars(select(func.count()).select_from(table)).one()
            for name, table in Base.metadata.tables.items()
            if name not in own
        }
