"""Pages through the test client: signed in as anybody, every answer parsed as HTML, forms sent as people do."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from booking.accounts.models import SignIn, SignInKind
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.secrets import new_token, token_hash
from booking.web.language import JOINER
from config import Settings, read_settings
from tests import factories
from tests.applications import application
from tests.web.well_formed import must_be_well_formed

XHTML = "{http://www.w3.org/1999/xhtml}"
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)  # one cannot stand in another


class Visitor(FlaskClient):
    """A client that reads pages as a browser does: broken HTML fails the test, forms bear their hidden fields."""

    actor: Actor

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and "Content-Encoding" not in response.headers:
            must_be_well_formed(response.get_data(as_text=True))
            response.set_data(response.get_data(as_text=True).replace(JOINER, ""))  # nobody reads it
        return response

    def submit(self, url: str, data: dict[str, Any] | None = None, *, on: str | None = None) -> TestResponse:
        """Open page `on` (or `url` itself), take the hidden fields of its form for `url`, and send it."""
        page = self.get(on or url)
        assert page.status_code == 200, f"the page of the form answered {page.status_code}"
        return self.post(url, data={**hidden_fields(page, url), **(data or {})})


def hidden_fields(page: TestResponse, action: str) -> dict[str, str]:
    """Return the hidden fields of the form on `page` that posts to `action`, the page itself included."""
    tree = html5lib.parse("".join(FORM.findall(page.get_data(as_text=True))))
    posted = [form for form in tree.iter(f"{XHTML}form") if form.get("method", "").lower() == "post"]
    wanted = [form for form in posted if (form.get("action") or page.request.path) == action]
    form = (wanted or posted)[0]
    fields = form.iter(f"{XHTML}input")
    return {str(field.get("name")): field.get("value", "") for field in fields if field.get("type") == "hidden"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Pages are tested on SQLite; the services below them are tested on both databases."""
    return sqlite_url


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"BOOKING_DATA": str(tmp_path), "BOOKING_DEMO": "1"})


@pytest.fixture
def app(settings: Settings, sessions: Sessions, clock: FixedClock) -> Flask:
    built = application(settings, sessions, clock)
    built.testing = True
    built.test_client_class = Visitor
    return built


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Somebody who is not signed in, and reads English."""
    return _client(app)


@pytest.fixture
def visitor(app: Flask, sessions: Sessions, clock: FixedClock) -> Callable[..., Visitor]:
    """Return a function that signs somebody in: `visitor(Role.PLANNER)`, or `visitor(actor=…)` for an account."""

    def signed_in(role: Role = Role.APPLICANT, *, actor: Actor | None = None) -> Visitor:
        token = new_token()
        with unit_of_work(sessions) as session:
            who = actor or factories.account(session, role, site_id=factories.site_for(session, role))
            now = clock.now()
            session.add(
                SignIn(
                    token_hash=token_hash(token),
                    account_id=who.account_id,
                    kind=SignInKind.WEB,
                    epoch=1,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=8),
                )
            )
        client = _client(app)
        client.actor = who
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return signed_in


def _client(app: Flask) -> Visitor:
    client = app.test_client()
    assert isinstance(client, Visitor)
    client.set_cookie("language", "en")
    return client
