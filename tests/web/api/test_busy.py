"""When the database is held by somebody else for too long."""

from collections.abc import Callable, Iterator

import pytest

from booking.kernel import db
from booking.kernel.db import Sessions, make_engine, unit_of_work
from booking.kernel.secrets import Keyring
from tests.service.allotment.city import Town
from tests.web.api.conftest import Caller, refusal


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch, database_url: str, keyring: Keyring) -> Iterator[Sessions]:
    """Sessions that wait a moment for a lock, not the usual seconds: an engine of its own, since others are kept."""
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.1)
    engine = make_engine(database_url)
    yield Sessions(engine, keyring)
    engine.dispose()


def test_whoever_finds_the_database_busy_is_told_to_come_again(
    sessions: Sessions, program: Callable[..., Caller]
) -> None:
    town = Town(sessions)
    slot_id = town.add_slot()
    town.open()
    caller = program(actor=town.add_learner())
    asked = {"service": "subject_2", "preferences": [slot_id]}

    with unit_of_work(sessions) as holding:
        holding.connection()  # takes the lock of the whole SQLite file
        answer = caller.call("POST", "/requests", key="k", json=asked)

    assert refusal(answer) == (503, "busy")
    assert int(answer.headers["Retry-After"]) >= 1
    assert caller.call("POST", "/requests", key="k", json=asked).status_code == 201
