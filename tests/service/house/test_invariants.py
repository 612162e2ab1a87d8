"""`booking check`: silent on a city that lived through the services, loud about each thing that cannot be."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from booking.demo.build import NotEmptyError, build_demo
from booking.invariants import asking as invariants
from booking.kernel.db import Sessions, reading, unit_of_work
from tests import factories
from tests.conftest import NOW
from tests.service.house.built import Built

A_BOOKING = "(SELECT min(id) FROM booking WHERE state = 'confirmed')"
A_SLOT = "(SELECT min(slot_id) FROM quota WHERE taken > 0)"
# The invariant that must speak up, and what is done to the data behind the services' back.
BREACHES = (
    ("the ledger counts exactly", f"UPDATE quota SET taken = taken - 1 WHERE slot_id = {A_SLOT} AND taken > 0"),
    ("a slot's capacity", f"UPDATE slot SET capacity = capacity + 1 WHERE id = {A_SLOT}"),
    ("every booking stands", f"UPDATE booking SET lane = 'walk_in' WHERE id = {A_BOOKING}"),
    ("seats on sale", f"DELETE FROM release WHERE slot_id = {A_SLOT}"),
    ("each release is logged", "DELETE FROM audit_entry WHERE act = 'seats released'"),
    (
        "no release is overdue",
        """UPDATE release SET done_at = NULL, due_at = '2020-01-01 00:00:00+00:00'
        WHERE id = (SELECT min(id) FROM release)""",
    ),
    ("each published plan", f"UPDATE plan_line SET slot_id = NULL WHERE slot_id = {A_SLOT}"),
    ("each booking is logged", "DELETE FROM audit_entry WHERE act = 'booking made'"),
    ("each booking made was told", "DELETE FROM notice WHERE template = 'booking_confirmed'"),
    ("recovery codes", "INSERT INTO recovery_code (account_id, code_hash) SELECT min(id), 'x' FROM account"),
    (
        "whoever sets an account back",
        """INSERT INTO account_reset (account_id, person_id, what, state, reason, proposed_by_person, proposed_at,
        decided_by_person, decided_at) SELECT id, person_id, 'factor', 'approved', 'x', person_id + 1,
        '2026-11-24 02:00:00+00:00', person_id + 2, '2026-11-24 02:00:00+00:00' FROM account WHERE id = 1""",
    ),
    ("a slot's day", f"UPDATE slot SET day = '2020-01-01' WHERE id = {A_SLOT}"),
)


@contextmanager
def behind_the_back(sessions: Sessions) -> Iterator[Session]:
    """Give a session on which no trigger fires, and undo everything in the end."""
    session = sessions.write()
    try:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                session.execute(text(f"DROP TRIGGER {name}"))
        yield session
    finally:
        session.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def city(request: pytest.FixtureRequest) -> Sessions:
    built: Built = request.getfixturevalue(f"{request.param}_city")
    return built.sessions


def broken(session: Session) -> set[str]:
    return {finding.name for finding in invariants.findings(session, now=NOW) if finding.count}


def test_a_city_that_lived_through_the_services_breaks_no_invariant_and_each_breach_is_found(city: Sessions) -> None:
    with reading(city) as session:
        assert broken(session) == set()

    for name, act in BREACHES:
        with behind_the_back(city) as session:
            session.execute(text(act))
            found = {one for one in broken(session) if one != "the guards stand"}
        assert any(one.startswith(name) for one in found), f"{act} was not noticed"


def test_missing_guards_are_noticed(sessions: Sessions) -> None:
    session = sessions.write()
    table = " ON audit_entry" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(text(f"DROP TRIGGER append_only_audit_entry_delete{table}"))

    found = broken(session)
    session.close()

    assert found == {"the guards stand"}


def test_the_demo_city_is_not_built_where_somebody_lives(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        factories.person(session)

    with pytest.raises(NotEmptyError):
        build_demo(sessions, NOW, learners=0, echo=lambda line: None)
