"""The second factor of staff: six digits from an authenticator app (RFC 6238), set up by one code, each good once.

Nothing here asks for a password: `signing_in` does that first, and opens what stands between the two steps.
"""

from collections.abc import Sequence
from datetime import datetime

from pyotp import TOTP, OTPVerificationError, random_base32
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from booking.accounts.models import Account, RecoveryCode, SecondFactor
from booking.accounts.rules import WITH_SECOND_FACTOR
from booking.accounts.service.long_codes import new_long_code, plain
from booking.kernel.actors import Role
from booking.kernel.calendar import local_day
from booking.kernel.db import keyring_of, rows_changed
from booking.kernel.ids import AccountId
from booking.policies import queries as policies

SETTING = "accounts.second_factor"
SEALED_AS, HASHED_AS = "second_factor.secret", "recovery_code.code"
RECOVERY_CODES = 10
LATE_OR_EARLY = 1  # steps of thirty seconds that a phone's clock may be off


def has_factor(session: Session, account_id: AccountId) -> bool:
    """Say whether a second factor counts for the account."""
    confirmed = select(SecondFactor.id).where(
        SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None)
    )
    return session.scalar(confirmed) is not None


def must_have(session: Session, role: Role, *, now: datetime) -> bool:
    """Say whether the office asks this role for a second factor today."""
    return role in WITH_SECOND_FACTOR[str(policies.value(session, SETTING, local_day(now)))]


def is_due(session: Session, account: Account, *, now: datetime) -> bool:
    """Say whether the password alone does not open the account: a factor is there, or has to be set up first."""
    if account.role is Role.APPLICANT:
        return False
    return has_factor(session, AccountId(account.id)) or must_have(session, account.role, now=now)


def begin(session: Session, account_id: AccountId, sign_in_id: int, *, now: datetime) -> None:
    """Make a key that is shown in this one sign-in until a code from it comes back."""
    secret = keyring_of(session).seal(random_base32(), column=SEALED_AS)
    row = insert(SecondFactor).values(
        account_id=account_id, sign_in_id=sign_in_id, secret_sealed=secret, last_step=0, created_at=now
    )
    session.execute(row)


def key_being_set_up(session: Session, sign_in_id: int) -> str | None:
    """Return the key that this sign-in is to put into an app, or None where it is not setting one up."""
    sealed = session.scalar(select(SecondFactor.secret_sealed).where(SecondFactor.sign_in_id == sign_in_id))
    return None if sealed is None else keyring_of(session).open(sealed, column=SEALED_AS)


def confirm(
    session: Session, account_id: AccountId, sign_in_id: int, code: str, *, now: datetime
) -> Sequence[str] | None:
    """Let the new key count and return fresh recovery codes, which are stored nowhere; None if the code does not fit.

    The key that counted before and every other one being set up are gone.
    """
    row = session.scalars(select(SecondFactor).where(SecondFactor.sign_in_id == sign_in_id)).one_or_none()
    step = None if row is None else _step_of(session, row, code, now)
    if row is None or step is None:
        return None
    others = delete(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.id != row.id)
    session.execute(others)
    counts = update(SecondFactor).where(SecondFactor.id == row.id, SecondFactor.confirmed_at.is_(None))
    if rows_changed(session, counts.values(confirmed_at=now, sign_in_id=None, last_step=step)) != 1:
        return None
    return _new_recovery_codes(session, account_id)


def use_code(session: Session, account_id: AccountId, code: str, *, now: datetime) -> bool:
    """Say whether the code is the app's, and use it up: it and all before it count no more, whoever read them."""
    confirmed = SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None)
    row = session.scalars(select(SecondFactor).where(*confirmed)).one_or_none()
    step = None if row is None else _step_of(session, row, code, now)
    if row is None or step is None:
        return False
    claim = update(SecondFactor).where(SecondFactor.id == row.id, SecondFactor.last_step < step)
    return rows_changed(session, claim.values(last_step=step)) == 1


def use_recovery_code(session: Session, account_id: AccountId, code: str, *, now: datetime) -> bool:
    """Say whether the code is one of those on paper, and strike it off."""
    claim = update(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.code_hash == _hash(session, code),
        RecoveryCode.used_at.is_(None),
    )
    return rows_changed(session, claim.values(used_at=now)) == 1


def recovery_codes_left(session: Session, account_id: AccountId) -> int:
    """Return how many recovery codes are still good."""
    left = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return session.scalar(left) or 0


def take_off(session: Session, account_id: AccountId) -> None:
    """Forget the account's key and its recovery codes; the caller writes the audit row."""
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _step_of(session: Session, factor: SecondFactor, code: str, now: datetime) -> int | None:
    """Return the step of thirty seconds to which the code belongs, or None if it fits none of the present ones."""
    app = TOTP(keyring_of(session).open(factor.secret_sealed, column=SEALED_AS))
    try:
        return app.verify_and_get_timecode(code, for_time=now, valid_window=LATE_OR_EARLY)
    except OTPVerificationError:
        return None


def _new_recovery_codes(session: Session, account_id: AccountId) -> Sequence[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [new_long_code() for _ in range(RECOVERY_CODES)]
    rows = [{"account_id": account_id, "code_hash": _hash(session, code)} for code in codes]
    session.execute(insert(RecoveryCode), rows)
    return codes


def _hash(session: Session, code: str) -> str:
    return keyring_of(session).digest(plain(code), column=HASHED_AS)
