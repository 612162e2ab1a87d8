"""The place that came with a reminder: seen, taken once, given up, and over by itself."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from booking.bookings.models import Booking
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, SlotId, VehicleId
from booking.slots.holds import hold_seat
from booking.slots.models import Hold, HoldPurpose, HoldState, Lane, Quota
from tests.conftest import NOW
from tests.web.conftest import Visitor
from tests.web.inspections.windows import car, holder, owner, window

UNTIL = NOW + timedelta(hours=48)


@pytest.fixture
def slot_id(sessions: Sessions, site: SiteId) -> SlotId:
    """A window with a single place on line: it is the one that is held."""
    return window(sessions, site, released=1)


@pytest.fixture
def hold_id(sessions: Sessions, vehicle: VehicleId, slot_id: SlotId) -> int:
    with unit_of_work(sessions) as session:
        return hold_seat(
            session, slot_id, (Lane.ORDINARY,), holder(vehicle),
            purpose=HoldPurpose.REMINDER, until=UNTIL, actor=SYSTEM, now=NOW,
        )  # fmt: skip


def address(hold_id: int, act: str = "") -> str:
    return f"/inspections/holds/{hold_id}{act}"


def hold(sessions: Sessions, hold_id: int) -> Hold:
    with reading(sessions) as session:
        return session.get_one(Hold, hold_id)


def booked(sessions: Sessions) -> list[Booking]:
    with reading(sessions) as session:
        return list(session.scalars(select(Booking)))


def taken(sessions: Sessions, slot_id: SlotId) -> int:
    with reading(sessions) as session:
        return session.get_one(Quota, (slot_id, Lane.ORDINARY)).taken


def at(clock: FixedClock, instant: datetime, actor: Actor, visitor: Callable[..., Visitor]) -> Visitor:
    """Let time pass, and the owner sign in again."""
    clock.instant = instant
    return visitor(actor=actor)


def test_the_page_says_where_when_and_until_when(browser: Visitor, hold_id: int) -> None:
    page = browser.get(address(hold_id)).text

    assert "北站" in page
    assert "09:00–10:00" in page
    assert "Held until Thu 26 Nov 10:00" in page
    assert "Hours left: 48" in page
    assert "Take this place" in page


def test_one_button_takes_it_and_a_second_click_finds_the_booking(
    browser: Visitor, hold_id: int, slot_id: SlotId, sessions: Sessions
) -> None:
    first = browser.submit(address(hold_id, "/take"), on=address(hold_id))
    second = browser.post(address(hold_id, "/take"), data={"csrf_token": csrf(browser)})

    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(booked(sessions)) == 1
    assert hold(sessions, hold_id).state is HoldState.TAKEN
    assert taken(sessions, slot_id) == 1


def test_giving_it_up_lets_others_have_it_at_once(
    browser: Visitor, hold_id: int, slot_id: SlotId, sessions: Sessions
) -> None:
    answer = browser.submit(address(hold_id, "/give-up"), on=address(hold_id))

    assert answer.status_code == 303
    assert hold(sessions, hold_id).state is HoldState.GIVEN_UP
    assert taken(sessions, slot_id) == 0
    assert "was given up" in browser.get(address(hold_id)).text


def test_a_lapsed_hold_has_its_own_page_with_the_next_windows_though_no_job_has_run(
    zhao: Actor, hold_id: int, site: SiteId, sessions: Sessions, clock: FixedClock, visitor: Callable[..., Visitor]
) -> None:
    window(sessions, site, starts=time(11))
    browser = at(clock, UNTIL, zhao, visitor)

    answer = browser.get(address(hold_id))

    assert answer.status_code == 409
    assert "This place is no longer held" in answer.text
    assert "11:00–12:00" in answer.text
    assert "Take this place" not in answer.text


def test_a_lapsed_hold_is_not_taken_by_the_old_button(
    zhao: Actor, hold_id: int, sessions: Sessions, clock: FixedClock, visitor: Callable[..., Visitor]
) -> None:
    browser = at(clock, UNTIL, zhao, visitor)

    for act in ("/take", "/give-up"):
        assert browser.post(address(hold_id, act), data={"csrf_token": csrf(browser)}).status_code == 409
    assert booked(sessions) == []


def test_booking_another_window_gives_the_held_place_up(
    browser: Visitor, vehicle: VehicleId, hold_id: int, site: SiteId, slot_id: SlotId, sessions: Sessions
) -> None:
    other = window(sessions, site, starts=time(11))
    check = f"/inspections/vehicles/{vehicle}/windows/{other}"

    assert "is given up with this booking" in browser.get(check).text
    assert browser.submit(check).status_code == 303
    assert hold(sessions, hold_id).state is HoldState.GIVEN_UP
    assert taken(sessions, slot_id) == 0


def test_the_stations_page_shows_the_held_place_first(browser: Visitor, vehicle: VehicleId, hold_id: int) -> None:
    page = browser.get(f"/inspections/vehicles/{vehicle}/book").text

    assert page.index(f'href="{address(hold_id)}"') < page.index("Distances from")


def test_the_full_window_can_be_booked_by_whom_it_is_held_for_and_by_nobody_else(
    browser: Visitor, vehicle: VehicleId, hold_id: int, slot_id: SlotId, sessions: Sessions,
    visitor: Callable[..., Visitor],
) -> None:  # fmt: skip
    other = owner(sessions)
    second = car(sessions, other)

    theirs = visitor(actor=other).get(f"/inspections/vehicles/{second}/windows/{slot_id}").text
    answer = browser.submit(f"/inspections/vehicles/{vehicle}/windows/{slot_id}")

    assert "All places are taken." in theirs
    assert answer.status_code == 303
    assert hold(sessions, hold_id).state is HoldState.TAKEN


def test_a_hold_of_somebody_else_is_not_found(
    hold_id: int, sessions: Sessions, visitor: Callable[..., Visitor]
) -> None:
    stranger = visitor(actor=owner(sessions))

    assert stranger.get(address(hold_id)).status_code == 404
    assert stranger.post(address(hold_id, "/take"), data={"csrf_token": csrf(stranger)}).status_code == 404
    assert stranger.post(address(hold_id, "/give-up"), data={"csrf_token": csrf(stranger)}).status_code == 404
    assert booked(sessions) == []


def csrf(browser: Visitor) -> str:
    """Return a token from some form of the reader's."""
    page = browser.get("/inspections/agents").text
    return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
