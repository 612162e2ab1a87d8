"""Steps of the second factor: setting it up, being asked for it, and its reset by two persons."""

import html
import re

from pyotp import TOTP
from werkzeug.test import TestResponse

from booking.demo.city import PASSWORD
from tests.conftest import NOW
from tests.pages.house import STRANGER, Visitor
from tests.pages.step import Step

WRONG = {"code": "no code"}


def key_shown(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(visitor.get("/my/data/second-factor"), {"current": PASSWORD})


def codes_shown(visitor: Visitor) -> TestResponse:
    page = key_shown(visitor)
    key = re.search(r"otpauth:[^\"]*?secret=([A-Z2-7]+)", html.unescape(page.text))
    assert key is not None, "the page shows no key"
    return visitor.send(page, {"code": TOTP(key[1]).at(NOW)})


def code_asked(visitor: Visitor) -> TestResponse:
    codes_shown(visitor.house.visitor("planner"))
    return visitor.goes_on(visitor.get("/sign-in"), {"login": "planner", "password": PASSWORD})


def recovery_asked(visitor: Visitor) -> TestResponse:
    return visitor.click(code_asked(visitor), "/sign-in/recovery")


def another_asked(visitor: Visitor) -> TestResponse:
    codes_shown(visitor)
    return visitor.get("/my/data/second-factor")


def reset_proposed(visitor: Visitor) -> TestResponse:
    """Let the administrator propose what the visitor looks at."""
    admin = visitor.house.visitor("admin")
    form = admin.click(admin.get("/desk/accounts"), r"/desk/accounts/1/reset$")
    admin.goes_on(form, {"what": "password", "reason": "忘记密码，本人当面申请。"})
    return visitor.get("/desk/accounts/resets/1")


def reset_declined(visitor: Visitor) -> TestResponse:
    visitor.goes_on(reset_proposed(visitor), {"reason": "不是本人。"}, action="decline$")
    return visitor.get("/desk/accounts/resets/1")


def decided_twice(visitor: Visitor) -> TestResponse:
    page = reset_proposed(visitor)
    visitor.goes_on(page, action="approve$")
    return visitor.send(page, action="approve$")


def code_again(visitor: Visitor) -> TestResponse:
    return visitor.send(code_asked(visitor), WRONG)


SECOND_FACTOR = {
    "second-factor-key": Step("planner", "accounts.set_up_factor", key_shown),
    "second-factor-key-wrong": Step(
        "planner", "accounts.set_up_factor", lambda visitor: visitor.send(key_shown(visitor), WRONG)
    ),
    "second-factor-codes": Step("planner", "accounts.set_up_factor", codes_shown),
    "second-factor-another": Step("planner", "accounts.my_factor", another_asked),
    "second-factor-asked": Step(STRANGER, "accounts.sign_in_code", code_asked),
    "second-factor-wrong": Step(STRANGER, "accounts.sign_in_code", code_again),
    "recovery-asked": Step(STRANGER, "accounts.sign_in_recovery", recovery_asked),
    "recovery-wrong": Step(
        STRANGER, "accounts.sign_in_recovery", lambda visitor: visitor.send(recovery_asked(visitor), WRONG)
    ),
    "reset-to-decide": Step("supervisor", "accounts.reset", reset_proposed),
    "reset-proposed": Step("admin", "accounts.reset", reset_proposed),
    "reset-declined": Step("supervisor", "accounts.reset", reset_declined),
    "reset-decided-twice": Step("supervisor", "accounts.approve_reset", decided_twice),
}
