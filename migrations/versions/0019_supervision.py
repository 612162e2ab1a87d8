"""Seals over the log, weekly draws, and spot checks."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# guard name, table, event, condition ("" = always)
GUARDS = (
    ("kept_log_seal", "log_seal", "DELETE", ""),
    ("fixed_log_seal", "log_seal", "UPDATE", ""),
    ("kept_spot_draw", "spot_draw", "DELETE", ""),
    ("fixed_spot_draw", "spot_draw", "UPDATE", ""),
    ("kept_spot_check", "spot_check", "DELETE", ""),
    (
        "fixed_spot_check",
        "spot_check",
        "UPDATE",
        "OLD.outcome <> 'open' OR OLD.rule <> NEW.rule OR OLD.subject <> NEW.subject OR OLD.first <> NEW.first"
        " OR OLD.last <> NEW.last OR OLD.opened_at <> NEW.opened_at",
    ),
)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    op.create_table(
        "log_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("after_id < last_id AND entries > 0", name=op.f("ck_log_seal_not_empty")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_seal")),
        sa.UniqueConstraint("last_id", name=op.f("uq_log_seal_last_id")),
    )
    op.create_table(
        "spot_draw",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("seal", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seal"], ["log_seal.number"], name=op.f("fk_spot_draw_seal_log_seal")),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_spot_draw")),
    )
    op.create_table(
        "spot_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=9), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_person", sa.Integer(), nullable=True),
        sa.CheckConstraint("first <= last", name=op.f("ck_spot_check_days_in_order")),
        sa.CheckConstraint("(outcome = 'open') = (closed_at IS NULL)", name=op.f("ck_spot_check_close_dated")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_person IS NULL)", name=op.f("ck_spot_check_close_named")
        ),
        sa.CheckConstraint("(closed_at IS NULL) = (note = '')", name=op.f("ck_spot_check_close_explained")),
        sa.ForeignKeyConstraint(
            ["closed_by_person"], ["person.id"], name=op.f("fk_spot_check_closed_by_person_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_check")),
        sa.UniqueConstraint("rule", "subject", "last", name=op.f("uq_spot_check_rule_subject_last")),
    )
    op.create_index("ix_spot_check_outcome", "spot_check", ["outcome"])
    for name, table, event, condition in GUARDS:
        if _is_postgresql():
            when = f"WHEN ({condition}) " if condition else ""
            act = f"FOR EACH ROW {when}EXECUTE FUNCTION refuse_change('{name}')"
        else:
            when = f"WHEN {condition} " if condition else ""
            act = f"{when}BEGIN SELECT RAISE(ABORT, '{name}'); END"
        op.get_bind().exec_driver_sql(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {act}")


def downgrade() -> None:
    for name, table, _, _ in GUARDS:
        op.execute(f"DROP TRIGGER {name} ON {table}" if _is_postgresql() else f"DROP TRIGGER {name}")
    for table in ("spot_check", "spot_draw", "log_seal"):
        op.drop_table(table)
