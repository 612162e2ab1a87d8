"""How long files are kept and claims last, and what is small enough to be done at once. Pure."""

import hashlib
from datetime import timedelta

LEASE = timedelta(seconds=60)  # without a sign of life, another process takes the work over
KEPT_IN = timedelta(days=1)  # a file that nobody brings in
KEPT_OUT = timedelta(hours=1)  # a file that is ready to be taken
MOST_TRIES = 3  # a file that kills its worker is not tried for ever
SMALL_ROWS = 500
SMALL_BYTES = 48 * 1024  # of a CSV file; a workbook is packed
SMALL_WORKBOOK = 24 * 1024
PIECE = 512 * 1024
MOST_NAME = 120


def is_small(source: bytes) -> bool:
    """Say whether a file has few enough rows to be worked on while the clerk waits."""
    if source.startswith(b"PK"):
        return len(source) <= SMALL_WORKBOOK
    return len(source) <= SMALL_BYTES and source.count(b"\n") <= SMALL_ROWS


def fingerprint(source: bytes) -> str:
    """Return what tells this file from every other."""
    return hashlib.sha256(source).hexdigest()


def plain_name(name: str) -> str:
    """Return the last part of a file's name, short and free of control characters."""
    name = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable()).strip()
    return name[-MOST_NAME:] or "file"
