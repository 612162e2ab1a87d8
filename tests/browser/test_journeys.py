"""The main journey of everybody who comes from outside: by mouse, by keyboard alone, and with scripts switched off.

What is walked by mouse is counted: docs/ux.md shows the clicks and seconds, and the clicks must not be more.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from pathlib import Path
from time import perf_counter

import pytest
from playwright.sync_api import expect

from booking.allotment.models.requests import Request
from booking.bookings.models import BookingState
from booking.exams.imports import import_learners
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SiteId
from tests import factories
from tests.browser import inspections_city as city
from tests.browser.driving import Hands, Keys, Seated, Way, by_keyboard, by_mouse, every_way, without_scripts
from tests.browser.test_learner import ID_NUMBER, MOBILE, NAME, RECORD, TEN_DAYS_LATER, last_text_message
from tests.service.allotment.city import Town

PHONE = "19900000001"
ROOT = Path(__file__).parents[2]
DOC, NUMBERS = ROOT / "docs" / "ux.md", ROOT / "build" / "paths"
VIN = "LSVFF66R8C2116280"  # its ninth place, the check digit, is right
CAR = {"plate": "G31009", "vin": VIN, "seats": "5", "registered_on": "2010-12-20", "valid_until": "2026-12-31"}
MOST_OF_A_LEARNER, MOST_OF_AN_OWNER = 8, 7
three_ways = pytest.mark.parametrize("way", [by_mouse, by_keyboard, without_scripts])


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    """A learner with an account who may take subject 2."""
    learner = city.owner(sessions, name="梅测试", phone=PHONE)
    with unit_of_work(sessions) as session:
        factories.learner(session, PersonId(learner.person_id or 0))
        factories.passed(session, learner, "subject_1")
    return learner


@pytest.fixture
def free(sessions: Sessions) -> None:
    """Sessions of subject 2 on two days that have places."""
    with unit_of_work(sessions) as session:
        site_id = factories.site(session)
        for day in (8, 9):
            factories.slot(session, site_id=site_id, day=date(2026, 12, day), released=5)


@pytest.fixture
def pilot(sessions: Sessions) -> SiteId:
    """A station with windows."""
    site_id = city.station(sessions, "赤坎机动车检验站")
    for starts in (9, 10):
        city.window(sessions, site_id, date(2026, 11, 27), starts)
    return site_id


@pytest.fixture
def lin(sessions: Sessions, pilot: SiteId) -> Actor:
    """An owner whose car is due."""
    owner = city.owner(sessions, name="林测试", phone=PHONE)
    city.car(sessions, owner, "粤G31001", valid_until=date(2027, 1, 31))  # no place is held: the owner comes early
    return owner


@contextmanager
def counted(hands: Hands, path: str, *, most: int) -> Iterator[None]:
    """Count the clicks and seconds from the first page to the place; a keyboard has none."""
    hands.person.visit("/")
    begun = perf_counter()
    yield
    seconds = perf_counter() - begun
    if isinstance(hands, Keys):
        return
    assert 0 < hands.clicks <= most
    assert re.search(rf"^\| {path} \| {hands.clicks} \|", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    if not hands.is_measured:
        return
    NUMBERS.mkdir(parents=True, exist_ok=True)
    found = {"path": path, "clicks": hands.clicks, "seconds": round(seconds, 1)}
    (NUMBERS / f"{path}.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def signs_in(hands: Hands, login: str = PHONE) -> None:
    hands.write("手机号", login)
    hands.write("密码", city.PASSWORD)
    hands.press("登录")


def registers(hands: Hands, sessions: Sessions) -> None:
    """Open an account from a start page, and be led on from there."""
    hands.press("第一次来")
    hands.press("继续")
    for label, text in (("姓名", NAME), ("证件号码", ID_NUMBER), ("手机号", MOBILE)):
        hands.write(label, text)
    for label in ("密码", "再次输入密码"):
        hands.write(label, city.PASSWORD)
    hands.press("获取验证码")
    code = re.search(r"\d{6}", last_text_message(sessions))
    assert code
    hands.write("短信验证码", code[0])
    hands.press("开通账户")


def goes_back(hands: Hands) -> None:
    """Press Back; a page of somebody signed in is asked for anew."""
    with hands.person.turns_the_page():
        hands.page.go_back()


@every_way
def test_a_stranger_sees_plans_rounds_figures_and_the_other_language(somebody: Seated, free: None, way: Way) -> None:
    stranger = way(somebody)
    stranger.person.visit("/")
    stranger.press("不登录，先看计划")
    stranger.reads("12月")
    stranger.press("English", part="header")
    stranger.reads("left")
    assert stranger.page.locator("html").get_attribute("lang") == "en"
    stranger.press("中文", part="header")
    for place in ("排号公示", "数据公开", "咨询投诉"):
        stranger.press(place, part="footer")
        expect(stranger.page.locator("h1")).to_be_in_viewport()


@three_ways
def test_a_learner_goes_from_the_first_page_to_a_place_and_back_books_no_second(
    somebody: Seated, sessions: Sessions, mei: Actor, free: None, way: Way
) -> None:
    learner = way(somebody)
    with counted(learner, "learner with an account, place", most=MOST_OF_A_LEARNER):
        learner.press("预约驾驶考试")
        learner.press("开始办理")
        signs_in(learner)
        learner.press("选择场次")
        learner.press("选择")
        learner.reads("不取消又不到场")
        learner.press("确认预约")
        learner.reads("预约成功")

    goes_back(learner)
    learner.reads("查看、改期或取消预约")
    assert learner.page.get_by_role("button", name="确认预约").count() == 0
    assert city.states(sessions) == [BookingState.CONFIRMED]


@pytest.mark.parametrize("way", [by_mouse, by_keyboard])
def test_a_learner_goes_from_the_first_page_to_a_request(
    somebody: Seated, sessions: Sessions, mei: Actor, way: Way, clock: FixedClock
) -> None:
    town = Town(sessions)
    town.add_slot(starts=time(8, 30))
    town.open(clock.now())
    learner = way(somebody)
    with counted(learner, "learner with an account, request", most=MOST_OF_A_LEARNER):
        learner.press("预约驾驶考试")
        learner.press("开始办理")
        signs_in(learner)
        learner.press("选择场次")
        learner.press("申请")
        learner.press("下一步：排先后")
        learner.press("下一步：核对")
        learner.press("提交申请")
        learner.reads("申请已提交")

    goes_back(learner)
    assert re.search(r"/exams/requests/\w+(#main)?$", learner.page.url)
    with reading(sessions) as session:
        assert session.query(Request).count() == 1


@pytest.mark.parametrize("way", [by_mouse, by_keyboard])
def test_somebody_without_an_account_is_led_on_from_registering_to_a_place(
    somebody: Seated, sessions: Sessions, clock: FixedClock, free: None, way: Way
) -> None:
    with unit_of_work(sessions) as session:
        import_learners(session, RECORD, actor=SYSTEM, now=clock.now())
        factories.passed_by_everybody(session, "subject_1", day=date(2026, 11, 16))
    clock.instant = TEN_DAYS_LATER
    learner = way(somebody)
    with counted(learner, "learner without an account, place", most=MOST_OF_A_LEARNER):
        learner.press("预约驾驶考试")
        registers(learner, sessions)
        learner.press("选择场次")
        learner.press("选择")
        learner.press("确认预约")
        learner.reads("预约成功")


@pytest.mark.parametrize("way", [by_mouse, by_keyboard])
def test_an_owner_without_an_account_is_led_on_to_the_vehicle_and_to_a_window(
    somebody: Seated, sessions: Sessions, pilot: SiteId, way: Way
) -> None:
    owner = way(somebody)
    with counted(owner, "owner without an account or a vehicle, place", most=11):
        owner.press("预约车辆检验")
        registers(owner, sessions)
        for name, text in CAR.items():
            owner.fill(name, text)
        owner.press("核对填写的内容")
        owner.press("添加这辆车")
        owner.press("预约检验")
        owner.press("选择")
        owner.press("选择")
        owner.press("确认预约")
        owner.reads("预约成功")


@three_ways
def test_an_owner_goes_from_the_first_page_to_a_window_and_back_books_no_second(
    somebody: Seated, sessions: Sessions, lin: Actor, way: Way
) -> None:
    owner = way(somebody)
    with counted(owner, "owner with a vehicle on file, place", most=MOST_OF_AN_OWNER):
        owner.press("预约车辆检验")
        owner.press("开始办理")
        signs_in(owner)
        owner.press("预约检验")
        owner.press("选择")
        owner.press("选择")
        owner.press("确认预约")
        owner.reads("预约成功")

    goes_back(owner)
    owner.reads("查看、改期或取消预约")
    assert owner.page.get_by_role("button", name="确认预约").count() == 0
    assert city.states(sessions) == [BookingState.CONFIRMED]
