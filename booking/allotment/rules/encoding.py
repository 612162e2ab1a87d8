"""Bytes of the public record: tagged hashes, canonical JSON, instants as text."""

import hashlib
import json
import re
from datetime import UTC, datetime

# What a hash is taken of, so that no two kinds of thing can share one.
ROW, NODE, ANNOUNCEMENT, SEED, SAMPLE, KEY, OUTCOME, EVENT, RECEIPT = 0, 1, 2, 3, 5, 6, 7, 8, 9
INSTANT = "%Y-%m-%dT%H:%M:%SZ"
MINUTE = "%Y-%m-%dT%H:%M:00Z"
SPELLED_AS_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\dZ", re.ASCII).fullmatch
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def digest(tag: int, *parts: bytes) -> bytes:
    """Return SHA-256 of the tag and of each part behind its length (8 bytes, big-endian)."""
    whole = tag.to_bytes(1, "big")
    for part in parts:
        whole += len(part).to_bytes(8, "big") + part
    return hashlib.sha256(whole).digest()


def canonical(value: object) -> bytes:
    """Return the one JSON text of a value: sorted keys, no spaces, UTF-8. Texts are expected in NFC."""
    return _encode(value).encode()


def instant_text(instant: datetime) -> str:
    """Write an aware instant as the record does, in UTC and whole seconds."""
    return instant.astimezone(UTC).strftime(INSTANT)


def minute_text(instant: datetime) -> str:
    """Write an aware instant cut to its minute, in UTC."""
    return instant.astimezone(UTC).strftime(MINUTE)


def instant_of(text: str) -> datetime:
    """Read an instant of the record; raise `ValueError` for any other spelling."""
    if not SPELLED_AS_INSTANT(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def key_commitment(key: bytes) -> str:
    """Return what the announcement shows of the round's secret key."""
    return digest(KEY, key).hex()
