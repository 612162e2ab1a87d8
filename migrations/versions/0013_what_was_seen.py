"""How many bookings were looked at before a session is taken back or a site is closed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("withdrawal", "closure")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("bookings_seen", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "bookings_seen")
