"""The state of the schema: bringing it up to date, and refusing to start on an older one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

ROOT = Path(__file__).parents[1]


def _config() -> Config:
    return Config(toml_file=ROOT / "pyproject.toml")


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision; does nothing where it is there already."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Say whether the schema is at the newest revision."""
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == wanted
