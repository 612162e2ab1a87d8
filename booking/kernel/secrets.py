"""Keys, and what is done with them: sealing personal data, blind indexes, signing keys.

Sealed text carries the id of its key, so that keys can be rotated one row at a time. Blind indexes use a key
of their own that stays: a keyed hash can be searched, and means nothing without the key.
"""

import hashlib
import hmac
import json
import os
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
PRIVATE = 0o600


class UnfitKeysError(Exception):
    """The keys are missing or unfit; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one installation. `sealing` maps key ids to keys; the last one seals, all can open."""

    signing: bytes
    index: bytes
    sealing: Mapping[str, bytes]

    def seal(self, text: str, *, column: str) -> bytes:
        """Encrypt `text` (AES-256-GCM), bound to the `table.column` it is written to."""
        return self.seal_bytes(text.encode(), column=column)

    def open(self, sealed: bytes, *, column: str) -> str:
        """Decrypt what `seal` made; raise `UnfitKeysError` if the key is gone or the text belongs elsewhere."""
        return self.open_bytes(sealed, column=column).decode()

    def seal_bytes(self, content: bytes, *, column: str) -> bytes:
        """Encrypt a piece of a file as `seal` encrypts a text."""
        key_id = list(self.sealing)[-1]
        nonce = os.urandom(NONCE_BYTES)
        return key_id.encode() + b":" + nonce + AESGCM(self.sealing[key_id]).encrypt(nonce, content, column.encode())

    def open_bytes(self, sealed: bytes, *, column: str) -> bytes:
        """Decrypt what `seal_bytes` made; raise `UnfitKeysError` as `open` does."""
        key_id, _, rest = sealed.partition(b":")
        key = self.sealing.get(key_id.decode())
        if key is None:
            raise UnfitKeysError(f"Sealing key {key_id.decode()!r} is not in the key file.")
        try:
            return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], column.encode())
        except InvalidTag as failure:
            raise UnfitKeysError(f"What is stored in {column} was not sealed there with this key.") from failure

    def digest(self, text: str, *, column: str) -> str:
        """Return the blind index of `text` for `column`: 64 hex digits (HMAC-SHA-256)."""
        return hmac.new(self.index, f"{column}:{text}".encode(), hashlib.sha256).hexdigest()


def new_keyring() -> Keyring:
    """Return fresh random keys."""
    signing, index, sealing = (os.urandom(KEY_BYTES) for _ in range(3))
    return Keyring(signing=signing, index=index, sealing={"k1": sealing})


def write_keyring(keyring: Keyring, path: Path) -> None:
    """Write the keys to a new file that only its owner can read; an existing file is never overwritten."""
    content = {
        "signing": keyring.signing.hex(),
        "index": keyring.index.hex(),
        "sealing": {key_id: key.hex() for key_id, key in keyring.sealing.items()},
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)


def read_keyring(path: Path) -> Keyring:
    """Read the key file; raise `UnfitKeysError` when it is missing, readable by others, or its keys are weak."""
    if not path.is_file():
        raise UnfitKeysError(f"The key file {path} is missing; `booking init` makes one.")
    if path.stat().st_mode & 0o077:
        raise UnfitKeysError(f"Others can read the key file {path}; run: chmod 600 {path}")
    try:
        content = json.loads(path.read_text())
        sealing = {key_id: bytes.fromhex(key) for key_id, key in content["sealing"].items()}
        keyring = Keyring(bytes.fromhex(content["signing"]), bytes.fromhex(content["index"]), sealing)
    except (ValueError, KeyError, TypeError, AttributeError) as failure:
        raise UnfitKeysError(f"The key file {path} cannot be understood; restore it from its backup.") from failure
    keys = [keyring.signing, keyring.index, *sealing.values()]
    if not sealing or any(len(key) != KEY_BYTES or len(set(key)) < KEY_BYTES // 4 for key in keys):
        raise UnfitKeysError(f"A key in {path} is missing, short or a placeholder; `booking init` makes good ones.")
    return keyring


def new_token() -> str:
    """Return an unguessable text of 256 bits for sessions, forms and links."""
    return random.token_urlsafe(32)


def new_code() -> str:
    """Return six random digits for a text message."""
    return f"{random.randbelow(10**6):06}"


def token_hash(token: str) -> str:
    """Return what is stored of a token, so that a copied database opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()
