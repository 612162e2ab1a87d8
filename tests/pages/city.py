"""The demo city of the tests: built once in a run, whoever asks first, and never changed. Everybody is signed in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from shutil import copy

from filelock import FileLock
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.accounts import queries as accounts
from booking.accounts.models import Account, SignIn, SignInKind
from booking.bookings.models import Booking
from booking.demo.build import build_demo
from booking.demo.city import STAFF
from booking.demo.documents import invented_phone
from booking.demo.owners import FIRST_PHONE, STORIES
from booking.demo.people import STAGES
from booking.kernel.actors import SYSTEM, Role
from booking.kernel.db import Sessions, make_engine, unit_of_work
from booking.kernel.secrets import Keyring, new_keyring, new_token, read_keyring, token_hash, write_keyring
from booking.policies import service as policies
from booking.slots.models import Slot
from tests.conftest import NOW, migrated

LEARNERS, VEHICLES = 40, 40
NAMED_LEARNERS = {f"learner{number + 1}": invented_phone(number + 1) for number in range(len(STAGES))}
NAMED_OWNERS = {f"owner{number + 1}": invented_phone(FIRST_PHONE + number + 1) for number in range(len(STORIES))}
# Nobody of a name holds a booking, or was at a test; of the others, these do and were.
HOLDERS = {"learner-booked": ("exams", "confirmed"), "learner-tested": ("exams", "passed"),
           "owner-booked": ("inspections", "confirmed"), "owner-tested": ("inspections", "passed")}  # fmt: skip
BY_PHONE = NAMED_LEARNERS | NAMED_OWNERS
BY_LOGIN = [login for login, _, _ in STAFF]
LASTS = timedelta(days=20)  # some of the steps move the clock; a browser rings timers of more than 24 days at once
FILES = ("booking.db", "keys.json", "signed-in.json")


@dataclass(frozen=True)
class City:
    """A folder with the database of the city, its keys, and the token by which each named login is signed in."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / FILES[0]

    @cached_property
    def keyring(self) -> Keyring:
        return read_keyring(self.folder / FILES[1])

    @cached_property
    def tokens(self) -> dict[str, str]:
        tokens: dict[str, str] = json.loads((self.folder / FILES[2]).read_text())
        return tokens

    def copied_to(self, path: Path) -> Path:
        """Put a copy of the database there, which may be changed."""
        copy(self.database, path)
        return path


def city_in(folder: Path) -> City:
    """Return the city of this folder; the first of all processes that asks builds it, the others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "city.lock"):
        if not (folder / FILES[-1]).exists():
            _build(folder)
    return City(folder)


def _build(folder: Path) -> None:
    keyring = new_keyring()
    write_keyring(keyring, folder / FILES[1])
    engine = make_engine(f"sqlite:///{folder / FILES[0]}")
    migrated(engine)
    sessions = Sessions(engine, keyring)
    with unit_of_work(sessions) as session:
        policies.seed_calendar(session, [2026], actor=SYSTEM, now=NOW)
    build_demo(sessions, NOW, learners=LEARNERS, vehicles=VEHICLES, echo=lambda line: None)
    tokens = _signed_in(sessions, [*BY_LOGIN, *BY_PHONE, *HOLDERS])
    engine.dispose()  # the last connection to close folds the write-ahead log into the file
    (folder / FILES[2]).write_text(json.dumps(tokens))


def _signed_in(sessions: Sessions, names: Sequence[str]) -> dict[str, str]:
    """Sign everybody in without the work that a password makes; pages are not about that."""
    tokens = {name: new_token() for name in names}
    with unit_of_work(sessions) as session:
        for name, token in tokens.items():
            is_theirs = [Account.login == name]
            if name not in BY_LOGIN:
                is_theirs = [Account.person_id == person_of(session, name), Account.role == Role.APPLICANT]
            session.add(
                SignIn(
                    token_hash=token_hash(token),
                    account_id=session.scalars(select(Account.id).where(*is_theirs)).one(),
                    kind=SignInKind.WEB,
                    epoch=1,
                    created_at=NOW,
                    seen_at=NOW,
                    expires_at=NOW + LASTS,
                )
            )
    return tokens


def person_of(session: Session, name: str) -> int:
    """Return who is behind a name: by telephone, or by what becomes of the booking farthest ahead."""
    if name in BY_PHONE:
        (person,) = accounts.find_people(session, BY_PHONE[name])
        return person.person_id
    line, state = HOLDERS[name]
    theirs = select(Booking.person_id).join(Slot, Slot.id == Booking.slot_id)
    theirs = theirs.where(Booking.line == line, Booking.state == state)
    return session.scalars(theirs.order_by(Slot.starts_at.desc(), Booking.id)).first() or 0
