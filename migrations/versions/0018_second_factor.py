"""Second factors of staff, their recovery codes, and resets by two persons."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CONFIRMED = sa.text("confirmed_at IS NOT NULL")
PROPOSED = sa.text("state = 'proposed'")


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (sign_in_id IS NOT NULL)", name=op.f("ck_second_factor_set_up_in_one_sign_in")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id_account")),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_second_factor_sign_in_id_sign_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("sign_in_id", name=op.f("uq_second_factor_sign_in_id")),
    )
    op.create_index(
        "uq_second_factor_confirmed",
        "second_factor",
        ["account_id"],
        unique=True,
        sqlite_where=CONFIRMED,
        postgresql_where=CONFIRMED,
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("account_id", "code_hash", name=op.f("uq_recovery_code_account_id_code_hash")),
    )
    _resets()


def _resets() -> None:
    op.create_table(
        "account_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_by_person", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_person", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_hash", sa.String(length=64), nullable=True),
        sa.Column("key_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("decided_by_person <> proposed_by_person", name=op.f("ck_account_reset_two_persons")),
        sa.CheckConstraint(
            "person_id <> proposed_by_person AND person_id <> decided_by_person",
            name=op.f("ck_account_reset_not_oneself"),
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_person IS NULL)",
            name=op.f("ck_account_reset_decision_whole"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_reset_account_id_account")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_reset_person_id_person")),
        sa.ForeignKeyConstraint(
            ["proposed_by_person"], ["person.id"], name=op.f("fk_account_reset_proposed_by_person_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_person"], ["person.id"], name=op.f("fk_account_reset_decided_by_person_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_reset")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_account_reset_key_hash")),
    )
    op.create_index(
        "uq_account_reset_open",
        "account_reset",
        ["account_id", "what"],
        unique=True,
        sqlite_where=PROPOSED,
        postgresql_where=PROPOSED,
    )


def downgrade() -> None:
    op.drop_index("uq_account_reset_open", table_name="account_reset")
    op.drop_table("account_reset")
    op.drop_table("recovery_code")
    op.drop_index("uq_second_factor_confirmed", table_name="second_factor")
    op.drop_table("second_factor")
    # Sign-ins between two steps mean nothing to what came before.
    op.execute("DELETE FROM sign_in WHERE kind = 'mid'")
