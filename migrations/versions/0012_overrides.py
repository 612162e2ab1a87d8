"""Overrides: proposed by one person, approved by another."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'proposed'")
# guard name, event, condition ("" = always)
GUARDS = (
    ("kept_override", "DELETE", ""),
    ("decided_override", "UPDATE", "OLD.state <> 'proposed'"),
    (
        "override_identity",
        "UPDATE",
        " OR ".join(
            f"OLD.{column} <> NEW.{column}"
            for column in (
                "line", "service", "slot_id", "person_id", "holder", "channel", "lifted", "kind", "reason", "paper",
                "evidence", "proposed_by", "proposed_by_person", "proposed_at", "decide_until",
            )
        ),
    ),
)  # fmt: skip


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    op.create_table(
        "override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("lifted", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("paper", sa.String(length=11), nullable=False),
        sa.Column("evidence", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_by_person", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_person", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("decided_by_person <> proposed_by_person", name=op.f("ck_override_two_persons")),
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_override_decision_dated")),
        sa.CheckConstraint(
            "(state IN ('approved', 'declined')) = (decided_by_person IS NOT NULL)",
            name=op.f("ck_override_decision_named"),
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (booking_id IS NOT NULL)", name=op.f("ck_override_approved_has_booking")
        ),
        sa.CheckConstraint("lifted <> '' AND reason <> '' AND paper <> ''", name=op.f("ck_override_says_why")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_override_slot_id_slot")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_override_person_id_person")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_override_proposed_by_account")),
        sa.ForeignKeyConstraint(
            ["proposed_by_person"], ["person.id"], name=op.f("fk_override_proposed_by_person_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_person"], ["person.id"], name=op.f("fk_override_decided_by_person_person")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_override_booking_id_booking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_override_booking_id")),
    )
    op.create_index("ix_override_slot_id", "override", ["slot_id"])
    op.create_index("ix_override_decided_at", "override", ["decided_at"])
    op.create_index(
        "uq_override_open", "override", ["service", "holder"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    for name, event, condition in GUARDS:
        if _is_postgresql():
            when = f"WHEN ({condition}) " if condition else ""
            act = f"FOR EACH ROW {when}EXECUTE FUNCTION refuse_change('{name}')"
        else:
            when = f"WHEN {condition} " if condition else ""
            act = f"{when}BEGIN SELECT RAISE(ABORT, '{name}'); END"
        op.get_bind().exec_driver_sql(f"CREATE TRIGGER {name} BEFORE {event} ON override {act}")


def downgrade() -> None:
    for name, _, _ in GUARDS:
        op.execute(f"DROP TRIGGER {name} ON override" if _is_postgresql() else f"DROP TRIGGER {name}")
    op.drop_table("override")
