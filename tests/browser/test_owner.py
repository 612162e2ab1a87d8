"""An owner: from the reminder to the booking, from the first page to a window, and what stands in the way."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from booking.bookings.models import BookingState
from booking.inspections.jobs import remind_owners
from booking.kernel.actors import Actor
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions
from booking.kernel.ids import SiteId
from tests.browser import inspections_city as city
from tests.browser.conftest import DESK, Person
from tests.browser.inspections_city import SMALL_PHONE, fits_a_phone, keeps_a_dark_picture
from tests.web.inspections.windows import fill

PHONE = "19900000001"
FRIDAY = date(2026, 11, 27)
VIN, ODD_VIN = "LSVFF66R8C2116280", "LSVFF66R9C2116280"  # the ninth place is the check digit
Seated = Callable[..., Person]


@pytest.fixture
def lin(sessions: Sessions) -> Actor:
    """The owner."""
    return city.owner(sessions, name="林测试", phone=PHONE)


@pytest.fixture
def pilot(sessions: Sessions) -> SiteId:
    """A station with two windows on Friday and one on the Monday after."""
    site_id = city.station(sessions, "赤坎机动车检验站")
    for day, starts in ((FRIDAY, 9), (FRIDAY, 10), (FRIDAY + timedelta(days=3), 9)):
        city.window(sessions, site_id, day, starts)
    return site_id


def reminded(sessions: Sessions, clock: FixedClock, lin: Actor) -> None:
    """A car runs out in thirty days, and the job tells its owner of a place that is kept."""
    city.car(sessions, lin, "粤G31001")
    assert remind_owners(sessions, clock.now()) == 1


def shows_a_booking(owner: Person) -> str:
    """Fail unless the page of the booking has everything that the owner needs; return the reference."""
    owner.page.wait_for_url("**/my/bookings/*")
    for words in ("预约成功", "需要携带", "行驶证", "打印预约凭证"):
        owner.reads(words)
    reference = owner.page.locator(".ticket .reference").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{10}", reference)
    return reference


def takes_the_papers_along(owner: Person, reference: str) -> None:
    """Save the file for the calendar, and look at the ticket."""
    with owner.page.expect_download() as download:
        owner.press_here("加入日历")
    calendar = download.value.path().read_text(encoding="utf-8")
    assert "BEGIN:VEVENT" in calendar
    assert "DTSTART" in calendar
    owner.press("打印预约凭证")
    owner.reads(reference)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_owner_goes_from_the_reminder_to_the_booking(
    somebody: Seated, sessions: Sessions, clock: FixedClock, pilot: SiteId, lin: Actor, *, scripts: bool
) -> None:
    reminded(sessions, clock, lin)
    owner = somebody(SMALL_PHONE, scripts=scripts)

    def looks() -> None:
        if scripts:
            fits_a_phone(owner)
            owner.keeps_a_picture()

    owner.visit("/my/messages")
    city.signs_in(owner, PHONE)
    owner.page.wait_for_url("**/my/messages")
    looks()
    with owner.turns_the_page():
        owner.page.get_by_role("link", name="检验还有 30 天到期").click()
    owner.reads("，赤坎机动车检验站（")
    looks()
    owner.press("前往办理")
    owner.page.wait_for_url("**/inspections/holds/*")
    owner.reads("已为这辆车预留名额")
    looks()
    if scripts:
        keeps_a_dark_picture(owner)
    owner.press("使用这个名额")
    reference = shows_a_booking(owner)
    looks()
    takes_the_papers_along(owner, reference)
    looks()

    assert city.states(sessions) == [BookingState.CONFIRMED]
    owner.visit("/inspections/holds/1")
    owner.reads("这个预留名额已使用")
    looks()
    owner.visit("/inspections/vehicles")
    owner.reads("已预约")
    looks()


def test_a_window_is_booked_moved_and_cancelled_on_a_phone(
    somebody: Seated, sessions: Sessions, pilot: SiteId, lin: Actor
) -> None:
    city.car(sessions, lin, "粤G31001", valid_until=date(2027, 1, 31))  # no place is held: the owner comes early
    owner = somebody(SMALL_PHONE)

    def looks() -> None:
        fits_a_phone(owner)
        owner.keeps_a_picture()

    owner.visit("/")
    looks()
    owner.press("预约车辆检验")
    owner.reads("预约车辆检验")
    looks()
    owner.press("开始办理")
    owner.page.fill("[name=login]", PHONE)
    owner.page.fill("[name=password]", city.PASSWORD)
    owner.press("登录")
    owner.page.wait_for_url("**/inspections/vehicles")
    looks()
    owner.press("预约检验 粤G·3***1")
    owner.reads("选择检验站")
    looks()
    owner.press("选择")
    owner.reads("最早的可约时段")
    looks()
    owner.press("选择")
    owner.reads("核对并预约")
    looks()
    owner.press("确认预约")
    reference = shows_a_booking(owner)
    looks()

    owner.press("改期")
    owner.reads("选择新的时段")
    looks()
    owner.press("选择")
    owner.reads("核对改期")
    looks()
    owner.press("确认改期")
    owner.reads("改期成功，预约编号不变")
    assert shows_a_booking(owner) == reference
    owner.reads("11月27日（星期五）10:00–11:00")  # the window that is left is no choice
    owner.press("取消预约")
    looks()
    owner.press("取消预约")
    owner.reads("预约已取消")
    looks()
    assert city.states(sessions) == [BookingState.CANCELLED]


def test_a_held_place_counts_down_in_words_once_an_hour_and_at_last_once_a_minute(
    somebody: Seated, sessions: Sessions, clock: FixedClock, pilot: SiteId, lin: Actor
) -> None:
    reminded(sessions, clock, lin)
    clock.instant += timedelta(hours=46, seconds=30)
    owner = somebody(SMALL_PHONE)
    owner.page.clock.install()
    owner.visit("/inspections/holds/1")
    city.signs_in(owner, PHONE)
    left = owner.page.get_by_role("timer")

    expect(left).to_have_attribute("aria-live", "polite")
    expect(left).to_have_text("剩余 1 小时")
    for ahead, words in (("00:59:00", "剩余 1 小时"), ("01:00", "剩余 59 分钟"), ("59:00", "剩余 0 分钟")):
        owner.page.clock.run_for(ahead)
        expect(left).to_have_text(words)
    owner.page.clock.run_for("01:00")
    expect(left).to_have_text("保留时间已到，名额已退回。")


def describes(owner: Person, plate: str, vin: str, registered_on: str) -> None:
    owner.page.fill("[name=plate]", plate)
    owner.page.fill("[name=vin]", vin)
    owner.page.fill("[name=seats]", "5")
    owner.page.fill("[name=registered_on]", registered_on)
    owner.page.fill("[name=valid_until]", "2026-12-31")


def test_slips_in_a_new_vehicle_are_shown_where_they_are_and_nothing_is_lost(
    somebody: Seated, sessions: Sessions, lin: Actor
) -> None:
    owner = somebody(SMALL_PHONE)
    owner.visit("/inspections/vehicles")
    city.signs_in(owner, PHONE)
    owner.reads("还没有车辆")
    fits_a_phone(owner)
    owner.keeps_a_picture()
    owner.press("添加车辆")
    fits_a_phone(owner)
    owner.keeps_a_picture()

    owner.page.fill("[name=plate]", "gd12345")
    drawn = owner.page.locator("#plate-drawn")
    expect(drawn).to_have_text("粤G·D12345")
    expect(owner.page.locator("[name=plate_type]")).to_have_value("52")  # by its shape: small, of new energy
    owner.keeps_a_picture()
    owner.page.fill("[name=plate]", "d12345")
    expect(owner.page.locator("[name=plate_type]")).to_have_value("02")

    describes(owner, "GO1234", ODD_VIN, "2010-12-20")
    owner.press("核对填写的内容")
    owner.reads("号牌序号中没有字母 I 和 O")
    plate = owner.page.locator("[name=plate]")
    assert plate.get_attribute("aria-invalid") == "true"
    kept = [owner.page.input_value(f"[name={name}]") for name in ("plate", "vin", "seats", "registered_on")]
    assert kept == ["GO1234", ODD_VIN, "5", "2010-12-20"]
    fits_a_phone(owner)
    owner.keeps_a_picture()
    owner.page.locator(".error-summary a").first.click()
    expect(plate).to_be_focused()

    plate.fill("G01234")
    owner.press("核对填写的内容")
    owner.reads("它的校验位不对")
    fits_a_phone(owner)
    owner.keeps_a_picture()
    owner.press("返回修改")
    assert owner.page.input_value("[name=vin]") == ODD_VIN
    owner.press("核对填写的内容")
    owner.press("添加这辆车")
    owner.page.wait_for_url(re.compile(r"/inspections/vehicles/\d+$"))
    owner.reads("车辆已绑定")
    fits_a_phone(owner)
    owner.keeps_a_picture()


def test_a_car_that_needs_only_the_mark_is_turned_away_with_the_reason(
    somebody: Seated, sessions: Sessions, pilot: SiteId, lin: Actor
) -> None:
    young = city.car(
        sessions, lin, "粤G31002", registered_on=date(2022, 12, 20), valid_until=date(2026, 12, 31)
    )  # four years old: the sixth is the first that needs a test
    owner = somebody(SMALL_PHONE)

    owner.visit(f"/inspections/vehicles/{young}/book")
    city.signs_in(owner, PHONE)
    owner.reads("这一次不用到检验站")
    owner.reads("交管12123")
    fits_a_phone(owner)
    owner.keeps_a_picture()
    owner.press("我的车辆")
    fits_a_phone(owner)
    owner.keeps_a_picture()
    with owner.turns_the_page():
        owner.page.get_by_role("link", name="怎样网上申领检验标志").click()
    owner.reads("打开“交管12123”")
    fits_a_phone(owner)
    owner.keeps_a_picture()


def test_a_window_that_fills_up_at_the_last_moment_leads_to_the_next_free_one(
    somebody: Seated, sessions: Sessions, lin: Actor
) -> None:
    site_id = city.station(sessions, "赤坎机动车检验站")
    wanted = city.window(sessions, site_id, FRIDAY, 9)
    city.window(sessions, site_id, FRIDAY, 10)
    car = city.car(sessions, lin, "粤G31001")
    owner = somebody(SMALL_PHONE)
    owner.visit(f"/inspections/vehicles/{car}/windows/{wanted}")
    city.signs_in(owner, PHONE)
    owner.page.wait_for_url(f"**/windows/{wanted}")

    fill(sessions, wanted)
    owner.press("确认预约")
    owner.reads("最后的名额刚被别人约走")
    owner.reads("最近的可约时段")
    fits_a_phone(owner)
    owner.keeps_a_picture()
    assert city.states(sessions) == []

    owner.press("选择")
    owner.reads("10:00–11:00")
    owner.press("确认预约")
    shows_a_booking(owner)
    assert city.states(sessions) == [BookingState.CONFIRMED]


def chooses_the_day(owner: Person, day: str) -> None:
    with owner.turns_the_page():
        owner.page.get_by_role("row", name=day).get_by_role("link", name="选择").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_several_cars_are_booked_in_one_go_all_or_none(
    somebody: Seated, sessions: Sessions, lin: Actor, *, scripts: bool
) -> None:
    site_id = city.station(sessions, "赤坎机动车检验站")
    city.window(sessions, site_id, FRIDAY, 9, free=2)
    monday = FRIDAY + timedelta(days=3)
    first, second = (city.window(sessions, site_id, monday, starts, free=2) for starts in (9, 10))
    city.window(sessions, site_id, monday + timedelta(days=1), 14)
    for number in range(3):
        city.car(sessions, lin, f"粤G3100{number}")
    owner = somebody(DESK, scripts=scripts)

    def looks() -> None:
        if scripts:
            fits_a_phone(owner)
            owner.keeps_a_picture()

    owner.visit("/inspections/vehicles")
    city.signs_in(owner, PHONE)
    owner.page.wait_for_url("**/inspections/vehicles")
    looks()
    owner.press("几辆车一起预约")
    owner.tick(owner.page.get_by_role("checkbox"), count=3)
    looks()
    owner.press("下一步：选择日期")
    owner.reads("共 3 辆车")
    looks()
    chooses_the_day(owner, "11月27日")
    owner.reads("这一天名额不够全部车辆")
    looks()
    owner.press("另选日期")
    chooses_the_day(owner, "11月30日")
    owner.reads("核对并预约")
    looks()
    for slot_id in (first, second):
        fill(sessions, slot_id)
    owner.press("预约这些时段")
    owner.reads("没有约成")
    looks()
    assert city.states(sessions) == []

    owner.visit("/inspections/several")
    owner.tick(owner.page.get_by_role("checkbox"), count=3)
    owner.press("下一步：选择日期")
    chooses_the_day(owner, "12月1日")
    owner.press("预约这些时段")
    owner.reads("3 辆车中 3 辆预约成功")
    looks()
    assert city.states(sessions) == [BookingState.CONFIRMED] * 3
