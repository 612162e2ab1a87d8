"""Jobs of accounts: forgetting what is no longer needed (PIPL art. 19)."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from booking.accounts.models import PhoneCode, SecondFactor, SignIn, Throttle
from booking.accounts.service.throttle import LONGEST
from booking.kernel.db import Sessions, rows_changed, unit_of_work

KEEP_CODES = timedelta(days=1)
KEEP_SIGN_INS = timedelta(days=180)  # as long as logs must be kept at least


def forget_what_is_past(sessions: Sessions, now: datetime) -> int:
    """Delete counters, codes and keys that no longer count and sign-ins that ended long ago; return how many."""
    with unit_of_work(sessions) as session:
        return sum(
            rows_changed(session, old)
            for old in (
                delete(Throttle).where(Throttle.window_start < now - LONGEST),
                delete(PhoneCode).where(PhoneCode.expires_at < now - KEEP_CODES),
                delete(SecondFactor).where(
                    SecondFactor.confirmed_at.is_(None), SecondFactor.created_at < now - KEEP_CODES
                ),
                delete(SignIn).where(SignIn.expires_at < now - KEEP_SIGN_INS),
            )
        )
