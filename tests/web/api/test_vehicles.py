"""Booking and asking for vehicles by program."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from werkzeug.test import TestResponse

from booking.allotment import jobs
from booking.inspections.line import INSPECTIONS
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import SlotId, VehicleId
from booking.slots.models import Lane, Method
from tests import factories
from tests.conftest import NOW
from tests.service.allotment.city import DEMO
from tests.web.api.conftest import Caller, problem, refusal
from tests.web.inspections.windows import car, owner, person_of, station, window

SMALL = "inspection_small"


@pytest.fixture
def zhao(sessions: Sessions) -> Actor:
    return owner(sessions)


@pytest.fixture
def vehicle(zhao: Actor, sessions: Sessions) -> VehicleId:
    return car(sessions, zhao)


@pytest.fixture
def caller(zhao: Actor, program: Callable[..., Caller]) -> Caller:
    return program(actor=zhao)


@pytest.fixture
def slot_id(sessions: Sessions) -> SlotId:
    return window(sessions, station(sessions))


def book(caller: Caller, slot_id: int, vehicle_id: int | None, key: str = "key-1") -> TestResponse:
    body = {"slot_id": slot_id} if vehicle_id is None else {"slot_id": slot_id, "vehicle_id": vehicle_id}
    return caller.call("POST", "/bookings", key=key, json=body)


def test_the_windows_of_stations_are_listed_without_the_walk_in_share(caller: Caller, slot_id: SlotId) -> None:
    [slot] = caller.get("/slots?line=inspections").get_json()["items"]

    assert (slot["id"], slot["service"], slot["capacity"], slot["remaining"]) == (slot_id, SMALL, 5, 5)


def test_a_vehicle_is_booked_once_for_each_key(caller: Caller, vehicle: VehicleId, slot_id: SlotId) -> None:
    first, second = book(caller, slot_id, vehicle), book(caller, slot_id, vehicle)

    assert first.status_code == second.status_code == 201
    assert first.get_json() == second.get_json()
    assert first.get_json()["vehicle_id"] == vehicle
    assert refusal(book(caller, slot_id, vehicle, "key-2")) == (409, "already_booked")


def test_a_key_that_booked_one_vehicle_books_no_other(
    caller: Caller, zhao: Actor, vehicle: VehicleId, slot_id: SlotId, sessions: Sessions
) -> None:
    book(caller, slot_id, vehicle)

    assert refusal(book(caller, slot_id, car(sessions, zhao))) == (422, "idempotency_key_reused")


def test_a_window_asks_for_a_vehicle_and_a_session_for_none(
    caller: Caller, vehicle: VehicleId, slot_id: SlotId, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        exam = factories.slot(session)

    for answer in (book(caller, slot_id, None), book(caller, exam, vehicle)):
        assert refusal(answer) == (422, "invalid_input")
        assert "vehicle_id" in str(problem(answer)["reasons"])


def test_a_vehicle_of_somebody_else_is_not_found(
    vehicle: VehicleId, slot_id: SlotId, program: Callable[..., Caller]
) -> None:
    stranger = program()

    assert refusal(book(stranger, slot_id, vehicle)) == (404, "not_found")
    answer = stranger.get(f"/me/eligibility?service={SMALL}&vehicle_id={vehicle}")
    assert refusal(answer) == (404, "not_found")


def test_the_owner_sees_and_cancels_what_an_agent_has_booked(
    caller: Caller, zhao: Actor, vehicle: VehicleId, slot_id: SlotId, sessions: Sessions,
    program: Callable[..., Caller],
) -> None:  # fmt: skip
    agent = owner(sessions)
    with unit_of_work(sessions) as session:
        factories.agency(session, factories.owner(session, person_id=person_of(zhao)), agent)
    reference = book(program(actor=agent), slot_id, vehicle).get_json()["reference"]

    assert caller.get(f"/bookings/{reference}").get_json()["vehicle_id"] == vehicle
    assert "粤G·" in caller.get(f"/bookings/{reference}.ics").text
    assert caller.call("DELETE", f"/bookings/{reference}").get_json()["state"] == "cancelled"
    assert refusal(program().get(f"/bookings/{reference}")) == (404, "not_found")


def test_eligibility_is_that_of_the_vehicle_with_every_reason(
    caller: Caller, zhao: Actor, vehicle: VehicleId, slot_id: SlotId, sessions: Sessions
) -> None:
    new = car(sessions, zhao, registered_on=date(2024, 12, 20))

    def asked(vehicle_id: int, service: str = SMALL) -> dict[str, Any]:
        answer: dict[str, Any] = caller.get(f"/me/eligibility?service={service}&vehicle_id={vehicle_id}").get_json()
        return answer

    def codes(answer: dict[str, Any]) -> list[str]:
        return [reason["code"] for reason in answer["reasons"]]

    assert asked(vehicle) == {"eligible": True, "reasons": []}
    assert codes(asked(new)) == ["mark-only"]
    assert codes(asked(vehicle, "inspection_large")) == ["wrong-service"]
    book(caller, slot_id, vehicle)
    assert codes(asked(vehicle)) == ["already-booked"]


def test_eligibility_asks_for_a_vehicle_where_the_service_has_one(caller: Caller, vehicle: VehicleId) -> None:
    assert refusal(caller.get(f"/me/eligibility?service={SMALL}")) == (422, "invalid_input")
    assert refusal(caller.get(f"/me/eligibility?service=road&vehicle_id={vehicle}")) == (422, "invalid_input")


def test_a_vehicle_that_is_not_eligible_is_refused_with_the_reasons(
    caller: Caller, zhao: Actor, slot_id: SlotId, sessions: Sessions
) -> None:
    answer = book(caller, slot_id, car(sessions, zhao, registered_on=date(2024, 12, 20)))

    assert refusal(answer) == (422, "not_eligible")
    assert "art. 55" in problem(answer)["reasons"][0]["basis"]


def test_a_request_is_made_for_a_vehicle(caller: Caller, vehicle: VehicleId, sessions: Sessions) -> None:
    slot_id = window(
        sessions, station(sessions), day=date(2026, 12, 8), lanes={Lane.ORDINARY: 2}, method=Method.RANKED, walk_in=0
    )
    jobs.open_rounds(sessions, INSPECTIONS, DEMO, NOW)
    body = {"service": SMALL, "preferences": [slot_id], "vehicle_id": vehicle}

    first = caller.call("POST", "/requests", key="k", json=body)
    again = caller.call("POST", "/requests", key="k", json=body)
    without = caller.call("POST", "/requests", key="k2", json={"service": SMALL, "preferences": [slot_id]})

    assert first.status_code == again.status_code == 201, first.text
    assert first.get_json()["reference"] == again.get_json()["reference"]
    assert first.get_json()["ranking_time"] == "2026-12-30T16:00:00Z"  # the beginning of the due day, in UTC
    assert refusal(without) == (422, "invalid_input")


def test_the_document_names_the_vehicle(caller: Caller) -> None:
    document = caller.get("/openapi.json").get_json()

    assert "vehicle_id" in document["components"]["schemas"]["Wish"]["properties"]
    assert "vehicle_id" in document["components"]["schemas"]["Asked"]["properties"]
