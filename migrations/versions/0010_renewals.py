"""Marks that a passed line test renewed, once for each visit."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "renewal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("before < valid_until", name=op.f("ck_renewal_later")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_renewal_vehicle_id_vehicle")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_renewal_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_renewal_visit_id")),
    )


def downgrade() -> None:
    op.drop_table("renewal")
