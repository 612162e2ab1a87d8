"""Setting back a lost second factor or a forgotten password: two persons, a reason, a message, no sign-in left."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from pyotp import TOTP
from sqlalchemy import select, update

from booking.accounts.models import Account, AccountReset, ResetOf, ResetState, SignInKind
from booking.accounts.queries import live_sign_in
from booking.accounts.service import factor, passwords, people, resets, signing_in
from booking.accounts.service.passwords import WeakPasswordError
from booking.accounts.views import door
from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, conflicts_as, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotFoundError, SamePersonError, StaleError
from booking.kernel.identifiers import IdDocument, IdType
from booking.kernel.ids import AccountId, PersonId
from tests import factories
from tests.conftest import NOW

OLD, NEW = "a calm grey road", "another calm grey road"
HASH = passwords.hashed(OLD, least=8)
PHONE = "19900000077"
Texts = Callable[[str], list[str]]


@dataclass(frozen=True)
class Cast:
    """The clerk who lost something, and the two who decide."""

    wang: Actor
    token: str
    admin: Actor
    supervisor: Actor

    @property
    def account_id(self) -> AccountId:
        return signing_in.account_of(self.wang)


@pytest.fixture
def cast(sessions: Sessions) -> Cast:
    """A clerk with a second factor who is signed in, an administrator and a supervisor."""
    with unit_of_work(sessions) as session:
        factories.password_alone(session)
        person_id = factories.person(session, name="测试丙", phone=PHONE)
        wang = factories.account(session, Role.COUNTER, person_id=person_id, login="wang", password_hash=HASH)
        others = (factories.account(session, role) for role in (Role.ADMINISTRATOR, Role.SUPERVISOR))
        account = session.get_one(Account, wang.account_id)
        between = signing_in.open_between(session, account, is_setting_up=True, now=NOW)
        step = live_sign_in(session, between, SignInKind.BETWEEN, now=NOW)
        assert step is not None
        app = TOTP(factor.key_being_set_up(session, step.sign_in_id) or "")
        factor.confirm(session, step.account_id, step.sign_in_id, app.at(NOW), now=NOW)
        token = signing_in.open_sign_in(session, step.account_id, SignInKind.WEB, now=NOW)
        return Cast(wang, token, *others)


def propose(sessions: Sessions, cast: Cast, what: ResetOf = ResetOf.FACTOR, *, at: datetime = NOW) -> int:
    with unit_of_work(sessions) as session:
        return resets.propose_reset(session, cast.account_id, what, reason="phone stolen", actor=cast.admin, now=at)


def approve(sessions: Sessions, reset_id: int, actor: Actor, *, at: datetime = NOW) -> None:
    with unit_of_work(sessions) as session:
        resets.approve_reset(session, reset_id, actor=actor, now=at)


def is_signed_in(sessions: Sessions, cast: Cast) -> bool:
    with reading(sessions) as session:
        return live_sign_in(session, cast.token, SignInKind.WEB, now=NOW) is not None


def has_factor(sessions: Sessions, cast: Cast) -> bool:
    with reading(sessions) as session:
        return factor.has_factor(session, cast.account_id)


def password_fits(sessions: Sessions, password: str) -> bool:
    with unit_of_work(sessions) as session:
        knock = signing_in.knock(session, "wang", address="192.0.2.1", now=NOW)
    return signing_in.who_fits(knock, password) is not None


def test_a_proposal_alone_changes_nothing(sessions: Sessions, cast: Cast) -> None:
    propose(sessions, cast)

    assert has_factor(sessions, cast)
    assert is_signed_in(sessions, cast)


def test_two_persons_take_a_factor_off_end_every_sign_in_and_the_person_is_told(
    sessions: Sessions, cast: Cast, texts: Texts
) -> None:
    approve(sessions, propose(sessions, cast), cast.supervisor)

    assert not has_factor(sessions, cast)
    assert not is_signed_in(sessions, cast)
    assert "重置" in texts(PHONE)[-1]
    with reading(sessions) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.act.startswith("reset"))).all()
        assert [(entry.act, entry.account_id, entry.reason) for entry in entries] == [
            ("reset proposed", cast.admin.account_id, "phone stolen"),
            ("reset approved", cast.supervisor.account_id, "phone stolen"),
        ]


def test_nobody_decides_on_the_own_proposal_or_the_own_account(sessions: Sessions, cast: Cast) -> None:
    reset_id = propose(sessions, cast)
    with unit_of_work(sessions) as session:
        same = factories.account(session, Role.SUPERVISOR, person_id=PersonId(cast.admin.person_id or 0))

    for actor in (same, cast.wang):  # compared by person, not by account
        with pytest.raises(SamePersonError):
            approve(sessions, reset_id, actor)
    with unit_of_work(sessions) as session, pytest.raises(SamePersonError):
        resets.propose_reset(session, cast.account_id, ResetOf.FACTOR, reason="x", actor=cast.wang, now=NOW)
    assert has_factor(sessions, cast)


def test_the_database_refuses_one_person_who_is_two(sessions: Sessions, cast: Cast) -> None:
    propose(sessions, cast)
    alone = update(AccountReset).values(
        state=ResetState.APPROVED, decided_at=NOW, decided_by_person=AccountReset.proposed_by_person
    )

    with unit_of_work(sessions) as session, pytest.raises(SamePersonError), conflicts_as(resets.CONFLICTS):
        session.execute(alone)


def test_a_proposal_is_void_after_two_days_and_can_be_made_again(sessions: Sessions, cast: Cast) -> None:
    late = NOW + timedelta(hours=48)
    old = propose(sessions, cast)
    with pytest.raises(resets.AlreadyProposedError):
        propose(sessions, cast, at=late - timedelta(seconds=1))

    with pytest.raises(StaleError):
        approve(sessions, old, cast.supervisor, at=late)

    approve(sessions, propose(sessions, cast, at=late), cast.supervisor, at=late)
    assert not has_factor(sessions, cast)


def test_what_is_decided_stays_decided(sessions: Sessions, cast: Cast) -> None:
    reset_id = propose(sessions, cast)
    with unit_of_work(sessions) as session:
        resets.decline_reset(session, reset_id, reason="not she", actor=cast.supervisor, now=NOW)

    with pytest.raises(StaleError):
        approve(sessions, reset_id, cast.supervisor)
    assert has_factor(sessions, cast)


def test_a_forgotten_password_is_set_by_the_person_with_a_key_that_came_by_text_message(
    sessions: Sessions, cast: Cast, texts: Texts
) -> None:
    approve(sessions, propose(sessions, cast, ResetOf.PASSWORD), cast.supervisor)
    key = key_in(texts)

    def use(given: str, password: str = NEW, login: str = "wang", at: datetime = NOW) -> bool:
        with unit_of_work(sessions) as session:
            return resets.set_password_by_key(session, login, given, password, now=at)

    assert not password_fits(sessions, OLD)
    assert not is_signed_in(sessions, cast)
    assert not use("AAAA-BBBB-CCCC-DDDD")
    assert not use(key, login="li")
    assert not use(key, at=NOW + resets.KEY_LASTS)
    with pytest.raises(WeakPasswordError):
        use(key, "short")
    assert use(key.lower().replace("-", ""))
    assert password_fits(sessions, NEW)
    assert not use(key)
    assert has_factor(sessions, cast)


def test_without_a_phone_no_key_can_be_sent(sessions: Sessions, cast: Cast) -> None:
    with unit_of_work(sessions) as session:
        person_id = people.add_person(
            session, name="测试丁", document=IdDocument(IdType.OFFICER, "staff li"), phone="",
            born_on=date(1980, 1, 1), actor=SYSTEM, now=NOW,
        )  # fmt: skip
        first = signing_in.account_of(factories.account(session, Role.PLANNER, person_id=person_id))

    with unit_of_work(sessions) as session, pytest.raises(resets.NoPhoneError):
        resets.propose_reset(session, first, ResetOf.PASSWORD, reason="x", actor=cast.admin, now=NOW)
    with unit_of_work(sessions) as session, pytest.raises(resets.NothingToResetError):
        resets.propose_reset(session, first, ResetOf.FACTOR, reason="x", actor=cast.admin, now=NOW)
    with unit_of_work(sessions) as session, pytest.raises(InvalidInputError):
        resets.propose_reset(session, cast.account_id, ResetOf.FACTOR, reason=" ", actor=cast.admin, now=NOW)


def test_the_command_on_the_machine_opens_the_account_of_the_last_administrator(
    sessions: Sessions, cast: Cast
) -> None:
    with unit_of_work(sessions) as session:
        resets.reset_by_command(session, "wang", NEW, reason="safe was opened by two", now=NOW)

    assert not has_factor(sessions, cast)
    assert not is_signed_in(sessions, cast)
    assert door.enter(sessions, "wang", NEW, kind=SignInKind.WEB, address="", now=NOW) is not None
    with reading(sessions) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "reset by command")).one()
        assert (entry.role, entry.reason) == (Role.SYSTEM, "safe was opened by two")
    with unit_of_work(sessions) as session, pytest.raises(NotFoundError):
        resets.reset_by_command(session, "nobody", NEW, reason="x", now=NOW)


def key_in(texts: Texts) -> str:
    found = re.search(r"(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}", texts(PHONE)[-1])
    assert found is not None, "the newest text bears no key"
    return found[0]
