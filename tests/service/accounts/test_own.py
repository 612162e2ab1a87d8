"""What people change on their own account, and the way back in without a password."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from booking.accounts.jobs import forget_what_is_past
from booking.accounts.models import Person, PhoneCode, SignIn, SignInKind, Throttle
from booking.accounts.queries import find_people, live_sign_in, masked_person, own_data
from booking.accounts.service import own, passwords, people
from booking.accounts.service.own import Forgetful
from booking.accounts.service.passwords import WeakPasswordError
from booking.accounts.service.people import KnownPersonError, PhoneFullError
from booking.accounts.service.throttle import TooManyTriesError
from booking.accounts.views import door
from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.identifiers import IdDocument, IdType
from booking.kernel.ids import PersonId
from tests import factories
from tests.conftest import NOW

ADDRESS = "192.0.2.1"
CHOSEN = "quite new words"
PHONE, NEW_PHONE = "19900000042", "19900000043"
LATER = NOW + timedelta(minutes=1)
Texts = Callable[[str], list[str]]
Code = Callable[[str], str]


@pytest.fixture
def learner(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session, name="测试乙", phone=PHONE)
        return factories.account(session, person_id=person_id, password_hash=passwords.hashed("old words", least=8))


@pytest.fixture
def number(sessions: Sessions, learner: Actor) -> str:
    with reading(sessions) as session:
        return own_data(session, whose(learner)).id_number


def whose(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id


def opens(sessions: Sessions, password: str) -> bool:
    return door.enter(sessions, PHONE, password, kind=SignInKind.WEB, address=ADDRESS, now=LATER) is not None


def forget(sessions: Sessions, who: Forgetful) -> None:
    with unit_of_work(sessions) as session:
        own.ask_to_reset_password(session, who, address=ADDRESS, now=NOW)


def reset(sessions: Sessions, who: Forgetful, code: str, password: str = CHOSEN) -> bool:
    with unit_of_work(sessions) as session:
        return own.reset_password(session, who, code, password, now=LATER)


def test_a_forgotten_password_is_set_anew_by_code_and_ends_sign_ins(
    sessions: Sessions, learner: Actor, number: str, code_sent: Code
) -> None:
    token = door.enter(sessions, PHONE, "old words", kind=SignInKind.WEB, address=ADDRESS, now=NOW)
    forget(sessions, Forgetful(number, PHONE))

    assert reset(sessions, Forgetful(number, PHONE), code_sent(PHONE))

    with reading(sessions) as session:
        assert live_sign_in(session, token or "", SignInKind.WEB, now=LATER) is None
    assert not opens(sessions, "old words")
    assert opens(sessions, "quite new words")


def test_no_code_is_sent_when_document_and_phone_are_not_one_account(
    sessions: Sessions, learner: Actor, number: str, texts: Texts
) -> None:
    forget(sessions, Forgetful(number, NEW_PHONE))
    forget(sessions, Forgetful("H12345678", PHONE))

    assert texts(NEW_PHONE) == texts(PHONE) == []


def test_a_wrong_code_sets_no_password(sessions: Sessions, learner: Actor, number: str, code_sent: Code) -> None:
    who = Forgetful(number, PHONE)
    forget(sessions, who)
    right = code_sent(PHONE)

    for _ in range(5):
        assert not reset(sessions, who, f"{(int(right) + 1) % 10**6:06}")
    assert not reset(sessions, who, right)
    assert opens(sessions, "old words")


def test_a_weak_password_leaves_the_code_good(
    sessions: Sessions, learner: Actor, number: str, code_sent: Code
) -> None:
    who = Forgetful(number, PHONE)
    forget(sessions, who)

    with pytest.raises(WeakPasswordError):
        reset(sessions, who, code_sent(PHONE), f"pass{PHONE}")

    assert reset(sessions, who, code_sent(PHONE))


def test_a_phone_is_changed_by_a_code_from_the_new_one_and_the_old_one_is_told(
    sessions: Sessions, learner: Actor, texts: Texts, code_sent: Code
) -> None:
    with unit_of_work(sessions) as session:
        own.ask_to_change_phone(session, NEW_PHONE, "zh", address=ADDRESS, now=NOW)
    with unit_of_work(sessions) as session:
        assert own.change_own_phone(session, NEW_PHONE, code_sent(NEW_PHONE), actor=learner, now=LATER)

    with reading(sessions) as session:
        assert own_data(session, whose(learner)).phone == NEW_PHONE
        assert session.scalar(select(Person.phone_proved_at)) == LATER
    assert "0043" in texts(PHONE)[-1]
    assert NEW_PHONE not in texts(PHONE)[-1]


def test_a_wrong_code_changes_no_phone(sessions: Sessions, learner: Actor, code_sent: Code) -> None:
    with unit_of_work(sessions) as session:
        own.ask_to_change_phone(session, NEW_PHONE, "zh", address=ADDRESS, now=NOW)
    wrong = f"{(int(code_sent(NEW_PHONE)) + 1) % 10**6:06}"

    with unit_of_work(sessions) as session:
        assert not own.change_own_phone(session, NEW_PHONE, wrong, actor=learner, now=LATER)
    with reading(sessions) as session:
        assert own_data(session, whose(learner)).phone == PHONE


def test_a_phone_of_two_others_cannot_be_taken(sessions: Sessions, learner: Actor) -> None:
    with unit_of_work(sessions) as session:
        for _ in range(2):
            factories.account(session, person_id=factories.person(session, phone=NEW_PHONE))

    with pytest.raises(PhoneFullError), unit_of_work(sessions) as session:
        people.change_phone(session, whose(learner), NEW_PHONE, proved=True, actor=learner, now=NOW)


def test_a_phone_that_a_clerk_enters_is_not_proved(sessions: Sessions, learner: Actor) -> None:
    with unit_of_work(sessions) as session:
        people.change_phone(session, whose(learner), NEW_PHONE, proved=False, actor=SYSTEM, now=NOW, reason="at desk")

    with reading(sessions) as session:
        assert session.scalar(select(Person.phone_proved_at)) is None


def test_wrong_present_passwords_are_counted(sessions: Sessions, learner: Actor) -> None:
    assert learner.account_id is not None
    for _ in range(10):
        assert not door.is_own_password(sessions, learner.account_id, "wrong", address=ADDRESS, now=NOW)

    with pytest.raises(TooManyTriesError):
        door.is_own_password(sessions, learner.account_id, "old words", address=ADDRESS, now=NOW)


def test_the_language_of_messages_is_changed_once(sessions: Sessions, learner: Actor) -> None:
    for _ in range(2):
        with unit_of_work(sessions) as session:
            people.set_language(session, whose(learner), "en", actor=learner, now=NOW)

    with reading(sessions) as session:
        assert own_data(session, whose(learner)).language == "en"
        assert session.scalars(select(AuditEntry.act)).all() == ["language changed"]


def test_one_document_is_one_person(sessions: Sessions, number: str) -> None:
    with pytest.raises(KnownPersonError), unit_of_work(sessions) as session:
        people.add_person(
            session, name="测试丙", document=IdDocument(IdType.TEMPORARY, number), phone="",
            born_on=date(2000, 1, 1), actor=SYSTEM, now=NOW,
        )  # fmt: skip


def test_a_person_is_found_by_document_whichever_kind_is_named(
    sessions: Sessions, learner: Actor, number: str
) -> None:
    with reading(sessions) as session:
        assert people.person_by_identity(session, IdDocument(IdType.RESIDENT, number)) == learner.person_id
        assert people.person_by_identity(session, IdDocument(IdType.TEMPORARY, number)) == learner.person_id
        assert people.person_by_identity(session, IdDocument(IdType.FOREIGN, "H12345678")) is None


def test_the_counter_finds_people_by_phone_by_number_or_by_last_four_and_name(
    sessions: Sessions, learner: Actor, number: str
) -> None:
    with reading(sessions) as session:
        for text in (
            PHONE,
            f"+86 {PHONE}",
            number,
            f"{number[-4:]} 测试乙",
            f"测试乙 {number[-4:].lower()}",
            f"测{number[-4:]}",
        ):
            assert [row.person_id for row in find_people(session, text)] == [learner.person_id], text
        for text in ("", number[-4:], "测试乙", f"{number[-4:]} 试乙", f"{number[-4:]} %乙", NEW_PHONE):
            assert not find_people(session, text), text


def test_a_found_person_is_masked(sessions: Sessions, learner: Actor, number: str) -> None:
    with reading(sessions) as session:
        row = masked_person(session, whose(learner))

    assert row.phone == "199****0042"
    assert row.document == f"{number[:6]}********{number[-4:]}"


def test_there_is_nobody_behind_an_unknown_id(sessions: Sessions) -> None:
    with pytest.raises(NotFoundError), reading(sessions) as session:
        masked_person(session, PersonId(1))


def test_numbers_are_stored_sealed(sessions: Sessions, learner: Actor, number: str) -> None:
    with reading(sessions) as session:
        row = session.get_one(Person, whose(learner))
        assert number.encode() not in row.id_number_sealed
        assert PHONE.encode() not in row.phone_sealed
        assert keyring_of(session).open(row.phone_sealed, column="person.phone") == PHONE


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("王小明", "wang xiao ming"),
        ("曾小明", "zeng xiao ming"),  # not céng
        ("单小明", "shan xiao ming"),  # not dān
        ("尉迟小明", "yu chi xiao ming"),
        ("Anna Test", "anna test"),
    ],
)
def test_names_are_filed_by_their_sound(name: str, key: str) -> None:
    assert people.sort_key(name) == key


def test_what_is_past_is_forgotten_and_what_counts_is_kept(
    sessions: Sessions, learner: Actor, number: str, code_sent: Code
) -> None:
    forget(sessions, Forgetful(number, PHONE))
    door.enter(sessions, PHONE, "old words", kind=SignInKind.WEB, address=ADDRESS, now=NOW)

    assert forget_what_is_past(sessions, NOW + timedelta(minutes=5)) == 0
    assert forget_what_is_past(sessions, NOW + timedelta(days=190)) > 0

    with reading(sessions) as session:
        assert [session.scalars(select(table)).all() for table in (Throttle, PhoneCode, SignIn)] == [[], [], []]
