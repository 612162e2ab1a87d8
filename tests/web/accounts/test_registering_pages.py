"""The pages of registering, without JavaScript."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from booking.accounts.models import Account
from booking.accounts.queries import own_data
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from tests import factories
from tests.factories import resident_id
from tests.web.conftest import Visitor

NUMBER = resident_id(1, born_on=date(1999, 9, 9))
PHONE = "19900000042"
PASSWORD = "a calm grey road"
DETAILS = {
    "name": "测试甲",
    "id_type": "A",
    "id_number": NUMBER,
    "phone": PHONE,
    "password": PASSWORD,
    "repeated": PASSWORD,
}
Code = Callable[[], str]


def fill_in(stranger: Visitor, **other: str) -> TestResponse:
    return stranger.submit("/register/details", {**DETAILS, **other})


def accounts(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(Account)) or 0


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_registering_begins_with_what_is_kept_and_why(stranger: Visitor) -> None:
    page = stranger.get("/register").get_data(as_text=True)

    for words in ("Who keeps it", "Why, and on which ground", "What is kept", "How long", "Your rights"):
        assert words in page
    assert "/register/details" in page


def test_details_then_the_code_then_one_is_signed_in(
    stranger: Visitor, sessions: Sessions, newest_code: Code
) -> None:
    asked = fill_in(stranger)
    assert (asked.status_code, asked.location) == (303, "/register/code")

    done = stranger.submit("/register/code", {"code": newest_code()})

    assert (done.status_code, done.location) == (303, "/")
    assert "Your account is open" in stranger.get("/").get_data(as_text=True)
    assert accounts(sessions) == 1
    assert "测试甲" in stranger.get("/my/data").get_data(as_text=True)


def test_the_code_field_lets_the_phone_fill_it_in(stranger: Visitor) -> None:
    fill_in(stranger)

    page = stranger.get("/register/code").get_data(as_text=True)

    assert 'autocomplete="one-time-code"' in page
    assert "199****0042" in page
    assert PHONE not in page


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"name": ""}, "Enter your name"),
        ({"id_number": ""}, "Enter the number of your document"),
        ({"id_number": "4408021999090991"}, "too few or too many characters"),
        ({"id_number": NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2")}, "One character of this number is wrong"),
        ({"id_number": NUMBER[:6] + "19991399" + NUMBER[14:]}, "birth date in this number cannot be"),
        ({"id_type": "F", "id_number": "E12345678"}, "Enter your date of birth"),
        ({"id_type": "F", "id_number": "E12345678", "born_on": "2031-01-01"}, "This date of birth cannot be"),
        ({"id_type": "F", "id_number": "E12345678", "born_on": "never"}, "Not a valid date"),
        ({"id_type": "Z"}, "Choose one of these"),
        ({"phone": "12345"}, "A mobile number has 11 digits"),
        ({"password": "short", "repeated": "short"}, "8 characters or more"),
        ({"password": "password1", "repeated": "password1"}, "tried first"),
        ({"password": f"my {PHONE}", "repeated": f"my {PHONE}"}, "a piece of your number"),
        ({"password": "测试甲测试甲测试甲", "repeated": "测试甲测试甲测试甲"}, "tried first"),
        ({"repeated": "a calm grey toad"}, "The two passwords are not the same"),
    ],
)
def test_a_wrong_detail_is_named_and_the_rest_is_kept(
    stranger: Visitor, sessions: Sessions, other: dict[str, str], words: str
) -> None:
    answer = fill_in(stranger, **other)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "error-summary" in page
    assert words in page
    assert "<title>Error: " in page
    assert 'value="测试甲"' in page or other.get("name") == ""
    assert PASSWORD not in page
    assert accounts(sessions) == 0


def test_a_passport_needs_a_date_of_birth_and_nothing_more(stranger: Visitor, newest_code: Code) -> None:
    assert fill_in(stranger, id_type="F", id_number="e12345678", born_on="1999-09-09").status_code == 303
    assert stranger.submit("/register/code", {"code": newest_code()}).status_code == 303


def test_digits_typed_in_full_width_are_digits(stranger: Visitor) -> None:
    wide = {ord("0") + digit: ord("０") + digit for digit in range(10)}

    assert fill_in(stranger, phone=PHONE.translate(wide), id_number=NUMBER.translate(wide)).status_code == 303


def test_a_wrong_code_is_refused_and_the_right_one_still_works(
    stranger: Visitor, sessions: Sessions, newest_code: Code
) -> None:
    fill_in(stranger)

    answer = stranger.submit("/register/code", {"code": wrong(newest_code())})

    assert answer.status_code == 422
    assert "This code is not the one we sent" in answer.get_data(as_text=True)
    assert accounts(sessions) == 0
    assert stranger.submit("/register/code", {"code": newest_code()}).status_code == 303


def test_five_wrong_codes_use_it_up(stranger: Visitor, sessions: Sessions, newest_code: Code) -> None:
    fill_in(stranger)
    for _ in range(5):
        stranger.submit("/register/code", {"code": wrong(newest_code())})

    assert stranger.submit("/register/code", {"code": newest_code()}).status_code == 422
    assert accounts(sessions) == 0


def test_another_code_can_be_sent_after_a_minute(stranger: Visitor, clock: FixedClock, newest_code: Code) -> None:
    fill_in(stranger)
    early = stranger.submit("/register/code/again", on="/register/code")
    clock.instant += timedelta(minutes=2)
    late = stranger.submit("/register/code/again", on="/register/code")

    assert early.status_code == 429
    assert 'href="/register/code"' in early.get_data(as_text=True)
    assert late.status_code == 303
    assert stranger.submit("/register/code", {"code": newest_code()}).status_code == 303


def test_too_many_codes_say_from_when_it_works_again(stranger: Visitor) -> None:
    fill_in(stranger)

    answer = fill_in(stranger)

    assert answer.status_code == 429
    assert "Tue 24 Nov 10:02" in answer.get_data(as_text=True)
    assert 0 < int(answer.headers["Retry-After"]) <= 75


def test_a_known_identity_sees_the_same_pages_as_a_new_one(
    another: Callable[[], Visitor],
    stranger: Visitor,
    sessions: Sessions,
    clock: FixedClock,
    newest_code: Code,
) -> None:
    fill_in(stranger)
    stranger.submit("/register/code", {"code": newest_code()})
    clock.instant += timedelta(minutes=2)
    curious, newcomer = another(), another()

    answers = [
        [fill_in(curious, phone="19900000777"), curious.get("/register/code"),
         curious.submit("/register/code", {"code": "000000"})],
        [fill_in(newcomer, phone="19900000777"[:-1] + "8", id_number=resident_id(2, born_on=date(1999, 9, 9))),
         newcomer.get("/register/code"), newcomer.submit("/register/code", {"code": "000000"})],
    ]  # fmt: skip

    known, unknown = ([(answer.status_code, plain(answer)) for answer in row] for row in answers)
    assert known == unknown
    assert accounts(sessions) == 1


def test_a_record_with_another_phone_sends_one_to_the_counter(
    stranger: Visitor, sessions: Sessions, newest_code: Code
) -> None:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session, phone="19900000001")
        number = own_data(session, person_id).id_number
    fill_in(stranger, id_number=number)

    answer = stranger.submit("/register/code", {"code": newest_code()})

    assert answer.status_code == 409
    assert "come to the counter" in answer.get_data(as_text=True)
    assert accounts(sessions) == 0


def test_the_third_person_on_one_phone_is_told_why_not(
    stranger: Visitor, sessions: Sessions, newest_code: Code
) -> None:
    with unit_of_work(sessions) as session:
        for _ in range(2):
            factories.account(session, person_id=factories.person(session, phone=PHONE))
    fill_in(stranger)

    answer = stranger.submit("/register/code", {"code": newest_code()})

    assert answer.status_code == 409
    assert "Two people use this mobile number already" in answer.get_data(as_text=True)


def test_the_code_page_without_details_leads_back_to_the_beginning(stranger: Visitor) -> None:
    answer = stranger.get("/register/code")

    assert (answer.status_code, answer.location) == (303, "/register")


def test_no_number_stands_in_a_url_a_cookie_or_a_log_line(
    stranger: Visitor, newest_code: Code, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = fill_in(stranger)
    done = stranger.submit("/register/code", {"code": newest_code()})

    out, err = capfd.readouterr()
    seen = " ".join([out, err, str(asked.location), str(done.location), *asked.headers.getlist("Set-Cookie")])
    assert NUMBER not in seen
    assert PHONE not in seen


def test_fields_that_nobody_asked_for_change_nothing(
    stranger: Visitor, sessions: Sessions, newest_code: Code
) -> None:
    fill_in(stranger, role="administrator", person_id="1", epoch="9")
    stranger.submit("/register/code", {"code": newest_code(), "role": "administrator"})

    with reading(sessions) as session:
        assert session.scalars(select(Account.role)).all() == ["applicant"]


def plain(answer: TestResponse) -> str:
    """Return the page without its tokens and without the two masked phones."""
    text = re.sub(r'name="csrf_token"[^>]*value="[^"]*"', "", answer.get_data(as_text=True))
    return text.replace("199****0777", "").replace("199****0778", "")
