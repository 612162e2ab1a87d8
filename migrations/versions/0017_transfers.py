"""Files on their way in and out."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_format", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim", sa.String(length=64), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "direction = 'in' OR state NOT IN ('checking', 'checked')",
            name=op.f("ck_transfer_only_files_in_are_tried"),
        ),
        sa.CheckConstraint("direction = 'in' OR reason <> ''", name=op.f("ck_transfer_out_has_reason")),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (state IN ('checking', 'checked', 'running'))",
            name=op.f("ck_transfer_end_dated"),
        ),
        sa.CheckConstraint("(claim = '') = (claimed_until IS NULL)", name=op.f("ck_transfer_claim_ends")),
        sa.CheckConstraint("0 <= done AND 0 <= total AND 0 <= tries", name=op.f("ck_transfer_counts_not_negative")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_transfer_asked_by_account")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_transfer_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_index("ix_transfer_state", "transfer", ["state"])
    op.create_index("ix_transfer_asked_by", "transfer", ["asked_by"])
    op.create_table(
        "transfer_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_piece_transfer_id_transfer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_piece")),
        sa.UniqueConstraint("transfer_id", "number", name=op.f("uq_transfer_piece_transfer_id_number")),
    )


def downgrade() -> None:
    op.drop_table("transfer_piece")
    op.drop_index("ix_transfer_asked_by", table_name="transfer")
    op.drop_index("ix_transfer_state", table_name="transfer")
    op.drop_table("transfer")
