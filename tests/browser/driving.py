"""Three ways through the same pages: by mouse, by keyboard alone, and with scripts switched off.

A journey is written once, in the words of `Hands`, and walked in each way. `Keys` presses nothing but keys, and after
every Tab the focus has to be where somebody who sees can follow it.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import ElementHandle, Locator, expect

from tests.browser.conftest import DESK, PHONE, Person

Seated = Callable[..., Person]
MOST_TABS = 150
PARTS_OF_A_DATE = 5  # year, month, day and the button of the calendar are stops of one field
# What is wrong with where the focus is ("" for nothing), whether it is on what is sought, and what it is on; the same
# is where it was when it was looked for last.
LOOK = """(sought) => {
  const it = document.activeElement, before = window.lookedAt;
  window.lookedAt = it;
  const words = it.getAttribute("aria-label") || it.innerText || it.name || "";
  const name = `${it.tagName.toLowerCase()} "${words.trim().slice(0, 40)}"`;
  const isNowhere = it === document.body || it === document.documentElement || it.id === "main";
  if (isNowhere) return { wrong: "", found: false, on: "", is_same: false };
  const box = it.getClientRects()[0] || { left: 0, right: 0, top: 0, bottom: 0 };
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  const look = getComputedStyle(it);
  const isInside = !it.matches(":focus"); // on the button of a field of dates, which has the browser's own rim
  const rim = isInside || (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2);
  let wrong = "";
  if (right - left < 1 || bottom - top < 1 || look.visibility !== "visible") wrong = "is not in sight";
  else if (!rim && look.boxShadow === "none") wrong = "has no rim that shows the focus";
  else {
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const own = hit && (it.contains(hit) || [...(it.labels || [])].some((label) => label.contains(hit)));
    if (!own) wrong = `is covered by ${hit ? hit.outerHTML.slice(0, 80) : "nothing"}`;
  }
  return { wrong, found: it === sought, on: name, is_same: it === before };
}"""
IS_DATE = "document.activeElement.matches('[type=date], [type=time], [type=datetime-local]')"


class Hands:
    """Somebody with a mouse, or a finger; counts clicks: every press of a button, link, box or list."""

    def __init__(self, person: Person) -> None:
        self.person, self.page, self.clicks = person, person.page, 0
        self.is_measured = False  # in seconds, beside the clicks

    def press(self, name: str, *, part: str = "main") -> None:
        """Press the first button or link whose name begins so, and see the next page."""
        self._press(self._named(name, part), turns=True)

    def press_here(self, name: str) -> None:
        """Press what leads to no other page."""
        self._press(self._named(name, "main"), turns=False)

    def goes_to(self, place: str) -> None:
        """Follow the main navigation, whose longer part is folded."""
        link = self.page.locator("header nav").get_by_role("link", name=place, exact=True)
        if link.count() == 0:
            self._press(self.page.locator("header nav summary"), turns=False)
        self._press(link, turns=True)

    def press_in_row(self, row: str, name: str) -> None:
        """Press the button or link in the first row, or item of a list, that has the words."""
        rows = self.page.locator("main :is(tr, li)").filter(has_text=row)
        self._press(_of_roles(rows, name).first, turns=True)

    def write(self, label: str, text: str) -> None:
        """Fill the field of that label in."""
        self._write(self._labelled(label), text)

    def fill(self, name: str, text: str) -> None:
        """Fill the field of that name in, where labels stand in the head of a table."""
        self._write(self.page.locator(f"main [name={name}]"), text)

    def tick(self, label: str) -> None:
        """Tick a box, or choose one of several."""
        self._tick(self._labelled(label))

    def choose(self, label: str, option: str) -> None:
        """Choose from a list."""
        self._choose(self._labelled(label), option)

    def reads(self, words: str) -> None:
        self.person.reads(words)

    def _press(self, it: Locator, *, turns: bool) -> None:
        it.wait_for()
        self.clicks += 1
        if not turns:
            it.click()
            return
        with self.person.turns_the_page():
            it.click()

    def _write(self, it: Locator, text: str) -> None:
        it.fill(text)

    def _tick(self, it: Locator) -> None:
        self.clicks += 1
        it.check()

    def _choose(self, it: Locator, option: str) -> None:
        self.clicks += 1
        it.select_option(label=option)

    def _named(self, name: str, part: str) -> Locator:
        return _of_roles(self.page.locator(part), name).first

    def _labelled(self, label: str) -> Locator:
        return self.page.locator("main").get_by_label(_begins(label)).first


class Keys(Hands):
    """Somebody without a mouse: Tab, Shift+Tab, Enter, Space, arrows and letters, and nothing else."""

    def _press(self, it: Locator, *, turns: bool) -> None:
        self._reach(it)
        self._is_no_trap(it)
        if not turns:
            self.page.keyboard.press("Enter")
            return
        with self.person.turns_the_page():
            self.page.keyboard.press("Enter")

    def _write(self, it: Locator, text: str) -> None:
        self._reach(it)
        kind = it.get_attribute("type")
        if kind == "date":
            self._write_day(it, text)
        elif kind == "time":
            self.page.keyboard.type(text.replace(":", "") + "AM")  # which a browser of twenty-four hours passes over
        else:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(text)
        expect(it).to_have_value(text)

    def _write_day(self, it: Locator, text: str) -> None:
        """Type a day part by part, in the order in which this browser has them."""
        year, month, day = text.split("-")
        for parts in ((month, day, year), (year, month, day)):
            for part in parts:
                self.page.keyboard.type(part.zfill(2))
                if part is year and part is not parts[-1]:
                    self.page.keyboard.press("ArrowRight")  # a year may have more digits
            if it.input_value() == text:
                return
            for _ in parts:
                self.page.keyboard.press("ArrowLeft")

    def _tick(self, it: Locator) -> None:
        if it.get_attribute("type") == "radio":
            self._arrows_to(it)
        else:
            self._reach(it)
            self.page.keyboard.press("Space")
        expect(it).to_be_checked()

    def _choose(self, it: Locator, option: str) -> None:
        self._reach(it)
        self.page.keyboard.press("Home")
        for _ in range(it.locator("option").count()):
            if it.locator("option:checked").inner_text() == option:
                break
            self.page.keyboard.press("ArrowDown")
        expect(it.locator("option:checked")).to_have_text(option)

    def _arrows_to(self, it: Locator) -> None:
        """Reach the group by Tab, which leads to one of it, and go through it by arrows."""
        group = self.page.locator(f"main [name='{it.get_attribute('name')}']")
        of_group = "(one) => document.activeElement.name === one.name && document.activeElement.type === 'radio'"
        wanted = it.element_handle()
        if not group.first.evaluate(of_group):
            self._tab_until(wanted, lambda: bool(group.first.evaluate(of_group)))
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if it.is_checked():
                return
            self.page.keyboard.press("ArrowDown")

    def _reach(self, it: Locator) -> None:
        it.wait_for(state="attached")
        sought = it.element_handle()
        if not self._look(sought)["found"]:
            self._tab_until(sought, lambda: False)

    def _tab_until(self, sought: ElementHandle | None, enough: Callable[[], bool]) -> None:
        met: list[str] = []
        same = 0
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            seen = self._look(sought)
            met.append(seen["on"])
            same = same + 1 if seen["is_same"] else 0
            assert same <= (PARTS_OF_A_DATE if same and self.page.evaluate(IS_DATE) else 0), f"{seen['on']} is a trap"
            if seen["found"] or enough():
                return
            if seen["on"].startswith('a "跳到') and self._is_in_main(sought):
                self.page.keyboard.press("Enter")  # past the head of the page, as whoever has no mouse does
        raise AssertionError(f"Tab does not lead there; it leads to {met}")

    def _look(self, sought: ElementHandle | None) -> dict[str, Any]:
        seen: dict[str, Any] = self.page.evaluate(LOOK, sought)
        assert seen["wrong"] == "", f"{self.page.url}: {seen['on']} {seen['wrong']}"
        return seen

    def _is_in_main(self, sought: ElementHandle | None) -> bool:
        return sought is not None and bool(sought.evaluate("(it) => Boolean(it.closest('main'))"))

    def _is_no_trap(self, it: Locator) -> None:
        """Go back and forth once: the focus leaves and returns."""
        sought = it.element_handle()
        self.page.keyboard.press("Shift+Tab")
        assert not self.page.evaluate("(it) => document.activeElement === it", sought), "Shift+Tab does not lead away"
        self.page.keyboard.press("Tab")
        assert self._look(sought)["found"], "Tab does not lead back"


def _of_roles(within: Locator, name: str) -> Locator:
    return within.get_by_role("button", name=_begins(name)).or_(within.get_by_role("link", name=_begins(name)))


def _begins(words: str) -> re.Pattern[str]:
    """Match what begins so; at the desk a number key stands before it."""
    return re.compile(r"^\d?\s*" + re.escape(words))


def by_mouse(somebody: Seated, size: tuple[int, int] = PHONE) -> Hands:
    hands = Hands(somebody(size))
    hands.is_measured = True
    return hands


def by_keyboard(somebody: Seated, size: tuple[int, int] = DESK) -> Hands:
    return Keys(somebody(size))


def without_scripts(somebody: Seated, size: tuple[int, int] = PHONE) -> Hands:
    return Hands(somebody(size, scripts=False))


Way = Callable[[Seated], Hands]
every_way = pytest.mark.parametrize("way", [by_keyboard, without_scripts])
