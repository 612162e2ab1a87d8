"""A drawn round in a real browser: its page recomputes the record, and names what is wrong with a false one."""

import json
from collections.abc import Callable
from datetime import time

import pytest
from playwright.sync_api import Page, Route
from sqlalchemy import select

from booking.allotment.models.requests import Entry, Standing
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading
from booking.web.language import whole
from tests.browser.conftest import DESK, PHONE, Person
from tests.service.allotment.city import DRAW, NOON, Town

HOLDS = "核对完成：公开记录完整，结果与按规则计算的一致。"
FAILS = "公开记录有误。请保存该文件和您的回执并投诉，车管所必须作出说明。"


@pytest.fixture
def round_id(sessions: Sessions, clock: FixedClock) -> int:
    """A round that was drawn, of which one place was given back and went to the next in the queue."""
    town = Town(sessions)
    slots = town.add_slot(ordinary=4, priority=1), town.add_slot(starts=time(10), ordinary=3)
    number, people = town.open(), town.add_learners(12)
    for person in people:
        town.ask(person, *slots)
    town.draw()
    town.cancel(people[0], DRAW)
    town.hand_on(NOON)
    clock.instant = NOON
    return number


def checks(page: Page, ending: str) -> list[str]:
    """Press the button, wait for the ending, and return the word beside each step."""
    page.get_by_role("button", name="立即核对本批次").click()
    page.get_by_role("status").get_by_text(ending).wait_for()
    return page.locator("[data-step] [data-state]").all_inner_texts()


def test_the_page_of_a_round_checks_its_own_record(somebody: Callable[..., Person], round_id: int) -> None:
    citizen = somebody(PHONE)
    citizen.visit("/rounds/")
    citizen.keeps_a_picture()
    with citizen.turns_the_page():
        citizen.page.get_by_role("main").get_by_role("link", name="2026年12月8日").click()
    citizen.reads("名额已排定。")
    citizen.keeps_a_picture()

    words = checks(citizen.page, HOLDS)

    assert words == ["正确"] * 10 + ["未核对", "正确"]
    citizen.keeps_a_picture()


@pytest.mark.parametrize(("part", "step"), [("rows", 2), ("result", 8), ("events", 11)])
def test_a_false_record_is_named_by_the_first_thing_that_is_wrong(
    somebody: Callable[..., Person], round_id: int, part: str, step: int
) -> None:
    citizen = somebody(DESK)

    def tamper(route: Route) -> None:
        record = route.fetch().json()
        del record[part][0]
        route.fulfill(body=json.dumps(record), content_type="application/json")

    citizen.page.route(f"**/api/v1/rounds/{round_id}/record", tamper)
    citizen.visit(f"/rounds/{round_id}")

    words = checks(citizen.page, FAILS)

    assert words[step] == "有误"
    assert "有误" not in words[:step]
    assert citizen.page.locator(f"[data-step='{step}'] code").inner_text() != ""


def test_the_own_line_names_session_and_lane_in_the_readers_words(
    somebody: Callable[..., Person], round_id: int, sessions: Sessions
) -> None:
    with reading(sessions) as session:
        wanted = select(Entry.pid).where(Entry.standing == Standing.GRANTED, Entry.queue == 0).limit(1)
        pid = session.scalars(wanted).one()
    citizen = somebody(DESK)
    citizen.visit(f"/rounds/{round_id}")

    citizen.page.get_by_label("您在公开记录中的编码").fill(pid)
    citizen.press_here("查看我的排序")

    citizen.reads("排号时您获得了名额。")
    own = citizen.page.locator("[data-own]").inner_text()
    assert whole("12月8日（星期二）08:30–09:30") in own
    assert "普通名额" in own
    citizen.keeps_a_picture()


def test_without_scripts_the_round_its_lists_and_the_files_are_there(
    somebody: Callable[..., Person], round_id: int
) -> None:
    citizen = somebody(PHONE, scripts=False)
    citizen.visit(f"/rounds/{round_id}?page=1&queue=1&leaf=3")

    citizen.reads("找到了：名单第 3 行")
    citizen.reads("测*")
    assert citizen.page.get_by_role("link", name="下载公开记录").is_visible()
    width = citizen.page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]
