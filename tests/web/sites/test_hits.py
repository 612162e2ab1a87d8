"""A change of a site that leaves booked people outside is looked at first, with their number, and only then made."""

import re
from collections.abc import Callable
from datetime import date, time

import pytest

from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, SlotId
from booking.sites import queries
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor, hidden_fields

DAY = date(2026, 12, 8)  # a Tuesday
MORNINGS = {f"day_{number}": "09:00-12:00" if number < 6 else "" for number in range(1, 8)}
CLOSED = {"state": "closed", "reason": "检修"}


@pytest.fixture
def place(sessions: Sessions) -> SiteId:
    with unit_of_work(sessions) as session:
        return factories.station(session, lanes=(("inspection_small", 4),))


@pytest.fixture
def window(sessions: Sessions, place: SiteId) -> SlotId:
    """A window from 08:00 to 09:00 with three bookings, which the lane can serve."""
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(
            session,
            line="inspections",
            service="inspection_small",
            site_id=place,
            day=DAY,
            starts=time(8),
            released=4,
        )
    for _ in range(3):
        book(sessions, slot_id)
    return slot_id


def book(sessions: Sessions, slot_id: SlotId) -> None:
    with unit_of_work(sessions) as session:
        factories.booking(session, factories.account(session), slot_id, at=NOW)


def confirmed(planner: Visitor, address: str, page: str, data: dict[str, str]) -> int:
    """Send the form again as the page of the preview has it; return the status."""
    seen = re.findall(r'name="bookings_seen"\s+value="(\d+)"', page)
    fields = hidden_fields(planner.get(address), address)
    return planner.post(address, data={**fields, **data, "bookings_seen": seen[0]}).status_code


@pytest.mark.parametrize(
    ("path", "data", "button"),
    [
        ("days/2026-12-08", CLOSED, "Save the day all the same: 3 bookings lie on it"),
        ("hours", MORNINGS, "Save the hours all the same: 3 bookings lie outside"),
    ],
)
def test_bookings_outside_are_named_and_nothing_is_saved_before_they_were_looked_at(
    visitor: Callable[..., Visitor], sessions: Sessions, place: SiteId, window: SlotId, path: str,
    data: dict[str, str], button: str,
) -> None:  # fmt: skip
    planner, address = visitor(Role.PLANNER), f"/desk/sites/{place}/{path}"

    preview = planner.submit(address, data)
    with reading(sessions) as session:
        assert queries.day_set(session, place, DAY) is None
        assert len(queries.station(session, place, now=NOW).hours) == 10

    assert preview.status_code == 200
    assert "This hits 3 bookings" in preview.text
    assert button in preview.text
    assert confirmed(planner, address, preview.text, data) == 303


def test_a_number_that_changed_meanwhile_is_refused_with_the_new_one(
    visitor: Callable[..., Visitor], sessions: Sessions, place: SiteId, window: SlotId
) -> None:
    planner, address = visitor(Role.PLANNER), f"/desk/sites/{place}/hours"
    preview = planner.submit(address, MORNINGS).text
    book(sessions, window)

    assert confirmed(planner, address, preview, MORNINGS) == 409
    with reading(sessions) as session:
        assert len(queries.station(session, place, now=NOW).hours) == 10


@pytest.mark.parametrize(("rate", "active", "beyond"), [("2", "y", 1), ("4", "", 3), ("4", "y", 0), ("9", "y", 0)])
def test_a_lane_that_becomes_slower_or_goes_names_the_bookings_it_cannot_serve(
    visitor: Callable[..., Visitor], sessions: Sessions, place: SiteId, window: SlotId, rate: str, active: str,
    beyond: int,
) -> None:  # fmt: skip
    with reading(sessions) as session:
        lane = queries.station(session, place, now=NOW).lanes[0]
    data = {"name": lane.facts.name, "service": "inspection_small", "vehicles_per_hour": rate}
    data |= {"is_active": "y"} if active else {}
    planner, address = visitor(Role.PLANNER), f"/desk/sites/{place}/lanes/{lane.id}"

    answer = planner.submit(address, data)

    assert answer.status_code == (200 if beyond else 303)
    if beyond:
        assert f"This hits {beyond} booking" in answer.text
        assert confirmed(planner, address, answer.text, data) == 303


def test_a_day_on_which_nobody_is_booked_is_closed_at_once(
    visitor: Callable[..., Visitor], place: SiteId, window: SlotId
) -> None:
    assert visitor(Role.PLANNER).submit(f"/desk/sites/{place}/days/2026-12-09", CLOSED).status_code == 303
