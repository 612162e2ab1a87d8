"""From what stands between password and second factor into the house. Every try is counted before it is made.

The unit of work has to be committed when the answer is None, so that the try is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.accounts.models import Account, SignIn, SignInKind
from booking.accounts.queries import LiveSignIn, recipient
from booking.accounts.service import factor, throttle
from booking.accounts.service.signing_in import account_of, actor_of, end_every_sign_in, open_between, open_sign_in
from booking.audit import service as audit
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import rows_changed
from booking.kernel.errors import NotAllowedError
from booking.kernel.ids import AccountId, PersonId, new_reference
from booking.notices import service as notices

DIGITS = 6


@dataclass(frozen=True, slots=True)
class SetUp:
    """A second factor that has just begun to count: the token of the sign-in, and the codes to be written down."""

    token: str
    recovery_codes: Sequence[str]


def enter_with_code(session: Session, between: LiveSignIn, code: str, *, now: datetime) -> str | None:
    """Return the token of a sign-in if the code is the app's and nobody has used it; raise `TooManyTriesError`."""
    _count(session, between.account_id, now)
    if not factor.use_code(session, between.account_id, code, now=now) or not _ended(session, between, now):
        _refuse(session, between.account_id, now)
        return None
    _forget(session, between.account_id)
    return open_sign_in(session, between.account_id, SignInKind.WEB, now=now)


def enter_with_recovery_code(session: Session, between: LiveSignIn, code: str, *, now: datetime) -> str | None:
    """Return the token of a sign-in if the code is one of those on paper, and tell the person; as above."""
    _count(session, between.account_id, now)
    used = factor.use_recovery_code(session, between.account_id, code, now=now)
    if not used or not _ended(session, between, now):
        _refuse(session, between.account_id, now)
        return None
    _forget(session, between.account_id)
    _note_recovery(session, between.account_id, now)
    return open_sign_in(session, between.account_id, SignInKind.WEB, now=now)


def set_up(session: Session, between: LiveSignIn, code: str, *, now: datetime) -> SetUp | None:
    """Let the new key count if the code came from it; every other sign-in ends and the person is told."""
    _count(session, between.account_id, now)
    codes = factor.confirm(session, between.account_id, between.sign_in_id, code, now=now)
    if codes is None or not _ended(session, between, now):
        _refuse(session, between.account_id, now)
        return None
    _forget(session, between.account_id)
    end_every_sign_in(session, between.account_id)
    session.expire_all()  # the epoch has just been raised by a statement
    account = session.get_one(Account, between.account_id)
    audit.record(session, "second factor set up", "account", account.id, actor=actor_of(account), now=now)
    _tell(session, between.account_id, "second_factor_set", {"at": now}, now)
    return SetUp(open_sign_in(session, between.account_id, SignInKind.WEB, now=now), codes)


def begin_anew(session: Session, code: str, *, actor: Actor, now: datetime) -> str | None:
    """Return the token under which somebody signed in puts a key into an app, another one or the first.

    Whoever has a factor proves it by a code of it or one on paper. Whoever books for themselves has none
    (`NotAllowedError`).
    """
    account_id = account_of(actor)
    if actor.role is Role.APPLICANT:
        raise NotAllowedError
    if factor.has_factor(session, account_id):
        _count(session, account_id, now)
        if not _is_own_code(session, account_id, code, now):
            _refuse(session, account_id, now)
            return None
        _forget(session, account_id)
    return open_between(session, session.get_one(Account, account_id), is_setting_up=True, now=now)


def _is_own_code(session: Session, account_id: AccountId, code: str, now: datetime) -> bool:
    if len(code.strip()) == DIGITS:
        return factor.use_code(session, account_id, code.strip(), now=now)
    used = factor.use_recovery_code(session, account_id, code, now=now)
    if used:
        _note_recovery(session, account_id, now)
    return used


def _ended(session: Session, between: LiveSignIn, now: datetime) -> bool:
    """End the step in between, and say whether this was the one that did: each opens one sign-in."""
    live = update(SignIn).where(SignIn.id == between.sign_in_id, SignIn.revoked_at.is_(None))
    return rows_changed(session, live.values(revoked_at=now)) == 1


def _count(session: Session, account_id: AccountId, now: datetime) -> None:
    throttle.count(session, throttle.WRONG_SECOND_FACTORS, f"account {account_id}", now=now)


def _forget(session: Session, account_id: AccountId) -> None:
    throttle.forget(session, throttle.WRONG_SECOND_FACTORS, f"account {account_id}")


def _refuse(session: Session, account_id: AccountId, now: datetime) -> None:
    """Log the refusal; the person is told at most twice an hour, since the password was right."""
    audit.record(session, "second factor refused", "account", account_id, actor=SYSTEM, now=now)
    if throttle.counted(session, throttle.WARNINGS_AN_HOUR, f"second factor {account_id}", now=now) is None:
        _tell(session, account_id, "second_factor_refused", {"at": now}, now)


def _note_recovery(session: Session, account_id: AccountId, now: datetime) -> None:
    left = factor.recovery_codes_left(session, account_id)
    account = session.get_one(Account, account_id)
    after = {"left": left}
    audit.record(session, "recovery code used", "account", account_id, actor=actor_of(account), now=now, after=after)
    _tell(session, account_id, "recovery_code_used", {"at": now, "left": left}, now)


def _tell(session: Session, account_id: AccountId, template: str, facts: dict[str, object], now: datetime) -> None:
    account = session.get_one(Account, account_id)
    to = recipient(session, PersonId(account.person_id))
    notices.tell(
        session, to, template, event=f"account {account_id} {template} {new_reference()}", facts=facts, now=now
    )
