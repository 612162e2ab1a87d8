"""Booking for several vehicles: choose, day, check, and what became of each."""

import re
from datetime import date, time
from html import unescape

import pytest
from sqlalchemy import func, select

from booking.bookings.models import Booking
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, reading
from booking.kernel.ids import SiteId, VehicleId
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.windows import car, fill, owner, window

SEVERAL = "/inspections/several"


@pytest.fixture
def cars(zhao: Actor, sessions: Sessions) -> list[VehicleId]:
    return [car(sessions, zhao) for _ in range(2)]


def address(cars: list[VehicleId], site: SiteId, **more: str) -> str:
    chosen = "".join(f"&vehicle={vehicle}" for vehicle in cars)
    return f"{SEVERAL}?site={site}{chosen}" + "".join(f"&{name}={value}" for name, value in more.items())


def send(browser: Visitor, page: str) -> tuple[str, dict[str, object]]:
    """Return where the form of the check page goes, and its fields with every place."""
    answer = browser.get(page)
    action = re.search(rf'action="({SEVERAL}[^"]*)"', answer.text)
    assert action is not None
    where = unescape(action[1])
    return where, {**hidden_fields(answer, where), "place": re.findall(r'name="place" value="([^"]+)"', answer.text)}


def made(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalars(select(func.count()).select_from(Booking)).one()


def test_the_first_page_offers_what_can_be_booked_and_says_why_the_others_cannot(
    browser: Visitor, zhao: Actor, cars: list[VehicleId], site: SiteId, sessions: Sessions
) -> None:
    new = car(sessions, zhao, registered_on=date(2024, 12, 20))

    page = browser.get(SEVERAL).text

    for vehicle in cars:
        assert f'value="{vehicle}"' in page
    assert f'value="{new}"' not in page
    assert "need not come to a station" in page
    assert "北站" in page


def test_without_a_vehicle_the_form_says_so_at_the_field(
    browser: Visitor, cars: list[VehicleId], site: SiteId
) -> None:
    answer = browser.get(address([], site))

    assert answer.status_code == 422
    assert "Choose at least one vehicle" in answer.text


def test_each_day_says_how_many_find_a_window(
    browser: Visitor, cars: list[VehicleId], site: SiteId, sessions: Sessions
) -> None:
    window(sessions, site, released=1)
    window(sessions, site, starts=time(10), released=1)
    window(sessions, site, day=date(2026, 12, 2), released=1)

    page = browser.get(address(cars, site)).text

    assert "all 2" in page
    assert "09:00–11:00" in page
    assert "1 of 2" in page


def test_all_are_booked_one_after_the_other_and_listed(
    browser: Visitor, cars: list[VehicleId], site: SiteId, sessions: Sessions
) -> None:
    window(sessions, site)
    window(sessions, site, starts=time(10))
    where, fields = send(browser, address(cars, site, day="2026-12-01"))

    first, second = browser.post(where, data=fields), browser.post(where, data=fields)

    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    page = browser.get(first.location).text
    assert "Vehicles with a booking: 2 of 2" in page
    assert "09:00–10:00" in page
    assert "10:00–11:00" in page
    assert made(sessions) == 2


def test_all_or_nothing_books_nothing_where_one_is_taken_meanwhile(
    browser: Visitor, cars: list[VehicleId], site: SiteId, sessions: Sessions
) -> None:
    window(sessions, site)
    second = window(sessions, site, starts=time(10))
    where, fields = send(browser, address(cars, site, day="2026-12-01"))
    fill(sessions, second)

    answer = browser.post(where, data=fields)

    assert answer.status_code == 409
    assert "none of the vehicles has a booking" in answer.text
    assert made(sessions) == 0


def test_as_many_as_possible_lists_who_got_nothing_with_the_reason(
    browser: Visitor, cars: list[VehicleId], site: SiteId, sessions: Sessions
) -> None:
    window(sessions, site)
    second = window(sessions, site, starts=time(10))
    where, fields = send(browser, address(cars, site, day="2026-12-01", whole="some"))
    fill(sessions, second)

    page = browser.get(browser.post(where, data=fields).location).text

    assert "Vehicles with a booking: 1 of 2" in page
    assert "Somebody else took the last place at this moment." in page
    assert made(sessions) == 1


def test_a_day_without_room_for_all_cannot_be_sent(
    browser: Visitor, cars: list[VehicleId], site: SiteId, sessions: Sessions
) -> None:
    window(sessions, site, released=1)

    whole = browser.get(address(cars, site, day="2026-12-01")).text
    parts = browser.get(address(cars, site, day="2026-12-01", whole="some")).text

    assert "There is not room for every vehicle on this day" in whole
    assert "Book these windows" not in whole
    assert "Book these windows" in parts


def test_vehicles_of_somebody_else_are_not_among_the_chosen(
    browser: Visitor, cars: list[VehicleId], site: SiteId, sessions: Sessions
) -> None:
    other = car(sessions, owner(sessions))
    slot_id = window(sessions, site)
    where, fields = send(browser, address(cars, site, day="2026-12-01"))

    assert browser.get(address([other], site)).status_code == 422
    assert browser.post(where, data={**fields, "place": [f"{other}-{slot_id}"]}).status_code == 404
    assert made(sessions) == 0


def test_the_garage_leads_here(browser: Visitor, cars: list[VehicleId], site: SiteId) -> None:
    assert f'href="{SEVERAL}"' in browser.get("/inspections/vehicles").text
