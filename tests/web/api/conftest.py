"""Callers of the API: they bring a token and read problems."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from booking.accounts.models import SignIn, SignInKind
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import SlotId
from booking.kernel.secrets import new_token, token_hash
from tests import factories

PREFIX = "/api/v1"


class Caller:
    """A program with a token, or with none; it reads English."""

    def __init__(self, client: FlaskClient, token: str | None, actor: Actor | None) -> None:
        self.client, self.token, self.actor = client, token, actor

    def call(self, method: str, path: str, *, key: str | None = None, **kwargs: Any) -> TestResponse:
        headers = {"Accept-Language": "en", **kwargs.pop("headers", {})}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.client.open(PREFIX + path, method=method, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("GET", path, **kwargs)

    def book(self, slot_id: SlotId, key: str = "key-1") -> TestResponse:
        return self.call("POST", "/bookings", key=key, json={"slot_id": slot_id})


@pytest.fixture
def nobody(app: Flask) -> Caller:
    return Caller(app.test_client(), None, None)


@pytest.fixture
def program(app: Flask, sessions: Sessions, clock: FixedClock) -> Callable[..., Caller]:
    """Return a function that gives a caller with a token: `program(Role.COUNTER)`, or `program(actor=…)`."""

    def called(
        role: Role = Role.APPLICANT, *, actor: Actor | None = None, kind: SignInKind = SignInKind.API
    ) -> Caller:
        token, now = new_token(), clock.now()
        with unit_of_work(sessions) as session:
            who = actor or factories.account(session, role, site_id=factories.site_for(session, role))
            row = SignIn(
                token_hash=token_hash(token), account_id=who.account_id, kind=kind, epoch=1,
                created_at=now, seen_at=now, expires_at=now + timedelta(hours=12),
            )  # fmt: skip
            session.add(row)
        return Caller(app.test_client(), token, who)

    return called


@pytest.fixture
def learner(sessions: Sessions, program: Callable[..., Caller]) -> Caller:
    """A learner who may book subject 2."""
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        assert actor.person_id is not None
        factories.learner(session, actor.person_id)
        factories.passed(session, actor, "subject_1")
    return program(actor=actor)


def problem(answer: TestResponse) -> dict[str, Any]:
    """Return the problem in an answer, once it is seen to be one."""
    assert answer.mimetype == "application/problem+json", answer.text
    body: dict[str, Any] = answer.get_json()
    assert set(body) == {"type", "title", "status", "detail", "code", "reasons"}
    assert body["status"] == answer.status_code
    assert body["type"].endswith(body["code"])
    assert body["title"]
    assert body["detail"]
    assert all(set(reason) == {"code", "message", "basis", "earliest"} for reason in body["reasons"])
    return body


def refusal(answer: TestResponse) -> tuple[int, str]:
    """Return status and code of a problem."""
    return answer.status_code, problem(answer)["code"]
