"""Keys of the record: the office's signing key, the secret of each round, and pseudonyms."""

import hmac
import os
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from booking.allotment.models.rounds import OfficeKey, Round
from booking.allotment.rules.draw import Json
from booking.allotment.rules.receipts import signed_part
from booking.audit import service as audit
from booking.bookings.line import Line
from booking.kernel.actors import SYSTEM
from booking.kernel.db import keyring_of
from booking.kernel.errors import InvalidStateError
from booking.kernel.ids import Holder

SIGNING, SECRET = "office_key.private", "round.key"
KEY_BYTES = 32
PID_DIGITS = 32


def office_key(session: Session, *, now: datetime) -> tuple[int, str]:
    """Return id and public half (hex) of the key that signs, making the first one where there is none."""
    latest = select(func.max(OfficeKey.id)).scalar_subquery()
    found = session.execute(select(OfficeKey.id, OfficeKey.public).where(OfficeKey.id == latest)).one_or_none()
    if found is not None:
        return found.id, found.public
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw().hex()
    sealed = keyring_of(session).seal(private.private_bytes_raw().hex(), column=SIGNING)
    row = insert(OfficeKey).values(public=public, private_sealed=sealed, created_at=now)
    key_id = session.execute(row.returning(OfficeKey.id)).scalar_one()
    audit.record(session, "office key made", "office_key", key_id, actor=SYSTEM, now=now, after={"public": public})
    return key_id, public


def sign(session: Session, office_key_id: int, receipt: Json) -> Json:
    """Return the receipt with the office's signature."""
    sealed = session.get_one(OfficeKey, office_key_id).private_sealed
    private = bytes.fromhex(keyring_of(session).open(sealed, column=SIGNING))
    return {**receipt, "signature": Ed25519PrivateKey.from_private_bytes(private).sign(signed_part(receipt)).hex()}


def new_secret(session: Session) -> tuple[bytes, bytes]:
    """Return a fresh secret of a round, and the same sealed for its row."""
    secret = os.urandom(KEY_BYTES)
    return secret, keyring_of(session).seal(secret.hex(), column=SECRET)


def secret_of(session: Session, round_: Round) -> bytes:
    """Return the secret of a round; raise `InvalidStateError` once it is destroyed."""
    if round_.key_sealed is None:
        raise InvalidStateError(f"the key of round {round_.id} is destroyed")
    return bytes.fromhex(keyring_of(session).open(round_.key_sealed, column=SECRET))


def pseudonyms(session: Session, line: Line, round_: Round, holders: Iterable[Holder]) -> dict[Holder, str]:
    """Return what each holder is called in the record of this round, and in no other."""
    secret = secret_of(session, round_)
    return {
        holder: pseudonym(secret, f"pid:{identity}:{round_.service}")
        for holder, identity in line.identities(session, holders).items()
    }


def pseudonym(secret: bytes, message: str) -> str:
    """Return the first 32 hex digits of HMAC-SHA256."""
    return hmac.digest(secret, message.encode(), "sha256").hex()[:PID_DIGITS]
