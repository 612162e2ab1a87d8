"""The list of the own requests: live ones first, then what became of the others."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from booking.allotment.service import requests
from booking.exams.line import EXAMS
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from tests.service.allotment.city import DRAW, OPENED, Town
from tests.web.conftest import Visitor


@pytest.fixture
def town(sessions: Sessions) -> Town:
    found = Town(sessions)
    found.add_slot(ordinary=1)
    found.open()
    return found


def test_without_a_request_the_list_says_where_to_ask(town: Town, visitor: Callable[..., Visitor]) -> None:
    page = visitor(actor=town.add_learner()).get("/my/requests").get_data(as_text=True)

    assert "No request at the moment" in page
    assert 'href="/exams/"' in page


def test_live_requests_come_before_those_that_are_over(
    town: Town, visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    mei = town.add_learner()
    first = town.ask(mei, town.slots[0])
    with unit_of_work(sessions) as session:
        requests.withdraw(session, EXAMS, first, actor=mei, now=OPENED + timedelta(minutes=1))
    second = town.ask(mei, town.slots[0], now=OPENED + timedelta(minutes=2))
    other = town.ask(town.add_learner(), town.slots[0])

    page = visitor(actor=mei).get("/my/requests").get_data(as_text=True)

    assert page.index(f"/exams/requests/{second}") < page.index(f"/exams/requests/{first}")
    assert "Withdrawn by the applicant" in page
    assert other not in page


def test_a_granted_request_leads_to_its_booking(
    town: Town, visitor: Callable[..., Visitor], clock: FixedClock
) -> None:
    mei = town.add_learner()
    town.ask(mei, town.slots[0])
    town.draw()
    clock.instant = DRAW

    page = visitor(actor=mei).get("/my/requests").get_data(as_text=True)

    assert "Place granted" in page
    assert 'href="/my/bookings/' in page
