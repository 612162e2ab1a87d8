"""Signing in and out, and what ends a sign-in."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from booking.accounts.models import Account, Person, SignIn, SignInKind
from booking.accounts.queries import LiveSignIn, live_sign_in, own_sign_ins
from booking.accounts.service import own, passwords, signing_in, staff
from booking.accounts.service.throttle import TooManyTriesError
from booking.accounts.views import door
from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.kernel.errors import NotFoundError
from booking.kernel.ids import AccountId
from tests import factories
from tests.conftest import NOW

PASSWORD = "a calm grey road"
HASH = passwords.hashed(PASSWORD, least=8)
ADDRESS = "192.0.2.1"


@dataclass(frozen=True)
class Member:
    """Somebody with an account, and the ways to name it."""

    actor: Actor
    phone: str
    number: str

    @property
    def account_id(self) -> AccountId:
        return signing_in.account_of(self.actor)


def member(sessions: Sessions, *, phone: str = "19900000042", password_hash: str = HASH) -> Member:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session, phone=phone)
        actor = factories.account(session, person_id=person_id, password_hash=password_hash)
        sealed = session.get_one(Person, person_id).id_number_sealed
        return Member(actor, phone, keyring_of(session).open(sealed, column="person.id_number"))


def clerk(sessions: Sessions, login: str = "wang") -> Actor:
    with unit_of_work(sessions) as session:
        factories.password_alone(session)
        return factories.account(session, Role.COUNTER, login=login, password_hash=HASH)


def enter(
    sessions: Sessions, login: str, password: str = PASSWORD, *, minutes: float = 0, address: str = ADDRESS
) -> str | None:
    now = NOW + timedelta(minutes=minutes)
    return door.enter(sessions, login, password, kind=SignInKind.WEB, address=address, now=now)


def held(sessions: Sessions, token: str | None, *, minutes: float = 0) -> LiveSignIn | None:
    with reading(sessions) as session:
        return live_sign_in(session, token or "", SignInKind.WEB, now=NOW + timedelta(minutes=minutes))


def acts(sessions: Sessions) -> Sequence[str]:
    with reading(sessions) as session:
        return session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()


def test_phone_document_number_and_login_name_lead_to_the_account(sessions: Sessions) -> None:
    learner = member(sessions)
    clerk(sessions)

    for login in (learner.phone, f"+86 {learner.phone}", learner.number, learner.number.lower()):
        found = held(sessions, enter(sessions, login))
        assert found is not None
        assert found.account_id == learner.account_id
    assert held(sessions, enter(sessions, " Wang ")) is not None


def test_a_wrong_password_opens_nothing_and_is_recorded(sessions: Sessions) -> None:
    learner = member(sessions)

    assert enter(sessions, learner.phone, "a calm grey toad") is None
    assert acts(sessions) == ["sign-in refused"]


def test_an_unknown_login_is_recorded_without_what_was_typed(sessions: Sessions) -> None:
    assert enter(sessions, "19911112222") is None

    with reading(sessions) as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.object_id) == ("sign-in refused", "unknown")


def test_an_unknown_login_is_worked_as_hard_as_a_known_one(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked: list[str] = []

    class Counting:
        def verify(self, password_hash: str, password: str) -> bool:
            worked.append(password)
            return PasswordHasher().verify(password_hash, password)

        def hash(self, password: str) -> str:
            return HASH

    learner = member(sessions)
    monkeypatch.setattr(passwords, "HASHER", Counting())

    enter(sessions, learner.phone, "wrong for the known")
    enter(sessions, "19911112222", "wrong for the unknown")

    assert worked == ["wrong for the known", "wrong for the unknown"]


def test_of_two_people_on_one_phone_the_password_tells_who_it_is(sessions: Sessions) -> None:
    member(sessions)
    child = member(sessions, password_hash=passwords.hashed("another quiet lane", least=8))

    found = held(sessions, enter(sessions, child.phone, "another quiet lane"))

    assert found is not None
    assert found.account_id == child.account_id


def test_two_people_on_one_phone_with_one_password_need_the_document_number(sessions: Sessions) -> None:
    parent = member(sessions)
    member(sessions)

    assert enter(sessions, parent.phone) is None
    found = held(sessions, enter(sessions, parent.number))
    assert found is not None
    assert found.account_id == parent.account_id


def test_each_sign_in_has_a_token_of_its_own_and_only_its_hash_is_stored(sessions: Sessions) -> None:
    learner = member(sessions)

    tokens = {enter(sessions, learner.phone) for _ in range(2)}

    with reading(sessions) as session:
        stored = set(session.scalars(select(SignIn.token_hash)))
    assert len(tokens) == len(stored) == 2
    assert not tokens & stored


def test_ten_wrong_passwords_close_the_door_even_for_the_right_one(sessions: Sessions) -> None:
    learner = member(sessions)
    for _ in range(10):
        assert enter(sessions, learner.phone, "wrong wrong wrong") is None

    with pytest.raises(TooManyTriesError) as refused:
        enter(sessions, learner.phone)

    assert refused.value.again_at > NOW + timedelta(minutes=14)
    assert enter(sessions, learner.phone, minutes=20) is not None


def test_nine_wrong_passwords_do_not(sessions: Sessions) -> None:
    learner = member(sessions)
    for _ in range(9):
        enter(sessions, learner.phone, "wrong wrong wrong")

    assert enter(sessions, learner.phone) is not None


def test_a_right_password_forgives_the_wrong_ones(sessions: Sessions) -> None:
    learner = member(sessions)
    for _ in range(9):
        enter(sessions, learner.phone, "wrong wrong wrong")
    enter(sessions, learner.phone)

    assert enter(sessions, learner.phone, "wrong wrong wrong") is None
    assert enter(sessions, learner.phone) is not None


def test_a_hundred_wrong_tries_close_the_door_for_the_neighbourhood(sessions: Sessions) -> None:
    learner = member(sessions)
    with unit_of_work(sessions) as session:
        for number in range(100):
            signing_in.knock(session, f"guess {number}", address="192.0.2.77", now=NOW)

    with pytest.raises(TooManyTriesError):
        enter(sessions, learner.phone)
    assert enter(sessions, learner.phone, address="198.51.100.1") is not None


def test_right_passwords_do_not_count_against_the_neighbourhood(sessions: Sessions) -> None:
    learner = member(sessions)
    with unit_of_work(sessions) as session:
        for number in range(99):
            signing_in.knock(session, f"guess {number}", address="192.0.2.77", now=NOW)

    assert enter(sessions, learner.phone) is not None
    assert enter(sessions, learner.phone) is not None


@pytest.mark.race
def test_thirty_guesses_at_once_are_ten(sessions: Sessions) -> None:
    learner = member(sessions)

    def guess(_: int) -> bool:
        try:
            with unit_of_work(sessions) as session:
                signing_in.knock(session, learner.phone, address=ADDRESS, now=NOW)
        except TooManyTriesError:
            return False
        return True

    with ThreadPoolExecutor(15) as pool:
        assert sum(pool.map(guess, range(30))) == 10


def test_applicants_stay_signed_in_for_twelve_hours(sessions: Sessions) -> None:
    token = enter(sessions, member(sessions).phone)

    assert held(sessions, token, minutes=12 * 60 - 1) is not None
    assert held(sessions, token, minutes=12 * 60) is None


def test_staff_are_signed_out_after_fifteen_idle_minutes(sessions: Sessions) -> None:
    clerk(sessions)
    token = enter(sessions, "wang")

    assert held(sessions, token, minutes=14) is not None
    assert held(sessions, token, minutes=15) is None


def test_staff_at_work_are_signed_out_after_eight_hours(sessions: Sessions) -> None:
    clerk(sessions)
    token = enter(sessions, "wang")
    with unit_of_work(sessions) as session:
        session.execute(update(SignIn).values(seen_at=NOW + timedelta(minutes=8 * 60 - 1)))

    assert held(sessions, token, minutes=8 * 60 - 1) is not None
    assert held(sessions, token, minutes=8 * 60) is None


def test_work_is_noted_at_most_once_a_minute(sessions: Sessions) -> None:
    clerk(sessions)
    live = held(sessions, enter(sessions, "wang"))
    assert live is not None

    for seconds in (59, 60, 61):
        with unit_of_work(sessions) as session:
            signing_in.seen(session, live.sign_in_id, now=NOW + timedelta(seconds=seconds))

    with reading(sessions) as session:
        assert session.scalar(select(SignIn.seen_at)) == NOW + timedelta(seconds=60)


def test_an_ended_sign_in_cannot_be_used_again(sessions: Sessions) -> None:
    learner = member(sessions)
    token, other = enter(sessions, learner.phone), enter(sessions, learner.phone)
    live = held(sessions, token)
    assert live is not None

    with unit_of_work(sessions) as session:
        signing_in.end_sign_in(session, live.sign_in_id, actor=learner.actor, now=NOW)

    assert held(sessions, token) is None
    assert held(sessions, other) is not None


def test_nobody_ends_the_sign_in_of_another(sessions: Sessions) -> None:
    learner = member(sessions)
    token = enter(sessions, learner.phone)
    live, stranger = held(sessions, token), clerk(sessions)
    assert live is not None

    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        signing_in.end_sign_in(session, live.sign_in_id, actor=stranger, now=NOW)
    assert held(sessions, token) is not None


def test_a_changed_password_ends_every_sign_in_but_the_new_one(sessions: Sessions) -> None:
    learner = member(sessions)
    before = [enter(sessions, learner.phone) for _ in range(2)]

    with unit_of_work(sessions) as session:
        token = own.change_password(
            session, passwords.hashed("some other words", least=8), actor=learner.actor, now=NOW
        )

    assert [held(sessions, old) for old in before] == [None, None]
    assert held(sessions, token) is not None
    assert enter(sessions, learner.phone) is None
    assert enter(sessions, learner.phone, "some other words") is not None


def test_a_disabled_account_is_out_at_once_and_cannot_come_back(sessions: Sessions) -> None:
    wang = clerk(sessions)
    token = enter(sessions, "wang")

    with unit_of_work(sessions) as session:
        staff.disable(session, signing_in.account_of(wang), actor=SYSTEM, now=NOW, reason="left the office")

    assert held(sessions, token) is None
    assert enter(sessions, "wang") is None


def test_a_changed_role_ends_sign_ins(sessions: Sessions) -> None:
    wang = clerk(sessions)
    token = enter(sessions, "wang")

    with unit_of_work(sessions) as session:
        staff.change_role(
            session, signing_in.account_of(wang), Role.PLANNER, actor=SYSTEM, now=NOW, reason="new post"
        )

    assert held(sessions, token) is None
    found = held(sessions, enter(sessions, "wang"))
    assert found is not None
    assert found.role is Role.PLANNER


def test_a_token_for_the_api_opens_no_pages(sessions: Sessions) -> None:
    learner = member(sessions)
    token = door.enter(sessions, learner.phone, PASSWORD, kind=SignInKind.API, address=ADDRESS, now=NOW)

    assert held(sessions, token) is None
    with reading(sessions) as session:
        assert live_sign_in(session, token or "", SignInKind.API, now=NOW) is not None


def test_the_list_of_own_sign_ins_holds_the_good_ones_only(sessions: Sessions) -> None:
    learner = member(sessions)
    enter(sessions, learner.phone)
    enter(sessions, learner.phone, minutes=5)

    with reading(sessions) as session:
        early = own_sign_ins(session, learner.account_id, now=NOW + timedelta(hours=11))
        late = own_sign_ins(session, learner.account_id, now=NOW + timedelta(hours=12, minutes=1))
    assert len(early) == 2
    assert len(late) == 1


def test_only_hashes_of_good_passwords_are_stored(sessions: Sessions) -> None:
    learner = member(sessions)

    with reading(sessions) as session:
        stored = session.scalar(select(Account.password_hash).where(Account.id == learner.account_id))
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
