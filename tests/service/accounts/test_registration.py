"""Registering: one account for each identity, the phone proved, and nothing told to those who ask about others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from booking.accounts.models import Account, CodePurpose, Person, PhoneCode, SignInKind
from booking.accounts.queries import live_sign_in
from booking.accounts.service import codes, people, registration
from booking.accounts.service.people import PhoneFullError
from booking.accounts.service.registration import AlreadyRegisteredError, Applicant, CounterNeededError
from booking.accounts.service.throttle import TooManyTriesError
from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.identifiers import IdDocument, IdType
from booking.kernel.ids import PersonId
from booking.kernel.secrets import Keyring
from tests import factories
from tests.conftest import NOW
from tests.factories import resident_id

ADDRESS = "192.0.2.1"
Make = Callable[..., Applicant]
Texts = Callable[[str], list[str]]
Code = Callable[[str], str]


def ask(sessions: Sessions, who: Applicant, *, minutes: int = 0) -> None:
    with unit_of_work(sessions) as session:
        registration.ask_to_register(session, who, address=ADDRESS, now=NOW + timedelta(minutes=minutes))


def answer(sessions: Sessions, who: Applicant, code: str, *, minutes: int = 1) -> str | None:
    with unit_of_work(sessions) as session:
        return registration.register(session, who, code, now=NOW + timedelta(minutes=minutes))


def accounts(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(Account)) or 0


def import_person(sessions: Sessions, who: Applicant, *, phone: str = "") -> None:
    with unit_of_work(sessions) as session:
        people.add_person(
            session, name=who.name, document=who.document, phone=phone or who.phone,
            born_on=who.born_on, actor=SYSTEM, now=NOW,
        )  # fmt: skip


def test_the_code_opens_the_account_and_signs_in(sessions: Sessions, applicant: Make, code_sent: Code) -> None:
    who = applicant()
    ask(sessions, who)

    token = answer(sessions, who, code_sent(who.phone))

    assert token is not None
    with reading(sessions) as session:
        live = live_sign_in(session, token, SignInKind.WEB, now=NOW + timedelta(minutes=1))
    assert live is not None
    assert live.name == who.name


def test_a_wrong_code_opens_nothing(sessions: Sessions, applicant: Make, code_sent: Code) -> None:
    who = applicant()
    ask(sessions, who)

    assert answer(sessions, who, f"{(int(code_sent(who.phone)) + 1) % 10**6:06}") is None
    assert accounts(sessions) == 0


def test_five_tries_use_a_code_up_even_if_the_sixth_is_right(
    sessions: Sessions, applicant: Make, code_sent: Code
) -> None:
    who = applicant()
    ask(sessions, who)
    right = code_sent(who.phone)
    wrong = f"{(int(right) + 1) % 10**6:06}"

    for _ in range(5):
        assert answer(sessions, who, wrong) is None

    assert answer(sessions, who, right) is None
    with reading(sessions) as session:
        assert session.scalar(select(PhoneCode.tries)) == 5


def test_the_fifth_try_may_still_be_right(sessions: Sessions, applicant: Make, code_sent: Code) -> None:
    who = applicant()
    ask(sessions, who)
    right = code_sent(who.phone)
    for _ in range(4):
        answer(sessions, who, f"{(int(right) + 1) % 10**6:06}")

    assert answer(sessions, who, right) is not None


@pytest.mark.parametrize(("minutes", "is_good"), [(9, True), (10, False)])
def test_a_code_is_good_for_ten_minutes(
    sessions: Sessions, applicant: Make, code_sent: Code, minutes: int, is_good: bool
) -> None:
    who = applicant()
    ask(sessions, who)

    assert (answer(sessions, who, code_sent(who.phone), minutes=minutes) is not None) is is_good


def test_a_code_works_once(sessions: Sessions, applicant: Make, code_sent: Code) -> None:
    who = applicant()
    ask(sessions, who)
    with unit_of_work(sessions) as session:
        assert codes.prove(session, who.phone, CodePurpose.REGISTER, code_sent(who.phone), now=NOW)

    assert answer(sessions, who, code_sent(who.phone)) is None


def test_a_code_for_one_purpose_proves_no_other(sessions: Sessions, applicant: Make, code_sent: Code) -> None:
    who = applicant()
    ask(sessions, who)

    with unit_of_work(sessions) as session:
        assert not codes.prove(session, who.phone, CodePurpose.CHANGE_PHONE, code_sent(who.phone), now=NOW)


def test_only_the_newest_code_counts(sessions: Sessions, applicant: Make, code_sent: Code) -> None:
    who = applicant()
    ask(sessions, who)
    first = code_sent(who.phone)
    ask(sessions, who, minutes=2)
    second = code_sent(who.phone)

    assert first == second or answer(sessions, who, first, minutes=3) is None
    assert answer(sessions, who, second, minutes=3) is not None


def test_one_code_a_minute_and_five_an_hour_are_sent(sessions: Sessions, applicant: Make, texts: Texts) -> None:
    who = applicant()
    ask(sessions, who)
    with pytest.raises(TooManyTriesError):
        ask(sessions, who)
    for minutes in (2, 4, 6, 8):
        ask(sessions, who, minutes=minutes)

    with pytest.raises(TooManyTriesError):
        ask(sessions, who, minutes=10)
    assert len(texts(who.phone)) == 5


def test_an_identity_with_an_account_gets_no_second_one(sessions: Sessions, applicant: Make, code_sent: Code) -> None:
    who = applicant()
    other = replace(applicant(2), phone=who.phone)
    ask(sessions, who)
    answer(sessions, who, code_sent(who.phone))
    ask(sessions, other, minutes=2)  # a code for the phone, then used for the identity that is taken

    with pytest.raises(AlreadyRegisteredError):
        answer(sessions, who, code_sent(who.phone), minutes=3)
    assert accounts(sessions) == 1


def test_the_owner_is_told_and_the_one_who_asks_gets_no_code(
    sessions: Sessions, applicant: Make, code_sent: Code, texts: Texts
) -> None:
    owner = applicant()
    ask(sessions, owner)
    answer(sessions, owner, code_sent(owner.phone))
    curious = replace(owner, phone="19900000777")

    ask(sessions, curious, minutes=2)

    assert texts(curious.phone) == []
    assert "再次" in texts(owner.phone)[-1] or "无需再次注册" in texts(owner.phone)[-1]
    assert answer(sessions, curious, "000000", minutes=3) is None


def test_the_owner_is_not_flooded_with_warnings(
    sessions: Sessions, applicant: Make, code_sent: Code, texts: Texts
) -> None:
    owner = applicant()
    ask(sessions, owner)
    answer(sessions, owner, code_sent(owner.phone))
    before = len(texts(owner.phone))

    for number in range(4):
        ask(sessions, replace(owner, phone=f"1990000080{number}"), minutes=2)

    assert len(texts(owner.phone)) == before + 2


def test_a_temporary_card_is_the_same_identity(sessions: Sessions, applicant: Make, code_sent: Code) -> None:
    who = applicant()
    ask(sessions, who)
    answer(sessions, who, code_sent(who.phone))
    again = replace(who, document=IdDocument(IdType.TEMPORARY, who.document.number), phone="19900000002")

    ask(sessions, again, minutes=2)

    assert answer(sessions, again, "000000", minutes=3) is None
    assert accounts(sessions) == 1


def test_a_record_of_the_office_is_claimed_with_its_phone(
    sessions: Sessions, applicant: Make, code_sent: Code
) -> None:
    who = applicant()
    import_person(sessions, who)
    ask(sessions, who)

    assert answer(sessions, who, code_sent(who.phone)) is not None
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
        assert session.scalar(select(Person.phone_proved_at)) is not None


def test_a_record_of_the_office_is_not_claimed_with_another_phone(
    sessions: Sessions, applicant: Make, code_sent: Code
) -> None:
    who = applicant()
    import_person(sessions, who, phone="19900000009")
    ask(sessions, who)

    with pytest.raises(CounterNeededError):
        answer(sessions, who, code_sent(who.phone))
    assert accounts(sessions) == 0


def test_two_people_may_share_a_phone_but_not_three(sessions: Sessions, applicant: Make, code_sent: Code) -> None:
    for number in (1, 2):
        who = applicant(number)
        ask(sessions, who, minutes=2 * number)
        assert answer(sessions, who, code_sent(who.phone), minutes=2 * number) is not None
    third = applicant(3)
    ask(sessions, third, minutes=6)

    with pytest.raises(PhoneFullError):
        answer(sessions, third, code_sent(third.phone), minutes=6)
    assert accounts(sessions) == 2


def test_registering_is_in_the_log_without_personal_data(
    sessions: Sessions, applicant: Make, code_sent: Code
) -> None:
    who = applicant()
    ask(sessions, who)
    answer(sessions, who, code_sent(who.phone))

    with reading(sessions) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.act for entry in entries] == ["person added", "account registered", "signed in"]
    written = str([(entry.before, entry.after, entry.reason, entry.object_id) for entry in entries])
    assert who.phone not in written
    assert who.document.number not in written
    assert who.name not in written


def test_what_waits_in_the_cookie_cannot_be_read(applicant: Make, keyring: Keyring) -> None:
    who = applicant()

    sealed = who.sealed(keyring)

    assert registration.unsealed(keyring, sealed) == who
    assert who.phone not in bytes.fromhex(sealed).decode("latin-1")
    assert who.document.number not in bytes.fromhex(sealed).decode("latin-1")


@pytest.mark.race
def test_fifty_registrations_of_one_identity_at_once_open_one_account(
    sessions: Sessions, applicant: Make, keyring: Keyring
) -> None:
    runs = [applicant(phone=f"199000010{number:02}") for number in range(50)]
    with unit_of_work(sessions) as session:
        for who in runs:
            session.add(_code(keyring, who.phone))
    start = Barrier(50)

    def attempt(who: Applicant) -> bool:
        start.wait()
        try:
            return answer(sessions, who, "123456") is not None
        except (AlreadyRegisteredError, CounterNeededError):
            return False

    with ThreadPoolExecutor(50) as pool:
        opened = sum(pool.map(attempt, runs))

    assert opened == 1
    assert accounts(sessions) == 1


@pytest.mark.race
def test_four_people_who_move_to_one_phone_at_once_are_two(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        movers = [factories.account(session) for _ in range(4)]
    start = Barrier(4)

    def attempt(mover: Actor) -> bool:
        start.wait()
        try:
            with unit_of_work(sessions) as session:
                people.change_phone(
                    session, PersonId(mover.person_id or 0), "19900000555", proved=True, actor=mover, now=NOW
                )
        except PhoneFullError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, movers)) == 2


def test_the_number_in_the_test_data_is_a_valid_one() -> None:
    assert IdDocument(IdType.RESIDENT, resident_id(1, born_on=date(1999, 9, 9))).born_on == date(1999, 9, 9)


def _code(keyring: Keyring, phone: str) -> PhoneCode:
    return PhoneCode(
        phone_hash=keyring.digest(phone, column="person.phone"),
        purpose=CodePurpose.REGISTER,
        code_hash=keyring.digest(f"{phone}:register:123456", column="phone_code.code"),
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
        tries=0,
    )
