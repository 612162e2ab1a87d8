"""What only PostgreSQL shows: requests that truly run at once, and text that it does not take."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.allotment.models.requests import Request
from booking.allotment.models.rounds import Leaf
from booking.allotment.rules.checker import check, holds
from booking.bookings.models import Booking
from booking.kernel.db import Sessions, reading, unit_of_work
from tests import factories
from tests.conftest import NOW
from tests.service.allotment.city import Town
from tests.web.api.conftest import Caller, refusal

AT_ONCE = 8


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


def test_the_same_request_many_times_at_once_is_one_booking(learner: Caller, sessions: Sessions, app: Flask) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session)

    def book(_: int) -> tuple[int, str]:
        answer = Caller(app.test_client(), learner.token, learner.actor).book(slot_id)
        return answer.status_code, answer.get_json().get("reference", "")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = set(threads.map(book, range(AT_ONCE)))

    with reading(sessions) as session:
        reference = session.scalars(select(Booking.reference)).one()
        assert session.scalar(select(func.count()).select_from(Booking)) == 1
    assert answers == {(201, reference)}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_reference_with_a_null_character_is_not_found(learner: Caller, method: str) -> None:
    assert refusal(learner.call(method, "/bookings/AAAAA%00AAAA")) == (404, "not_found")


def test_a_login_with_a_null_character_is_not_right(nobody: Caller) -> None:
    answer = nobody.call("POST", "/tokens", json={"login": "a\x00b", "password": "x"})

    assert refusal(answer) == (422, "invalid_input")


@pytest.mark.parametrize(
    "path",
    [
        "/slots?site=2147483647",
        "/slots?cursor=999999999",
        "/bookings?cursor=999999999",
        "/requests?cursor=999999999",
        "/rounds?cursor=999999999",
    ],
)
def test_the_largest_numbers_are_no_fault(learner: Caller, path: str) -> None:
    assert learner.get(path).status_code in (200, 422)


def test_lists_go_on_where_they_ended(learner: Caller, sessions: Sessions) -> None:
    assert learner.actor is not None
    with unit_of_work(sessions) as session:
        slots = [factories.slot(session, service=service) for service in ("subject_2", "road")]
        made = [factories.booking(session, learner.actor, slot_id, at=NOW) for slot_id in slots]

    first = learner.get("/bookings?limit=1").get_json()
    second = learner.get(f"/bookings?limit=1&cursor={first['next_cursor']}").get_json()

    assert [part["items"][0]["reference"] for part in (first, second)] == made[::-1]


def test_the_same_call_many_times_at_once_is_one_request(
    program: Callable[..., Caller], sessions: Sessions, app: Flask
) -> None:
    town = Town(sessions)
    slot_id, person = town.add_slot(), town.add_learner()
    town.open()
    asking = program(actor=person)

    def ask(_: int) -> tuple[int, str]:
        caller = Caller(app.test_client(), asking.token, person)
        asked = {"service": "subject_2", "preferences": [slot_id]}
        answer = caller.call("POST", "/requests", key="key-1", json=asked)
        return answer.status_code, answer.get_json().get("reference", "")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = set(threads.map(ask, range(AT_ONCE)))

    with reading(sessions) as session:
        reference = session.scalars(select(Request.reference)).one()
        assert session.scalar(select(func.count()).select_from(Leaf)) == 1
    assert answers == {(201, reference)}


def test_the_record_is_served_as_the_checker_reads_it(nobody: Caller, sessions: Sessions) -> None:
    town = Town(sessions)
    slot_id = town.add_slot()
    town.open()
    town.ask(town.add_learner(), slot_id)
    town.draw()

    assert holds(check(nobody.get("/rounds/1/record").data))
