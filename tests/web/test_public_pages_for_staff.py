"""What is open to everybody leads nobody who works here to a page that would turn them away."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, time
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from booking.kernel.actors import Act, Actor, Role, may
from booking.kernel.db import Sessions, unit_of_work
from booking.slots.models import Lane, Method
from booking.web.guards import PUBLIC
from tests import factories
from tests.web.conftest import Visitor
from tests.web.test_routes import guard_of, routes

LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')
TEMPLATE = re.compile(r"<template.*?</template>", re.DOTALL)
STAFF = [role for role in Role if role not in (Role.SYSTEM, Role.APPLICANT)]
DAY = date(2026, 12, 8)
DUE = "vehicle_kind=small_passenger&use=A&seats=5&registered_on=2016-12-10"
FOR_APPLICANTS = {"exams.path", "exams.slots", "exams.check", "inspections.garage", "inspections.check"}


@pytest.fixture
def addresses(app: Flask, sessions: Sessions) -> Sequence[str]:
    """Every public page, with a test and an inspection to be booked and a test to be asked for on one day."""
    with unit_of_work(sessions) as session:
        site, station = factories.site(session, services=("subject_2", "road")), factories.station(session)
        factories.slot(session, site_id=site, day=DAY)
        factories.slot(session, site_id=site, service="road", method=Method.RANKED, lanes={Lane.ORDINARY: 5})
        factories.slot(session, line="inspections", service="inspection_small", site_id=station, starts=time(10))
    everywhere = [address for rule, address in routes(app, "GET") if guard_of(app, rule) == PUBLIC]
    return [*everywhere, f"/sites/{site}", f"/sites/{station}", f"/plans?day={DAY}", f"/inspections/due?{DUE}"]


def led_to(app: Flask, reader: Visitor, addresses: Sequence[str]) -> Iterator[tuple[str, str, Act]]:
    """Yield (page, endpoint, what it takes to open it) of each guarded page that is linked from any of these."""
    for address in addresses:
        answer = reader.get(address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            seen = TEMPLATE.sub("", answer.text)  # a script makes of a template what it needs
            for link in set(LINK.findall(seen)):
                endpoint = endpoint_of(app, urljoin(address, unescape(link)))
                guard = app.view_functions[endpoint].__dict__["guard"] if endpoint else PUBLIC
                if isinstance(guard, Act):
                    yield address, endpoint, guard


def endpoint_of(app: Flask, address: str) -> str:
    """Return which view answers an address of this house; "" for what is none, or a file."""
    parts = urlsplit(address)
    try:
        endpoint, _values = app.url_map.bind("localhost").match(parts.path, method="GET")
    except (HTTPException, RequestRedirect):
        return ""
    return "" if parts.scheme or endpoint == "static" else endpoint


@pytest.mark.parametrize("role", STAFF)
def test_no_public_page_leads_staff_to_a_page_that_turns_them_away(
    app: Flask, visitor: Callable[..., Visitor], addresses: Sequence[str], role: Role
) -> None:
    reader = visitor(role)

    found = list(led_to(app, reader, addresses))

    assert {(page, endpoint) for page, endpoint, act in found if not may(reader.actor, act)} == set()
    assert found, "the places of the role itself are always linked"


def test_an_applicant_is_led_to_all_of_them(
    app: Flask, visitor: Callable[..., Visitor], addresses: Sequence[str]
) -> None:
    """Control: the pages have what staff would be turned away from."""
    reader = visitor(Role.APPLICANT)

    linked = {endpoint for _page, endpoint, _act in led_to(app, reader, addresses)}

    assert linked >= FOR_APPLICANTS
    assert not any(may(Actor(None, None, role), Act.BOOK_FOR_ONESELF) for role in STAFF)
