"""Text messages as the person at the keyboard would read them."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from booking.kernel.db import Sessions, reading
from booking.kernel.secrets import Keyring
from booking.notices.models import Channel, Notice
from tests.web.conftest import Visitor


@pytest.fixture
def newest_text(sessions: Sessions, keyring: Keyring) -> Callable[[], str]:
    """Return the newest text message."""

    def newest() -> str:
        with reading(sessions) as session:
            row = session.scalars(
                select(Notice).where(Notice.channel == Channel.SMS).order_by(Notice.id.desc()).limit(1)
            ).one()
            return keyring.open(row.text_sealed, column="notice.text")

    return newest


@pytest.fixture
def newest_code(newest_text: Callable[[], str]) -> Callable[[], str]:
    """Return the code in the newest text message."""

    def newest() -> str:
        found = re.search(r"\d{6}", newest_text())
        assert found is not None, "the newest text bears no code"
        return found[0]

    return newest


@pytest.fixture
def another(app: Flask) -> Callable[[], Visitor]:
    """Return a function that gives one more stranger's browser."""

    def client() -> Visitor:
        made = app.test_client()
        assert isinstance(made, Visitor)
        made.set_cookie("language", "en")
        return made

    return client
