"""Nobody can sign in, since accounts cannot be read: what is open to everybody answers all the same."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from booking.kernel.db import Sessions, unit_of_work
from booking.web.guards import PUBLIC
from tests.web.conftest import Visitor

GONE = ("account", "sign_in")


@pytest.fixture
def without_accounts(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        for table in GONE:
            session.execute(text(f"ALTER TABLE {table} RENAME TO gone_{table}"))


def public_addresses(app: Flask) -> Iterator[str]:
    """Yield the address of every page that asks for nobody and for nothing in particular."""
    for rule in app.url_map.iter_rules():
        is_open = app.view_functions[rule.endpoint].__dict__.get("guard") == PUBLIC
        if is_open and not rule.arguments and "GET" in (rule.methods or set()):
            yield str(rule)


@pytest.mark.usefixtures("without_accounts")
def test_whatever_is_public_is_shown_to_strangers_while_accounts_cannot_be_read(
    app: Flask, stranger: Visitor
) -> None:
    addresses = list(public_addresses(app))

    answers = {address: stranger.get(address).status_code for address in addresses}

    assert {address: status for address, status in answers.items() if status >= 400} == {}
    assert {"/", "/plans", "/exams/start", "/inspections", "/rounds/", "/stats", "/tickets/check"} <= set(addresses)


@pytest.mark.usefixtures("without_accounts")
def test_signing_in_does_read_accounts(stranger: Visitor) -> None:
    answer = stranger.submit("/sign-in", {"login": "19900000001", "password": "windmill-lantern-7"})

    assert answer.status_code == 503
