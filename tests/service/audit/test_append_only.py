"""The log can be added to, and by no statement changed, emptied or replaced."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from booking.audit import service as audit
from booking.audit.queries import history
from booking.kernel.actors import SYSTEM
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, constraint_name, reading, unit_of_work

ADD = """
    INSERT INTO audit_entry (id, at, role, act, object_kind, object_id, before, after, reason)
    VALUES (2, '2026-11-24 02:00:00', 'system', 'added by hand', 'slot', '4', '{}', '{}', '')
"""
REPLACE = """
    REPLACE INTO audit_entry (id, at, role, act, object_kind, object_id, before, after, reason)
    VALUES (1, '2026-11-24 02:00:00', 'system', 'forged', 'slot', '4', '{}', '{}', '')
"""
UPSERT = """
    INSERT INTO audit_entry (id, at, role, act, object_kind, object_id, before, after, reason)
    VALUES (1, '2026-11-24 02:00:00', 'system', 'forged', 'slot', '4', '{}', '{}', '')
    ON CONFLICT (id) DO UPDATE SET act = 'forged'
"""


@pytest.fixture(autouse=True)
def entry(sessions: Sessions, clock: FixedClock) -> None:
    with unit_of_work(sessions) as session:
        audit.record(session, "seats released", "slot", 4, actor=SYSTEM, now=clock.now(), after={"amount": 6})


def acts(sessions: Sessions) -> list[str]:
    with reading(sessions) as session:
        return [entry.act for entry in history(session, "slot", 4)]


def refused(sessions: Sessions, statement: str) -> str:
    """Run a statement that must be refused; return the name of what refused it."""
    with pytest.raises(IntegrityError) as failure, unit_of_work(sessions) as session:
        session.execute(text(statement))
    return constraint_name(failure.value)


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("UPDATE audit_entry SET reason = 'forged'", "append_only_audit_entry_update"),
        ("UPDATE audit_entry SET id = 99 WHERE id = 1", "append_only_audit_entry_update"),
        ("DELETE FROM audit_entry", "append_only_audit_entry_delete"),
        ("DELETE FROM audit_entry WHERE id = 1", "append_only_audit_entry_delete"),
    ],
)
def test_an_entry_is_neither_changed_nor_deleted(sessions: Sessions, statement: str, guard: str) -> None:
    assert refused(sessions, statement) == guard
    assert acts(sessions) == ["seats released"]


def test_replacing_an_entry_is_refused_too(sessions: Sessions) -> None:
    """SQLite's REPLACE walks past delete triggers unless recursive triggers are on; PostgreSQL's way is an upsert."""
    if sessions.engine.dialect.name == "sqlite":
        statement, guard = REPLACE, "append_only_audit_entry_delete"
    else:
        statement, guard = UPSERT, "append_only_audit_entry_update"

    assert refused(sessions, statement) == guard
    assert acts(sessions) == ["seats released"]


# SQLite has no TRUNCATE; its DELETE without a condition is refused above.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_log_cannot_be_emptied_at_once(sessions: Sessions) -> None:
    assert refused(sessions, "TRUNCATE audit_entry") == "append_only_audit_entry_truncate"
    assert acts(sessions) == ["seats released"]


def test_an_entry_can_be_added(sessions: Sessions) -> None:
    """The control: the guards refuse changes, not writing."""
    with unit_of_work(sessions) as session:
        session.execute(text(ADD))

    assert acts(sessions) == ["seats released", "added by hand"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_the_setting_sqlite_would_replace_an_entry(sessions: Sessions) -> None:
    """The control: what recursive triggers are switched on for."""
    with sessions.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
        connection.exec_driver_sql(REPLACE)
        connection.exec_driver_sql("BEGIN")
        connection.invalidate()

    assert acts(sessions) == ["forged"]
