"""The gate of an exam session: scanned, answered, taken back, tested, closed; and twenty people without network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from booking.bookings.models import Booking
from booking.kernel.actors import Actor
from booking.kernel.calendar import at_local
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SiteId, SlotId
from booking.rosters.models import CheckIn
from booking.rosters.service.check_ins import Presented, check_in
from tests.browser import inspections_city as city
from tests.browser.conftest import DESK, Person
from tests.web.rosters import session as town
from tests.web.rosters.session import TODAY, Candidate

LOGIN = "examiner"
TABLET = (768, 1024)
Seated = Callable[..., Person]
UNTIL_KEPT = """async () => {
  while (!(await caches.match(location.pathname))) await new Promise((done) => setTimeout(done, 50));
}"""
KEPT = """async () => {
  const requests = [];
  for (const name of await caches.keys()) requests.push(...(await (await caches.open(name)).keys()));
  return requests.map((request) => new URL(request.url).pathname).filter((path) => !path.startsWith("/static/"));
}"""
ENTRIES = """() => new Promise((done) => {
  const opening = indexedDB.open("roster", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("checkins", { keyPath: "key" });
  opening.onsuccess = () => {
    const all = opening.result.transaction("checkins").objectStore("checkins").getAll();
    all.onsuccess = () => { opening.result.close(); done(all.result); };
  };
})"""


@dataclass
class Gate:
    """A session of ten o'clock, half an hour before."""

    sessions: Sessions
    clock: FixedClock
    site_id: SiteId
    slot_id: SlotId
    people: Sequence[Candidate]
    operator: Actor

    @property
    def address(self) -> str:
        return f"/station/rosters/{self.slot_id}"

    def came(self) -> list[str]:
        """Return the reference of each check-in that was ever stored."""
        query = select(Booking.reference).join(CheckIn, CheckIn.booking_id == Booking.id).order_by(Booking.id)
        with reading(self.sessions) as session:
            return list(session.scalars(query))

    def lets_in_elsewhere(self, one: Candidate) -> None:
        """Check somebody in as another device of the site would."""
        now = self.clock.now()
        with unit_of_work(self.sessions) as session:
            shown = Presented(one.ticket, "", now)
            check_in(session, self.site_id, shown, actor=self.operator, now=now)


@pytest.fixture
def gate(sessions: Sessions, clock: FixedClock) -> Gate:
    site_id = town.site(sessions)
    slot_id = town.slot(sessions, site_id)
    people = town.candidates(sessions, slot_id, 22)
    clock.instant = at_local(TODAY, time(9, 30))
    operator = town.operator(sessions, site_id, login=LOGIN, password_hash=city.password_hash())
    return Gate(sessions, clock, site_id, slot_id, people, operator)


def goes_to_the_gate(operator: Person, gate: Gate) -> None:
    """Sign in and open the roster."""
    operator.visit("/sign-in")
    city.signs_in(operator, LOGIN)
    operator.visit("/station/rosters")
    operator.keeps_a_picture()
    with operator.turns_the_page():
        operator.page.get_by_role("rowheader").get_by_role("link", name="10:00").click()


def forged(ticket: str) -> str:
    """Return the ticket with one sign in the middle of its signature changed; its end is often the same by itself."""
    return f"{ticket[:-50]}{'A' if ticket[-50] != 'A' else 'B'}{ticket[-49:]}"


def scans(page: Page, text: str, answer: str, who: str = "") -> None:
    """Write where the cursor stands, as a scanner does, and read the answer; the cursor is there for the next one."""
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")
    said = page.get_by_role("status").filter(has_text=answer)
    expect(said.filter(has_text=who)).to_be_visible()
    expect(page.locator("#text")).to_be_focused()


def waiting(page: Page) -> str:
    """Return how many check-ins the page says are waiting to be sent; "" for none."""
    return page.locator("[data-waiting-count]").inner_text() if page.locator("[data-waiting]").is_visible() else ""


def test_a_session_at_the_gate(somebody: Seated, gate: Gate) -> None:
    operator = somebody(DESK)
    page = operator.page
    goes_to_the_gate(operator, gate)
    expect(page.get_by_text("已连接")).to_be_visible()
    operator.keeps_a_picture()
    first, second, third = gate.people[:3]

    scans(page, first.ticket.lower(), "准许入场", f"{first.name} · {first.tail}")
    operator.keeps_a_picture()
    scans(page, first.ticket, "已经签到")
    operator.keeps_a_picture()
    scans(page, forged(first.ticket), "不能入场")
    operator.keeps_a_picture()
    city.keeps_a_dark_picture(operator)

    page.keyboard.type(second.reference)
    page.keyboard.press("Enter")
    expect(page.locator("#tail")).to_be_focused()
    page.keyboard.insert_text(first.ticket)  # the next one is scanned before the last four are typed
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="已经签到")).to_be_visible()
    page.keyboard.type(second.reference)
    page.keyboard.press("Enter")
    expect(page.locator("#tail")).to_be_focused()
    page.keyboard.type(second.tail)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="准许入场").filter(has_text=second.name)).to_be_visible()
    scans(page, third.number, "准许入场", third.name)
    assert gate.came() == [first.reference, second.reference, third.reference]

    with operator.turns_the_page():
        page.locator("[data-undo] button").click()
    operator.reads("已撤回：考生03")
    assert town.states(gate.sessions, gate.slot_id)[:3] == ["attended", "attended", "confirmed"]
    page.get_by_role("link", name="已签到，待考").click()
    expect(page.locator("tbody tr:visible")).to_have_count(2)
    city.fits_a_phone(operator)

    operator.press("登记成绩")
    operator.keeps_a_picture()
    page.keyboard.press("Tab")
    city.types(page, f"考生01 {first.tail}", "95")
    city.types(page, f"考生02 {second.tail} 成绩", "60")
    city.enters(operator)
    operator.reads("已登记 2 条成绩")
    city.fits_a_phone(operator)


def test_without_scripts_the_gate_works_by_its_forms_until_the_roster_is_closed(somebody: Seated, gate: Gate) -> None:
    operator = somebody(TABLET, scripts=False)
    page = operator.page
    goes_to_the_gate(operator, gate)
    first, second = gate.people[:2]

    page.fill("#text", first.ticket)
    operator.press("签到")
    operator.reads("准许入场")
    operator.keeps_a_picture()
    operator.press("撤回 09:40 截止")
    operator.reads("已撤回：考生01")
    for one in (first, second):
        page.fill("#text", one.ticket)
        operator.press("签到")
    page.fill("#text", second.reference)
    operator.press("签到")
    operator.reads("请再核对")
    operator.keeps_a_picture()
    operator.visit(f"{gate.address}/results")
    for number, score in (("考生01", "88"), ("考生02", "79")):
        page.get_by_label(f"{number} ").first.fill(score)
    operator.press("登记成绩并保存")
    operator.reads("补考")

    for _ in range(5):  # nobody is signed in any more after a quarter of an hour of nothing
        gate.clock.instant += timedelta(minutes=14)
        operator.visit(gate.address)
    operator.keeps_a_picture()
    operator.press("封存名单")
    operator.reads("封存时以下考生记为缺考")
    for name, count in (("present", 2), ("absent", 20), ("passed", 1), ("failed", 1)):
        page.fill(f"[name={name}]", str(count))
    operator.keeps_a_picture()
    operator.press("封存名单")
    operator.reads("名单已封存")
    operator.keeps_a_picture()
    assert sorted(set(town.states(gate.sessions, gate.slot_id))) == ["absent", "failed", "passed"]


def test_twenty_people_without_network_are_neither_lost_nor_doubled(somebody: Seated, gate: Gate) -> None:
    operator = somebody(TABLET)
    page = operator.page
    goes_to_the_gate(operator, gate)
    page.evaluate(UNTIL_KEPT)
    (late,) = town.candidates(gate.sessions, gate.slot_id, 1, first=60)  # booked after the page was loaded
    twenty, left_out = [*gate.people[:19], late], gate.people[20]
    somewhere_else = town.slot(gate.sessions, gate.site_id, starts=time(15))
    (other,) = town.candidates(gate.sessions, somewhere_else, 1, first=50)

    page.context.set_offline(True)
    expect(page.get_by_text("无网络，继续签到，稍后上传")).to_be_visible()
    for one in twenty[:8]:
        scans(page, one.ticket, "准许入场", one.name)
    scans(page, twenty[3].ticket, "已经签到", twenty[3].name)
    scans(page, other.ticket, "不能入场")
    scans(page, "2222222222", "不能入场")
    scans(page, late.ticket, "准许入场", "凭证真实，且属于本场次")
    scans(page, forged(twenty[9].ticket), "不能入场")
    operator.keeps_a_picture()

    page.reload()
    expect(page.locator("[data-waiting-count]")).to_have_text("9")
    expect(page.locator("#text")).to_be_focused()
    for one in twenty[8:14]:
        scans(page, one.number, "准许入场", one.name)
    gate.lets_in_elsewhere(twenty[5])
    for one in twenty[14:19]:
        page.keyboard.type(one.reference)
        page.keyboard.press("Enter")
        expect(page.locator("#tail")).to_be_focused()
        page.keyboard.type(one.tail)
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="准许入场").filter(has_text=one.name)).to_be_visible()
    scans(page, left_out.ticket, "准许入场", left_out.name)
    page.locator("[data-undo] button").click()
    expect(page.get_by_role("status").filter(has_text="这次签到作废")).to_be_visible()
    assert waiting(page) == "20"
    city.fits_a_phone(operator)
    operator.keeps_a_picture()
    city.keeps_a_dark_picture(operator)
    kept = page.evaluate(ENTRIES)
    assert not [one for one in gate.people if one.number in str(kept)], "whole document numbers stay on the device"
    assert gate.came() == [twenty[5].reference]

    page.context.set_offline(False)
    expect(page.locator("[data-waiting]")).to_be_hidden()
    expect(page.get_by_text("已连接")).to_be_visible()
    refused = page.locator("[data-refused]")
    expect(refused).to_contain_text(twenty[5].reference)
    expect(refused.locator("li")).to_have_count(1)
    operator.keeps_a_picture()
    assert gate.came() == [one.reference for one in twenty]
    assert town.states(gate.sessions, gate.slot_id) == ["attended"] * 19 + ["confirmed"] * 3 + ["attended"]

    page.reload()
    expect(refused).to_contain_text(twenty[5].reference)  # until somebody has seen it
    refused.get_by_role("button", name="已阅").click()
    expect(refused).to_be_hidden()
    assert gate.came() == [one.reference for one in twenty]


def test_check_ins_outlive_the_sign_in_and_the_device_forgets_when_all_is_sent(somebody: Seated, gate: Gate) -> None:
    operator = somebody(DESK)
    page = operator.page
    goes_to_the_gate(operator, gate)
    page.evaluate(UNTIL_KEPT)
    page.context.set_offline(True)
    one = gate.people[0]
    scans(page, one.ticket, "准许入场", one.name)

    session_cookies = page.context.cookies()
    page.context.clear_cookies(name="booking")
    page.context.set_offline(False)
    expect(page.get_by_text("登录已失效")).to_be_visible()
    operator.keeps_a_picture()
    assert (gate.came(), waiting(page), bool(session_cookies)) == ([], "1", True)
    page.get_by_role("status").get_by_role("link", name="登录").click()
    city.signs_in(operator, LOGIN)
    expect(page).to_have_url(f"{operator.address}{gate.address}")
    expect(page.locator("[data-waiting]")).to_be_hidden()
    expect(page.locator("[data-row]").first).to_have_attribute("data-state", "present")
    assert gate.came() == [one.reference]
    assert page.evaluate(KEPT) == [gate.address]  # no other page was ever kept

    with operator.turns_the_page():
        page.get_by_role("button", name="退出").click()
    assert page.evaluate(KEPT) == []
    assert page.evaluate(ENTRIES) == []
