"""Test lanes, their outages, opening hours and prices of inspection stations."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Plain statements in the words of both databases, and each check with its column: a batch would copy the table on
# SQLite, which cannot be done to one that other rows point to.
COLUMNS = (
    ("site", "directions VARCHAR(500) NOT NULL DEFAULT ''"),
    ("site", "directions_en VARCHAR(500) NOT NULL DEFAULT ''"),
    ("site", "latitude INTEGER CONSTRAINT ck_site_latitude_on_earth CHECK (abs(latitude) <= 90000000)"),
    (
        "site",
        "longitude INTEGER CONSTRAINT ck_site_longitude_on_earth CHECK (abs(longitude) <= 180000000)"
        " CONSTRAINT ck_site_position_whole CHECK ((latitude IS NULL) = (longitude IS NULL))",
    ),
    (
        "site",
        "method VARCHAR(10) NOT NULL DEFAULT ''"
        " CONSTRAINT ck_site_method_known CHECK (method IN ('', 'first_come', 'ranked', 'lottery'))",
    ),
    (
        "site_service",
        "price_fen INTEGER CONSTRAINT ck_site_service_price_not_negative CHECK (price_fen >= 0)",
    ),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")

    op.create_table(
        "site_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_site_hours_opens_before_it_closes")),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_site_hours_weekday_iso")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_hours_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_hours")),
        sa.UniqueConstraint("site_id", "weekday", "opens", name=op.f("uq_site_hours_site_id_weekday_opens")),
    )
    op.create_table(
        "test_lane",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("kinds", sa.String(length=120), nullable=False),
        sa.Column("vehicles_per_hour", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("vehicles_per_hour > 0", name=op.f("ck_test_lane_rate_positive")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_test_lane_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_lane")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_test_lane_site_id_name")),
    )
    op.create_table(
        "lane_outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("announced_by", sa.Integer(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("announced_at <= ended_at", name=op.f("ck_lane_outage_ended_after_announced")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_lane_outage_times_in_order")),
        sa.ForeignKeyConstraint(["announced_by"], ["account.id"], name=op.f("fk_lane_outage_announced_by_account")),
        sa.ForeignKeyConstraint(["lane_id"], ["test_lane.id"], name=op.f("fk_lane_outage_lane_id_test_lane")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane_outage")),
    )
    with op.batch_alter_table("lane_outage", schema=None) as batch_op:
        batch_op.create_index("ix_lane_outage_lane_id", ["lane_id"], unique=False)
        batch_op.create_index(
            "uq_lane_outage_running",
            ["lane_id", "starts_at"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("lane_outage", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_lane_outage_running",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_lane_outage_lane_id")

    op.drop_table("lane_outage")
    op.drop_table("test_lane")
    op.drop_table("site_hours")
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column.split()[0])
