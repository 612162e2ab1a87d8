"""The check on a round's page: with a browser's own script, and what stands there without it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import render_template_string
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions
from booking.web.headers import POLICY
from config import read_settings
from tests.applications import application
from tests.browser.conftest import PHONE, keep_a_picture
from tests.records import BuiltRecord, build_record, text_of

ROOT = Path(__file__).parents[2]
HOUSE = "https://round.test"  # WebCrypto is only there for pages that came over https
PAGE = """{% extends "base.html" %}
{% from "allotment/check.html" import record_check %}
{% block title %}核对{% endblock %}
{% block main %}<h2>核对</h2>{{ record_check("/record", "/program", {"make_up": "补考通道"}) }}{% endblock %}"""
HOLDS, FAILS = (
    "核对完成：公开记录完整，结果与按规则计算的一致。",
    "公开记录有误。请保存该文件和您的回执并投诉，车管所必须作出说明。",
)
Opened = Callable[..., Page]


@pytest.fixture
def built() -> BuiltRecord:
    return build_record(5, people=30)


@pytest.fixture
def html(sessions: Sessions, clock: FixedClock, tmp_path: Path) -> str:
    app = application(read_settings({"BOOKING_DATA": str(tmp_path)}), sessions, clock)
    with app.test_request_context("/"):
        return render_template_string(PAGE)


@pytest.fixture
def opened(chromium: Browser, html: str) -> Iterator[Opened]:
    """Return a function that opens the page over a record, with or without JavaScript, and fails on any complaint."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            complaints.append(message.text)

    def open_page(record: str, *, scripts: bool = True) -> Page:
        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(HOUSE).partition("?")[0]
            file = ROOT / path.removeprefix("/")
            kind = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}.get(
                file.suffix, "text/html"
            )
            headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
            body = file.read_text() if file.is_file() else record if path == "/record" else html
            route.fulfill(body=body, content_type=kind, headers=headers, status=200 if body else 404)

        context = chromium.new_context(
            viewport={"width": PHONE[0], "height": PHONE[1]}, java_script_enabled=scripts, locale="zh-CN"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", note)
        page.route(f"{HOUSE}/**", answer)
        page.goto(HOUSE)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def checks(page: Page, ending: str) -> list[str]:
    """Press the button, wait for the ending and return the word beside each step."""
    page.get_by_role("button", name="立即核对本批次").click()
    page.get_by_role("status").get_by_text(ending).wait_for()
    return page.locator("[data-step] [data-state]").all_inner_texts()


def test_the_page_says_of_each_check_that_it_holds(opened: Opened, built: BuiltRecord) -> None:
    page = opened(built.text)

    words = checks(page, HOLDS)

    assert words == ["正确"] * 10 + ["未核对", "正确"]
    keep_a_picture(page, "round-check-holds")


def test_the_page_names_the_check_that_fails_and_what_is_wrong(opened: Opened, built: BuiltRecord) -> None:
    data = built.copy()
    data["result"].pop()
    page = opened(text_of(data))

    words = checks(page, FAILS)

    assert words[8] == "有误"
    assert words.count("有误") == 1
    assert page.locator("[data-step='8'] code").inner_text() == "result is not what the rule gives"


def test_what_is_no_record_fails_at_the_first_check(opened: Opened) -> None:
    page = opened("{}")

    assert checks(page, FAILS) == ["有误"] + ["尚未核对"] * 11


def test_a_record_that_does_not_come_is_no_wrong_record(opened: Opened) -> None:
    page = opened("")

    assert checks(page, "公开记录下载失败，请稍后再试，或按下面的说明在自己的电脑上核对。") == ["尚未核对"] * 12


@pytest.mark.parametrize(("round_of_receipt", "word", "ending"), [
    (5, "正确", HOLDS),
    (6, "有误", "公开记录无误，但这张回执与它对不上。请确认回执是否属于本批次；如果是，请凭回执投诉。"),
])  # fmt: skip
def test_the_receipt_that_somebody_kept_is_looked_for(
    opened: Opened, built: BuiltRecord, round_of_receipt: int, word: str, ending: str
) -> None:
    page = opened(built.text)
    receipt = text_of(build_record(round_of_receipt, people=30).receipts[3]).encode()
    page.locator("[data-receipts]").set_input_files(
        {"name": "r.json", "mimeType": "application/json", "buffer": receipt}
    )

    words = checks(page, ending)

    assert words[10] == word


def test_a_person_finds_the_own_line_once_the_record_holds(opened: Opened, built: BuiltRecord) -> None:
    page = opened(built.text)
    pid, slot = next(pair for pair in built.data["result"])

    page.get_by_label("您在公开记录中的编码").fill(f" {pid.upper()} ")
    page.get_by_role("button", name="查看我的排序").click()

    page.get_by_text("排号时您获得了名额。").wait_for()
    own = page.locator("[data-own] > div").all_inner_texts()
    assert own[0].split("\n") == ["您的场次", slot]
    assert own[1].split("\n") == ["排在您前面的人数 / 其他人总数", f"0 / {len(built.data['order']) - 1}"]
    assert own[2].split("\n")[1].startswith("补考通道 · 2026-")
    keep_a_picture(page, "round-check-own-line")


def test_a_record_that_does_not_hold_says_nothing_of_anybody(opened: Opened, built: BuiltRecord) -> None:
    data = built.copy()
    pid, _ = data["result"].pop()
    page = opened(text_of(data))

    page.get_by_label("您在公开记录中的编码").fill(pid)
    page.get_by_role("button", name="查看我的排序").click()

    page.get_by_text("公开记录未能通过核对，不能据此说明任何人的情况。").wait_for()
    assert page.locator("[data-own]").is_hidden()


def test_without_scripts_the_page_says_how_to_check_otherwise(opened: Opened, built: BuiltRecord) -> None:
    page = opened(built.text, scripts=False)

    assert page.get_by_role("button", name="立即核对本批次").is_hidden()
    assert page.get_by_role("link", name="下载公开记录").get_attribute("href") == "/record"
    assert page.get_by_role("link", name="下载核对程序").get_attribute("href") == "/program"
    assert page.get_by_text("python3 check-round.pyz record.json").is_visible()
