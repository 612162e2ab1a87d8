"""Setting back a second factor that was lost or a password that was forgotten: one proposes, another decides.

An administrator proposes, a supervisor decides within two days, neither for the own person. Nobody of them learns a
password: the person gets a key for one new password on the own phone.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Account, AccountReset, Person, ResetOf, ResetState
from booking.accounts.queries import recipient
from booking.accounts.rules import DECIDE_WITHIN, LEAST_STAFF
from booking.accounts.service import factor
from booking.accounts.service.long_codes import new_long_code, plain
from booking.accounts.service.own import store_password
from booking.accounts.service.passwords import hashed
from booking.accounts.service.signing_in import actor_of, end_every_sign_in
from booking.accounts.service.staff import staff_account
from booking.audit import service as audit
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.db import conflicts_as, keyring_of, rows_changed
from booking.kernel.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    SamePersonError,
    StaleError,
    Wording,
)
from booking.kernel.ids import AccountId, PersonId, new_reference
from booking.notices import service as notices
from booking.notices.models import Channel
from booking.notices.service import Telling

KEY_LASTS = timedelta(hours=24)
HASHED_AS = "account_reset.key"
FITS_NOTHING = "!"  # instead of the hash of a password
LONGEST_REASON = 500


class NothingToResetError(ConflictError):
    """There is no second factor."""

    wording = Wording(
        "这个账户还没有绑定动态验证码，不需要重置。",
        "This account has no second factor, so there is nothing to reset.",
    )


class NoPhoneError(ConflictError):
    """The person's record has no phone to which a key could go."""

    wording = Wording(
        "这个人的档案里没有手机号，无法发送重设密码的口令。请见运行手册“丢失动态验证码”一节。",
        "There is no phone on this person's record to which a key could go; the operations manual says what to do.",
    )


class AlreadyProposedError(ConflictError):
    """The same is proposed already."""

    wording = Wording(
        "这项重置已经提出，正在等待另一人批准。", "This is proposed already, and waits for a second person."
    )


CONFLICTS: dict[str, type[Exception]] = {
    "uq_account_reset_open": AlreadyProposedError,
    "ck_account_reset_two_persons": SamePersonError,
    "ck_account_reset_not_oneself": SamePersonError,
}


def propose_reset(
    session: Session, account_id: AccountId, what: ResetOf, *, reason: str, actor: Actor, now: datetime
) -> int:
    """Propose it and return the proposal's id.

    Raises `SamePersonError`, `NotFoundError`, `NothingToResetError`, `NoPhoneError`, `AlreadyProposedError`, or
    `InvalidInputError` for a missing reason.
    """
    account = staff_account(session, account_id, actor)
    person_id = PersonId(account.person_id)
    if what is ResetOf.FACTOR and not factor.has_factor(session, account_id):
        raise NothingToResetError
    if what is ResetOf.PASSWORD and not recipient(session, person_id).phone:
        raise NoPhoneError
    why = _text(reason)
    overdue = AccountReset.state == ResetState.PROPOSED, AccountReset.proposed_at <= now - DECIDE_WITHIN
    session.execute(delete(AccountReset).where(AccountReset.account_id == account_id, *overdue))
    row = insert(AccountReset).values(
        account_id=account_id,
        person_id=person_id,
        what=what,
        state=ResetState.PROPOSED,
        reason=why,
        proposed_by_person=_person(actor),
        proposed_at=now,
    )
    with conflicts_as(CONFLICTS):
        reset_id: int = session.execute(row.returning(AccountReset.id)).scalar_one()
    after = {"what": what}
    audit.record(session, "reset proposed", "account", account_id, actor=actor, now=now, after=after, reason=why)
    return reset_id


def approve_reset(session: Session, reset_id: int, *, actor: Actor, now: datetime) -> None:
    """Do what was proposed: every sign-in of the account ends and the person is told.

    Raises `SamePersonError` for the proposer and for the account's own person, `StaleError` if it was decided, or not
    in time.
    """
    reset = _decided(session, reset_id, ResetState.APPROVED, actor, now)
    account_id = AccountId(reset.account_id)
    if reset.what is ResetOf.FACTOR:
        factor.take_off(session, account_id)
        notices.tell_all(session, [_telling(session, reset, "second_factor_reset", {"at": now})], now=now)
    else:
        _give_key(session, reset, now)
    end_every_sign_in(session, account_id)
    audit.record(
        session,
        "reset approved",
        "account",
        account_id,
        actor=actor,
        now=now,
        after={"what": reset.what},
        reason=reset.reason,
    )


def decline_reset(session: Session, reset_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Decline it with a reason; raises as `approve_reset` does."""
    why = _text(reason)
    reset = _decided(session, reset_id, ResetState.DECLINED, actor, now)
    after = {"what": reset.what}
    audit.record(
        session, "reset declined", "account", reset.account_id, actor=actor, now=now, after=after, reason=why
    )


def set_password_by_key(session: Session, login: str, key: str, password: str, *, now: datetime) -> bool:
    """Set a new password with the key that came by text message, and use it up; raise `WeakPasswordError`.

    It is hashed here, after the key, so that guessing keys keeps no processor busy.
    """
    account = session.scalars(select(Account).where(Account.login == login.strip().lower())).one_or_none()
    if account is None:
        return False
    key_hash = keyring_of(session).digest(plain(key), column=HASHED_AS)
    claim = update(AccountReset).where(
        AccountReset.account_id == account.id, AccountReset.key_hash == key_hash, AccountReset.key_until > now
    )
    if rows_changed(session, claim.values(key_hash=None, key_until=None)) != 1:
        return False
    _store(session, account, password, actor_of(account), now)
    return True


def reset_by_command(session: Session, login: str, password: str, *, reason: str, now: datetime) -> None:
    """Take off the second factor and set a password at the machine itself: for when no administrator can sign in.

    The log and the person's message say that it was done there. Raises `NotFoundError` or `WeakPasswordError`.
    """
    account = session.scalars(select(Account).where(Account.login == login.strip().lower())).one_or_none()
    if account is None:
        raise NotFoundError
    why = _text(reason)
    factor.take_off(session, AccountId(account.id))
    audit.record(session, "reset by command", "account", account.id, actor=SYSTEM, now=now, reason=why)
    _store(session, account, password, SYSTEM, now)


def _store(session: Session, account: Account, password: str, actor: Actor, now: datetime) -> None:
    name = session.get_one(Person, account.person_id).name
    password_hash = hashed(password, least=LEAST_STAFF, names=(name, account.login or ""))
    store_password(session, AccountId(account.id), password_hash, "password reset", actor=actor, now=now)


def _decided(session: Session, reset_id: int, state: ResetState, actor: Actor, now: datetime) -> AccountReset:
    reset = session.get(AccountReset, reset_id, populate_existing=True)
    if reset is None:
        raise NotFoundError
    decision = update(AccountReset).where(
        AccountReset.id == reset_id,
        AccountReset.state == ResetState.PROPOSED,
        AccountReset.proposed_at > now - DECIDE_WITHIN,
    )
    values = {"state": state, "decided_by_person": _person(actor), "decided_at": now}
    with conflicts_as(CONFLICTS):  # the database compares the three persons
        if rows_changed(session, decision.values(values)) != 1:
            raise StaleError
    return reset


def _give_key(session: Session, reset: AccountReset, now: datetime) -> None:
    """Send the key to the person's phone; until it is used no password opens the account."""
    key = new_long_code()
    key_hash = keyring_of(session).digest(plain(key), column=HASHED_AS)
    given = update(AccountReset).where(AccountReset.id == reset.id)
    session.execute(given.values(key_hash=key_hash, key_until=now + KEY_LASTS))
    closed = update(Account).where(Account.id == reset.account_id)
    session.execute(closed.values(password_hash=FITS_NOTHING))
    facts = {"key": key, "hours": KEY_LASTS // timedelta(hours=1)}
    telling = _telling(session, reset, "password_key", facts)
    notices.tell_all(session, [telling], now=now, channels=[Channel.SMS])  # the inbox is shut until it is used


def _telling(session: Session, reset: AccountReset, template: str, facts: dict[str, object]) -> Telling:
    to = recipient(session, PersonId(reset.person_id))
    return Telling(to, template, f"reset {reset.id} {template} {new_reference()}", facts)


def _person(actor: Actor) -> PersonId:
    if actor.person_id is None:
        raise NotAllowedError
    return actor.person_id


def _text(reason: str) -> str:
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise InvalidInputError("reason")
    return why
