"""Signing in with scripts: a password that can be looked at; what ends by itself says so, and one click stays."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from booking.accounts.service import passwords
from booking.kernel.actors import Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.browser.conftest import Person

PASSWORD = "twelve calm grey roads"


def test_a_clerk_is_warned_before_the_sign_in_ends_and_stays_with_one_click(
    somebody: Callable[..., Person], sessions: Sessions, clock: FixedClock
) -> None:
    with unit_of_work(sessions) as session:
        factories.account(session, Role.COUNTER, login="wang", password_hash=passwords.hashed(PASSWORD, least=12))
    clerk = somebody()
    clerk.page.clock.install()
    clerk.visit("/sign-in?next=/my/data/password")
    clerk.page.fill("[name=login]", "wang")
    clerk.page.fill("[name=password]", PASSWORD)
    clerk.submit()
    warning = clerk.page.locator("[data-stay]")
    typed = clerk.page.locator("[name=current]")
    typed.fill("half a sentence")
    expect(warning).to_be_hidden()

    clock.instant += timedelta(minutes=12, seconds=10)
    clerk.page.clock.fast_forward("12:10")
    expect(warning).to_contain_text("10:15")
    expect(typed).to_be_focused()
    clerk.keeps_a_picture()
    warning.get_by_role("button", name="继续使用").click()
    expect(warning).to_be_hidden()
    expect(typed).to_have_value("half a sentence")

    clock.instant += timedelta(minutes=15)
    clerk.page.clock.fast_forward("15:10")
    expect(warning).to_contain_text("登录已结束")
    warning.get_by_role("link", name="重新登录").click()
    clerk.page.wait_for_url("**/sign-in?next=/my/data/password")


def test_a_typed_password_can_be_looked_at_and_is_sent_as_a_password(somebody: Callable[..., Person]) -> None:
    person = somebody()
    person.visit("/sign-in")
    password = person.page.locator("[name=password]")
    password.fill(PASSWORD)

    person.press_here("显示密码")
    expect(password).to_have_attribute("type", "text")
    expect(password).to_have_value(PASSWORD)
    person.press_here("隐藏密码")
    expect(password).to_have_attribute("type", "password")
