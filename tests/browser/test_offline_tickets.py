"""A ticket at a gate without network: it opens for its holder, and for nobody else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from booking.bookings.models import Booking, BookingState
from booking.bookings.views.device import HOLDER
from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.browser import inspections_city as city
from tests.browser.conftest import Person
from tests.browser.test_tickets import read_code
from tests.conftest import NOW
from tests.web.bookings.tickets import text_of

Seated = Callable[..., Person]
MEI, LIN = "19912345678", "19912345679"
PHONE = (360, 740)
UNTIL_KEPT = """async (path) => {
  while (!(await caches.match(`${path}/ticket`))) await new Promise((done) => setTimeout(done, 20));
  await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise((done) => setTimeout(done, 20));
}"""
UNTIL_FORGOTTEN = """async (path) => {
  while (await caches.match(path)) await new Promise((done) => setTimeout(done, 20));
}"""
KEPT = """async () => {
  const requests = [];
  for (const name of await caches.keys()) requests.push(...(await (await caches.open(name)).keys()));
  return requests.map((request) => new URL(request.url).pathname).filter((path) => path.startsWith("/my/"));
}"""


@dataclass
class Ticket:
    """Mei's ticket of 8 December, open on a telephone that has kept it by now."""

    person: Person
    address: str
    reference: str
    text: str

    @property
    def page(self) -> Page:
        return self.person.page

    def kept(self) -> Sequence[str]:
        """Return the pages under /my/ that the device keeps."""
        return list(self.page.evaluate(KEPT))


@pytest.fixture
def ticket(sessions: Sessions, somebody: Seated) -> Ticket:
    mei = city.owner(sessions, name="梅测试", phone=MEI)
    city.owner(sessions, name="林测试", phone=LIN)
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, mei, factories.slot(session), at=NOW)
    address = f"/my/bookings/{reference}"
    person = somebody(PHONE)
    person.page.clock.set_fixed_time(NOW)
    person.visit(f"/sign-in?next={address}/ticket")
    city.signs_in(person, MEI)
    person.page.evaluate(UNTIL_KEPT, address)
    return Ticket(person, address, reference, text_of(sessions, reference))


def test_an_opened_ticket_shows_its_code_without_network_until_its_day_is_over(
    ticket: Ticket, sessions: Sessions
) -> None:
    person, page = ticket.person, ticket.page
    expect(page.get_by_text("离线副本")).to_have_count(0)
    assert sorted(ticket.kept()) == [ticket.address, f"{ticket.address}/ticket"]

    page.context.set_offline(True)
    page.reload()
    person.reads("离线副本，保存于 11月24日（星期二）10:00")
    assert read_code(page.screenshot(full_page=True)) == ticket.text
    city.fits_a_phone(person)
    person.keeps_a_picture()
    person.visit("/my/requests")
    person.reads("没有网络时可以用什么")
    person.keeps_a_picture()
    page.get_by_role("link", name="科目二 12月8日（星期二）08:30").click()
    expect(page.locator(".ticket-code svg")).to_be_visible()

    page.clock.set_fixed_time(datetime.fromisoformat("2026-12-09T00:00+08:00"))
    person.visit(f"{ticket.address}/ticket")
    person.reads("没有网络时可以用什么")
    expect(page.get_by_text(ticket.reference)).to_have_count(0)
    assert ticket.kept() == []

    page.context.set_offline(False)
    person.visit(f"{ticket.address}/ticket")  # online, the network comes first
    expect(page.get_by_text(ticket.reference)).to_be_visible()
    expect(page.get_by_text("离线副本")).to_have_count(0)
    page.clock.set_fixed_time(NOW)
    page.reload()
    page.evaluate(UNTIL_KEPT, ticket.address)
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).values(state=BookingState.CANCELLED, ended_at=NOW))
    person.visit(ticket.address)
    page.evaluate(UNTIL_FORGOTTEN, f"{ticket.address}/ticket")


def test_the_device_keeps_nothing_after_the_sign_out(ticket: Ticket) -> None:
    with ticket.person.turns_the_page():
        ticket.page.get_by_role("button", name="退出").click()
    assert ticket.kept() == []


def test_another_account_on_the_device_sees_nothing(ticket: Ticket) -> None:
    person, page = ticket.person, ticket.page
    page.context.clear_cookies(name="booking")  # Mei's sign-in has run out
    person.visit(f"/sign-in?next={ticket.address}/ticket")
    city.signs_in(person, LIN)
    person.reads("没有找到")

    assert ticket.kept() == []
    assert HOLDER not in {cookie.get("name") for cookie in page.context.cookies()}


def test_what_is_kept_is_shown_to_the_account_that_it_was_kept_for(ticket: Ticket) -> None:
    """The control stands first: with the cookie of its holder the same device shows it."""
    person, page = ticket.person, ticket.page
    page.context.clear_cookies(name="booking")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text(ticket.reference)).to_be_visible()

    page.context.add_cookies([{"name": HOLDER, "value": "0" * 16, "url": person.address}])
    page.reload()
    person.reads("没有网络时可以用什么")
    expect(page.get_by_text(ticket.reference)).to_have_count(0)
    assert ticket.kept() == []
