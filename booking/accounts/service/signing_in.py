"""Signing in and out. The password is tried between two units of work, so that hashing holds no lock.

`knock` counts the try and fetches what could fit, `who_fits` tries the password without a database, `sign_in`
opens the sign-in, or what stands between the password and the second factor (`second_step`). A try is counted
before it is made, so that many at once are no more than the limit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Account, Person, SignIn, SignInKind
from booking.accounts.queries import identity_hashes
from booking.accounts.service import factor, throttle
from booking.accounts.service.passwords import fits
from booking.audit import service as audit
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import keyring_of, rows_changed
from booking.kernel.errors import NotAllowedError, NotFoundError, Wording
from booking.kernel.identifiers import InvalidIdentifierError, mobile_number, plain_number
from booking.kernel.ids import AccountId, PersonId, SiteId
from booking.kernel.secrets import new_token, token_hash

APPLICANT_LASTS = timedelta(hours=12)
STAFF_LASTS = timedelta(hours=8)
BETWEEN_LASTS = timedelta(minutes=30)  # long enough to install an app
SEEN_EVERY = timedelta(minutes=1)


class SecondFactorDueError(NotAllowedError):
    """The account signs in with a second factor, and what asks for a token cannot give one."""

    wording = Wording(
        "这个账户登录时需要动态验证码，不能用密码换取程序令牌，请在网页上登录办理。",
        "This account signs in with a second factor, so its password alone gives a program no token; use the pages.",
    )


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody at the door: what was counted for the try, and the password hashes that could fit."""

    key: str
    network: str
    at: datetime
    hashes: tuple[tuple[AccountId, str], ...]


def knock(session: Session, login: str, *, address: str, now: datetime) -> Knock:
    """Count a try with a login (phone, document number, or staff's login name); raise `TooManyTriesError`."""
    return _counted(session, f"login {_plain_login(login)}", address, _candidates(session, login), now)


def knock_again(session: Session, account_id: AccountId, *, address: str, now: datetime) -> Knock:
    """Count a try of somebody signed in who confirms a step by password; raise `TooManyTriesError`."""
    password_hash = session.scalar(select(Account.password_hash).where(Account.id == account_id))
    hashes = () if password_hash is None else ((account_id, password_hash),)
    return _counted(session, f"account {account_id}", address, hashes, now)


def who_fits(knock: Knock, password: str) -> AccountId | None:
    """Return whose password it is; None if nobody's, or if two people on one phone chose the same.

    Where nobody is known, one hash is worked all the same, so that the clock tells nothing.
    """
    if not knock.hashes:
        fits(None, password)
    fitting = [account_id for account_id, password_hash in knock.hashes if fits(password_hash, password)]
    return fitting[0] if len(fitting) == 1 else None


def sign_in(
    session: Session, knock: Knock, account_id: AccountId | None, kind: SignInKind, *, now: datetime
) -> str | None:
    """Return the token of a new sign-in for the account that fitted, or record the refusal and return None.

    Where a second factor is due, the token opens nothing but the pages of that step; a program gets none
    (`SecondFactorDueError`). The unit of work has to be committed either way.
    """
    account = None if account_id is None else session.get(Account, account_id)
    if account is None or account.disabled_at is not None:
        known = knock.hashes[0][0] if knock.hashes else "unknown"
        audit.record(session, "sign-in refused", "account", known, actor=SYSTEM, now=now, after={"kind": kind})
        return None
    forgive(session, knock)
    if not factor.is_due(session, account, now=now):
        return open_sign_in(session, AccountId(account.id), kind, now=now)
    if kind is SignInKind.API:
        raise SecondFactorDueError
    return open_between(
        session, account, is_setting_up=not factor.has_factor(session, AccountId(account.id)), now=now
    )


def forgive(session: Session, knock: Knock) -> None:
    """Take back what was counted: the right password was given."""
    throttle.forget(session, throttle.WRONG_PASSWORDS, knock.key)
    throttle.give_back(session, throttle.WRONG_FROM_ADDRESS, knock.network, at=knock.at)


def open_sign_in(session: Session, account_id: AccountId, kind: SignInKind, *, now: datetime) -> str:
    """Open a sign-in for an account and return its token, which is stored nowhere."""
    account = session.get_one(Account, account_id)
    lasts = APPLICANT_LASTS if account.role is Role.APPLICANT else STAFF_LASTS
    token, sign_in_id = _opened(session, account, kind, lasts, now)
    audit.record(session, "signed in", "sign_in", sign_in_id, actor=actor_of(account), now=now, after={"kind": kind})
    return token


def open_between(session: Session, account: Account, *, is_setting_up: bool, now: datetime) -> str:
    """Return the token of what stands between the password and the second factor.

    With `is_setting_up` it has a fresh key to be put into an app; whoever has a factor must have proved it before.
    """
    token, sign_in_id = _opened(session, account, SignInKind.BETWEEN, BETWEEN_LASTS, now)
    if is_setting_up:
        factor.begin(session, AccountId(account.id), sign_in_id, now=now)
    return token


def _opened(session: Session, account: Account, kind: SignInKind, lasts: timedelta, now: datetime) -> tuple[str, int]:
    token = new_token()
    sign_in_id = session.execute(
        insert(SignIn)
        .values(
            token_hash=token_hash(token),
            account_id=account.id,
            kind=kind,
            epoch=account.epoch,
            created_at=now,
            seen_at=now,
            expires_at=now + lasts,
        )
        .returning(SignIn.id)
    ).scalar_one()
    return token, sign_in_id


def seen(session: Session, sign_in_id: int, *, now: datetime) -> None:
    """Note that a member of staff is at work, at most once a minute; idleness is counted from here."""
    idle = update(SignIn).where(SignIn.id == sign_in_id, SignIn.seen_at <= now - SEEN_EVERY)
    session.execute(idle.values(seen_at=now))


def end_sign_in(session: Session, sign_in_id: int, *, actor: Actor, now: datetime) -> None:
    """End one of the actor's own sign-ins; an ended one stays ended. Raise `NotFoundError` if it is another's."""
    if session.scalar(select(SignIn.account_id).where(SignIn.id == sign_in_id)) != actor.account_id:
        raise NotFoundError
    live = update(SignIn).where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None))
    if rows_changed(session, live.values(revoked_at=now)) == 1:
        audit.record(session, "sign-in ended", "sign_in", sign_in_id, actor=actor, now=now)


def end_every_sign_in(session: Session, account_id: AccountId) -> None:
    """End all sign-ins of an account at once; the caller writes the audit row of the act that asks for it."""
    session.execute(update(Account).where(Account.id == account_id).values(epoch=Account.epoch + 1))


def actor_of(account: Account) -> Actor:
    """Return an account as the one who acts."""
    site_id = None if account.site_id is None else SiteId(account.site_id)
    return Actor(AccountId(account.id), PersonId(account.person_id), account.role, site_id)


def account_of(actor: Actor) -> AccountId:
    """Return the account of somebody who must have one; raise `NotAllowedError`."""
    if actor.account_id is None:
        raise NotAllowedError
    return actor.account_id


def _counted(
    session: Session, key: str, address: str, hashes: tuple[tuple[AccountId, str], ...], now: datetime
) -> Knock:
    network = throttle.neighbourhood(address)
    throttle.count(session, throttle.WRONG_PASSWORDS, key, now=now)
    throttle.count(session, throttle.WRONG_FROM_ADDRESS, network, now=now)
    return Knock(key, network, now, hashes)


def _candidates(session: Session, login: str) -> tuple[tuple[AccountId, str], ...]:
    """Find the accounts of a login: one, or two where two people have one phone."""
    keyring = keyring_of(session)
    plain = _plain_login(login)
    is_the_persons = or_(
        Person.phone_hash == keyring.digest(plain, column="person.phone"),
        Person.identity_hash.in_(list(identity_hashes(session, plain))),
    )
    query = (
        select(Account.id, Account.password_hash)
        .join(Person, Account.person_id == Person.id)
        .where(or_(and_(Account.role == Role.APPLICANT, is_the_persons), Account.login == login.strip().lower()))
        .order_by(Account.id)
    )
    return tuple((AccountId(account_id), password_hash) for account_id, password_hash in session.execute(query))


def _plain_login(login: str) -> str:
    try:
        return mobile_number(login)
    except InvalidIdentifierError:
        return plain_number(login)
