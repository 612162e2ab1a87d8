"""Asking for windows that a round decides, for a vehicle; and the request itself."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from booking.allotment import jobs
from booking.allotment.models.requests import Request, RequestState, RequestWish
from booking.inspections.line import INSPECTIONS
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, SlotId, VehicleId
from booking.slots.models import Lane, Method
from tests import factories
from tests.conftest import NOW
from tests.service.allotment.city import DEMO
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.windows import car, owner, person_of, window

DAY = date(2026, 12, 8)


@pytest.fixture
def slot_id(sessions: Sessions, site: SiteId) -> SlotId:
    """A window of a round that takes requests."""
    found = window(sessions, site, day=DAY, lanes={Lane.ORDINARY: 3}, method=Method.RANKED)
    jobs.open_rounds(sessions, INSPECTIONS, DEMO, NOW)
    return found


def page_of(vehicle_id: int) -> str:
    return f"/inspections/vehicles/{vehicle_id}/request"


def asked(sessions: Sessions) -> list[Request]:
    with reading(sessions) as session:
        return list(session.scalars(select(Request)))


def test_windows_and_stations_are_offered_with_the_hours_of_the_round_and_the_rank(
    browser: Visitor, vehicle: VehicleId, slot_id: SlotId, site: SiteId
) -> None:
    page = browser.get(f"{page_of(vehicle)}?wish={slot_id}").text

    assert f'value="*{site}"' in page
    assert "09:00–10:00, 北站: 3 places" in page
    assert "Thu 3 Dec 17:00" in page
    assert "Thu 31 Dec 2026" in page  # the due day is the rank
    assert page.count('name="wish"') == 10


def test_the_windows_page_leads_to_the_request(
    browser: Visitor, vehicle: VehicleId, slot_id: SlotId, site: SiteId
) -> None:
    here = f"/inspections/vehicles/{vehicle}/stations/{site}?day=2026-12-08"

    assert f'href="{page_of(vehicle)}?wish={slot_id}"' in browser.get(here).text
    check = browser.get(f"/inspections/vehicles/{vehicle}/windows/{slot_id}").text
    assert "A round decides this window" in check
    assert "Book this place" not in check


def test_a_request_is_stored_in_order_and_shown_with_its_receipt(
    browser: Visitor, vehicle: VehicleId, slot_id: SlotId, site: SiteId, sessions: Sessions
) -> None:
    answer = browser.submit(page_of(vehicle), {"wish": ["", str(slot_id), f"*{site}"]})

    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Your request is in" in page
    assert page.index("Tue 8 Dec 09:00–10:00 · 北站") < page.index("Any window at 北站")
    assert "place 1 for reference; vehicles: 1, places: 3" in page
    link = page.split('href="', 1)[1]
    receipt = next(part.split('"', 1)[0] for part in link.split('href="') if "/receipts/" in part.split('"', 1)[0])
    assert "office_signature" in browser.get(receipt).text or json.loads(browser.get(receipt).text)
    [request] = asked(sessions)
    assert request.holder == f"vehicle:{vehicle}"
    with reading(sessions) as session:
        stored = session.execute(select(RequestWish.slot_id, RequestWish.site_id).order_by(RequestWish.place)).all()
    assert [tuple(row) for row in stored] == [(slot_id, None), (None, site)]


def test_a_double_click_is_one_request(
    browser: Visitor, vehicle: VehicleId, slot_id: SlotId, sessions: Sessions
) -> None:
    fields = {**hidden_fields(browser.get(page_of(vehicle)), page_of(vehicle)), "wish": str(slot_id)}

    first, second = browser.post(page_of(vehicle), data=fields), browser.post(page_of(vehicle), data=fields)

    assert first.location == second.location
    assert len(asked(sessions)) == 1


@pytest.mark.parametrize("wishes", [[], ["*"], ["999"], ["x"], ["*999999999999"]])
def test_wishes_that_are_none_are_refused_at_the_field(
    wishes: list[str], browser: Visitor, vehicle: VehicleId, slot_id: SlotId, sessions: Sessions
) -> None:
    answer = browser.submit(page_of(vehicle), {"wish": wishes})

    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert asked(sessions) == []


def test_two_vehicles_of_one_owner_ask_each_for_itself(
    browser: Visitor, zhao: Actor, vehicle: VehicleId, slot_id: SlotId, sessions: Sessions
) -> None:
    second = car(sessions, zhao)

    for one in (vehicle, second):
        assert browser.submit(page_of(one), {"wish": [str(slot_id)]}).status_code == 303

    assert [one.holder for one in asked(sessions)] == [f"vehicle:{vehicle}", f"vehicle:{second}"]
    listed = browser.get("/my/requests").text
    assert listed.count("粤G·") == 2


def test_a_vehicle_with_a_request_is_led_to_it_from_the_stations(
    browser: Visitor, vehicle: VehicleId, slot_id: SlotId
) -> None:
    made = browser.submit(page_of(vehicle), {"wish": [str(slot_id)]}).location

    assert browser.get(page_of(vehicle)).location == made
    assert f'href="{made}"' in browser.get(f"/inspections/vehicles/{vehicle}/book").text


def test_a_request_is_withdrawn_by_owner_or_agent_and_found_by_nobody_else(
    browser: Visitor, zhao: Actor, vehicle: VehicleId, slot_id: SlotId, sessions: Sessions,
    visitor: Callable[..., Visitor],
) -> None:  # fmt: skip
    made = browser.submit(page_of(vehicle), {"wish": [str(slot_id)]}).location
    agent, stranger = owner(sessions), owner(sessions)
    with unit_of_work(sessions) as session:
        factories.agency(session, factories.owner(session, person_id=person_of(zhao)), agent)

    assert visitor(actor=stranger).get(made).status_code == 404
    assert visitor(actor=stranger).get(f"{made}/withdraw").status_code == 404
    answer = visitor(actor=agent).submit(f"{made}/withdraw")

    assert answer.status_code == 303
    assert asked(sessions)[0].state is RequestState.WITHDRAWN


def test_a_car_that_needs_no_test_asks_for_nothing(
    browser: Visitor, zhao: Actor, slot_id: SlotId, sessions: Sessions
) -> None:
    new = car(sessions, zhao, registered_on=date(2024, 12, 20))

    assert browser.get(page_of(new)).location == f"/inspections/vehicles/{new}/book"
    assert asked(sessions) == []
