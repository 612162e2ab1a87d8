"""Every route of the house: guarded once, closed to the wrong roles, with its headers, its forms with a token."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from booking.kernel.actors import ALLOWED, Act, Actor, Role
from booking.web.guards import PUBLIC
from booking.web.headers import HEADERS
from tests.web.conftest import Visitor

ROLES = [role for role in Role if role is not Role.SYSTEM]
ENDED_BY_ITSELF = {"accounts.sign_out"}


def routes(app: Flask, method: str) -> Iterator[tuple[Rule, str]]:
    """Yield (rule, an address that fits it) of every page that takes `method`; the calls of the API are walked beside
    their tests, since they take no cookie and need no form.
    """
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            is_page = rule.endpoint != "static" and not rule.endpoint.startswith("api.")
            if is_page and method in (rule.methods or set()):
                values = {name: _value(rule, name) for name in rule.arguments}
                yield rule, app.url_map.bind("localhost").build(rule.endpoint, values, method=method)


def _value(rule: Rule, name: str) -> object:
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else "AAAAAAAAAA"


def guard_of(app: Flask, rule: Rule) -> object:
    return app.view_functions[rule.endpoint].__dict__.get("guard")


def test_every_view_bears_one_guard_that_the_table_knows(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        if endpoint != "static":
            assert view.__dict__.get("guard") in {PUBLIC, *Act}, f"{endpoint} has no guard"


def test_every_act_of_the_table_is_asked_by_some_route(app: Flask) -> None:
    asked = {guard_of(app, rule) for rule in app.url_map.iter_rules()}

    assert set(Act) <= asked


def test_a_stranger_is_sent_to_the_sign_in_page_by_every_guarded_route(app: Flask, stranger: Visitor) -> None:
    for rule, address in routes(app, "GET"):
        answer = stranger.get(address)
        if guard_of(app, rule) == PUBLIC:
            assert answer.status_code < 500, address
        else:
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in"), address


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_only_what_the_table_allows(app: Flask, visitor: Callable[..., Visitor], role: Role) -> None:
    client = visitor(role)

    for rule, address in routes(app, "GET"):
        allowed = _allows(app, rule, client.actor)
        status = client.get(address).status_code
        assert status == 403 if not allowed else status < 500, f"{role} at {rule.rule}: {status}"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_only_what_the_table_allows(app: Flask, visitor: Callable[..., Visitor], role: Role) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client = visitor(role)

    for rule, address in routes(app, "POST"):
        if rule.endpoint in ENDED_BY_ITSELF:
            continue
        allowed = _allows(app, rule, client.actor)
        status = client.post(address, data={}).status_code
        assert status == 403 if not allowed else status < 500, f"{role} at {rule.rule}: {status}"


def _allows(app: Flask, rule: Rule, actor: Actor) -> bool:
    guard = guard_of(app, rule)
    return guard == PUBLIC or (isinstance(guard, Act) and ALLOWED[guard](actor))


def test_every_form_without_its_token_is_refused(app: Flask, visitor: Callable[..., Visitor]) -> None:
    for role in ROLES:
        client = visitor(role)
        for rule, address in routes(app, "POST"):
            if _allows(app, rule, client.actor):
                assert client.post(address, data={"confirm": "1"}).status_code == 400, address


def test_every_answer_bears_the_headers(app: Flask, stranger: Visitor) -> None:
    for _, address in routes(app, "GET"):
        answer = stranger.get(address)
        missing = {name for name, value in HEADERS.items() if answer.headers.get(name) != value}
        assert not missing, f"{address} lacks {missing}"


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/sites/999999",
        "/sites/99999999999999999999",
        "/language/fr",
        "/exams/subject_9",
        "/my/bookings/ZZZZ",
    ],
)
def test_what_is_unknown_is_not_found(visitor: Callable[..., Visitor], address: str) -> None:
    assert visitor(Role.APPLICANT).get(address).status_code == 404
