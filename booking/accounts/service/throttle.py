"""How often something may be tried. Counted in the database, since there are several processes.

Time is cut into parts of a quarter of the span; what counts is the sum over every part that the span touches, so
that no sliding span ever holds more than the limit, and a refusal lasts at most a quarter longer than the span.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.accounts.models import Throttle
from booking.kernel.db import keyring_of
from booking.kernel.errors import BookingError, Wording

PARTS = 4
START = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries of `what` in any `span`."""

    what: str
    most: int
    span: timedelta

    @property
    def part(self) -> timedelta:
        return self.span / PARTS

    def part_of(self, instant: datetime) -> datetime:
        """Return when the part of time began in which `instant` lies."""
        return START + (instant - START) // self.part * self.part


WRONG_PASSWORDS = Limit("wrong password", 10, timedelta(minutes=15))
WRONG_FROM_ADDRESS = Limit("wrong from address", 100, timedelta(minutes=15))
WRONG_SECOND_FACTORS = Limit("wrong second factor", 5, timedelta(minutes=15))
CODES_A_MINUTE = Limit("code in a minute", 1, timedelta(minutes=1))
CODES_AN_HOUR = Limit("code in an hour", 5, timedelta(hours=1))
CODES_FROM_ADDRESS = Limit("code from address", 100, timedelta(hours=1))
WARNINGS_AN_HOUR = Limit("owner warned", 2, timedelta(hours=1))
LOOKS = Limit("looked up", 1, timedelta(days=1))
REVEALS = Limit("number shown", 30, timedelta(days=1))
ONE_BY_ONE = Limit("one by one", 2**30, timedelta(days=1))
LONGEST = max(limit.span + limit.part for limit in (CODES_AN_HOUR, ONE_BY_ONE))


class TooManyTriesError(BookingError):
    """The limit is reached; `again_at` is the instant from which it works again."""

    wording = Wording("尝试次数太多，请稍后再试。", "Too many tries; please try again later.")

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at.isoformat())
        self.again_at = again_at


def count(session: Session, limit: Limit, key: str, *, now: datetime) -> None:
    """Count one try; raise `TooManyTriesError`, and count nothing, if that is one too many."""
    if (again_at := counted(session, limit, key, now=now)) is not None:
        raise TooManyTriesError(again_at)


def counted(session: Session, limit: Limit, key: str, *, now: datetime) -> datetime | None:
    """Count one try and return None, or return from when it may be tried again.

    The parts of time that have passed stand still, so only the present one is raced for: by one conditional
    upsert, which the database lets through as often as there is room.
    """
    start = limit.part_of(now)
    earlier = sum(tries for begun, tries in _parts(session, limit, key, now) if begun < start)
    left = limit.most - earlier
    if left > 0 and _claimed(session, limit, key, start, left):
        return None
    return _again_at(limit, _parts(session, limit, key, now))


def forget(session: Session, limit: Limit, key: str) -> None:
    """Forget every try of `key`: the right password was given."""
    session.execute(delete(Throttle).where(Throttle.what == limit.what, Throttle.key_hash == _hash(session, key)))


def give_back(session: Session, limit: Limit, key: str, *, at: datetime) -> None:
    """Take back the one try that was counted at the instant `at`."""
    row = (
        Throttle.what == limit.what,
        Throttle.key_hash == _hash(session, key),
        Throttle.window_start == limit.part_of(at),
    )
    session.execute(update(Throttle).where(*row, Throttle.count > 0).values(count=Throttle.count - 1))


def one_by_one(session: Session, key: str, *, now: datetime) -> None:
    """Let units of work on the same `key` pass one after the other, until each has ended."""
    count(session, ONE_BY_ONE, key, now=now)


def neighbourhood(address: str) -> str:
    """Return the network of an address: 256 neighbours, or an IPv6 site. An unknown address is one of its own."""
    try:
        return str(ip_network(f"{address}/{56 if ':' in address else 24}", strict=False))
    except ValueError:
        return "unknown"


def _parts(session: Session, limit: Limit, key: str, now: datetime) -> list[tuple[datetime, int]]:
    query = (
        select(Throttle.window_start, Throttle.count)
        .where(
            Throttle.what == limit.what,
            Throttle.key_hash == _hash(session, key),
            Throttle.window_start >= limit.part_of(now) - limit.span,
        )
        .order_by(Throttle.window_start)
    )
    return [(begun, tries) for begun, tries in session.execute(query)]


def _claimed(session: Session, limit: Limit, key: str, start: datetime, left: int) -> bool:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    claim = (
        insert(Throttle)
        .values(what=limit.what, key_hash=_hash(session, key), window_start=start, count=1)
        .on_conflict_do_update(
            index_elements=["what", "key_hash", "window_start"],
            set_={"count": Throttle.count + 1},
            where=Throttle.count < left,
        )
    )
    return session.scalar(claim.returning(Throttle.id)) is not None


def _again_at(limit: Limit, parts: Sequence[tuple[datetime, int]]) -> datetime:
    """Return when enough of the oldest parts have gone out of the span for one more try."""
    total = sum(tries for _, tries in parts)
    gone = 0
    for begun, tries in parts:
        gone += tries
        if total - gone < limit.most:
            return begun + limit.span + limit.part
    raise ValueError("nothing was counted")


def _hash(session: Session, key: str) -> str:
    return keyring_of(session).digest(key, column="throttle.key")
