"""Moving and cancelling a booking of a vehicle, and what the shared pages say of it."""

from collections.abc import Callable
from datetime import UTC, datetime, time

import pytest
from sqlalchemy import select

from booking.bookings.models import Booking, BookingState
from booking.bookings.service import book_seat
from booking.bookings.wishes import Wish
from booking.inspections.line import INSPECTIONS
from booking.kernel.actors import Actor
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, SlotId, VehicleId
from booking.slots.models import Lane, Method, Quota
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.windows import fill, holder, owner, person_of, station, window


@pytest.fixture
def here(sessions: Sessions, site: SiteId) -> SlotId:
    """The window that is booked: its deadline is half an hour before it."""
    return window(sessions, site, closes_at=datetime(2026, 12, 1, 0, 30, tzinfo=UTC))


@pytest.fixture
def reference(zhao: Actor, vehicle: VehicleId, here: SlotId, sessions: Sessions) -> str:
    wish = Wish(person_of(zhao), holder(vehicle), here, "the first form")
    with unit_of_work(sessions) as session:
        return book_seat(session, INSPECTIONS, wish, actor=zhao, now=NOW)


def change(reference: str, slot_id: int | None = None) -> str:
    return f"/inspections/bookings/{reference}/change{'' if slot_id is None else f'/{slot_id}'}"


def cancel(reference: str) -> str:
    return f"/inspections/bookings/{reference}/cancel"


def stored(sessions: Sessions, reference: str) -> Booking:
    with reading(sessions) as session:
        return session.scalars(select(Booking).where(Booking.reference == reference)).one()


def seats(sessions: Sessions, slot_id: SlotId) -> tuple[int, int]:
    """Return (taken, freed) of the places on line."""
    with reading(sessions) as session:
        quota = session.get_one(Quota, (slot_id, Lane.ORDINARY))
        return quota.taken, quota.freed


def test_the_new_window_is_chosen_first_and_the_old_one_is_then_given_back(
    browser: Visitor, reference: str, here: SlotId, site: SiteId, sessions: Sessions
) -> None:
    other = window(sessions, site, starts=time(10))

    assert f'href="{change(reference, other)}"' in browser.get(f"{change(reference)}?day=2026-12-01").text
    answer = browser.submit(change(reference, other))

    assert answer.location == f"/my/bookings/{reference}"
    assert stored(sessions, reference).slot_id == other
    assert seats(sessions, here) == (0, 1)
    assert seats(sessions, other) == (1, 0)


def test_the_window_that_is_left_is_no_choice(browser: Visitor, reference: str, here: SlotId, site: SiteId) -> None:
    page = browser.get(f"{change(reference)}?site={site}&day=2026-12-01").text

    assert f'href="{change(reference, here)}' not in page


def test_another_station_can_be_chosen(browser: Visitor, reference: str, sessions: Sessions) -> None:
    south = station(sessions, name="南站")
    other = window(sessions, south)

    page = browser.get(f"{change(reference)}?site={south}&day=2026-12-01").text

    assert f'href="{change(reference, other)}"' in page


def test_when_the_new_window_is_full_the_old_place_stands(
    browser: Visitor, reference: str, here: SlotId, site: SiteId, sessions: Sessions
) -> None:
    other = window(sessions, site, starts=time(10))
    fields = hidden_fields(browser.get(change(reference, other)), change(reference, other))
    fill(sessions, other)

    answer = browser.post(change(reference, other), data=fields)

    assert answer.status_code == 409
    assert f"{reference} stands as it was" in answer.text
    assert stored(sessions, reference).slot_id == here


def test_cancelling_says_what_it_means_and_frees_the_place(
    browser: Visitor, reference: str, here: SlotId, sessions: Sessions
) -> None:
    page = browser.get(cancel(reference)).text
    answer = browser.submit(cancel(reference))

    assert "its mark is valid until Thu 31 Dec 2026" in page
    assert "comes on sale for everybody at the announced hour" in page
    assert answer.status_code == 303
    assert stored(sessions, reference).state is BookingState.CANCELLED
    assert seats(sessions, here) == (0, 1)
    assert "You can book for the vehicle again" in browser.get(answer.location).text


def test_after_the_deadline_neither_can_be_done_on_line(
    zhao: Actor, reference: str, visitor: Callable[..., Visitor], clock: FixedClock
) -> None:
    clock.instant = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    browser = visitor(actor=zhao)

    for address in (change(reference), cancel(reference)):
        answer = browser.get(address)
        assert answer.status_code == 409
        assert "The deadline was Tue 1 Dec 08:30" in answer.text
    assert "Cancel the booking" not in browser.get(f"/my/bookings/{reference}").text


def test_a_place_that_a_round_gave_is_cancelled_and_not_moved(
    browser: Visitor, zhao: Actor, vehicle: VehicleId, site: SiteId, sessions: Sessions
) -> None:
    drawn = window(sessions, site, method=Method.RANKED, lanes={Lane.ORDINARY: 1}, walk_in=0)
    with unit_of_work(sessions) as session:
        reference = factories.booking_row(session, zhao, drawn, at=NOW, held_by=holder(vehicle))

    assert browser.get(change(reference)).status_code == 409
    assert "ranking time of this vehicle moves" in browser.get(cancel(reference)).text


def test_the_owner_cancels_what_an_agent_has_booked(
    zhao: Actor, vehicle: VehicleId, here: SlotId, sessions: Sessions, visitor: Callable[..., Visitor]
) -> None:
    agent = owner(sessions, name="司徒代办")
    with unit_of_work(sessions) as session:
        factories.agency(session, factories.owner(session, person_id=person_of(zhao)), agent)
    wish = Wish(person_of(agent), holder(vehicle), here, "the agent's form")
    with unit_of_work(sessions) as session:
        reference = book_seat(session, INSPECTIONS, wish, actor=agent, now=NOW)

    ticket = visitor(actor=zhao).get(f"/my/bookings/{reference}/ticket").text
    answer = visitor(actor=zhao).submit(cancel(reference))

    assert "司***" in ticket
    assert "司徒代办" not in ticket
    assert answer.status_code == 303
    assert stored(sessions, reference).state is BookingState.CANCELLED


@pytest.mark.parametrize("page", ["", "/ticket", ".ics"])
def test_strangers_find_none_of_its_pages(
    page: str, reference: str, sessions: Sessions, visitor: Callable[..., Visitor]
) -> None:
    stranger = visitor(actor=owner(sessions))

    assert stranger.get(f"/my/bookings/{reference}{page}").status_code == 404
    assert stranger.get(change(reference)).status_code == 404
    assert stranger.get(cancel(reference)).status_code == 404


def test_list_page_and_ticket_name_the_plate_and_what_a_vehicle_needs(browser: Visitor, reference: str) -> None:
    listed = browser.get("/my/bookings").text
    page = browser.get(f"/my/bookings/{reference}").text
    ticket = browser.get(f"/my/bookings/{reference}/ticket").text

    for text in (listed, page, ticket):
        assert "粤G·" in text
        assert "identity document, the original" not in text
    assert "between 09:00 and 10:00" in ticket
    assert "driving licence" in ticket
    assert cancel(reference) in page
    assert "counts as no attempt" not in page


def test_the_calendar_entry_says_what_to_bring_and_names_the_plate_masked(browser: Visitor, reference: str) -> None:
    text = browser.get(f"/my/bookings/{reference}.ics").text.replace("\r\n ", "")

    assert "粤G·" in text
    assert "between 09:00 and 10:00" in text
    assert "identity document" not in text
