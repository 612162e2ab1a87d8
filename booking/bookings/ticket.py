"""The text on a ticket: what the office signed about a booking, so that anybody can check it without a network.

docs/tickets.md gives the format to the byte. Nothing here asks the database: whether a booking still stands is a
question of its own. Standard library and `cryptography` only, so that a check starts in no time.
"""

import hashlib
import re
import unicodedata
from base64 import b32decode, b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from booking.kernel.errors import InvalidInputError, Wording
from booking.kernel.secrets import KEY_BYTES, Keyring

VERSION = "T1"
PURPOSE = b"booking ticket"
TIME = "%Y%m%dT%H%MZ"
TAIL_LENGTH, KEY_ID_LENGTH, SIGNATURE_LENGTH = 4, 4, 103
SHAPE = re.compile(
    rf"{VERSION}\.(?P<key_id>[A-Z2-7]{{{KEY_ID_LENGTH}}})\.(?P<reference>[2-9A-HJKMNP-Z]{{10}})"
    r"\.(?P<line>[A-Z0-9-]{1,20})\.(?P<service>[A-Z0-9-]{1,40})\.(?P<site_code>[A-Z0-9-]{2,20})"
    rf"\.(?P<starts_at>\d{{8}}T\d{{4}}Z)\.(?P<id_tail>[A-Z0-9-]{{{TAIL_LENGTH}}})\.(?P<changes>0|[1-9]\d{{0,4}})"
    rf"\.(?P<signature>[A-Z2-7]{{{SIGNATURE_LENGTH}}})",
    re.ASCII,
)

Problem = Literal["shape", "key", "signature"]


class TicketError(InvalidInputError):
    """The text is no good ticket: no ticket at all ("shape"), of another key ("key"), or altered ("signature")."""

    wording = Wording(
        "这不是本所签发的预约凭证，或者内容被改动过。",
        "This is no ticket of this office, or it has been altered.",
    )

    def __init__(self, problem: Problem) -> None:
        super().__init__("ticket")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a ticket says. `id_tail` is `tail_of` the document; `changes` counts the moves of the booking so far."""

    reference: str
    line: str
    service: str
    site_code: str
    starts_at: datetime
    id_tail: str
    changes: int


def tail_of(number: str) -> str:
    """Return the last four characters of a document number as tickets bear them: a Chinese character reads "-"."""
    return re.sub(r"[^0-9A-Z]", "-", number.upper()[-TAIL_LENGTH:]).rjust(TAIL_LENGTH, "-")


def ticket_text(ticket: Ticket, keyring: Keyring) -> str:
    """Return the signed text: digits, capitals, "." and "-" only, which scanners type on any common keyboard."""
    private = list(_private_keys(keyring).values())[-1]
    signed = _signed_part(ticket, key_id(private.public_key().public_bytes_raw()))
    text = f"{signed}.{_armoured(private.sign(signed.encode()))}"
    if read_ticket(text, public_key(keyring)) != ticket:
        raise ValueError("what a ticket says must be read again as it was written")
    return text


def read_ticket(text: str, public: bytes) -> Ticket:
    """Return what a ticket says that this public key checks; raise `TicketError`.

    Small letters, blanks and full-width signs are forgiven: a scanner may type through an input method.
    """
    found = _found(text)
    if found["key_id"] != key_id(public):
        raise TicketError("key")
    signed, _, signature = found[0].rpartition(".")
    raw = b32decode(signature + "=")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(raw, signed.encode())
    except InvalidSignature:
        raise TicketError("signature") from None
    if _armoured(raw) != signature:  # the last character has three bits to spare
        raise TicketError("signature")
    return Ticket(
        reference=found["reference"],
        line=_as_code(found["line"]),
        service=_as_code(found["service"]),
        site_code=found["site_code"],
        starts_at=_instant(found["starts_at"]),
        id_tail=found["id_tail"],
        changes=int(found["changes"]),
    )


def read_our_ticket(text: str, keyring: Keyring) -> Ticket:
    """Return what a ticket says that any key of this house has signed; raise `TicketError`."""
    public = public_keys(keyring).get(_found(text)["key_id"])
    if public is None:
        raise TicketError("key")
    return read_ticket(text, public)


def public_key(keyring: Keyring) -> bytes:
    """Return the public key of the tickets that are written now: 32 bytes."""
    return list(public_keys(keyring).values())[-1]


def public_keys(keyring: Keyring) -> Mapping[str, bytes]:
    """Return every public key of this house by its id; the last one is in use, the others check older tickets."""
    return {key: private.public_key().public_bytes_raw() for key, private in _private_keys(keyring).items()}


def key_id(public: bytes) -> str:
    """Return what a ticket calls the key that checks it: the first 20 bits of its SHA-256."""
    return b32encode(hashlib.sha256(public).digest())[:KEY_ID_LENGTH].decode()


def _private_keys(keyring: Keyring) -> dict[str, Ed25519PrivateKey]:
    """Derive one key of its own for tickets from each sealing key: they are rotated together, the last one signs."""
    derived = [
        Ed25519PrivateKey.from_private_bytes(HKDF(SHA256(), KEY_BYTES, salt=None, info=PURPOSE).derive(key))
        for key in keyring.sealing.values()
    ]
    return {key_id(private.public_key().public_bytes_raw()): private for private in derived}


def _found(text: str) -> re.Match[str]:
    plain = unicodedata.normalize("NFKC", text).replace("。", ".")
    found = SHAPE.fullmatch("".join(plain.split()).upper())
    if found is None:
        raise TicketError("shape")
    return found


def _signed_part(ticket: Ticket, key: str) -> str:
    starts_at = ticket.starts_at.astimezone(UTC).strftime(TIME)
    codes = (ticket.line.upper().replace("_", "-"), ticket.service.upper().replace("_", "-"), ticket.site_code)
    return ".".join((VERSION, key, ticket.reference, *codes, starts_at, ticket.id_tail, str(ticket.changes)))


def _as_code(written: str) -> str:
    return written.lower().replace("-", "_")


def _instant(written: str) -> datetime:
    try:
        return datetime.strptime(written, TIME).replace(tzinfo=UTC)
    except ValueError:
        raise TicketError("shape") from None


def _armoured(raw: bytes) -> str:
    """Write bytes as base32 without the padding, which is no sign of a QR code's alphanumeric mode."""
    return b32encode(raw).decode().rstrip("=")
