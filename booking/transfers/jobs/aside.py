"""Where a dry run happens. On SQLite whoever writes keeps everybody else from writing, so it has a copy to itself.

On PostgreSQL it happens in the database itself, and is rolled back there.
"""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from booking.kernel.db import Sessions, make_engine

PREFIX = ".dry-run-"
FORGOTTEN_AFTER_SECONDS = 3600  # a copy whose worker was killed


def database_file(sessions: Sessions) -> Path | None:
    """Return the file of an SQLite database; None for a server."""
    url = sessions.engine.url
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


@contextmanager
def aside(sessions: Sessions) -> Iterator[Sessions]:
    """Give sessions in which a file can be tried: nothing of what is done in them may be kept."""
    database = database_file(sessions)
    if database is None:
        yield sessions
        return
    _forget_what_is_left(database)
    with TemporaryDirectory(dir=database.parent, prefix=PREFIX) as folder:
        copy = Path(folder) / database.name
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        engine = make_engine(f"sqlite:///{copy}")
        try:
            yield Sessions(engine, sessions.keyring)
        finally:
            engine.dispose()


def _forget_what_is_left(database: Path) -> None:
    """Delete copies and signs of life whose worker was killed long ago."""
    old = time.time() - FORGOTTEN_AFTER_SECONDS
    for copy in database.parent.glob(f"{PREFIX}*"):
        if copy.stat().st_mtime < old:
            shutil.rmtree(copy, ignore_errors=True)
    for sign in database.parent.glob(f"{database.name}.transfer-*"):
        with suppress(FileNotFoundError):
            if sign.stat().st_mtime < old:
                sign.unlink()
