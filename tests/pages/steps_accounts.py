"""Steps of signing in, registering and one's own data, and the pages of everything that goes wrong."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from booking.demo.city import PASSWORD as DEMO_PASSWORD
from booking.demo.documents import invented_document, invented_phone
from booking.kernel.db import reading
from booking.notices.models import Channel, Notice
from tests.conftest import NOW
from tests.pages.house import STRANGER, Visitor
from tests.pages.step import Step, sees

PASSWORD = "a calm grey road"
BORN = date(1999, 9, 9)
FREE_PHONE = invented_phone(7_777)


def details(number: int, phone: str = FREE_PHONE) -> dict[str, str]:
    document = invented_document(number, born_on=BORN)
    return {
        "name": "测试甲", "id_type": "A", "id_number": document.number, "phone": phone, "password": PASSWORD,
        "repeated": PASSWORD,
    }  # fmt: skip


def newest_code(visitor: Visitor) -> str:
    """Return the code in the newest text message."""
    with reading(visitor.house.sessions) as session:
        texts = select(Notice).where(Notice.channel == Channel.SMS).order_by(Notice.id.desc()).limit(1)
        row = session.scalars(texts).one()
        text = visitor.house.city.keyring.open(row.text_sealed, column="notice.text")
    found = re.search(r"\d{6}", text)
    assert found is not None, "the newest text bears no code"
    return found[0]


def wrong_password(visitor: Visitor) -> TestResponse:
    return visitor.submit("/sign-in", {"login": "planner", "password": "not this one"})


def asked_for_the_code(visitor: Visitor) -> TestResponse:
    return visitor.goes_on(visitor.get("/register/details"), details(7_777))


def wrong_code(visitor: Visitor) -> TestResponse:
    return visitor.send(asked_for_the_code(visitor), {"code": "12345x"}, action="code$|^$")


def registered(visitor: Visitor) -> TestResponse:
    page = asked_for_the_code(visitor)
    return visitor.goes_on(page, {"code": newest_code(visitor)}, action="code$|^$")


def known_already(visitor: Visitor) -> TestResponse:
    """Somebody else is quicker and registers with the same document."""
    page = asked_for_the_code(visitor)
    code = newest_code(visitor)
    visitor.house.at(NOW + timedelta(minutes=2))
    registered(visitor.house.visitor(STRANGER))
    return visitor.send(page, {"code": code}, action="code$|^$")


def too_many_codes(visitor: Visitor) -> TestResponse:
    asked_for_the_code(visitor)
    return visitor.submit("/register/details", details(7_777))


def forgot(visitor: Visitor) -> TestResponse:
    who = {"id_number": invented_document(0, born_on=date(2002, 3, 1)).number, "phone": invented_phone(1)}
    return visitor.goes_on(visitor.get("/forgot-password"), who)


def forgot_with_a_wrong_code(visitor: Visitor) -> TestResponse:
    return visitor.send(forgot(visitor), {"code": "000000", "password": PASSWORD, "repeated": "another"})


def new_phone(visitor: Visitor) -> TestResponse:
    page = visitor.get("/my/data/phone")
    return visitor.goes_on(page, {"phone": FREE_PHONE, "current": DEMO_PASSWORD})


def new_phone_with_a_wrong_code(visitor: Visitor) -> TestResponse:
    return visitor.send(new_phone(visitor), {"code": ""})


def without_token(visitor: Visitor) -> TestResponse:
    return visitor.post("/sign-in", {"login": "planner"})


@contextmanager
def failing(visitor: Visitor, error: Exception) -> Iterator[None]:
    """Let the privacy notice fail, as any page may."""
    views = visitor.client.application.view_functions
    kept = views["accounts.privacy"]

    def fails() -> str:
        raise error

    views["accounts.privacy"] = fails
    try:
        yield
    finally:
        views["accounts.privacy"] = kept


def fault(visitor: Visitor) -> TestResponse:
    with failing(visitor, ValueError("a fault of ours")):
        return visitor.get("/privacy")


def busy(visitor: Visitor) -> TestResponse:
    with failing(visitor, OperationalError("SELECT 1", {}, Exception("database is locked"))):
        return visitor.get("/privacy")


def too_large(visitor: Visitor) -> TestResponse:
    return visitor.post("/sign-in", {"login": "x" * (9 << 20)})


ACCOUNTS = {
    "error-400": Step(STRANGER, "errors.400", without_token),
    "error-403": sees("learner1", "errors.403", "/desk"),
    "error-404": sees(STRANGER, "errors.404", "/nowhere"),
    "error-405": sees(STRANGER, "errors.405", "/sign-out"),
    "error-413": Step(STRANGER, "errors.413", too_large),
    "error-429": Step(STRANGER, "errors.429", too_many_codes),
    "error-500": Step(STRANGER, "errors.500", fault),
    "error-503": Step(STRANGER, "errors.503", busy),
    "sign-in-needed": Step(STRANGER, "accounts.sign_in", lambda visitor: visitor.follow(visitor.get("/my/bookings"))),
    "sign-in-wrong": Step(STRANGER, "accounts.sign_in", wrong_password),
    "register-code": Step(STRANGER, "accounts.register_code", asked_for_the_code),
    "register-code-wrong": Step(STRANGER, "accounts.register_code", wrong_code),
    "register-done": Step(STRANGER, "home.index", registered),
    "register-refused": Step(STRANGER, "accounts.register_code", known_already),
    "forgot-code": Step(STRANGER, "accounts.reset_password", forgot),
    "forgot-code-wrong": Step(STRANGER, "accounts.reset_password", forgot_with_a_wrong_code),
    "phone-code": Step("learner1", "accounts.my_phone_code", new_phone),
    "phone-code-wrong": Step("learner1", "accounts.my_phone_code", new_phone_with_a_wrong_code),
}
