"""Seats that are held for one holder, and seats that an outage has closed.

Renaming and adding a CHECK rebuilds the table on SQLite, which drops its triggers: they are put up again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

HELD = sa.text("state = 'held'")
WITHIN = "0 <= freed AND released + freed <= capacity"
WITHIN_BLOCKED = "0 <= freed AND released + freed + blocked <= capacity"


def _guards() -> list[tuple[str, str]]:
    differ = "OLD.{0} IS NOT NEW.{0}".format
    frozen = " OR ".join(differ(column) for column in ("capacity", "slot_id", "lane"))
    return [
        ("frozen_quota", f"BEFORE UPDATE ON quota WHEN {frozen}"),
        ("frozen_quota_delete", "BEFORE DELETE ON quota"),
    ]


HOLD_GUARDS = (
    ("kept_hold", "DELETE", ""),
    ("hold_step", "UPDATE", "OLD.state <> 'held'"),
    ("hold_identity", "UPDATE", " OR ".join(f"OLD.{name} <> NEW.{name}" for name in (
        "slot_id", "lane", "service", "holder", "purpose", "held_at", "until"
    ))),
)  # fmt: skip


def _guard_holds() -> None:
    for name, event, condition in HOLD_GUARDS:
        if _is_sqlite():
            when = f"WHEN {condition} " if condition else ""
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON hold {when}BEGIN SELECT RAISE(ABORT, '{name}'); END")
        else:
            when = f"WHEN ({condition}) " if condition else ""
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON hold FOR EACH ROW {when}"
                f"EXECUTE FUNCTION refuse_change('{name}')"
            )


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _put_up_again() -> None:
    """Put the guards of `quota` up again where the table was rebuilt; PostgreSQL kept them."""
    if _is_sqlite():
        for name, head in _guards():
            op.execute(f"CREATE TRIGGER {name} {head} BEGIN SELECT RAISE(ABORT, '{name}'); END")


def upgrade() -> None:
    with op.batch_alter_table("quota") as batch:
        batch.add_column(sa.Column("blocked", sa.Integer(), nullable=False, server_default="0"))
        batch.drop_constraint(batch.f("ck_quota_released_within_capacity"), type_="check")
        batch.create_check_constraint(batch.f("ck_quota_released_within_capacity"), WITHIN_BLOCKED)
        batch.create_check_constraint(batch.f("ck_quota_blocked_not_negative"), "0 <= blocked")
    _put_up_again()
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("held_at < until", name=op.f("ck_hold_not_over_at_once")),
        sa.CheckConstraint("(state = 'held') = (ended_at IS NULL)", name=op.f("ck_hold_end_whole")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_hold_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_slot_id_state", "hold", ["slot_id", "state"])
    op.create_index(
        "uq_hold_held", "hold", ["service", "holder"], unique=True, sqlite_where=HELD, postgresql_where=HELD
    )
    _guard_holds()


def downgrade() -> None:
    op.drop_table("hold")
    with op.batch_alter_table("quota") as batch:
        batch.drop_constraint(batch.f("ck_quota_blocked_not_negative"), type_="check")
        batch.drop_constraint(batch.f("ck_quota_released_within_capacity"), type_="check")
        batch.create_check_constraint(batch.f("ck_quota_released_within_capacity"), WITHIN)
        batch.drop_column("blocked")
    _put_up_again()
