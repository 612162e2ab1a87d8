"""Runs the migrations on the connection it is handed, or on the configured database."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection, Enum, text

from booking.accounts import models as _accounts
from booking.allotment.models import proposals as _proposals
from booking.allotment.models import requests as _requests
from booking.allotment.models import rounds as _rounds
from booking.attendance import models as _attendance
from booking.audit import models as _audit
from booking.bookings import models as _bookings
from booking.exams import models as _exams
from booking.guides import models as _guides
from booking.inspections import models as _inspections
from booking.kernel.db import Base, UtcDateTime, make_engine
from booking.notices import models as _notices
from booking.plans import models as _plans
from booking.policies import models as _policies
from booking.ratings import models as _ratings
from booking.rosters import models as _rosters
from booking.sites import models as _sites
from booking.slots import models as _slots
from booking.stats import models as _stats
from booking.supervision import models as _supervision
from booking.transfers import models as _transfers
from config import read_settings

TABLES = (
    _accounts, _attendance, _audit, _bookings, _exams, _guides, _inspections, _notices, _plans, _policies, _proposals,
    _ratings, _requests, _rosters, _rounds, _sites, _slots, _stats, _supervision, _transfers,
)  # fmt: skip
LOCK_MIGRATIONS = 4_408_001


def render_plainly(kind: str, item: object, context: object) -> str | Literal[False]:
    """Write our own column types as the plain ones they are in the database, so that old migrations stay readable."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def migrate(connection: Connection) -> None:
    """Bring the schema to the wanted revision in one transaction; two migrators never run at once."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '4s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK_MIGRATIONS})"))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_plainly,
    )
    with context.begin_transaction():
        context.run_migrations()


handed: Connection | None = context.config.attributes.get("connection")
if handed is not None:
    migrate(handed)
else:
    with make_engine(read_settings().database_url).begin() as own:
        migrate(own)
