"""What the web server does before its workers part: it answers the pages that strangers open first."""

from pathlib import Path

import pytest
from flask import Flask, Response, request_finished
from sqlalchemy import event

from booking.app import FIRST_PAGES, open_first_pages
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, make_engine
from config import Settings
from tests.applications import application


@pytest.fixture
def answered(app: Flask) -> list[int]:
    """What this application answers, by status, from now on."""
    statuses: list[int] = []

    @request_finished.connect_via(app, weak=False)
    def note(_: Flask, response: Response) -> None:
        statuses.append(response.status_code)

    return statuses


@pytest.fixture
def opened(sessions: Sessions) -> list[str]:
    """The connections that are open, from now on."""
    sessions.engine.dispose()
    connections: list[str] = []
    event.listen(sessions.engine, "connect", lambda *_: connections.append("opened"))
    event.listen(sessions.engine, "close", lambda *_: connections.pop())
    return connections


def test_first_pages_are_answered_and_no_connection_is_left(
    app: Flask, opened: list[str], answered: list[int]
) -> None:
    open_first_pages(app)

    assert answered == [200] * len(FIRST_PAGES)
    assert opened == []


def test_a_page_by_itself_does_leave_one(app: Flask, opened: list[str]) -> None:
    app.test_client().get(FIRST_PAGES[0])

    assert opened == ["opened"]


def test_a_database_that_is_not_there_yet_does_not_stop_the_start(
    settings: Settings, sessions: Sessions, clock: FixedClock, tmp_path: Path
) -> None:
    nowhere = Sessions(make_engine(f"sqlite:///{tmp_path / 'gone' / 'booking.db'}"), sessions.keyring)
    app = application(settings, nowhere, clock)

    open_first_pages(app)

    assert app.test_client().get(FIRST_PAGES[0]).status_code == 503
