"""The application over a copy of the city, and browsers of those who are signed in there."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Executable, Select, event, update
from werkzeug.test import TestResponse

from booking.accounts.models import SignIn
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, make_engine, reading, unit_of_work
from config import read_settings
from tests.applications import application
from tests.conftest import NOW
from tests.pages.city import City
from tests.pages.tree import Element, parsed

STRANGER = "stranger"
Answer = TypeVar("Answer")


@dataclass(frozen=True, order=True)
class State:
    """In which language a page is read, and in which type."""

    language: str
    is_easy: bool

    def __str__(self) -> str:
        return f"{self.language}-{'large' if self.is_easy else 'normal'}"


CHINESE, CHINESE_LARGE, ENGLISH, ENGLISH_LARGE = STATES = tuple(
    State(language, is_easy) for language in ("zh", "en") for is_easy in (False, True)
)


@dataclass
class House:
    """The application on one copy of the city; `fresh` takes every change back."""

    city: City
    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    is_changed: bool = False

    def __post_init__(self) -> None:
        self.path = self.city.copied_to(self.folder / "booking.db")
        self.sessions = Sessions(make_engine(f"sqlite:///{self.path}"), self.city.keyring)
        event.listen(self.sessions.engine, "before_cursor_execute", self._note_change)
        self.settings = read_settings({"BOOKING_DATA": str(self.folder), "BOOKING_DEMO": "1"})

    def _note_change(self, connection: object, cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SELECT", "PRAGMA")):  # pages that are only looked at may write too
            self.is_changed = True

    def app(self) -> Flask:
        """Return the application as if it had just been built."""
        app = application(self.settings, self.sessions, self.clock)
        app.testing = False  # faults become pages here, as they do for people
        app.test_client_class = None
        return app

    def fresh(self) -> None:
        """Take back what was done to the copy, and the clock with it."""
        self.clock.instant = NOW
        if self.is_changed:
            self.sessions.engine.dispose()
            for left in self.folder.glob("booking.db*"):
                left.unlink()
            self.city.copied_to(self.path)
            self.is_changed = False

    def run(self, statement: Executable) -> None:
        """Do something to the copy behind the services' back."""
        self.is_changed = True
        with unit_of_work(self.sessions) as session:
            session.execute(statement)

    def at(self, instant: datetime) -> None:
        """Move the clock, with everybody still at work."""
        self.run(update(SignIn).values(seen_at=instant))
        self.clock.instant = instant

    def ask(self, statement: Select[Answer]) -> Answer:
        """Return the first of what the copy answers."""
        with reading(self.sessions) as session:
            return session.scalars(statement.limit(1)).one()

    def visitor(self, who: str, state: State = CHINESE) -> "Visitor":
        """Return the browser of a named login, or of a stranger."""
        client = self.app().test_client()
        if state.language == "en":
            client.set_cookie("language", "en")
        if state.is_easy:
            client.set_cookie("easy", "yes")
        if who != STRANGER:
            with client.session_transaction() as cookie:
                cookie["_user_id"] = self.city.tokens[who]
                cookie["_fresh"] = True
        return Visitor(self, client, who)

    def close(self) -> None:
        self.sessions.engine.dispose()


@contextmanager
def opened(city: City, folder: Path) -> Iterator[House]:
    """Open a house in this folder."""
    house = House(city, folder)
    yield house
    house.close()


@dataclass
class Visitor:
    """Somebody at a browser without scripts."""

    house: House
    client: FlaskClient
    who: str

    def get(self, address: str) -> TestResponse:
        return self.client.get(address)

    def post(self, address: str, data: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send fields as they are."""
        self.house.is_changed = True
        return self.client.post(address, data=data or {}, **more)

    def follow(self, answer: TestResponse) -> TestResponse:
        """Go where an answer leads, until there is a page."""
        for _ in range(5):
            if answer.status_code not in (301, 302, 303, 307, 308):
                break
            answer = self.client.get(answer.location)
        return answer

    def submit(
        self, page: str, data: Mapping[str, Any] | None = None, *, action: str = "", is_filled: bool = False
    ) -> TestResponse:
        """Open `page` and send its form whose action matches (else the first in its main part) with these fields."""
        return self.send(self.follow(self.get(page)), data, action=action, is_filled=is_filled)

    def click(self, page: TestResponse, pattern: str) -> TestResponse:
        """Follow the first link of the page whose address matches."""
        links = [link.get("href") for link in parsed(page.text).all("a")]
        wanted = [link for link in links if re.search(pattern, link)]
        assert wanted, f"no link to {pattern} on {page.request.full_path} ({page.status_code}), but {links}"
        return self.follow(self.get(urljoin(page.request.full_path, wanted[0])))

    def send(
        self, page: TestResponse, data: Mapping[str, Any] | None = None, *, action: str = "", is_filled: bool = True
    ) -> TestResponse:
        """Send the form of the page whose action matches, or else the first of its main part, with these fields.

        Hidden fields go along as they stand; the others only if `is_filled`.
        """
        form = form_on(page.text, action or None)
        target = urljoin(page.request.full_path, form.get("action") or page.request.full_path)
        return self.post(target, data={**fields_of(form, is_filled=is_filled), **(data or {})})

    def goes_on(self, page: TestResponse, data: Mapping[str, Any] | None = None, *, action: str = "") -> TestResponse:
        """Send the form as it stands with these fields, which must be taken, and go where it leads."""
        answer = self.send(page, data, action=action)
        assert answer.status_code == 303, f"{page.request.path}: {answer.status_code}"
        return self.follow(answer)


def form_on(text: str, action: str | None = None) -> Element:
    """Return the POST form with an action that begins, or else matches, so; or the first of the main part."""
    page = parsed(text)
    forms = [form for form in page.all("form") if form.get("method").lower() == "post"]
    forms.sort(key=lambda form: all(around.tag != "main" for around in form.chain()))  # the frame's come last
    wanted = [form for form in forms if action is None or re.search(action, form.get("action"))]
    assert wanted, f"no form for {action}, but {[form.get('action') for form in forms]}"
    return wanted[0]


def fields_of(form: Element, *, is_filled: bool = False) -> dict[str, Any]:
    """Return what a browser sends of the form: its hidden fields, and if `is_filled` the others as they stand."""
    fields: dict[str, Any] = {}
    for part in form.all("input", "select", "textarea"):
        name, kind = part.get("name"), part.get("type", "text")
        if not name or not (is_filled or kind == "hidden"):
            continue
        for value in _values_of(part, kind):
            fields.setdefault(name, []).append(value)
    return fields


def _values_of(part: Element, kind: str) -> Iterator[str]:
    if part.tag == "select":
        options = list(part.all("option"))
        chosen = [option for option in options if option.has("selected")] or options[:1]
        yield from (option.get("value", option.text()) for option in chosen)
    elif part.tag == "textarea":
        yield part.text()
    elif kind in ("checkbox", "radio"):
        yield from [part.get("value", "on")] if part.has("checked") else []
    elif kind not in ("submit", "file"):
        yield part.get("value")
