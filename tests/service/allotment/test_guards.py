"""What the database itself refuses of a round, and what `booking check` finds when it was done all the same."""

from collections.abc import Iterator
from datetime import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from booking.allotment.service import closures, corrections
from booking.allotment.service.closures import Scope
from booking.exams.line import EXAMS
from booking.invariants import asking as invariants
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, constraint_name, unit_of_work
from booking.slots.models import Lane
from tests.service.allotment.city import CLOSE, DAY, DRAW, FREEZE, HOUR, OPENED, Town, person_of
from tests.service.house.test_invariants import behind_the_back

GROWING = ("leaf", "checkpoint", "record_event", "round_outcome", "beacon_value", "office_key", "round_slot")
COLUMNS = {
    "leaf": "nonce", "checkpoint": "root", "record_event": "reason", "round_outcome": "sample",
    "beacon_value": "value", "office_key": "public", "round_slot": "round_id",
}  # fmt: skip
INSTANT = "'2020-01-01 00:00:00+00:00'"
ANNOUNCED = {
    "line": "'x'", "service": "'x'", "day": "'2020-01-01'", "method": "'lottery'", "attempt": "2",
    "opens_at": INSTANT, "closes_at": "'2026-12-03 08:00:00+00:00'",
    "objections_until": "'2026-12-04 05:00:00+00:00'",
    "beacon_not_before": "'2026-12-04 14:30:00+00:00'", "announcement": "'{}'", "announcement_hash": "'x'",
}  # fmt: skip
DRAWN = {
    "seed": "'x'", "outcome_hash": "'x'", "leaves": "leaves + 1", "drawn_at": INSTANT, "peaks": "'x'",
    "frozen_leaves": "frozen_leaves + 1", "frozen_root": "'x'",
}  # fmt: skip
IDENTITY = {
    "reference": "'X'", "line": "'x'", "service": "'x'", "person_id": "person_id + 1", "holder": "'x'",
    "asked_by": "asked_by + 1", "created_at": INSTANT,
}  # fmt: skip


def forbidden() -> Iterator[tuple[str, set[str]]]:
    """Yield each change that must be refused and the guards that may do so."""
    for table in GROWING:
        yield f"UPDATE {table} SET {COLUMNS[table]} = {COLUMNS[table]}", {f"append_only_{table}_update"}
        yield f"DELETE FROM {table}", {f"append_only_{table}_delete"}
    for column, value in ANNOUNCED.items():
        yield f"UPDATE round SET {column} = {value} WHERE id = 2", {"frozen_round"}
    for column, value in DRAWN.items():
        yield f"UPDATE round SET {column} = {value} WHERE id = 1", {"frozen_round"}
    yield "UPDATE round SET leaves = leaves - 1 WHERE id = 2", {"frozen_round"}
    yield "UPDATE round SET events = events - 1 WHERE id = 1", {"frozen_round"}
    yield "UPDATE round SET stage = 'frozen', outcome_hash = '' WHERE id = 1", {"frozen_round", "round_step"}
    yield "UPDATE round SET stage = 'frozen' WHERE id = 2", {"round_step"}
    yield "UPDATE round SET stage = 'drawn', outcome_hash = 'x' WHERE id = 2", {"round_step"}
    yield "DELETE FROM round WHERE id = 2", {"kept_round"}
    yield "DELETE FROM request", {"kept_request"}
    for column, value in IDENTITY.items():
        yield f"UPDATE request SET {column} = {value} WHERE id = 1", {"request_identity"}
    yield "UPDATE request SET state = 'live', ended_at = NULL WHERE state = 'granted'", {"request_step"}
    yield "UPDATE request SET state = 'ended' WHERE state = 'granted'", {"request_step"}
    yield "UPDATE correction SET reason = 'x'", {"approved_correction"}
    yield "UPDATE closure SET reason = 'x'", {"approved_closure"}
    yield f"UPDATE slot SET requests_until = {INSTANT}", {"frozen_slot"}
    yield "UPDATE slot SET requests_until = NULL", {"frozen_slot"}


# The invariant that must speak up, and what is done to the data behind the services' back.
BREACHES = (
    ("a request is granted", "UPDATE request SET booking_id = NULL WHERE state = 'granted'"),
    ("every round counts", "DELETE FROM leaf WHERE round_id = 2"),
    ("every round counts", "UPDATE leaf SET seq = seq + 500 WHERE round_id = 2"),
    ("every round counts", "DELETE FROM record_event"),
    ("a frozen list", "UPDATE round SET leaves = leaves + 1 WHERE id = 1"),
    ("a frozen list", "UPDATE round SET frozen_root = announcement_hash WHERE id = 1"),
    ("a frozen list", "UPDATE round SET frozen_leaves = 1 WHERE id = 2"),
    ("exactly the drawn", "DELETE FROM round_outcome"),
    ("everybody stands", "UPDATE entry SET standing = 'in' WHERE round_id = 1"),
    ("everybody stands", "UPDATE entry SET standing = 'waiting' WHERE round_id = 2"),
    ("who was granted", "UPDATE entry SET booking_id = NULL WHERE standing = 'granted'"),
    ("who was granted", "UPDATE entry SET person_id = person_id + 50 WHERE standing = 'granted'"),
    ("who was granted", "UPDATE entry SET passed_because = '' WHERE standing = 'passed'"),
    ("nobody waits", "UPDATE entry SET standing = 'waiting' WHERE standing = 'granted'"),
    ("before a round's seats", "UPDATE entry SET booking_id = NULL, standing = 'waiting' WHERE standing = 'granted'"),
    (
        "no step of a round",
        f"UPDATE round SET closes_at = {INSTANT}, opens_at = '2019-01-01 00:00:00+00:00' WHERE id = 2",
    ),
)


@pytest.fixture
def town(sessions: Sessions) -> Town:
    """A round that is drawn, with a correction, an event and a closure, and one that is collecting."""
    town = Town(sessions)
    first, second = town.add_slot(ordinary=2), town.add_slot(starts=time(14))
    later = town.add_slot(day=DAY.replace(day=15))
    people = town.add_learners(4)
    town.open()
    for person in people:
        town.ask(person, first, later)
    town.advance(CLOSE)
    clerk, approver = town.add_staff(), town.add_staff(Role.APPROVER)
    with unit_of_work(sessions) as session:
        correction = corrections.propose(
            session,
            EXAMS,
            (1, EXAMS.holder(person_of(people[3]))),
            Lane.PRIORITY,
            OPENED,
            reason="x",
            actor=clerk,
            now=CLOSE,
        )
        corrections.approve(session, EXAMS, correction, actor=approver, now=CLOSE)
    town.advance(FREEZE)
    town.advance(DRAW)
    town.cancel(people[0], now=DRAW + HOUR)
    town.advance(DRAW + HOUR)
    with unit_of_work(sessions) as session:
        scope = Scope("exams", town.site_id, "", DAY, DAY)
        closure = closures.propose(session, scope, reason="台风", actor=clerk, now=DRAW + HOUR)
        closures.approve(session, closure, actor=approver, now=DRAW + HOUR)
    assert second
    return town


def test_every_guard_of_rounds_refuses_what_it_is_there_for(town: Town) -> None:
    tried = set()
    for statement, guards in forbidden():
        with pytest.raises(IntegrityError) as failure, unit_of_work(town.sessions) as session:
            session.execute(text(statement))
        assert constraint_name(failure.value) in guards, statement
        tried |= guards

    assert len(tried) == 2 * len(GROWING) + 9  # each of the migration


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_replacing_a_row_of_the_record_is_refused_too(town: Town) -> None:
    for table in GROWING:
        with pytest.raises(IntegrityError) as failure, unit_of_work(town.sessions) as session:
            session.execute(text(f"REPLACE INTO {table} SELECT * FROM {table}"))
        assert constraint_name(failure.value) == f"append_only_{table}_delete"


def test_the_key_of_pseudonyms_once_destroyed_never_comes_back(town: Town) -> None:
    with unit_of_work(town.sessions) as session:
        session.execute(text("UPDATE round SET key_sealed = NULL WHERE id = 1"))

    with pytest.raises(IntegrityError) as failure, unit_of_work(town.sessions) as session:
        session.execute(
            text("UPDATE round SET key_sealed = (SELECT key_sealed FROM round WHERE id = 2) WHERE id = 1")
        )

    assert constraint_name(failure.value) == "frozen_round"


def test_the_house_finds_every_breach_of_a_round_and_none_where_there_is_none(town: Town) -> None:
    assert town.breaches() == []

    for name, act in BREACHES:
        with behind_the_back(town.sessions) as session:
            if town.sessions.engine.dialect.name == "sqlite":
                session.execute(text("PRAGMA defer_foreign_keys = ON"))
            session.execute(text(act))
            found = [one.name for one in invariants.findings(session, now=DRAW) if one.count]
        assert any(one.startswith(name) for one in found), f"{act} was not noticed"


def test_a_second_live_request_is_refused_by_the_database_and_found_without_its_index(town: Town) -> None:
    copied = (
        "reference, line, service, person_id, holder, state, channel, asked_by, reason, request_key, version,"
        " carry_on, notice_hours, is_make_up, losses, created_at, changed_at"
    )
    again = copied.replace("reference", "'AGAIN'", 1).replace("request_key", "'again'")
    copy = f"INSERT INTO request ({copied}) SELECT {again} FROM request WHERE state = 'live' LIMIT 1"
    with pytest.raises(IntegrityError) as failure, unit_of_work(town.sessions) as session:
        session.execute(text(copy))
    assert constraint_name(failure.value) == "uq_request_live"

    with behind_the_back(town.sessions) as session:
        session.execute(text("DROP INDEX uq_request_live"))
        session.execute(text(copy))
        found = [one.name for one in invariants.findings(session, now=DRAW) if one.count]

    assert "one live request for a service and holder" in found
