"""A clerk's five commonest acts by keyboard alone, counted in keys; docs/desk.md shows the counts.

Every page is left by a key: there is no click in this test. Which number key presses what is read from the page.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from booking.accounts.models import Person as PersonRow
from booking.kernel.actors import SYSTEM, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import PersonId
from booking.policies import service as policies
from tests import factories
from tests.browser.conftest import Person
from tests.browser.test_clerks import PASSWORD, hired
from tests.service.allotment.city import Town

DOC = Path(__file__).parents[2] / "docs" / "desk.md"
REASON = "不会上网"
DIGIT = re.compile("[1-9]")
# The most keys for each act, beside what is typed: names, numbers and the reason.
MOST = {"find": 1, "book": 7, "ask": 10, "change": 7, "cancel": 6}


@dataclass
class Keyboard:
    """A clerk's two hands: keys that do something, and characters of what is typed."""

    page: Page
    keys: int = 0
    characters: int = 0
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def press(self, key: str, *, turns: bool = False) -> None:
        """Press one key; `turns` waits for the page to which it leads."""
        self.keys += 1
        if not turns:
            self.page.keyboard.press(key)
            return
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.characters += len(text)
        self.page.keyboard.type(text)

    def press_number_of(self, name: str, *, turns: bool = True) -> None:
        """Press the number that the page shows at a button, link or choice of that name."""
        main = self.page.get_by_role("main")
        roles = [main.get_by_role(role, name=name) for role in ("button", "link", "radio", "checkbox")]
        one = roles[0].or_(roles[1]).or_(roles[2]).or_(roles[3]).first
        expect(one).to_have_attribute("aria-keyshortcuts", DIGIT)
        self.press(one.get_attribute("aria-keyshortcuts") or "", turns=turns)

    def says_why(self) -> None:
        """Choose what was shown, leave the note empty, type the reason, send."""
        self.press_number_of("身份证明原件", turns=False)
        self.press("Tab")
        self.press("Tab")
        self.type(REASON)
        self.press("Enter", turns=True)

    def counted(self, act: str) -> None:
        """Close an act: its keys must not be more than was promised."""
        self.counts[act] = (self.keys, self.characters)
        assert self.keys <= MOST[act], f"{act}: {self.keys} keys"
        self.keys = self.characters = 0


@pytest.fixture
def tail(sessions: Sessions, clock: FixedClock) -> str:
    """Set the office up; return the last four of Mei's document. A round decides subject 2, the road test is free."""
    with unit_of_work(sessions) as session:
        policies.seed_calendar(session, [2026], actor=SYSTEM, now=clock.now())
        mei = factories.account(session, person_id=factories.person(session, name="梅小雨"))
        factories.learner(session, PersonId(mei.person_id or 0))
        factories.passed(session, mei, "subject_1")
        for day in (8, 9):
            factories.slot(session, service="road", day=date(2026, 12, day), released=5)
    town = Town(sessions)
    for starts in (time(8, 30), time(10, 30)):
        town.add_slot(starts=starts, ordinary=2)
    town.open(clock.now())
    hired(sessions, "wang", Role.COUNTER, clock.now())
    with unit_of_work(sessions) as session:
        sealed = session.get_one(PersonRow, mei.person_id).id_number_sealed
        return sessions.keyring.open(sealed, column="person.id_number")[-4:]


def sits_down(clerk: Person) -> Keyboard:
    """Sign in and open the desk, by keyboard too; it is not counted."""
    clerk.page.add_init_script("window.prints = 0; window.print = () => { window.prints += 1 }")
    clerk.visit("/sign-in")
    clerk.page.locator("[name=login]").focus()
    clerk.page.keyboard.type("wang")
    clerk.page.keyboard.press("Tab")
    clerk.page.keyboard.type(PASSWORD)
    with clerk.page.expect_navigation():
        clerk.page.keyboard.press("Enter")
    clerk.visit("/desk")
    return Keyboard(clerk.page)


def finds(clerk: Person, keyboard: Keyboard, tail: str) -> None:
    """The box has the focus: type, and the one person's page is there."""
    keyboard.type(f"梅{tail}")
    keyboard.press("Enter", turns=True)
    clerk.reads("梅小雨")


def gets_the_slip(clerk: Person, keyboard: Keyboard, done: str) -> None:
    """The slip is there at once and is printed with one key."""
    clerk.reads(done)
    keyboard.press_number_of("打印办理单", turns=False)
    assert clerk.page.evaluate("window.prints") == 1
    clerk.keeps_a_picture()


def goes_back(clerk: Person) -> None:
    """Return to the person's page, not counted: every act is counted from there."""
    clerk.page.locator("main a", has_text="返回人员或车辆").focus()
    with clerk.page.expect_navigation():
        clerk.page.keyboard.press("Enter")


def test_five_acts_of_a_clerk_by_keyboard_alone(somebody: Callable[..., Person], tail: str) -> None:
    clerk = somebody()
    keyboard = sits_down(clerk)

    finds(clerk, keyboard, tail)
    keyboard.counted("find")
    clerk.keeps_a_picture()

    keyboard.press_number_of("选择场次 科目三道路")
    keyboard.press_number_of("选择")
    keyboard.says_why()
    gets_the_slip(clerk, keyboard, "已预约")
    keyboard.counted("book")

    goes_back(clerk)
    keyboard.press_number_of("改期")
    keyboard.press_number_of("选择")
    keyboard.says_why()
    gets_the_slip(clerk, keyboard, "已改期")
    keyboard.counted("change")

    goes_back(clerk)
    keyboard.press_number_of("取消预约")
    keyboard.says_why()
    gets_the_slip(clerk, keyboard, "已取消预约")
    keyboard.counted("cancel")

    goes_back(clerk)
    keyboard.press_number_of("选择场次 科目二")
    keyboard.press_number_of("提交预约申请")
    keyboard.press_number_of("08:30", turns=False)
    keyboard.press("Enter", turns=True)
    keyboard.press_number_of("下一步：核对")
    keyboard.says_why()
    gets_the_slip(clerk, keyboard, "已申请")
    keyboard.counted("ask")

    shown = DOC.read_text(encoding="utf-8")
    for act, (keys, characters) in keyboard.counts.items():
        assert f"| {act} | {keys} | {characters} |" in shown.replace("**", ""), f"{act}: {keys}, {characters}"


def test_number_keys_can_be_switched_off_and_stay_off(somebody: Callable[..., Person], tail: str) -> None:
    clerk = somebody()
    keyboard = sits_down(clerk)
    finds(clerk, keyboard, tail)
    before = clerk.page.url

    clerk.page.get_by_role("button", name="关闭数字键").focus()
    clerk.page.keyboard.press("Enter")
    clerk.page.keyboard.press("1")
    clerk.page.reload()
    clerk.page.keyboard.press("1")

    assert clerk.page.url == before
    expect(clerk.page.locator("main kbd")).to_have_count(0)
