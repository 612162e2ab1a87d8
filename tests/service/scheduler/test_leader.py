"""The lock of the leader: one holds it, and whoever loses it learns so."""

from pathlib import Path

import pytest
from sqlalchemy import text

from booking.kernel.db import Sessions, make_engine
from booking.kernel.leader import AdvisoryLock, FileBesideDatabase, leader_lock

END_THE_LEADER = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def test_one_holds_the_lock_until_it_is_given_up(sessions: Sessions) -> None:
    first, second = leader_lock(sessions.engine), leader_lock(sessions.engine)

    assert first.take()
    assert first.is_held()
    assert not second.take()
    assert not second.is_held()

    first.give_up()

    assert not first.is_held()
    assert second.take()
    second.give_up()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_leader_whose_connection_the_server_ended_learns_that_it_leads_no_more(sessions: Sessions) -> None:
    first, second = leader_lock(sessions.engine), leader_lock(sessions.engine)
    assert isinstance(first, AdvisoryLock)
    assert first.take()

    with sessions.engine.connect() as connection:
        connection.execute(text(END_THE_LEADER))

    assert not first.is_held()
    assert second.take()
    assert not first.take()
    second.give_up()
    assert first.take()
    first.give_up()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_leader_whose_lock_file_was_deleted_learns_that_it_leads_no_more(sessions: Sessions) -> None:
    first, second = leader_lock(sessions.engine), leader_lock(sessions.engine)
    assert isinstance(first, FileBesideDatabase)
    assert first.take()

    first.path.unlink()

    assert second.take()
    assert not first.is_held()
    assert second.is_held()
    second.give_up()


def test_a_lock_in_a_folder_that_is_not_there_is_not_taken(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()

    assert not FileBesideDatabase(blocked / "booking.db").take()


def test_a_lock_of_a_server_that_is_not_there_is_not_taken() -> None:
    engine = make_engine("postgresql+psycopg://booking@127.0.0.1:1/booking")

    assert not AdvisoryLock(engine).take()
