"""Announcing that a test lane is out of service: the effect is seen first, then announced, and then lifted."""

import re
from collections.abc import Callable
from datetime import date, time

import pytest

from booking.inspections.holders import holder_of
from booking.kernel.actors import Role
from booking.kernel.calendar import at_local
from booking.kernel.db import reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.sites import queries as sites
from booking.sites.queries import StationShown
from booking.slots.models import Lane, Quota
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.yard import Yard, words

DAY = date(2026, 12, 3)
TIMES = {"starts_at": "2026-12-03T09:00", "ends_at": "2026-12-03T10:00", "reason": "制动台检修"}
Visit = Callable[..., Visitor]


def new(yard: Yard) -> str:
    return f"/desk/stations/{yard.site_id}/outages/new"


def outage(yard: Yard) -> dict[str, str]:
    """Return the form: one of the two lanes, for an hour."""
    return {"lane": str(yard.lane()), **TIMES}


def full_window(yard: Yard, bookings: int) -> SlotId:
    """Publish a window of 24 places with so many bookings."""
    slot_id = yard.window("09:00", DAY, free=24)
    for number in range(bookings):
        car = yard.car(f"粤G7{number:04}")
        with unit_of_work(yard.sessions) as session:
            session.get_one(Quota, (slot_id, Lane.ORDINARY)).taken += 1
            factories.booking_row(session, factories.account(session), slot_id, at=NOW, held_by=holder_of(car))
    return slot_id


def station(yard: Yard) -> StationShown:
    with reading(yard.sessions) as session:
        return sites.station(session, yard.site_id, now=NOW)


def blocked(yard: Yard, slot_id: SlotId) -> int:
    with reading(yard.sessions) as session:
        return session.get_one(Quota, (slot_id, Lane.ORDINARY)).blocked


def announced(yard: Yard) -> str:
    """Look at the preview and announce; return the address that follows."""
    preview = yard.operator.submit(new(yard), outage(yard))
    fields = hidden_fields(preview, new(yard))
    answer = yard.operator.post(new(yard), data={**fields, **outage(yard), "step": "save"})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_the_effect_is_shown_before_anything_is_announced(yard: Yard) -> None:
    slot_id = full_window(yard, 15)

    page = yard.operator.submit(new(yard), outage(yard))

    assert page.status_code == 200
    assert "Bookings hit: 3. Open places taken off: 9. Windows that get smaller: 1." in page.text
    assert station(yard).outages == ()
    assert blocked(yard, slot_id) == 0


def test_what_was_looked_at_is_announced_and_takes_places_off_sale(yard: Yard) -> None:
    slot_id = full_window(yard, 15)

    page = yard.operator.get(announced(yard)).text

    (one,) = station(yard).outages
    assert (one.starts_at, one.ends_at) == (at_local(DAY, time(9)), at_local(DAY, time(10)))
    assert blocked(yard, slot_id) == 9
    assert "Bookings hit: 3. Open places taken off: 9." in page
    assert "粤G·7***4" in page
    assert "70014" not in page
    assert not re.search(r"\b1\d{10}\b", page)  # telephones are masked
    assert re.search(r"1\d{2}\*{4}\d{4}", page)


def test_lifting_it_puts_the_places_on_sale_again(yard: Yard) -> None:
    slot_id = full_window(yard, 15)
    address = announced(yard)
    end = f"/desk/sites/{yard.site_id}/outages/{address.rsplit('/', 1)[1]}/end"

    answer = yard.operator.submit(end, on=address)

    assert answer.status_code == 303
    assert blocked(yard, slot_id) == 0
    assert "This outage is over" in yard.operator.get(address).text


def test_what_has_changed_since_the_preview_is_shown_again(yard: Yard) -> None:
    full_window(yard, 15)
    fields = hidden_fields(yard.operator.submit(new(yard), outage(yard)), new(yard))

    changed = {**fields, **outage(yard), "ends_at": "2026-12-03T09:30", "step": "save"}
    answer = yard.operator.post(new(yard), data=changed)

    assert answer.status_code == 422
    assert "Not announced: look again" in answer.text
    assert station(yard).outages == ()


def test_an_outage_that_hits_nothing_says_so(yard: Yard) -> None:
    assert "No published window gets smaller" in yard.operator.submit(new(yard), outage(yard)).text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"reason": ""}, "Give a reason"),
        ({"starts_at": ""}, "Enter from when"),
        ({"starts_at": "tomorrow"}, "This is not a day with an hour"),
        ({"starts_at": "0001-01-01T00:00"}, "This is not a day with an hour"),
        ({"starts_at": "2026-11-23T13:00"}, "An outage begins today or later"),
        ({"ends_at": "2026-12-03T08:00"}, "An outage ends after it begins"),
        ({"lane": "404"}, "Choose one of these"),
    ],
)
def test_an_outage_that_cannot_be_comes_back_with_what_was_entered(
    yard: Yard, wrong: dict[str, str], message: str
) -> None:
    page = yard.operator.submit(new(yard), {**outage(yard), **wrong})

    assert page.status_code == 422
    assert message in page.text
    assert "2026-12-03T" in page.text


def test_an_outage_that_is_announced_already_is_said_so(yard: Yard) -> None:
    announced(yard)
    preview = yard.operator.submit(new(yard), outage(yard))

    answer = yard.operator.post(new(yard), data={**hidden_fields(preview, new(yard)), **outage(yard), "step": "save"})

    assert answer.status_code == 409
    assert len(station(yard).outages) == 1


def test_the_list_of_outages_leads_here(yard: Yard) -> None:
    address = announced(yard)

    page = yard.operator.get(f"/desk/sites/{yard.site_id}/outages").text

    assert f'href="{new(yard)}"' in page
    assert f'href="{address}"' in page


def test_another_stations_operator_is_refused(yard: Yard, visitor: Visit) -> None:
    address = announced(yard)
    other = visitor(Role.STATION)
    csrf = hidden_fields(other.get(f"/desk/stations/{other.actor.site_id}/outages/new"), new(yard))

    assert other.get(new(yard)).status_code == 403
    assert other.post(new(yard), data={**csrf, **outage(yard)}).status_code == 403
    assert other.get(address).status_code == 403
    elsewhere = address.replace(f"/{yard.site_id}/", f"/{other.actor.site_id}/", 1)
    assert other.get(elsewhere).status_code == 404


def test_the_office_announces_for_every_station(yard: Yard, visitor: Visit) -> None:
    planner = visitor(Role.PLANNER)

    assert "No published window gets smaller" in planner.submit(new(yard), outage(yard)).text
    assert "Test lanes" in words(yard.board())


def test_the_board_leads_to_an_outage_of_its_lane_and_to_closing_the_day_already_filled_in(yard: Yard) -> None:
    board = yard.operator.get("/station", follow_redirects=True).text
    address = f"{new(yard)}?lane={yard.lane()}"

    page = yard.operator.get(address).text

    assert address in board
    assert f"/desk/closures/new?line=inspections&amp;site={yard.site_id}" in board
    fields = [text.partition("</textarea>")[0] for text in page.split("<textarea")[1:]]
    assert "设备故障，正在抢修" in fields[0]
    assert "Equipment failure; it is being repaired" in fields[1]
    assert f'<option selected value="{yard.lane()}"' in page


def test_closing_begins_with_the_line_of_the_station(yard: Yard, visitor: Visit) -> None:
    page = yard.operator.get("/desk/closures/new").text

    assert '<option selected value="inspections">' in page
    assert '<option selected value="inspections">' not in visitor(Role.PLANNER).get("/desk/closures/new").text
