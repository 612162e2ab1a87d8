"""Booking for a vehicle: from the stations to the confirmed place, and every way in which it is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from itertools import pairwise

from sqlalchemy import func, select

from booking.bookings.models import Booking
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, VehicleId
from booking.slots.models import Lane, Quota
from tests import factories
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.windows import DAY, car, fill, owner, person_of, station, window, withdraw


def address(vehicle_id: int, slot_id: int) -> str:
    return f"/inspections/vehicles/{vehicle_id}/windows/{slot_id}"


def bookings_made(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalars(select(func.count()).select_from(Booking)).one()


def test_the_stations_are_compared_with_price_next_window_and_load(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    window(sessions, site)
    other = station(sessions, name="南站", price_fen=9050)

    page = browser.get(f"/inspections/vehicles/{vehicle}/book").text

    assert "北站" in page
    assert "南站" in page
    assert "¥85" in page
    assert "¥90.50" in page
    assert "Tue 1 Dec 09:00" in page
    assert f'href="/inspections/vehicles/{vehicle}/stations/{site}"' in page
    assert f'href="/sites/{other}"' in page
    assert "none is assigned" in page


def test_the_calendar_counts_places_on_line_and_never_the_walk_in_share(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    slot_id = window(sessions, site, released=5, walk_in=2)

    page = browser.get(f"/inspections/vehicles/{vehicle}/stations/{site}?day=2026-12-01").text

    assert "5 of 5 left" in page
    assert f'href="{address(vehicle, slot_id)}"' in page


def test_the_check_page_says_what_would_be_booked_with_papers_deadline_and_lateness(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    slot_id = window(sessions, site, closes_at=datetime(2026, 12, 1, 0, 30, tzinfo=UTC))

    page = browser.get(address(vehicle, slot_id)).text

    assert "Tue 1 Dec 2026" in page
    assert "09:00–10:00" in page
    assert "¥85" in page
    assert "Proof of compulsory traffic insurance" in page
    assert "before Tue 1 Dec 08:30" in page
    assert "Who has not come by Tue 1 Dec 10:30 counts as absent" in page
    assert "letter of authorisation" not in page


def test_a_booked_window_is_confirmed_with_its_plate_and_reference(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    answer = browser.submit(address(vehicle, window(sessions, site)))

    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "You have a place" in page
    assert "粤G·" in page
    assert "identity document, the original" not in page
    assert f"{answer.location}.ics" in page


def test_a_double_click_is_one_booking(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    here = address(vehicle, window(sessions, site, released=1))
    fields = hidden_fields(browser.get(here), here)

    first, second = browser.post(here, data=fields), browser.post(here, data=fields)

    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert bookings_made(sessions) == 1


def test_going_back_to_the_stations_afterwards_shows_the_place_and_books_no_second(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    reference = browser.submit(address(vehicle, window(sessions, site))).location.rsplit("/", 1)[1]
    other = window(sessions, site, starts=time(10))

    assert f"/my/bookings/{reference}" in browser.get(f"/inspections/vehicles/{vehicle}/book").text
    check = browser.get(address(vehicle, other)).text
    assert "The vehicle has a place already" in check
    assert "Book this place" not in check


def test_a_full_window_answers_409_and_offers_the_nearest_elsewhere(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    here = address(vehicle, slot_id := window(sessions, site, released=1))
    there = window(sessions, station(sessions, name="南站"))
    fields = hidden_fields(browser.get(here), here)
    fill(sessions, slot_id)

    answer = browser.post(here, data=fields)

    assert answer.status_code == 409
    assert "has just become full" in answer.text
    assert "南站" in answer.text
    assert f'href="{address(vehicle, there)}"' in answer.text
    assert bookings_made(sessions) == 0


def test_a_full_day_leads_to_the_nearest_windows_and_to_other_stations(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    fill(sessions, window(sessions, site, released=1))
    free = window(sessions, site, day=date(2026, 12, 2))

    page = browser.get(f"/inspections/vehicles/{vehicle}/stations/{site}?day=2026-12-01").text

    assert f'href="{address(vehicle, free)}"' in page
    assert "Other stations, each with its next free window" in page


def test_the_walk_in_share_is_not_taken_when_the_places_on_line_are_gone(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    here = address(vehicle, slot_id := window(sessions, site, released=1, walk_in=3))
    fields = hidden_fields(browser.get(here), here)
    fill(sessions, slot_id)

    browser.post(here, data=fields)

    with reading(sessions) as session:
        assert session.get_one(Quota, (slot_id, Lane.WALK_IN)).taken == 0


def test_when_nothing_else_is_free_the_page_says_what_comes(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    here = address(vehicle, slot_id := window(sessions, site))
    fields = hidden_fields(browser.get(here), here)
    fill(sessions, slot_id)

    assert "At the moment no other window is free." in browser.post(here, data=fields).text


def test_a_window_that_closed_meanwhile_answers_409_with_the_hour(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions, clock: FixedClock
) -> None:
    here = address(vehicle, window(sessions, site, closes_at=datetime(2026, 11, 24, 3, 0, tzinfo=UTC)))
    fields = hidden_fields(browser.get(here), here)
    clock.instant = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

    answer = browser.post(here, data=fields)

    assert answer.status_code == 409
    assert "Booking closed on Tue 24 Nov 11:00." in answer.text


def test_a_window_in_the_past_cannot_be_booked(
    zhao: Actor, vehicle: VehicleId, site: SiteId, sessions: Sessions, clock: FixedClock,
    visitor: Callable[..., Visitor],
) -> None:  # fmt: skip
    slot_id = window(sessions, site)
    clock.instant = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    browser = visitor(actor=zhao)
    page = browser.get(address(vehicle, slot_id)).text

    assert "This window cannot be booked now" in page
    assert "Booking closed on" in page


def test_a_withdrawn_window_says_so(browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions) -> None:
    here = address(vehicle, slot_id := window(sessions, site))
    fields = hidden_fields(browser.get(here), here)
    withdraw(sessions, slot_id)

    answer = browser.post(here, data=fields)

    assert answer.status_code == 409
    assert "withdrawn this window" in answer.text


def test_a_window_for_other_kinds_is_refused_with_the_reason(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    slot_id = window(sessions, site, classes="MINIBUS")
    here = address(vehicle, slot_id)
    own = address(vehicle, window(sessions, site, starts=time(10)))

    page = browser.get(here).text
    answer = browser.post(here, data=hidden_fields(browser.get(own), own))

    assert "The lanes of this window test only: minibus" in page
    assert answer.status_code == 422
    assert "The lanes of this window test only: minibus" in answer.text
    assert f'href="{own}"' in answer.text


def test_a_car_that_needs_no_line_test_is_sent_to_the_mark_on_line(
    browser: Visitor, zhao: Actor, site: SiteId, sessions: Sessions
) -> None:
    new = car(sessions, zhao, registered_on=date(2024, 12, 20))
    slot_id = window(sessions, site)

    page = browser.get(f"/inspections/vehicles/{new}/book").text

    assert "No visit to a station is needed" in page
    assert "交管12123" in page
    assert "art. 55" in page
    assert "Book this place" not in browser.get(address(new, slot_id)).text


def test_a_car_that_is_not_due_is_told_its_first_day(
    browser: Visitor, zhao: Actor, site: SiteId, sessions: Sessions
) -> None:
    later = car(sessions, zhao, registered_on=date(2011, 6, 20), valid_until=date(2027, 6, 30))
    window(sessions, site)

    page = browser.get(f"/inspections/vehicles/{later}/book").text

    assert "This vehicle cannot be booked for now" in page
    assert "From Thu 1 Apr 2027." in page
    assert "art. 54" in page


def test_a_car_whose_months_begin_within_the_plan_sees_the_windows_from_then_on(
    browser: Visitor, zhao: Actor, site: SiteId, sessions: Sessions
) -> None:
    soon = car(sessions, zhao, valid_until=date(2027, 2, 28), registered_on=date(2009, 2, 10))
    early, fit = window(sessions, site, day=date(2026, 11, 30)), window(sessions, site)

    page = browser.get(f"/inspections/vehicles/{soon}/stations/{site}").text

    assert address(soon, fit) in page
    assert address(soon, early) not in page
    assert "can be had from" in browser.get(address(soon, early)).text


def test_a_vehicle_of_somebody_else_is_not_found(
    browser: Visitor, site: SiteId, sessions: Sessions, vehicle: VehicleId
) -> None:
    other = car(sessions, owner(sessions))
    slot_id = window(sessions, site)
    own = address(vehicle, slot_id)
    fields = hidden_fields(browser.get(own), own)

    assert browser.get(f"/inspections/vehicles/{other}/book").status_code == 404
    assert browser.get(address(other, slot_id)).status_code == 404
    assert browser.post(address(other, slot_id), data=fields).status_code == 404


def test_an_agent_books_and_is_told_to_bring_the_letter(
    zhao: Actor, vehicle: VehicleId, site: SiteId, sessions: Sessions, visitor: Callable[..., Visitor]
) -> None:
    agent = owner(sessions)
    with unit_of_work(sessions) as session:
        factories.agency(session, factories.owner(session, person_id=person_of(zhao)), agent)
    browser = visitor(actor=agent)
    here = address(vehicle, window(sessions, site))

    assert "letter of authorisation" in browser.get(here).text
    reference = browser.submit(here).location.rsplit("/", 1)[1]

    # The owner sees what was booked, and may cancel it.
    assert "Cancel the booking" in visitor(actor=zhao).get(f"/my/bookings/{reference}").text


def test_a_public_plan_leads_straight_to_the_one_vehicle_that_fits(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    slot_id = window(sessions, site)

    answer = browser.get(f"/inspections/windows/{slot_id}")

    assert answer.location == address(vehicle, slot_id)


def test_with_two_vehicles_one_is_chosen_first_and_with_none_one_is_added(
    browser: Visitor,
    zhao: Actor,
    vehicle: VehicleId,
    site: SiteId,
    sessions: Sessions,
    visitor: Callable[..., Visitor],
) -> None:
    second = car(sessions, zhao)
    slot_id = window(sessions, site)

    page = browser.get(f"/inspections/windows/{slot_id}").text
    nothing = visitor(actor=owner(sessions)).get(f"/inspections/windows/{slot_id}").text

    assert address(vehicle, slot_id) in page
    assert address(second, slot_id) in page
    assert "None of your vehicles fits" in nothing


def test_clerks_have_no_such_pages(visitor: Callable[..., Visitor], vehicle: VehicleId) -> None:
    assert visitor(Role.COUNTER).get(f"/inspections/vehicles/{vehicle}/book").status_code == 403


def test_everybody_may_compare_stations_and_distances(stranger: Visitor, sessions: Sessions, site: SiteId) -> None:
    station(sessions, name="徐闻站", district="徐闻县")
    window(sessions, site, day=DAY)

    page = stranger.get("/inspections/stations?district=赤坎区").text

    assert page.index("北站") < page.index("徐闻站")
    assert "about" in page
    assert "art. 13" in page


def test_from_home_to_the_place_it_is_at_most_seven_clicks(
    browser: Visitor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    slot_id = window(sessions, site)
    way = [
        "/inspections/vehicles",
        f"/inspections/vehicles/{vehicle}/book",
        f"/inspections/vehicles/{vehicle}/stations/{site}",
        address(vehicle, slot_id),
    ]

    for here, next_one in pairwise(way):
        assert f'href="{next_one}"' in browser.get(here).text, (here, next_one)
    assert browser.submit(way[-1]).status_code == 303  # the fifth click with the one from home
