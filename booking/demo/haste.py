"""Building quickly: a demo city that is half built when the power goes is built anew."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection


@contextmanager
def not_waiting_for_the_disk(engine: Engine) -> Iterator[None]:
    """Let SQLite acknowledge commits before they are on the disk, and end with connections that wait again."""
    if engine.dialect.name != "sqlite":
        yield
        return

    def hurry(connection: DBAPIConnection, *_: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    engine.dispose()
    event.listen(engine, "checkout", hurry)
    try:
        yield
    finally:
        event.remove(engine, "checkout", hurry)
        engine.dispose()
