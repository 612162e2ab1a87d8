"""Vehicles, their owners and agents, and reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("id_type", sa.String(length=1), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("identity_hash", sa.String(length=64), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("reminders_off", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind = 'person' OR person_id IS NULL", name=op.f("ck_owner_company_is_no_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_owner_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner")),
        sa.UniqueConstraint("identity_hash", name=op.f("uq_owner_identity_hash")),
        sa.UniqueConstraint("person_id", name=op.f("uq_owner_person_id")),
    )
    op.create_table(
        "vehicle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("plate_type", sa.String(length=2), nullable=False),
        sa.Column("plate_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("plate_hash", sa.String(length=64), nullable=False),
        sa.Column("plate_tail_hash", sa.String(length=64), nullable=False),
        sa.Column("vin_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("vin_hash", sa.String(length=64), nullable=True),
        sa.Column("vin_tail_hash", sa.String(length=64), nullable=True),
        sa.Column("vehicle_kind", sa.String(length=20), nullable=False),
        sa.Column("use", sa.String(length=1), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("had_casualty_accident", sa.Boolean(), nullable=False),
        sa.Column("was_altered", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bound_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("bound_at IS NULL OR owner_id IS NOT NULL", name=op.f("ck_vehicle_bound_has_owner")),
        sa.CheckConstraint("(bound_at IS NULL) = (bound_by IS NULL)", name=op.f("ck_vehicle_binding_whole")),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_vehicle_seats_not_negative")),
        sa.CheckConstraint("valid_until >= registered_on", name=op.f("ck_vehicle_valid_after_registration")),
        sa.ForeignKeyConstraint(["bound_by"], ["person.id"], name=op.f("fk_vehicle_bound_by_person")),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name=op.f("fk_vehicle_owner_id_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
        sa.UniqueConstraint("plate_type", "plate_hash", name=op.f("uq_vehicle_plate_type_plate_hash")),
    )
    with op.batch_alter_table("vehicle", schema=None) as batch_op:
        batch_op.create_index("ix_vehicle_owner_id", ["owner_id"], unique=False)
        batch_op.create_index("ix_vehicle_plate_hash", ["plate_hash"], unique=False)
        batch_op.create_index("ix_vehicle_plate_tail_hash", ["plate_tail_hash"], unique=False)
        batch_op.create_index("ix_vehicle_vin_tail_hash", ["vin_tail_hash"], unique=False)
        batch_op.create_index("ix_vehicle_valid_until", ["valid_until"], unique=False)

    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("agent_person_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("evidence", sa.String(length=500), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("how = 'owner_online' OR evidence <> ''", name=op.f("ck_agency_consent_has_evidence")),
        sa.ForeignKeyConstraint(["agent_person_id"], ["person.id"], name=op.f("fk_agency_agent_person_id_person")),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], name=op.f("fk_agency_owner_id_owner")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_agency_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
    )
    with op.batch_alter_table("agency", schema=None) as batch_op:
        batch_op.create_index("ix_agency_agent_person_id", ["agent_person_id"], unique=False)
        batch_op.create_index(
            "uq_agency_live",
            ["owner_id", "agent_person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("days_before IN (90, 30, 7)", name=op.f("ck_reminder_stage_known")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_reminder_vehicle_id_vehicle")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_reminder_hold_id_hold")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "vehicle_id",
            "valid_until",
            "days_before",
            name=op.f("uq_reminder_vehicle_id_valid_until_days_before"),
        ),
    )


def downgrade() -> None:
    op.drop_table("reminder")
    op.drop_table("agency")
    op.drop_table("vehicle")
    op.drop_table("owner")
