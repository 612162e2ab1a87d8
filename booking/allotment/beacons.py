"""Where public random values come from when the system fetches them itself. Called outside of every transaction."""

import hashlib
import json
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http.client import HTTPException

# drand's chain "quicknet": a value every three seconds, so that the number of a future one can be announced.
CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
GENESIS, PERIOD = 1_692_803_367, 3
SECONDS_TO_ANSWER = 5
MIRRORS_THAT_AGREE = 2

Fetch = Callable[
    [str, datetime], str | None
]  # (announcement hash, not before) -> value, or None where none is out yet
Get = Callable[[str], bytes]


class DoubtfulValueError(Exception):
    """What a source gave is not to be used; the text says why. Nothing is drawn on it."""


@dataclass(frozen=True, slots=True)
class Beacons:
    """The sources that this installation fetches by itself, by name; others are entered by people."""

    fetchers: Mapping[str, Fetch]
    is_demo: bool = False


def build_beacons(*, is_demo: bool, mirrors: Sequence[str]) -> Beacons:
    """Return the sources of an installation: the demo city's own, or drand where mirrors are configured."""
    if is_demo:
        return Beacons({"demo": demo_value}, is_demo=True)
    return Beacons({"drand": partial(drand_value, mirrors)} if mirrors else {})


def demo_value(announcement_hash: str, not_before: datetime) -> str:
    """Return a value that anybody could foresee: good enough for invented people, and the record says "demo"."""
    return hashlib.sha256(f"demo {announcement_hash} {not_before.isoformat()}".encode()).hexdigest()


def drand_round(not_before: datetime) -> int:
    """Return the number of the first drand round at or after an instant."""
    return max(-(-(int(not_before.timestamp()) - GENESIS) // PERIOD) + 1, 1)


def drand_value(
    mirrors: Sequence[str], announcement_hash: str, not_before: datetime, *, get: Get | None = None
) -> str | None:
    """Return the randomness (64 hex digits) of the announced round, or None while fewer than two mirrors answer.

    Raises `DoubtfulValueError` where a mirror answers for another round, its randomness is not the hash of its
    signature, or mirrors differ.
    """
    number = drand_round(not_before)
    found = []
    for mirror in mirrors:
        try:
            answer = (get or _get)(f"{mirror.rstrip('/')}/{CHAIN}/public/{number}")
        except (OSError, HTTPException):  # not reachable, cut off, or not out yet: the others may be
            continue
        found.append(_checked(answer, number))
    if len(set(found)) > 1:
        raise DoubtfulValueError("the mirrors differ")
    return found[0] if len(found) >= min(MIRRORS_THAT_AGREE, len(mirrors)) else None


def _checked(answer: bytes, number: int) -> str:
    try:
        value = json.loads(answer)
        randomness, signature = str(value["randomness"]), bytes.fromhex(value["signature"])
    except (ValueError, KeyError, TypeError, RecursionError) as failure:
        raise DoubtfulValueError("an answer cannot be read") from failure
    if value.get("round") != number:
        raise DoubtfulValueError("an answer is for another round")
    if hashlib.sha256(signature).hexdigest() != randomness:
        raise DoubtfulValueError("a randomness is not the hash of its signature")
    return randomness


def _get(url: str) -> bytes:
    if not url.startswith("https://"):
        raise DoubtfulValueError("a mirror is not reached over https")
    with urllib.request.urlopen(url, timeout=SECONDS_TO_ANSWER) as reply:  # noqa: S310 - the scheme is checked above
        content: bytes = reply.read(64 * 1024)
    return content
