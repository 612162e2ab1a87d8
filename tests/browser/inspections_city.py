"""Owners, their cars and a station for the journeys beside this, and what every page of theirs has to stand."""

import re
from datetime import date, time
from functools import cache

from playwright.sync_api import Page
from sqlalchemy import select, update

from booking.accounts.service.passwords import HASHER
from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SiteId, SlotId, VehicleId
from booking.sites.models import Site
from tests import factories
from tests.browser.conftest import PICTURES, Person
from tests.browser.driving import LOOK
from tests.conftest import NOW
from tests.service.inspections.published import publish, release
from tests.web.inspections import windows as town

PASSWORD = "windmill-lantern-7"
SMALL_PHONE = (360, 740)
NARROWEST = 320
TODAY = date(2026, 11, 24)
# Province, letter and the rest, masked or in clear.
PLATE = re.compile(r"[\u4e00-\u9fff][A-Z]·?[A-Z0-9*]{5,6}")
TABS = 90
FOCUSED = """() => {
  const it = document.activeElement;
  const label = it.labels && it.labels.length ? it.labels[0].innerText : "";
  return (it.innerText || label || it.value || "").replace(/\\s+/g, " ").trim();
}"""


@cache
def password_hash() -> str:
    """Return the hash of the one password; a tenth of a second is spent once."""
    return HASHER.hash(PASSWORD)


def owner(sessions: Sessions, *, name: str, phone: str) -> Actor:
    """Add somebody who can sign in."""
    with unit_of_work(sessions) as session:
        person_id = factories.person(session, name=name, phone=phone)
        return factories.account(session, person_id=person_id, password_hash=password_hash())


def operator(sessions: Sessions, site_id: SiteId, login: str) -> None:
    """Let somebody run a station."""
    with unit_of_work(sessions) as session:
        factories.account(session, Role.STATION, site_id=site_id, login=login, password_hash=password_hash())


def station(sessions: Sessions, name: str, district: str = "赤坎区") -> SiteId:
    """Add a station with two lanes for small cars."""
    site_id = town.station(sessions, district=district)
    with unit_of_work(sessions) as session:
        session.execute(update(Site).where(Site.id == site_id).values(name=name))
    return site_id


def window(sessions: Sessions, site_id: SiteId, day: date, starts: int = 9, *, free: int = 5) -> SlotId:
    """Publish the window of an hour, with places on line and two for cars that just come; all are released."""
    slot_id = publish(sessions, site_id, day, time(starts), first=free, walk_in=2)
    release(sessions, NOW)
    return slot_id


def booked_car(sessions: Sessions, actor: Actor, plate: str, slot_id: SlotId) -> str:
    """Add a car with a place in a window; return the reference."""
    return town.booked(sessions, actor, car(sessions, actor, plate), slot_id)


def car(
    sessions: Sessions,
    actor: Actor,
    plate: str,
    *,
    registered_on: date = date(2010, 12, 20),
    valid_until: date = date(2026, 12, 24),
) -> VehicleId:
    """Add a private car; if nothing else is said, one that is due for a line test in a month."""
    with unit_of_work(sessions) as session:
        return factories.vehicle(
            session,
            person_id=PersonId(actor.person_id or 0),
            plate=plate,
            registered_on=registered_on,
            valid_until=valid_until,
        )


def states(sessions: Sessions) -> list[BookingState]:
    """Return how the bookings stand, in the order in which they were made."""
    with reading(sessions) as session:
        return list(session.scalars(select(Booking.state).order_by(Booking.id)))


def signs_in(person: Person, login: str) -> None:
    """Sign in on the page that asks for it."""
    person.page.fill("[name=login]", login)
    person.page.fill("[name=password]", PASSWORD)
    person.submit()


def fits_a_phone(person: Person) -> None:
    """Fail if the page has to be moved sideways on the narrowest telephones; the window is as before afterwards."""
    before = person.page.viewport_size
    assert before is not None
    for width in (NARROWEST, SMALL_PHONE[0]):
        person.page.set_viewport_size({"width": width, "height": before["height"]})
        wide, room = person.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= room, f"{person.page.url} is {wide} wide in {room}"
    if before["width"] != SMALL_PHONE[0]:
        person.page.set_viewport_size(before)


def keeps_a_dark_picture(person: Person) -> None:
    """Keep a picture of the page as it is at night, if any are kept."""
    if not PICTURES:
        return
    person.page.emulate_media(color_scheme="dark")
    person.keeps_a_picture()
    person.page.emulate_media(color_scheme="light")


def tabs_to(page: Page, words: str) -> None:
    """Press the tabulator until the focus is, visibly, on what begins with the words."""
    met = []
    for _ in range(TABS):
        page.keyboard.press("Tab")
        met.append(page.evaluate(FOCUSED))
        if met[-1].startswith(words):
            wrong = page.evaluate(LOOK)["wrong"]
            assert wrong == "", f"{words} {wrong}"
            return
    raise AssertionError(f"{words} is not reached by the tabulator: {met}")


def chooses(person: Person, words: str) -> None:
    """Go to a link or a button by the tabulator, press Enter, and see the next page."""
    tabs_to(person.page, words)
    enters(person)


def enters(person: Person) -> None:
    """Press Enter, and see the next page."""
    with person.turns_the_page():
        person.page.keyboard.press("Enter")


def types(page: Page, words: str, text: str) -> None:
    """Go to a field by the tabulator and type."""
    tabs_to(page, words)
    page.keyboard.type(text)
