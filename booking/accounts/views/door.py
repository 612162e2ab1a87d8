"""The door for pages and API: trying a password between two units of work, so that hashing holds no lock."""

from datetime import datetime

from booking.accounts.models import SignInKind
from booking.accounts.service import signing_in
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import AccountId


def enter(
    sessions: Sessions, login: str, password: str, *, kind: SignInKind, address: str, now: datetime
) -> str | None:
    """Sign in and return the token; None if login and password do not fit. Raises `TooManyTriesError`."""
    with unit_of_work(sessions) as session:
        knock = signing_in.knock(session, login, address=address, now=now)
    account_id = signing_in.who_fits(knock, password)
    with unit_of_work(sessions) as session:
        return signing_in.sign_in(session, knock, account_id, kind, now=now)


def is_own_password(sessions: Sessions, account_id: AccountId, password: str, *, address: str, now: datetime) -> bool:
    """Say whether somebody signed in knows the account's password. Raises `TooManyTriesError`."""
    with unit_of_work(sessions) as session:
        knock = signing_in.knock_again(session, account_id, address=address, now=now)
    if signing_in.who_fits(knock, password) is None:
        return False
    with unit_of_work(sessions) as session:
        signing_in.forgive(session, knock)
    return True
