"""Accounts of the office's own people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.accounts.models import Account, SignInKind
from booking.accounts.service import staff
from booking.accounts.service.passwords import WeakPasswordError
from booking.accounts.service.staff import LoginTakenError, SecondRoleError
from booking.accounts.views import door
from booking.audit.models import AuditEntry
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, NotFoundError, SamePersonError
from booking.kernel.ids import AccountId, PersonId, SiteId
from tests import factories
from tests.conftest import NOW

PASSWORD = "twelve calm grey roads"


def add(
    sessions: Sessions,
    role: Role = Role.COUNTER,
    login: str = "wang",
    password: str = PASSWORD,
    *,
    person_id: PersonId | None = None,
    site_id: SiteId | None = None,
    actor: Actor = SYSTEM,
) -> AccountId:
    with unit_of_work(sessions) as session:
        whom = person_id or factories.person(session)
        return staff.add_staff_account(session, whom, role, login, password, site_id=site_id, actor=actor, now=NOW)


def test_a_staff_account_signs_in_by_login_name(sessions: Sessions) -> None:
    add(sessions, login="Wang.Fang")

    assert door.enter(sessions, "wang.fang", PASSWORD, kind=SignInKind.WEB, address="", now=NOW) is not None


def test_a_login_name_is_given_once(sessions: Sessions) -> None:
    add(sessions)

    with pytest.raises(LoginTakenError):
        add(sessions, login="WANG")


def test_a_person_holds_one_staff_role(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session)
    add(sessions, Role.ADMINISTRATOR, person_id=person_id)

    with pytest.raises(SecondRoleError):
        add(sessions, Role.SUPERVISOR, "wang2", person_id=person_id)


def test_a_member_of_staff_may_have_an_applicants_account_too(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        person_id = PersonId(factories.account(session).person_id or 0)

    assert add(sessions, person_id=person_id)


def test_a_role_that_was_left_makes_room_for_another(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        person_id = factories.person(session)
    left = add(sessions, person_id=person_id)
    with unit_of_work(sessions) as session:
        staff.disable(session, left, actor=SYSTEM, now=NOW, reason="new post")

    assert add(sessions, Role.PLANNER, "wang2", person_id=person_id)


@pytest.mark.parametrize(
    ("role", "has_site", "is_fit"),
    [
        (Role.STATION, True, True),
        (Role.EXAM_SITE, True, True),
        (Role.STATION, False, False),
        (Role.EXAM_SITE, False, False),
        (Role.COUNTER, True, False),
        (Role.APPLICANT, False, False),
        (Role.SYSTEM, False, False),
    ],
)
def test_operators_belong_to_a_site_and_others_to_none(
    sessions: Sessions, role: Role, has_site: bool, is_fit: bool
) -> None:
    with unit_of_work(sessions) as session:
        site_id = factories.site(session) if has_site else None

    if is_fit:
        assert add(sessions, role, site_id=site_id)
    else:
        with pytest.raises(InvalidInputError):
            add(sessions, role, site_id=site_id)


@pytest.mark.parametrize("login", ["", "   ", "13800138000", "wang fang", "a" * 41, "wang'--"])
def test_a_login_name_is_a_name_and_no_number(sessions: Sessions, login: str) -> None:
    with pytest.raises(InvalidInputError):
        add(sessions, login=login)


@pytest.mark.parametrize("password", ["eleven char", "wang wang wang wang", "administrator1"])
def test_staff_need_a_longer_password_without_their_name(sessions: Sessions, password: str) -> None:
    with pytest.raises(WeakPasswordError):
        add(sessions, password=password)


def test_nobody_gives_or_takes_a_role_of_ones_own(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        admin = factories.account(session, Role.ADMINISTRATOR)
    own_id, person_id = AccountId(admin.account_id or 0), PersonId(admin.person_id or 0)

    with pytest.raises(SamePersonError):
        add(sessions, Role.APPROVER, person_id=person_id, actor=admin)
    with pytest.raises(SamePersonError), unit_of_work(sessions) as session:
        staff.change_role(session, own_id, Role.APPROVER, actor=admin, now=NOW, reason="-")
    with pytest.raises(SamePersonError), unit_of_work(sessions) as session:
        staff.disable(session, own_id, actor=admin, now=NOW, reason="-")


def test_an_applicants_account_is_given_no_role(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        learner = factories.account(session)

    with pytest.raises(NotFoundError), unit_of_work(sessions) as session:
        staff.change_role(
            session, AccountId(learner.account_id or 0), Role.COUNTER, actor=SYSTEM, now=NOW, reason="-"
        )


def test_a_changed_role_is_logged_with_before_after_and_reason(sessions: Sessions) -> None:
    account_id = add(sessions)

    with unit_of_work(sessions) as session:
        staff.change_role(session, account_id, Role.PLANNER, actor=SYSTEM, now=NOW, reason="new post")

    with reading(sessions) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "role changed")).one()
    assert (entry.before["role"], entry.after["role"], entry.reason) == ("counter", "planner", "new post")


def test_disabling_twice_is_disabling_once(sessions: Sessions) -> None:
    account_id = add(sessions)

    for days in (0, 1):
        with unit_of_work(sessions) as session:
            staff.disable(session, account_id, actor=SYSTEM, now=NOW + timedelta(days=days), reason="left")

    with reading(sessions) as session:
        assert session.get_one(Account, account_id).disabled_at == NOW
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.act == "account disabled")).all()) == 1


def test_there_is_one_first_administrator(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        first = staff.first_administrator(session, "admin", "测试管理员", PASSWORD, NOW)
    with unit_of_work(sessions) as session:
        second = staff.first_administrator(session, "admin2", "测试管理员", PASSWORD, NOW)

    assert first is not None
    assert second is None
    assert door.enter(sessions, "admin", PASSWORD, kind=SignInKind.WEB, address="", now=NOW) is not None
