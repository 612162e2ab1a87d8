"""Parts of pages that are shown anew: quicker with script, whole without it, and never rubbish in their place."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from booking.kernel.actors import Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.browser import inspections_city as city
from tests.browser.conftest import DESK, PHONE, Person

Seated = Callable[..., Person]
MOST_SHIFT = 0.02
TALL = (1280, 1400)  # the foot of the page is in sight
# Every shift counts here, also what a click excuses where it is measured on the web: our answers may be slow.
WATCH = """() => {
  window.isTheSamePage = true;
  window.shifted = 0;
  const note = (entries) => { for (const entry of entries.getEntries()) window.shifted += entry.value; };
  new PerformanceObserver(note).observe({ type: "layout-shift" });
}"""
SHIFTED = (
    "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.shifted))))"
)
OPERATOR = "operator"
PUBLISHED = datetime(2026, 11, 10, tzinfo=UTC)


@pytest.fixture
def plan(sessions: Sessions) -> None:
    """Sessions of two subjects in November, which takes six rows of the calendar, and December, which takes five."""
    with unit_of_work(sessions) as session:
        site_id = factories.site(session, services=("subject_1", "subject_2"))
        for day in (date(2026, 11, 27), date(2026, 12, 8), date(2026, 12, 9)):
            factories.slot(session, site_id=site_id, day=day, released=5, published_at=PUBLISHED)
        factories.slot(session, site_id=site_id, service="subject_1", day=date(2026, 12, 9), released=7)


def is_the_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSamePage === true"))


def says(page: Page, words: str) -> None:
    """Fail unless the polite region tells a screen reader so."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_attached()


def test_another_month_and_day_come_without_loading_the_page(somebody: Seated, plan: None) -> None:
    reader = somebody(TALL)
    page = reader.page
    reader.visit("/plans?month=2026-11")
    page.evaluate(WATCH)

    page.locator("#month-after").press("Enter")
    says(page, "已更新：12月8日（星期二），余 5")
    expect(page).to_have_url(re.compile(r"month=2026-12$"))
    expect(page.get_by_role("heading", name="2026年12月", exact=True)).to_be_visible()
    expect(page.locator("#places")).to_be_focused()  # the link is gone, there is no later month
    with page.context.expect_page() as beside:
        page.locator("#day-2026-12-08").click(modifiers=["ControlOrMeta"])
    expect(beside.value).to_have_url(re.compile("day=2026-12-08"))
    expect(page).not_to_have_url(re.compile("day="))
    page.locator("#day-2026-12-09").press("Enter")
    says(page, "已更新：12月9日（星期三），余 12")
    expect(page.locator("#day-2026-12-09")).to_be_focused()
    expect(page.locator("#sessions")).to_be_in_viewport()
    assert is_the_same_page(page)
    assert page.evaluate(SHIFTED) <= MOST_SHIFT
    english = page.get_by_role("link", name="English").get_attribute("href") or ""
    assert "day%3D2026-12-09" in english  # who changes the language stays where they are

    page.go_back()
    expect(page.get_by_role("heading", name="12月8日")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="2026年11月", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"month=2026-11$"))


def test_a_shorter_month_leaves_the_page_where_it_is(somebody: Seated, plan: None) -> None:
    reader = somebody(PHONE)
    page = reader.page
    reader.visit("/plans?month=2026-12&day=2026-12-09")
    for service in page.locator("#sessions summary").all():
        service.click()
    page.locator("#month-before").evaluate("(link) => link.focus({ preventScroll: true })")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    scrolled = page.evaluate("scrollY")

    page.keyboard.press("Enter")
    says(page, "已更新：11月27日")
    assert page.evaluate("scrollY") == pytest.approx(scrolled, abs=1)
    assert scrolled > 0


def test_choosing_from_a_list_is_enough_and_the_list_keeps_the_focus(somebody: Seated, plan: None) -> None:
    reader = somebody(DESK)
    page = reader.page
    reader.visit("/plans")
    page.evaluate(WATCH)

    page.locator("#service").focus()
    page.keyboard.press("ArrowDown")
    says(page, "已更新：12月9日（星期三），余 7")
    expect(page).to_have_url(re.compile("service=subject_1"))
    expect(page.locator("#service")).to_be_focused()
    assert is_the_same_page(page)

    page.context.set_offline(True)
    page.locator("#day-2026-12-09").click()
    expect(page.get_by_role("status").filter(has_text="没有网络")).to_be_visible()
    expect(page.get_by_role("heading", name="2026年12月", exact=True)).to_be_visible()
    page.context.set_offline(False)
    page.locator("#day-2026-12-09").click()
    expect(page.get_by_text("没有网络")).to_have_count(0)


def test_links_and_buttons_do_the_same_without_scripts(somebody: Seated, plan: None) -> None:
    reader = somebody(DESK, scripts=False)
    reader.visit("/plans?month=2026-11")

    with reader.turns_the_page():
        reader.page.locator("#month-after").click()
    reader.reads("2026年12月")
    with reader.turns_the_page():
        reader.page.locator("#day-2026-12-09").click()
    reader.reads("12月9日（星期三）")
    reader.page.locator("#service").select_option("subject_1")
    reader.press("查看")
    assert "service=subject_1" in reader.page.url
    reader.page.go_back()
    reader.reads("2026年12月")


def test_whoever_is_no_longer_signed_in_comes_to_the_sign_in_page_as_a_page(
    somebody: Seated, sessions: Sessions, plan: None
) -> None:
    city.owner(sessions, name="林测试", phone="19900000001")
    learner = somebody(DESK)
    page = learner.page
    learner.visit("/sign-in?next=/exams/subject_2?month%3D2026-11")
    city.signs_in(learner, "19900000001")
    page.context.clear_cookies(name="booking")

    with learner.turns_the_page():
        page.locator("#month-after").click()
    expect(page.get_by_role("main").get_by_label("密码")).to_be_visible()
    assert re.search("/sign-in.*month", page.url)


def test_a_board_stays_up_to_date_and_out_of_the_way(somebody: Seated, sessions: Sessions, clock: FixedClock) -> None:
    site_id = city.station(sessions, "赤坎机动车检验站")
    city.operator(sessions, site_id, OPERATOR)
    with unit_of_work(sessions) as session:
        factories.password_alone(session)
    operator = somebody(DESK)
    page = operator.page
    page.clock.install()
    operator.visit("/sign-in?next=/station")
    city.signs_in(operator, OPERATOR)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.resource_type == "xhr" else None)
    board, gate = page.locator("#board"), page.locator("#text")
    expect(board).to_contain_text("10:00")

    def a_minute_later() -> None:
        clock.instant += timedelta(minutes=1)
        page.clock.run_for(61_000)

    gate.press_sequentially("粤G4")
    a_minute_later()
    assert asked == [], "somebody is typing"
    gate.fill("")
    a_minute_later()
    expect(board).to_contain_text("10:02")
    expect(gate).to_be_focused()

    asked.clear()
    page.clock.fast_forward(11 * 60_000)
    a_minute_later()
    assert asked == [], "a device left alone must not stay signed in"
    page.keyboard.press("Shift")
    expect(board).to_contain_text("10:03")

    page.context.clear_cookies(name="booking")
    a_minute_later()
    expect(page.get_by_role("status").filter(has_text="暂时无法更新")).to_be_visible()
    expect(board).to_contain_text("10:03")


def test_the_desk_and_the_queue_keep_themselves_up_to_date(
    somebody: Seated, sessions: Sessions, clock: FixedClock
) -> None:
    site_id = city.station(sessions, "赤坎机动车检验站")
    with unit_of_work(sessions) as session:
        factories.password_alone(session)
        factories.account(session, Role.COUNTER, login="wang", password_hash=city.password_hash())
    clerk, reader = somebody(DESK), somebody(DESK)
    clerk.visit("/sign-in?next=/desk")
    city.signs_in(clerk, "wang")
    reader.visit(f"/inspections/stations/{site_id}/display")

    clock.instant += timedelta(minutes=7)
    for one, part in ((clerk, "#today"), (reader, "#calls")):
        one.page.evaluate("(part) => htmx.trigger(part, 'refresh')", part)
        expect(one.page.locator(part)).to_contain_text("10:07")
