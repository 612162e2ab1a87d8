"""Getting a token, and what is let in with it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from booking.accounts.models import SignInKind
from booking.accounts.service.passwords import hashed
from booking.accounts.service.throttle import WRONG_PASSWORDS
from booking.kernel.actors import ALLOWED, Act, Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.web.guards import PUBLIC
from booking.web.headers import HEADERS
from tests import factories
from tests.web.api.conftest import PREFIX, Caller, problem, refusal
from tests.web.conftest import Visitor

PHONE, PASSWORD = "19900001234", "invented 7 words"


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session, phone=PHONE)
        return factories.account(session, person_id=person_id, password_hash=hashed(PASSWORD, least=8))


def asked(caller: Caller, password: str = PASSWORD) -> tuple[int, dict[str, str]]:
    answer = caller.call("POST", "/tokens", json={"login": PHONE, "password": password})
    return answer.status_code, answer.get_json()


def calls(app: Flask) -> list[tuple[str, str, object]]:
    """Return method, path and guard of every call of the API."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith("api."):
                values = {name: 1 if name.endswith("_id") else "AAAAAAAAAA" for name in rule.arguments}
                for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                    path = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
                    guard = app.view_functions[rule.endpoint].__dict__["guard"]
                    found.append((method, path.removeprefix(PREFIX), guard))
    return found


def test_login_and_password_give_a_token_that_opens_the_calls(mei: Actor, nobody: Caller) -> None:
    status, given = asked(nobody)

    assert (status, given["expires_at"]) == (200, "2026-11-24T14:00:00Z")
    assert Caller(nobody.client, given["token"], mei).get("/bookings").status_code == 200


def test_a_token_ends_at_its_hour(mei: Actor, nobody: Caller, clock: FixedClock) -> None:
    token = asked(nobody)[1]["token"]
    clock.instant += timedelta(hours=12)

    assert refusal(Caller(nobody.client, token, mei).get("/bookings")) == (401, "unauthorized")


def test_a_wrong_password_gives_no_token(mei: Actor, nobody: Caller) -> None:
    answer = nobody.call("POST", "/tokens", json={"login": PHONE, "password": "wrong"})

    assert refusal(answer) == (401, "wrong_login")
    assert PHONE not in answer.text


def test_too_many_tries_are_told_when_to_come_again(mei: Actor, nobody: Caller) -> None:
    for _ in range(WRONG_PASSWORDS.most):
        asked(nobody, "wrong")

    answer = nobody.call("POST", "/tokens", json={"login": PHONE, "password": PASSWORD})

    assert refusal(answer) == (429, "too_many_tries")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "body", [{}, {"login": PHONE}, {"login": PHONE, "password": 7}, {"login": "a\x00b", "password": "b"}, [], "x"]
)
def test_a_body_that_is_not_as_told_is_named_field_by_field(nobody: Caller, body: object) -> None:
    answer = nobody.call("POST", "/tokens", json=body)

    assert refusal(answer) == (422, "invalid_input")
    assert problem(answer)["reasons"]


def test_broken_json_is_not_understood(nobody: Caller) -> None:
    answer = nobody.call("POST", "/tokens", data="{", content_type="application/json")

    assert refusal(answer) == (400, "bad_request")


def test_every_guarded_call_asks_for_a_token(app: Flask, nobody: Caller) -> None:
    for method, path, guard in calls(app):
        answer = nobody.call(method, path, json={} if method in ("POST", "PUT") else None)
        if guard == PUBLIC:
            assert answer.status_code in (200, 404, 422), path
        else:
            assert refusal(answer) == (401, "unauthorized"), path
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), path


def test_the_cookie_of_a_page_opens_no_call_and_no_call_sets_one(app: Flask, visitor: Callable[..., Visitor]) -> None:
    browser = visitor(Role.APPLICANT)
    assert browser.get("/my/bookings").status_code == 200

    for method, path, guard in calls(app):
        answer = browser.open(PREFIX + path, method=method, json={} if method in ("POST", "PUT") else None)
        assert "Set-Cookie" not in answer.headers, path
        assert guard == PUBLIC or answer.status_code == 401, path


def test_the_token_of_a_browser_is_no_bearer_token(program: Callable[..., Caller]) -> None:
    assert refusal(program(kind=SignInKind.WEB).get("/bookings")) == (401, "unauthorized")


@pytest.mark.parametrize("header", ["Bearer", "Bearer nonsense", "Basic YTpi", "nonsense", "Bearer a=b, c=d"])
def test_what_is_no_token_opens_nothing(nobody: Caller, header: str) -> None:
    assert refusal(nobody.get("/bookings", headers={"Authorization": header})) == (401, "unauthorized")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_a_role_calls_only_what_the_table_allows(app: Flask, program: Callable[..., Caller], role: Role) -> None:
    caller = program(role)
    assert caller.actor is not None

    for method, path, guard in calls(app):
        answer = caller.call(method, path, json={} if method in ("POST", "PUT") else None)
        if isinstance(guard, Act) and not ALLOWED[guard](caller.actor):
            assert refusal(answer) == (403, "not_allowed"), path
        else:
            assert answer.status_code in (200, 400, 404, 422), path


def test_every_answer_bears_the_headers_and_is_kept_by_nobody(app: Flask, nobody: Caller) -> None:
    for method, path, _ in calls(app):
        answer = nobody.call(method, path)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, path
        assert answer.headers["Cache-Control"] == "no-store", path
        assert answer.headers["Content-Language"] == "en", path
