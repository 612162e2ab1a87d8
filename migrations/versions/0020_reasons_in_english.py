"""Reasons that people read have English words beside the Chinese ones."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Plain statements in the words of both databases: a batch would copy the tables on SQLite.
COLUMNS = (
    ("slot", "withdrawn_reason_en VARCHAR(500) NOT NULL DEFAULT ''"),
    ("withdrawal", "reason_en VARCHAR(500) NOT NULL DEFAULT ''"),
    ("closure", "reason_en VARCHAR(500) NOT NULL DEFAULT ''"),
    ("lane_outage", "reason_en VARCHAR(200) NOT NULL DEFAULT ''"),
    ("override", "answer_en VARCHAR(500) NOT NULL DEFAULT ''"),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def downgrade() -> None:
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.split()[0])
