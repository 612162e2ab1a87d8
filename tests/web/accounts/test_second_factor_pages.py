"""The pages of the second factor, of resets, and of what ends by itself."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from pyotp import TOTP

from booking.accounts.service import passwords
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.web.conftest import Visitor

PASSWORD = "a calm grey road"
HASH = passwords.hashed(PASSWORD, least=8)
STEP = timedelta(seconds=30)
SignedInAs = Callable[..., Visitor]
Another = Callable[[], Visitor]


@pytest.fixture
def wang(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.PLANNER, login="wang", password_hash=HASH)


def password(browser: Visitor, *, way: str = "/my/data") -> str:
    """Give login and password; return where that leads."""
    page = browser.get("/sign-in", query_string={"next": way})
    token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', page.get_data(as_text=True))
    assert token is not None
    data = {"login": "wang", "password": PASSWORD, "csrf_token": token[1]}
    return str(browser.post("/sign-in", query_string={"next": way}, data=data).location)


def app_on(page: str) -> TOTP:
    """Return the app that was given the key on the page."""
    key = re.search(r"otpauth://totp/[^\"]*?secret=([A-Z2-7]+)", html.unescape(page))
    assert key is not None, "the page shows no key"
    return TOTP(key[1])


def set_up(browser: Visitor, clock: FixedClock) -> tuple[TOTP, list[str]]:
    """Set the second factor up from the password on; return the app and the recovery codes."""
    address = password(browser)
    app = app_on(browser.get(address).get_data(as_text=True))
    done = browser.submit(address, {"code": app.at(clock.instant - STEP)})
    assert done.status_code == 200
    return app, re.findall(r"(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}", done.get_data(as_text=True))


def is_in(browser: Visitor) -> bool:
    return browser.get("/my/data").status_code == 200


def test_staff_without_a_factor_are_led_to_set_one_up_before_anything_else(
    stranger: Visitor, wang: Actor, clock: FixedClock
) -> None:
    address = password(stranger)

    assert address == "/sign-in/second-factor?next=/my/data"
    assert not is_in(stranger)
    page = stranger.get(address).get_data(as_text=True)
    assert "<svg" in page
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    key = app_on(page).secret
    assert " ".join(key[start : start + 4] for start in range(0, len(key), 4)) in page
    assert stranger.submit(address, {"code": "12 34"}).status_code == 422

    stranger.delete_cookie("booking")
    _, codes = set_up(stranger, clock)

    assert len(codes) == 10
    assert is_in(stranger)
    assert not any(code in stranger.get("/my/data").get_data(as_text=True) for code in codes)


def test_the_code_is_asked_for_after_the_password_and_counts_in_one_browser(
    stranger: Visitor, wang: Actor, another: Another, clock: FixedClock
) -> None:
    app, _ = set_up(another(), clock)
    reader = another()
    assert password(stranger) == password(reader) == "/sign-in/code?next=/my/data"
    assert not is_in(stranger)

    first = stranger.submit("/sign-in/code?next=/my/data", {"code": app.at(clock.instant)})
    second = reader.submit("/sign-in/code?next=/my/data", {"code": app.at(clock.instant)})

    assert (first.status_code, first.location) == (303, "/my/data")
    assert is_in(stranger)
    assert second.status_code == 422
    assert "has been used" in second.get_data(as_text=True)
    assert not is_in(reader)


def test_a_code_on_paper_lets_one_in_and_leads_to_a_new_phone(
    stranger: Visitor, wang: Actor, another: Another, clock: FixedClock
) -> None:
    app, codes = set_up(another(), clock)
    password(stranger)

    assert stranger.submit("/sign-in/recovery", {"code": "AAAA-BBBB-CCCC-DDDD"}).status_code == 422
    done = stranger.submit("/sign-in/recovery", {"code": codes[0]})

    assert (done.status_code, done.location) == (303, "/my/data/second-factor")
    given = {"current": PASSWORD, "code": app.at(clock.instant)}
    assert stranger.submit("/my/data/second-factor", {**given, "current": "wrong"}).status_code == 422
    address = str(stranger.submit("/my/data/second-factor", given).location)
    new = app_on(stranger.get(address).get_data(as_text=True))
    assert new.secret != app.secret
    assert stranger.submit(address, {"code": new.at(clock.instant)}).status_code == 200
    assert is_in(stranger)


@pytest.mark.parametrize("page", ["/sign-in/code", "/sign-in/recovery", "/sign-in/second-factor"])
def test_the_second_step_without_the_first_or_too_late_leads_to_the_password(
    stranger: Visitor, wang: Actor, clock: FixedClock, page: str
) -> None:
    assert stranger.get(page).location == "/sign-in"
    password(stranger)
    clock.instant += timedelta(minutes=30)

    assert stranger.get(page).location == "/sign-in"


def test_the_key_is_not_shown_to_whoever_has_a_factor_and_only_the_password(
    stranger: Visitor, wang: Actor, another: Another, clock: FixedClock
) -> None:
    set_up(another(), clock)
    password(stranger)

    assert stranger.get("/sign-in/second-factor").location == "/sign-in"


def test_applicants_are_not_asked(visitor: SignedInAs) -> None:
    assert visitor(Role.APPLICANT).get("/my/data/second-factor").status_code == 403


def test_an_administrator_proposes_and_a_supervisor_resets(
    stranger: Visitor, wang: Actor, visitor: SignedInAs, another: Another, clock: FixedClock
) -> None:
    holder = another()
    set_up(holder, clock)
    admin, supervisor = visitor(Role.ADMINISTRATOR), visitor(Role.SUPERVISOR)
    form = f"/desk/accounts/{wang.account_id}/reset"

    assert admin.submit(form, {"what": "factor", "reason": ""}).status_code == 422
    assert admin.submit(form, {"what": "factor", "reason": "phone lost"}).status_code == 303
    assert admin.submit(form, {"what": "factor", "reason": "phone lost"}).status_code == 422
    assert "phone lost" in supervisor.get("/desk/accounts/resets/1").get_data(as_text=True)
    assert "/approve" not in admin.get("/desk/accounts/resets/1").get_data(as_text=True)
    approved = supervisor.submit("/desk/accounts/resets/1/approve", on="/desk/accounts/resets/1")

    assert approved.status_code == 303
    assert not is_in(holder)
    assert password(stranger).startswith("/sign-in/second-factor")


def test_a_supervisor_may_decline_with_a_reason(wang: Actor, visitor: SignedInAs, sessions: Sessions) -> None:
    admin, supervisor = visitor(Role.ADMINISTRATOR), visitor(Role.SUPERVISOR)
    admin.submit(f"/desk/accounts/{wang.account_id}/reset", {"what": "password", "reason": "forgotten"})
    page, decline = "/desk/accounts/resets/1", "/desk/accounts/resets/1/decline"

    assert supervisor.submit(decline, {"reason": ""}, on=page).status_code == 422
    assert supervisor.submit(decline, {"reason": "not she"}, on=page).status_code == 303
    assert "Declined by" in supervisor.get(page).get_data(as_text=True)


def test_a_forgotten_staff_password_is_set_with_the_key_from_the_message(
    stranger: Visitor, wang: Actor, visitor: SignedInAs, newest_text: Callable[[], str], sessions: Sessions
) -> None:
    admin, supervisor = visitor(Role.ADMINISTRATOR), visitor(Role.SUPERVISOR)
    admin.submit(f"/desk/accounts/{wang.account_id}/reset", {"what": "password", "reason": "forgotten"})
    supervisor.submit("/desk/accounts/resets/1/approve", on="/desk/accounts/resets/1")
    key = re.search(r"(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}", newest_text())
    assert key is not None
    new = {"login": "wang", "key": key[0], "password": "quite new words", "repeated": "quite new words"}
    address = "/forgot-password/staff"

    assert stranger.submit(address, {**new, "key": "AAAA-BBBB-CCCC-DDDD"}).status_code == 422
    assert stranger.submit(address, {**new, "password": "short", "repeated": "short"}).status_code == 422
    assert stranger.submit(address, new).location == "/sign-in"
    assert stranger.submit(address, new).status_code == 422


def test_keys_cannot_be_guessed_without_end(stranger: Visitor, wang: Actor) -> None:
    wrong = {
        "login": "wang",
        "key": "AAAA-BBBB-CCCC-DDDD",
        "password": "quite new words",
        "repeated": "quite new words",
    }
    answers = [stranger.submit("/forgot-password/staff", wrong).status_code for _ in range(11)]

    assert answers == [422] * 10 + [429]


def test_a_page_says_when_its_sign_in_ends_and_one_request_stays(visitor: SignedInAs, clock: FixedClock) -> None:
    clerk, learner = visitor(Role.COUNTER), visitor(Role.APPLICANT)
    assert 'data-left="900"' in clerk.get("/my/data").get_data(as_text=True)

    clock.instant += timedelta(minutes=13)
    asked = [clerk.get("/stay").get_json() for _ in range(2)]

    assert [life["left"] for life in asked] == [120, 120], "asking is not being at work"
    assert "10:15" in asked[0]["says"]
    assert asked[0]["can_stay"]
    assert clerk.submit("/stay", on="/privacy").get_json()["left"] == 900
    assert not learner.get("/stay").get_json()["can_stay"]
    clock.instant += timedelta(minutes=15)
    assert clerk.get("/stay").get_json()["left"] == 0


def test_no_stranger_is_told_of_a_sign_in_or_given_a_cookie(stranger: Visitor) -> None:
    page = stranger.get("/privacy")

    assert "data-stay" not in page.get_data(as_text=True)
    assert stranger.get("/stay").get_json()["left"] == 0
    assert not page.headers.getlist("Set-Cookie")


def test_a_form_sent_too_late_leads_back_to_its_page_and_says_that_nothing_was_stored(
    visitor: SignedInAs, clock: FixedClock
) -> None:
    clerk = visitor(Role.PLANNER)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', clerk.get("/my/data").get_data(as_text=True))
    assert token is not None
    clock.instant += timedelta(minutes=15)
    data = {"csrf_token": token[1], "language": "en"}

    late = clerk.post("/my/data/language", data=data, headers={"Referer": "http://localhost/my/data?tab=1"})
    elsewhere = clerk.post("/my/data/language", data=data, headers={"Referer": "http://elsewhere.example/x"})

    assert late.location == "/sign-in?next=%2Fmy%2Fdata%3Ftab%3D1"
    assert elsewhere.location == "/sign-in?next=%2F"
    assert "nothing was stored" in clerk.get(late.location).get_data(as_text=True)


def test_a_new_code_can_be_asked_for_on_every_page_that_wants_one(
    stranger: Visitor, visitor: SignedInAs, sessions: Sessions, clock: FixedClock, newest_text: Callable[[], str]
) -> None:
    with unit_of_work(sessions) as session:
        learner = factories.account(session, person_id=factories.person(session), password_hash=HASH)
    browser = visitor(actor=learner)
    browser.submit("/my/data/phone", {"phone": "19900000099", "current": PASSWORD})
    before = newest_text()
    clock.instant += timedelta(minutes=2)

    asked = browser.submit("/my/data/phone/code/again", on="/my/data/phone/code")

    assert (asked.status_code, asked.location) == (303, "/my/data/phone/code")
    assert newest_text() != before
    stranger.submit("/forgot-password", {"id_number": "H12345678", "phone": "19911112222"})
    clock.instant += timedelta(minutes=2)
    again = stranger.submit("/forgot-password/code/again", on="/forgot-password/code")
    assert (again.status_code, again.location) == (303, "/forgot-password/code")
