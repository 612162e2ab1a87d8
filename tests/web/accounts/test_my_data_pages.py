"""The pages of one's own data."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from booking.accounts.models import SignIn
from booking.accounts.queries import own_data
from booking.accounts.service import passwords
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId
from tests import factories
from tests.web.conftest import Visitor

PHONE, NEW_PHONE = "19900000042", "19900000043"
PASSWORD = "a calm grey road"
HASH = passwords.hashed(PASSWORD, least=8)
NEW = {"current": PASSWORD, "password": "quite new words", "repeated": "quite new words"}
Code = Callable[[], str]
SignedInAs = Callable[..., Visitor]


@pytest.fixture
def who(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session, name="测试乙", phone=PHONE)
        return factories.account(session, person_id=person_id, password_hash=HASH)


@pytest.fixture
def learner(visitor: SignedInAs, who: Actor) -> Visitor:
    return visitor(actor=who)


@pytest.fixture
def number(sessions: Sessions, who: Actor) -> str:
    with reading(sessions) as session:
        return own_data(session, PersonId(who.person_id or 0)).id_number


def sign_in_ids(sessions: Sessions) -> list[int]:
    with reading(sessions) as session:
        return list(session.scalars(select(SignIn.id).order_by(SignIn.id)))


def test_what_is_kept_is_shown_masked(learner: Visitor, number: str) -> None:
    page = learner.get("/my/data").get_data(as_text=True)

    assert "测试乙" in page
    assert "199****0042" in page
    assert f"{number[:6]}********{number[-4:]}" in page
    assert PHONE not in page
    assert number not in page


def test_the_copy_to_take_away_holds_everything_in_clear(learner: Visitor, number: str) -> None:
    answer = learner.get("/my/data.json")

    content = json.loads(answer.get_data(as_text=True))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    assert (content["person"]["id_number"], content["person"]["phone"]) == (number, PHONE)
    assert len(content["sign_ins"]) == 1


def test_nobody_sees_the_data_of_another(learner: Visitor, visitor: SignedInAs, number: str) -> None:
    other = visitor(Role.APPLICANT)

    for page in ("/my/data", "/my/data.json"):
        text = other.get(page).get_data(as_text=True)
        assert "测试乙" not in text
        assert number not in text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_every_account_has_its_page(visitor: SignedInAs, role: Role) -> None:
    assert visitor(role).get("/my/data").status_code == 200


def test_a_changed_password_ends_the_other_sign_ins_and_keeps_this_one(
    learner: Visitor, visitor: SignedInAs, who: Actor
) -> None:
    elsewhere = visitor(actor=who)

    assert learner.submit("/my/data/password", NEW).status_code == 303

    assert elsewhere.get("/my/data").status_code == 302
    assert "Every other sign-in has been ended" in learner.get("/my/data").get_data(as_text=True)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"current": "a calm grey toad"}, "This is not your present password"),
        ({"current": ""}, "Enter your password"),
        ({"password": "short", "repeated": "short"}, "8 characters or more"),
        ({"password": "测试乙 goes there", "repeated": "测试乙 goes there"}, "Your name or a piece"),
        ({"repeated": "something else"}, "The two passwords are not the same"),
    ],
)
def test_a_password_that_does_not_do_is_refused(
    learner: Visitor, visitor: SignedInAs, who: Actor, other: dict[str, str], words: str
) -> None:
    elsewhere = visitor(actor=who)

    answer = learner.submit("/my/data/password", {**NEW, **other})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert PASSWORD not in page
    assert elsewhere.get("/my/data").status_code == 200


def test_staff_need_twelve_characters(visitor: SignedInAs, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER, password_hash=HASH)
    browser = visitor(actor=clerk)

    refused = browser.submit("/my/data/password", {**NEW, "password": "eleven char", "repeated": "eleven char"})

    assert refused.status_code == 422
    assert browser.submit("/my/data/password", NEW).status_code == 303


def test_a_new_phone_is_taken_over_by_its_code(learner: Visitor, newest_code: Code) -> None:
    asked = learner.submit("/my/data/phone", {"phone": NEW_PHONE, "current": PASSWORD})
    assert (asked.status_code, asked.location) == (303, "/my/data/phone/code")

    done = learner.submit("/my/data/phone/code", {"code": newest_code()})

    assert done.status_code == 303
    assert "199****0043" in learner.get("/my/data").get_data(as_text=True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"phone": "123", "current": PASSWORD}, "A mobile number has 11 digits"),
        ({"phone": NEW_PHONE, "current": "wrong"}, "This is not your present password"),
    ],
)
def test_a_phone_is_not_changed_without_number_and_password(
    learner: Visitor, data: dict[str, str], words: str
) -> None:
    answer = learner.submit("/my/data/phone", data)

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_wrong_code_changes_no_phone(learner: Visitor, newest_code: Code) -> None:
    learner.submit("/my/data/phone", {"phone": NEW_PHONE, "current": PASSWORD})

    answer = learner.submit("/my/data/phone/code", {"code": f"{(int(newest_code()) + 1) % 10**6:06}"})

    assert answer.status_code == 422
    assert NEW_PHONE not in answer.get_data(as_text=True)
    assert "199****0042" in learner.get("/my/data").get_data(as_text=True)


def test_a_phone_of_two_others_is_refused_with_the_reason(
    learner: Visitor, sessions: Sessions, newest_code: Code
) -> None:
    with unit_of_work(sessions) as session:
        for _ in range(2):
            factories.account(session, person_id=factories.person(session, phone=NEW_PHONE))
    learner.submit("/my/data/phone", {"phone": NEW_PHONE, "current": PASSWORD})

    answer = learner.submit("/my/data/phone/code", {"code": newest_code()})

    assert answer.status_code == 409
    assert "Two people use this mobile number already" in answer.get_data(as_text=True)


def test_the_code_page_without_a_number_leads_back(learner: Visitor) -> None:
    assert learner.get("/my/data/phone/code").location == "/my/data/phone"


def test_a_sign_in_elsewhere_can_be_ended(
    learner: Visitor, visitor: SignedInAs, who: Actor, sessions: Sessions
) -> None:
    elsewhere = visitor(actor=who)
    theirs = sign_in_ids(sessions)[-1]

    assert learner.submit(f"/my/data/sign-ins/{theirs}/end", on="/my/data").status_code == 303

    assert elsewhere.get("/my/data").status_code == 302
    assert learner.get("/my/data").status_code == 200


def test_the_sign_in_of_another_person_cannot_be_ended(
    learner: Visitor, visitor: SignedInAs, sessions: Sessions
) -> None:
    other = visitor(Role.APPLICANT)
    theirs = sign_in_ids(sessions)[-1]

    assert learner.submit(f"/my/data/sign-ins/{theirs}/end", on="/my/data").status_code == 404
    assert other.get("/my/data").status_code == 200


def test_the_language_of_messages_is_chosen(learner: Visitor, sessions: Sessions, who: Actor) -> None:
    assert learner.submit("/my/data/language", {"language": "en"}, on="/my/data").status_code == 303
    assert learner.submit("/my/data/language", {"language": "fr"}, on="/my/data").status_code == 303

    with reading(sessions) as session:
        assert own_data(session, PersonId(who.person_id or 0)).language == "en"


@pytest.mark.parametrize(
    "path",
    ["/my/data/password", "/my/data/phone", "/my/data/language", "/my/data/sign-ins/1/end", "/my/data/phone/code"],
)
def test_a_form_without_its_token_is_refused(learner: Visitor, path: str) -> None:
    assert learner.post(path, data=NEW).status_code == 400


@pytest.mark.parametrize(
    "path", ["/my/data", "/my/data.json", "/my/data/password", "/my/data/phone", "/my/data/phone/code"]
)
def test_strangers_are_sent_to_the_sign_in(stranger: Visitor, path: str) -> None:
    assert stranger.get(path).status_code == 302
