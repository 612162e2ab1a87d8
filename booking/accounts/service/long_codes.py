"""Codes on paper or in a message that stand for a person once: sixteen characters without look-alikes (79 bits)."""

import secrets

from booking.kernel.ids import REFERENCE_ALPHABET

GROUPS, GROUP = 4, 4


def new_long_code() -> str:
    """Return a fresh code in groups of four, as people write them down: K7MP-2QXD-…"""
    return "-".join("".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def plain(code: str) -> str:
    """Return a code as it is hashed: blanks, hyphens and small letters make no difference."""
    return "".join(sign for sign in code.upper() if sign.isalnum())
