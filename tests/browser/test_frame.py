"""The frame of every page in a real browser: what has the focus is seen and heard, and the page can be read aloud."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person

NARROW = (320, 640)
# A voice that speaks at once and writes down what it said; the browser of the tests has none.
VOICE = """
  window.spoken = [];
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  Object.defineProperty(window, "speechSynthesis", { value: {
    speak(saying) { window.spoken.push(saying); },
    cancel() {},
  }});
"""


@pytest.fixture
def reader(somebody: Callable[..., Person]) -> Person:
    """Somebody on a small telephone who has chosen large type and Chinese."""
    person = somebody(NARROW)
    person.page.context.add_cookies([{"name": "easy", "value": "yes", "url": person.address}])
    return person


def finish(page: Page) -> str:
    """Let the voice end the piece it is at, and return that piece."""
    piece: str = page.evaluate("() => { const last = spoken.at(-1); last.onend(); return last.text; }")
    return piece


def hidden_stops(page: Page) -> tuple[list[str], int]:
    """Go through the page by Tab until the bar has the focus; return what it hid, and how many stops there were."""
    hidden: list[str] = []
    for stops in range(1, 60):
        page.keyboard.press("Tab")
        words, is_bar, is_clear = page.evaluate(
            """() => {
                const bar = document.querySelector(".in-sight"), at = document.activeElement;
                const clear = at.getBoundingClientRect().bottom <= bar.getBoundingClientRect().top + 1;
                return [at.textContent.trim(), bar.contains(at), clear];
            }"""
        )
        if is_bar:
            return hidden, stops
        hidden += [] if is_clear else [words]
    raise AssertionError("the bar never had the focus")


def test_the_number_in_sight_never_hides_what_has_the_focus(reader: Person) -> None:
    reader.visit("/exams/start")
    two_lines = 2 * 44
    assert reader.page.locator(".in-sight").evaluate("bar => bar.offsetHeight") <= two_lines

    hidden, stops = hidden_stops(reader.page)

    assert hidden == []
    assert stops > 10  # the bar comes last, after the links of the page

    # The control: without the room that is kept for the bar, it hides some.
    reader.visit("/exams/start")
    reader.page.evaluate("document.documentElement.style.scrollPaddingBottom = '0'")
    assert hidden_stops(reader.page)[0] != []


def test_the_page_is_read_aloud_in_order_and_can_be_paused_and_stopped(reader: Person) -> None:
    reader.page.add_init_script(VOICE)
    reader.visit("/guides/cancelling")
    go, says = reader.page.locator("[data-aloud-go]"), reader.page.locator("[data-aloud] [role=status]")
    title = reader.page.get_by_role("heading", level=1).inner_text()

    go.click()
    expect(go).to_have_text("暂停")
    expect(says).to_have_text("正在朗读。")
    first, second = finish(reader.page), finish(reader.page)
    assert title in first + second
    assert reader.page.evaluate("spoken[0].lang") == "zh-Hans-CN"

    go.click()
    expect(go).to_have_text("继续")
    third = reader.page.evaluate("spoken.at(-1).text")
    go.click()
    assert reader.page.evaluate("spoken.at(-1).text") == third  # the piece that was cut off is spoken anew

    reader.page.locator("[data-aloud-stop]").click()
    expect(go).to_have_text("朗读")
    expect(says).to_have_text("朗读结束。")
    expect(go).to_be_focused()


def test_without_a_voice_no_button_promises_one(reader: Person) -> None:
    reader.page.add_init_script("delete window.SpeechSynthesisUtterance")
    reader.visit("/guides/cancelling")

    expect(reader.page.locator(".in-sight a")).to_be_visible()
    expect(reader.page.locator("[data-aloud-go]")).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_what_is_wrong_has_the_focus_when_the_page_comes_back(somebody: Callable[..., Person], scripts: bool) -> None:
    person = somebody(NARROW, scripts=scripts)
    person.visit("/sign-in")

    person.submit()

    expect(person.page.locator(".error-summary")).to_be_focused()
    assert person.page.title().startswith("错误：")
