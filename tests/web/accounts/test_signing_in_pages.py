"""The pages of signing in and out, and of a forgotten password."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.accounts.models import SignIn
from booking.accounts.queries import own_data
from booking.accounts.service import passwords
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId
from tests import factories
from tests.web.conftest import Visitor

PHONE = "19900000042"
PASSWORD = "a calm grey road"
HASH = passwords.hashed(PASSWORD, least=8)
Code = Callable[[], str]


@pytest.fixture
def learner(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session, name="测试乙", phone=PHONE)
        return factories.account(session, person_id=person_id, password_hash=HASH)


@pytest.fixture
def number(sessions: Sessions, learner: Actor) -> str:
    with reading(sessions) as session:
        return own_data(session, PersonId(learner.person_id or 0)).id_number


def sign_in(stranger: Visitor, login: str = PHONE, password: str = PASSWORD, *, url: str = "/sign-in") -> int:
    return stranger.submit(url, {"login": login, "password": password}).status_code


def test_the_right_password_lets_one_in(stranger: Visitor, learner: Actor) -> None:
    assert sign_in(stranger) == 303
    assert "测试乙" in stranger.get("/my/data").get_data(as_text=True)


def test_the_document_number_does_as_well(stranger: Visitor, learner: Actor, number: str) -> None:
    assert sign_in(stranger, number) == 303


def test_staff_use_their_login_name(stranger: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        factories.account(session, Role.COUNTER, login="wang", password_hash=HASH)

    assert sign_in(stranger, "wang") == 303


@pytest.mark.parametrize(
    ("login", "password"), [(PHONE, "a calm grey toad"), ("19911112222", PASSWORD), ("nobody", PASSWORD)]
)
def test_a_wrong_login_and_a_wrong_password_read_the_same(
    stranger: Visitor, learner: Actor, login: str, password: str
) -> None:
    answer = stranger.submit("/sign-in", {"login": login, "password": password})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Login and password do not belong together" in page
    assert f'value="{login}"' in page
    assert password not in page


@pytest.mark.parametrize("missing", ["login", "password"])
def test_an_empty_field_is_named(stranger: Visitor, missing: str) -> None:
    answer = stranger.submit("/sign-in", {"login": PHONE, "password": PASSWORD, missing: ""})

    assert answer.status_code == 422
    assert f'href="#{missing}"' in answer.get_data(as_text=True)


def test_the_eleventh_try_is_told_from_when_it_works_again(
    stranger: Visitor, learner: Actor, clock: FixedClock
) -> None:
    for _ in range(10):
        assert sign_in(stranger, password="wrong wrong") == 422

    answer = stranger.submit("/sign-in", {"login": PHONE, "password": PASSWORD})

    assert answer.status_code == 429
    assert "It works again from Tue 24 Nov 10:1" in answer.get_data(as_text=True)
    clock.instant += timedelta(seconds=int(answer.headers["Retry-After"]))
    assert sign_in(stranger) == 303


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/my/data", "/my/data"),
        ("/my/bookings?page=2", "/my/bookings?page=2"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("/\t/elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_way_on_leads_to_our_own_pages_only(stranger: Visitor, learner: Actor, wanted: str, place: str) -> None:
    page = stranger.get("/sign-in", query_string={"next": wanted})
    token = page.get_data(as_text=True).split('name="csrf_token" type="hidden" value="')[1].split('"')[0]

    answer = stranger.post(
        "/sign-in", query_string={"next": wanted}, data={"login": PHONE, "password": PASSWORD, "csrf_token": token}
    )

    assert (answer.status_code, answer.location) == (303, place)


def test_a_page_that_needs_a_sign_in_leads_there_and_back(stranger: Visitor) -> None:
    answer = stranger.get("/my/data")

    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=%2Fmy%2Fdata"


def test_the_cookie_before_signing_in_is_worth_nothing_afterwards(stranger: Visitor, learner: Actor) -> None:
    stranger.get("/sign-in")
    before = stranger.get_cookie("booking")
    sign_in(stranger)
    after = stranger.get_cookie("booking")

    assert before is not None
    assert after is not None
    assert before.value != after.value
    stranger.set_cookie("booking", before.value)
    assert stranger.get("/my/data").status_code == 302


def test_a_signed_out_cookie_stays_signed_out(stranger: Visitor, learner: Actor) -> None:
    sign_in(stranger)
    kept = stranger.get_cookie("booking")
    assert kept is not None

    assert stranger.submit("/sign-out", on="/my/data").status_code == 303

    stranger.set_cookie("booking", kept.value)
    assert stranger.get("/my/data").status_code == 302


def test_signing_out_takes_a_form_of_ours(stranger: Visitor, learner: Actor) -> None:
    sign_in(stranger)

    assert stranger.post("/sign-out").status_code == 400
    assert stranger.get("/sign-out").status_code == 405
    assert stranger.get("/my/data").status_code == 200


def test_whoever_is_signed_in_is_not_asked_again(stranger: Visitor, learner: Actor) -> None:
    sign_in(stranger)

    assert stranger.get("/sign-in").status_code == 303
    assert stranger.get("/register").status_code == 303


def test_staff_at_work_stay_and_idle_staff_go(
    visitor: Callable[..., Visitor], clock: FixedClock, sessions: Sessions
) -> None:
    clerk = visitor(Role.COUNTER)

    for _ in range(4):
        clock.instant += timedelta(minutes=10)
        assert clerk.get("/my/data").status_code == 200
    clock.instant += timedelta(minutes=15)
    assert clerk.get("/my/data").status_code == 302


def test_an_applicants_request_writes_nothing(
    visitor: Callable[..., Visitor], clock: FixedClock, sessions: Sessions
) -> None:
    learner = visitor(Role.APPLICANT)
    began = clock.instant
    clock.instant += timedelta(minutes=30)

    learner.get("/my/data")

    with reading(sessions) as session:
        assert session.scalar(select(SignIn.seen_at)) == began


def test_a_forgotten_password_is_set_anew(stranger: Visitor, learner: Actor, number: str, newest_code: Code) -> None:
    asked = stranger.submit("/forgot-password", {"id_number": number, "phone": PHONE})
    assert (asked.status_code, asked.location) == (303, "/forgot-password/code")

    done = stranger.submit(
        "/forgot-password/code",
        {"code": newest_code(), "password": "quite new words", "repeated": "quite new words"},
    )

    assert (done.status_code, done.location) == (303, "/sign-in")
    assert sign_in(stranger, password="quite new words") == 303


def test_asking_for_somebody_unknown_reads_the_same(stranger: Visitor, learner: Actor, number: str) -> None:
    known = stranger.submit("/forgot-password", {"id_number": number, "phone": PHONE})
    unknown = stranger.submit("/forgot-password", {"id_number": "H12345678", "phone": "19911112222"})

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert known.get_data() == unknown.get_data()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"code": "12345"}, "The code has six digits"),
        ({"code": "000000"}, "This code is not the one we sent"),
        ({"password": "short", "repeated": "short"}, "8 characters or more"),
        ({"password": f"x{PHONE}", "repeated": f"x{PHONE}"}, "a piece of your number"),
        ({"repeated": "something else"}, "The two passwords are not the same"),
    ],
)
def test_what_is_wrong_with_the_new_password_is_named(
    stranger: Visitor, learner: Actor, number: str, newest_code: Code, other: dict[str, str], words: str
) -> None:
    stranger.submit("/forgot-password", {"id_number": number, "phone": PHONE})

    answer = stranger.submit(
        "/forgot-password/code",
        {"code": newest_code(), "password": "quite new words", "repeated": "quite new words", **other},
    )

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert sign_in(stranger) == 303


def test_the_code_page_without_asking_leads_back(stranger: Visitor) -> None:
    assert stranger.get("/forgot-password/code").location == "/forgot-password"


def test_the_privacy_notice_is_public_in_both_languages(stranger: Visitor) -> None:
    assert "Your rights" in stranger.get("/privacy").get_data(as_text=True)
    stranger.set_cookie("language", "zh")
    assert "您的权利" in stranger.get("/privacy").get_data(as_text=True)


def test_no_number_of_anybody_stands_in_the_log(
    stranger: Visitor, learner: Actor, number: str, capfd: pytest.CaptureFixture[str]
) -> None:
    sign_in(stranger, number, "wrong wrong")
    stranger.submit("/forgot-password", {"id_number": number, "phone": PHONE})
    sign_in(stranger)
    stranger.get("/my/data")

    out, err = capfd.readouterr()
    assert number not in out + err
    assert PHONE not in out + err
    assert "测试乙" not in out + err
