"""Six digits by text message: who reads them out holds the phone."""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from booking.accounts.models import CodePurpose, PhoneCode
from booking.accounts.service import throttle
from booking.kernel.db import keyring_of, rows_changed
from booking.kernel.secrets import new_code
from booking.notices import service as notices
from booking.notices.models import Channel
from booking.notices.service import Recipient

GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5


def allow(session: Session, phone: str, address: str, *, now: datetime) -> None:
    """Count one sending to the phone from the address; raise `TooManyTriesError`."""
    throttle.count(session, throttle.CODES_A_MINUTE, phone, now=now)
    throttle.count(session, throttle.CODES_AN_HOUR, phone, now=now)
    throttle.count(session, throttle.CODES_FROM_ADDRESS, throttle.neighbourhood(address), now=now)


def send(session: Session, to: Recipient, purpose: CodePurpose, *, now: datetime) -> None:
    """Send a fresh code to the recipient's phone; only the newest one counts. `allow` comes first."""
    phone_hash, code = _phone_hash(session, to.phone), new_code()
    session.execute(
        delete(PhoneCode).where(
            PhoneCode.phone_hash == phone_hash, PhoneCode.purpose == purpose, PhoneCode.used_at.is_(None)
        )
    )
    code_id = session.execute(
        insert(PhoneCode)
        .values(
            phone_hash=phone_hash,
            purpose=purpose,
            code_hash=_code_hash(session, to.phone, purpose, code),
            created_at=now,
            expires_at=now + GOOD_FOR,
            tries=0,
        )
        .returning(PhoneCode.id)
    ).scalar_one()
    facts = {"code": code, "minutes": GOOD_FOR // timedelta(minutes=1), "purpose": purpose.value}
    event = f"code {code_id} {now.isoformat()}"
    notices.tell(session, to, "code", event=event, facts=facts, now=now, channels=[Channel.SMS])


def prove(session: Session, phone: str, purpose: CodePurpose, code: str, *, now: datetime) -> bool:
    """Say whether `code` is the one that was sent, and use it up. Each asking is a try; five are allowed.

    The unit of work has to be committed when the answer is no, so that the try is counted.
    """
    live = (
        PhoneCode.phone_hash == _phone_hash(session, phone),
        PhoneCode.purpose == purpose,
        PhoneCode.used_at.is_(None),
        PhoneCode.expires_at > now,
        PhoneCode.tries < MOST_TRIES,
    )
    tried = update(PhoneCode).where(*live).values(tries=PhoneCode.tries + 1)
    expected = _code_hash(session, phone, purpose, code)
    for code_id, code_hash in session.execute(tried.returning(PhoneCode.id, PhoneCode.code_hash)).all():
        if hmac.compare_digest(code_hash, expected):
            used = update(PhoneCode).where(PhoneCode.id == code_id, PhoneCode.used_at.is_(None))
            return rows_changed(session, used.values(used_at=now)) == 1
    return False


def _phone_hash(session: Session, phone: str) -> str:
    return keyring_of(session).digest(phone, column="person.phone")


def _code_hash(session: Session, phone: str, purpose: CodePurpose, code: str) -> str:
    return keyring_of(session).digest(f"{phone}:{purpose.value}:{code}", column="phone_code.code")
