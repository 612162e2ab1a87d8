"""Every page of a demo city, and what each takes: of a core inside the process, and by the clock over HTTP."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from shutil import copy
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import select

from booking import schema
from booking.accounts.models import Account, SignIn, SignInKind
from booking.kernel.actors import Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, make_engine, unit_of_work
from booking.kernel.secrets import new_token, read_keyring, token_hash
from tests.bench.requests import sign_in_cookie
from tests.pages.city import BY_LOGIN, BY_PHONE, FILES, HOLDERS, City, person_of
from tests.pages.crawl import Seen, crawled
from tests.pages.house import STRANGER, House

TIMES, PAGES = 5, (200, 422)  # a form that the crawl sends half empty is a page too
LONGER_THAN_KEPT = timedelta(seconds=4)  # what is the same for all is kept a moment; here each is made anew
SIGNED_IN = timedelta(hours=8)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Page:
    """One page as one of the city reads it: milliseconds of a core, then of the clock (median and longest)."""

    endpoint: str
    who: str
    address: str
    of_a_core: float
    p50: float
    longest: float


@contextmanager
def city_of(data: Path, now: datetime) -> Iterator[City]:
    """Copy the city of a data folder, sign everybody in there, and give the copy."""
    with TemporaryDirectory(prefix="booking-pages-") as name:
        folder = Path(name)
        source, target = sqlite3.connect(data / FILES[0]), sqlite3.connect(folder / FILES[0])
        source.backup(target)
        source.close()
        target.close()
        copy(data / FILES[1], folder / FILES[1])
        sessions = Sessions(make_engine(f"sqlite:///{folder / FILES[0]}"), read_keyring(folder / FILES[1]))
        schema.upgrade(sessions.engine)  # the city may be older than this program
        (folder / FILES[2]).write_text(json.dumps(_signed_in(sessions, now)))
        sessions.engine.dispose()
        yield City(folder)


def _signed_in(sessions: Sessions, now: datetime) -> dict[str, str]:
    tokens = {name: new_token() for name in (*BY_LOGIN, *BY_PHONE, *HOLDERS)}
    with unit_of_work(sessions) as session:
        for name, token in tokens.items():
            is_theirs = [Account.login == name]
            if name not in BY_LOGIN:
                is_theirs = [Account.person_id == person_of(session, name), Account.role == Role.APPLICANT]
            account = session.scalars(select(Account).where(*is_theirs)).one()
            session.add(
                SignIn(
                    token_hash=token_hash(token),
                    account_id=account.id,
                    kind=SignInKind.WEB,
                    epoch=account.epoch,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + SIGNED_IN,
                )
            )
    return tokens


@contextmanager
def house_of(city: City, now: datetime) -> Iterator[House]:
    """Open the application on a copy of this city, at this hour."""
    with TemporaryDirectory(prefix="booking-pages-") as name:
        house = House(city, Path(name), FixedClock(now))
        yield house
        house.close()


def pages_of(house: House, say: Say) -> Sequence[Seen]:
    """Walk through the house as everybody; return the pages that are there."""
    found = crawled(house)
    for broken in found.broken:
        say(f"not a page: {broken}")
    return found.seen


def of_a_core(house: House, seen: Sequence[Seen]) -> dict[Seen, float]:
    """Return the milliseconds of a core that each page takes (median): no network, and nobody else, is in them."""
    taken: dict[Seen, float] = {}
    present = house.clock.instant
    for page in seen:
        visitor = house.visitor(page.who)
        spent = []
        for number in range(TIMES):
            house.clock.instant = present + (number + 1) * LONGER_THAN_KEPT
            began = time.thread_time()
            answer = visitor.get(page.address)
            spent.append((time.thread_time() - began) * 1000)
        if answer.status_code in PAGES:  # else it has run out since the walk: a place that was held for a moment
            taken[page] = median(spent)
    return taken


def over_http(house: House, port: int, cores: dict[Seen, float]) -> Iterator[Page]:
    """Ask for each page five times as a browser does, one after the other, and yield what each took."""
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    for page, core in cores.items():
        cookie = "" if page.who == STRANGER else sign_in_cookie(house.app(), house.city.tokens[page.who])
        headers = {"Cookie": cookie, "Accept-Encoding": "gzip, deflate, br, zstd", "Sec-Fetch-Site": "same-origin"}
        spent = []
        for _ in range(TIMES):
            began = time.perf_counter()
            line.request("GET", page.address, headers=headers)
            answer = line.getresponse()
            answer.read()
            spent.append((time.perf_counter() - began) * 1000)
        if answer.status in PAGES:  # the server has the city as it was before the walk left its traces in the log
            yield Page(page.endpoint, page.who, page.address, core, median(spent), max(spent))
    line.close()
