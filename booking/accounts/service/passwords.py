"""Hashing passwords (Argon2id): a tenth of a second each, so applicants' are hashed outside any unit of work."""

from collections.abc import Sequence
from functools import cache
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from booking.accounts.rules import Weakness, weakness
from booking.kernel.errors import InvalidInputError, Wording
from booking.kernel.secrets import new_token

HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# A rush of sign-ins must leave the other threads of the process to those who are in already.
AT_ONCE = Semaphore(2)


class WeakPasswordError(InvalidInputError):
    """The password is too short, too common, or made of what is known about the person."""

    wording = Wording("密码不符合要求，请按提示换一个。", "The password is not good enough; please choose another.")

    def __init__(self, problem: Weakness) -> None:
        super().__init__("password")
        self.problem = problem


def hashed(password: str, *, least: int, names: Sequence[str] = (), numbers: Sequence[str] = ()) -> str:
    """Return the hash of an acceptable password; raise `WeakPasswordError`."""
    if (problem := weakness(password, least=least, names=names, numbers=numbers)) is not None:
        raise WeakPasswordError(problem)
    with AT_ONCE:
        return HASHER.hash(password)


def fits(password_hash: str | None, password: str) -> bool:
    """Say whether the password fits the hash; without a hash, do the same work and say no."""
    with AT_ONCE:
        try:
            return HASHER.verify(password_hash or _nobodys(), password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys() -> str:
    return HASHER.hash(new_token())
