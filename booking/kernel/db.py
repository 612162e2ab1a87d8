"""The database: base class, column types, sessions, and the two questions services ask of it.

A unit of work writes and commits once; a reading never writes, and the database sees to that. On SQLite a unit
of work begins with BEGIN IMMEDIATE, since a deferred transaction that turns into a writer fails with "locked"
instead of waiting.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from typing import Any, ClassVar, TypeVar, cast

from sqlalchemy import (
    DateTime,
    Engine,
    Enum,
    Executable,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    event,
)
from sqlalchemy.engine import URL, Connection, CursorResult, Dialect, make_url
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from booking.kernel.errors import BookingError
from booking.kernel.secrets import Keyring

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 15
Item = TypeVar("Item")
WRITE, READ = "write", "read"


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware and in UTC on both sides, whatever the database keeps. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A naive datetime has no place in the database.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraints get their names from one convention."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: UtcDateTime}


def named(kind: type[StrEnum]) -> Enum:
    """Return the column type of a StrEnum: its values as text, checked when bound, free of database enums."""
    return Enum(kind, values_callable=lambda k: [m.value for m in k], native_enum=False, create_constraint=False)


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for Core statements on paths where the ORM would cost four times as much."""
    return cast("Table", model.__table__)


class Sessions:
    """Opens sessions on one engine, with the key ring at `session.info["keyring"]`."""

    def __init__(self, engine: Engine, keyring: Keyring) -> None:
        info = {"keyring": keyring}
        self.engine = engine
        self.keyring = keyring
        self.write = sessionmaker(engine, info=info)
        read_only = engine.execution_options(access=READ, postgresql_readonly=True)
        self.read = sessionmaker(read_only, info=info, autoflush=False)


def keyring_of(session: Session) -> Keyring:
    """Return the key ring that was given to the session when it was opened."""
    keyring: Keyring = session.info["keyring"]
    return keyring


@contextmanager
def unit_of_work(sessions: Sessions) -> Iterator[Session]:
    """Give a session that commits at the end, or rolls back if anything was raised."""
    with sessions.write.begin() as session:
        yield session


@contextmanager
def reading(sessions: Sessions) -> Iterator[Session]:
    """Give a session on one snapshot that cannot write."""
    with sessions.read() as session:
        yield session


def each_alone(sessions: Sessions, items: Iterable[Item], act: Callable[[Session, Item], int]) -> int:
    """Do `act` for each item in a unit of work of its own and return the sum of what it returned.

    One failure holds up no other item; the first is raised once all have had their turn.
    """
    done, failures = 0, []
    for item in items:
        try:
            with unit_of_work(sessions) as session:
                done += act(session, item)
        except (BookingError, SQLAlchemyError) as failure:
            failures.append(failure)
    if failures:
        raise failures[0]
    return done


def batched(items: Iterable[Item], size: int = 500) -> Iterator[tuple[Item, ...]]:
    """Yield the items in tuples of at most `size`: as many as one IN list may hold on either database."""
    rest = iter(items)
    while some := tuple(islice(rest, size)):
        yield some


Given = Mapping[str, object] | Sequence[Mapping[str, object]]


def rows_changed(session: Session, statement: Executable, given: Given | None = None) -> int:
    """Run an UPDATE, DELETE or INSERT and return how many rows it touched, in all where it is run for several values.

    That is the answer to "was I first?".
    """
    result = cast("CursorResult[Any]", session.execute(statement, given))  # data changes always give a cursor
    return result.rowcount


def make_engine(url: str, *, pool_size: int = 5) -> Engine:
    """Return an engine for SQLite or PostgreSQL with the settings that durability rests on."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(address, pool_size)
    return create_engine(
        address,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={
            "connect_timeout": 5,
            "tcp_user_timeout": 4000,
            "options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=60s",
        },
    )


def _sqlite_engine(address: URL, pool_size: int) -> Engine:
    engine = create_engine(
        address,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # NORMAL loses acknowledged commits when the power goes
            "foreign_keys=ON",
            "recursive_triggers=ON",  # otherwise REPLACE INTO walks past the append-only triggers
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("access") == READ
        # plain statements of the driver, twice in every transaction
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        driver.execute(f"PRAGMA query_only={int(reads)}")
        statement = "BEGIN" if reads else "BEGIN IMMEDIATE"
        try:
            driver.execute(statement)
        except sqlite3.OperationalError as failure:  # what a hook raises, SQLAlchemy does not turn into its own
            raise OperationalError(statement, None, failure) from failure

    return engine


@contextmanager
def conflicts_as(errors: Mapping[str, type[Exception]]) -> Iterator[None]:
    """Turn the violation of a constraint, by its name, into the error given for it; others pass unchanged."""
    try:
        yield
    except IntegrityError as failure:
        error = errors.get(constraint_name(failure))
        if error is None:
            raise
        raise error from failure


def constraint_name(failure: IntegrityError) -> str:
    """Return the name of the violated constraint, index or freeze trigger; "" where it cannot be told.

    PostgreSQL says it. SQLite names a CHECK, but of a UNIQUE or a key only the columns, so that the name is looked up
    among the tables here.
    """
    diagnosis = getattr(failure.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name or "")
    text = str(failure.orig)
    if match := re.fullmatch(r"UNIQUE constraint failed: (.+)", text):
        return _unique_on(match[1].split(", "))
    match = re.fullmatch(r"(?:CHECK constraint failed: )?(\w+)", text)
    return match[1] if match else ""


def _unique_on(columns: list[str]) -> str:
    table = Base.metadata.tables[columns[0].split(".")[0]]
    wanted = {column.split(".")[1] for column in columns}
    uniques: list[UniqueConstraint | PrimaryKeyConstraint | Index] = [
        c for c in table.constraints if isinstance(c, UniqueConstraint | PrimaryKeyConstraint)
    ]
    for unique in [*uniques, *(index for index in table.indexes if index.unique)]:
        if {column.name for column in unique.columns} == wanted:
            return str(unique.name)
    return ""
