"""Accounts of the office's own people. One person holds one staff role; nobody acts on oneself."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Account, Person
from booking.accounts.rules import LEAST_STAFF
from booking.accounts.service.passwords import hashed
from booking.accounts.service.people import add_person
from booking.audit import service as audit
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.calendar import local_day
from booking.kernel.db import conflicts_as, rows_changed
from booking.kernel.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    SamePersonError,
    StaleError,
    Wording,
)
from booking.kernel.identifiers import IdDocument, IdType
from booking.kernel.ids import AccountId, PersonId, SiteId

STAFF = frozenset(Role) - {Role.APPLICANT, Role.SYSTEM}
AT_A_SITE = frozenset({Role.STATION, Role.EXAM_SITE})
LONGEST_LOGIN = 40


class LoginTakenError(ConflictError):
    """The login name is in use."""

    wording = Wording("这个登录名已被使用，请换一个。", "This login name is taken; please choose another.")


class SecondRoleError(ConflictError):
    """The person holds a staff role already (separation of system, audit and security: 三员分立)."""

    wording = Wording(
        "同一个人只能有一个工作岗位账户，请先停用原来的。",
        "One person can hold one staff role only; please disable the earlier account first.",
    )


def add_staff_account(
    session: Session,
    person_id: PersonId,
    role: Role,
    login: str,
    password: str,
    *,
    site_id: SiteId | None = None,
    actor: Actor,
    now: datetime,
) -> AccountId:
    """Open a staff account and return its id.

    Raises `SamePersonError`, `SecondRoleError`, `LoginTakenError`, `WeakPasswordError`, or `InvalidInputError`
    for a role that is no staff role, a login that is no name, or a site missing or superfluous.
    """
    _refuse_oneself(person_id, actor)
    login = _fit_login(login)
    _check_site(role, site_id)
    # On PostgreSQL the person's row is locked, on SQLite the whole unit of work: two roles cannot be given at once.
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None:
        raise NotFoundError
    if _has_role(session, person_id):
        raise SecondRoleError
    password_hash = hashed(password, least=LEAST_STAFF, names=(person.name, login))
    with conflicts_as({"uq_account_login": LoginTakenError}):
        account_id = session.execute(
            insert(Account)
            .values(
                person_id=person_id,
                role=role,
                login=login,
                site_id=site_id,
                password_hash=password_hash,
                epoch=1,
                created_at=now,
            )
            .returning(Account.id)
        ).scalar_one()
    after = {"role": role, "site": site_id}
    audit.record(session, "staff account added", "account", account_id, actor=actor, now=now, after=after)
    return AccountId(account_id)


def change_role(
    session: Session,
    account_id: AccountId,
    role: Role,
    *,
    site_id: SiteId | None = None,
    actor: Actor,
    now: datetime,
    reason: str,
) -> None:
    """Give a staff account another role and end its sign-ins; raise `StaleError` if somebody was faster."""
    account = staff_account(session, account_id, actor)
    _check_site(role, site_id)
    before = {"role": account.role, "site": account.site_id}
    changed = update(Account).where(
        Account.id == account_id, Account.role == account.role, Account.epoch == account.epoch
    )
    if rows_changed(session, changed.values(role=role, site_id=site_id, epoch=Account.epoch + 1)) != 1:
        raise StaleError
    after = {"role": role, "site": site_id}
    audit.record(
        session,
        "role changed",
        "account",
        account_id,
        actor=actor,
        now=now,
        before=before,
        after=after,
        reason=reason,
    )


def disable(session: Session, account_id: AccountId, *, actor: Actor, now: datetime, reason: str) -> None:
    """Close a staff account and end its sign-ins; what is closed already stays as it is."""
    staff_account(session, account_id, actor)
    live = update(Account).where(Account.id == account_id, Account.disabled_at.is_(None))
    if rows_changed(session, live.values(disabled_at=now, epoch=Account.epoch + 1)) == 1:
        audit.record(session, "account disabled", "account", account_id, actor=actor, now=now, reason=reason)


def first_administrator(session: Session, login: str, name: str, password: str, now: datetime) -> AccountId | None:
    """Open the first administrator's account for `booking init`; return None if there is one already.

    The command knows no document and no phone, so the person stands there by login name alone.
    """
    if session.scalar(select(Account.id).where(Account.role == Role.ADMINISTRATOR).limit(1)) is not None:
        return None
    person_id = add_person(
        session,
        name=name,
        document=IdDocument(IdType.OFFICER, f"staff {_fit_login(login)}"),
        phone="",
        born_on=local_day(now),
        actor=SYSTEM,
        now=now,
    )
    return add_staff_account(session, person_id, Role.ADMINISTRATOR, login, password, actor=SYSTEM, now=now)


def staff_account(session: Session, account_id: AccountId, actor: Actor) -> Account:
    """Return the account of another person who works here; raise `NotFoundError` or `SamePersonError`."""
    account = session.get(Account, account_id)
    if account is None or account.role not in STAFF:
        raise NotFoundError
    _refuse_oneself(PersonId(account.person_id), actor)
    return account


def _refuse_oneself(person_id: PersonId, actor: Actor) -> None:
    if actor.person_id == person_id:
        raise SamePersonError


def _fit_login(login: str) -> str:
    plain = login.strip().lower()
    is_name = plain.replace("-", "").replace(".", "").replace("_", "").isalnum() and not plain.isdecimal()
    if not is_name or len(plain) > LONGEST_LOGIN:
        raise InvalidInputError("login")
    return plain


def _check_site(role: Role, site_id: SiteId | None) -> None:
    if role not in STAFF:
        raise InvalidInputError("role")
    if (role in AT_A_SITE) != (site_id is not None):
        raise InvalidInputError("site")


def _has_role(session: Session, person_id: PersonId) -> bool:
    query = select(Account.id).where(
        Account.person_id == person_id, Account.role != Role.APPLICANT, Account.disabled_at.is_(None)
    )
    return session.scalar(query) is not None
