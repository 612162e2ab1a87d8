"""Requests, rounds, the public record, corrections and closures; slots learn until when requests are taken."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_key")),
        sa.UniqueConstraint("public", name=op.f("uq_office_key_public")),
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_by_person", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_person", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_person IS NULL)", name=op.f("ck_closure_approval_whole")
        ),
        sa.CheckConstraint("approved_by_person <> proposed_by_person", name=op.f("ck_closure_two_persons")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_closure_days_in_order")),
        sa.ForeignKeyConstraint(
            ["approved_by_person"], ["person.id"], name=op.f("fk_closure_approved_by_person_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_person"], ["person.id"], name=op.f("fk_closure_proposed_by_person_person")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_closure_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("objections_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beacon_not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announcement", sa.Text(), nullable=False),
        sa.Column("announcement_hash", sa.String(length=64), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("office_key_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("peaks", sa.Text(), nullable=False),
        sa.Column("latest_minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checkpointed", sa.Integer(), nullable=False),
        sa.Column("frozen_leaves", sa.Integer(), nullable=True),
        sa.Column("frozen_root", sa.String(length=64), nullable=False),
        sa.Column("alarmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("outcome_hash", sa.String(length=64), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("event_hash", sa.String(length=64), nullable=False),
        sa.Column("handed_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(stage = 'drawn') = (outcome_hash <> '')", name=op.f("ck_round_drawn_has_outcome")),
        sa.CheckConstraint("objections_until < beacon_not_before", name=op.f("ck_round_random_value_after_freeze")),
        sa.CheckConstraint(
            "opens_at < closes_at AND closes_at < objections_until", name=op.f("ck_round_times_in_order")
        ),
        sa.ForeignKeyConstraint(["office_key_id"], ["office_key.id"], name=op.f("fk_round_office_key_id_office_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.create_index("ix_round_line_service_day", ["line", "service", "day"], unique=False)
        batch_op.create_index("ix_round_stage", ["stage"], unique=False)

    op.create_table(
        "beacon_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("entered_by_person", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(entered_by_person IS NULL) = (source NOT LIKE 'draw:%')", name=op.f("ck_beacon_value_draws_are_entered")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_person"], ["person.id"], name=op.f("fk_beacon_value_entered_by_person_person")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_beacon_value_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beacon_value")),
    )
    with op.batch_alter_table("beacon_value", schema=None) as batch_op:
        batch_op.create_index("ix_beacon_value_round_id", ["round_id"], unique=False)

    op.create_table(
        "checkpoint",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_checkpoint_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "number", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("ranking_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_by_person", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_person", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_person IS NULL)", name=op.f("ck_correction_approval_whole")
        ),
        sa.CheckConstraint("approved_by_person <> proposed_by_person", name=op.f("ck_correction_two_persons")),
        sa.ForeignKeyConstraint(
            ["approved_by_person"], ["person.id"], name=op.f("fk_correction_approved_by_person_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_correction_person_id_person")),
        sa.ForeignKeyConstraint(
            ["proposed_by_person"], ["person.id"], name=op.f("fk_correction_proposed_by_person_person")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_correction_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index("ix_correction_round_id", ["round_id"], unique=False)

    op.create_table(
        "leaf",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("pid", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_leaf_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", "seq", name=op.f("pk_leaf")),
    )
    with op.batch_alter_table("leaf", schema=None) as batch_op:
        batch_op.create_index("ix_leaf_round_id_pid", ["round_id", "pid"], unique=False)
        batch_op.create_index("ix_leaf_round_id_leaf", ["round_id", "leaf"], unique=False)

    op.create_table(
        "record_event",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("pid", sa.String(length=32), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_record_event_round_id_round")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_record_event_slot_id_slot")),
        sa.PrimaryKeyConstraint("round_id", "n", name=op.f("pk_record_event")),
    )
    with op.batch_alter_table("record_event", schema=None) as batch_op:
        batch_op.create_index("ix_record_event_round_id_pid", ["round_id", "pid"], unique=False)

    op.create_table(
        "round_outcome",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Text(), nullable=False),
        sa.Column("sample", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_outcome_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_round_outcome")),
    )
    op.create_table(
        "round_slot",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_slot_round_id_round")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_round_slot_slot_id_slot")),
        sa.PrimaryKeyConstraint("slot_id", name=op.f("pk_round_slot")),
    )
    with op.batch_alter_table("round_slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_slot_round_id"), ["round_id"], unique=False)

    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=10), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("carry_on", sa.Boolean(), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("is_make_up", sa.Boolean(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'live') = (ended_at IS NULL)", name=op.f("ck_request_end_whole")),
        sa.CheckConstraint("channel = 'internet' OR reason <> ''", name=op.f("ck_request_counter_has_reason")),
        sa.CheckConstraint("notice_hours >= 0", name=op.f("ck_request_notice_not_negative")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_request_asked_by_account")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_request_booking_id_booking")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_request_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("person_id", "request_key", name=op.f("uq_request_person_id_request_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_request_reference")),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index("ix_request_person_id", ["person_id"], unique=False)
        batch_op.create_index("ix_request_state_service", ["state", "service"], unique=False)
        batch_op.create_index(
            "uq_request_live",
            ["service", "holder"],
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )

    op.create_table(
        "entry",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("pid", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("ranking_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=7), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("queue", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("passed_because", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_entry_booking_id_booking")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_entry_person_id_person")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_entry_request_id_request")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_entry_round_id_round")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_entry_slot_id_slot")),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_entry")),
        sa.UniqueConstraint("round_id", "pid", name=op.f("uq_entry_round_id_pid")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_booking_id", ["booking_id"], unique=False)
        batch_op.create_index("ix_entry_request_id", ["request_id"], unique=False)
        batch_op.create_index(
            "ix_entry_round_id_standing", ["round_id", "standing", "lane", "ranking_time"], unique=False
        )
        batch_op.create_index("ix_entry_slot_id", ["slot_id"], unique=False)

    op.create_table(
        "request_wish",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(slot_id IS NULL) <> (site_id IS NULL)", name=op.f("ck_request_wish_slot_or_site")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_request_wish_request_id_request")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_request_wish_site_id_site")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_request_wish_slot_id_slot")),
        sa.PrimaryKeyConstraint("request_id", "place", name=op.f("pk_request_wish")),
        sa.UniqueConstraint("request_id", "site_id", name=op.f("uq_request_wish_request_id_site_id")),
        sa.UniqueConstraint("request_id", "slot_id", name=op.f("uq_request_wish_request_id_slot_id")),
    )
    # Not as a batch: that would copy the table and lose its triggers on SQLite.
    op.add_column("slot", sa.Column("requests_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("slot", "requests_until")

    op.drop_table("request_wish")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_slot_id")
        batch_op.drop_index("ix_entry_round_id_standing")
        batch_op.drop_index("ix_entry_request_id")
        batch_op.drop_index("ix_entry_booking_id")

    op.drop_table("entry")
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_request_live", sqlite_where=sa.text("state = 'live'"), postgresql_where=sa.text("state = 'live'")
        )
        batch_op.drop_index("ix_request_state_service")
        batch_op.drop_index("ix_request_person_id")

    op.drop_table("request")
    with op.batch_alter_table("round_slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_slot_round_id"))

    op.drop_table("round_slot")
    op.drop_table("round_outcome")
    with op.batch_alter_table("record_event", schema=None) as batch_op:
        batch_op.drop_index("ix_record_event_round_id_pid")

    op.drop_table("record_event")
    with op.batch_alter_table("leaf", schema=None) as batch_op:
        batch_op.drop_index("ix_leaf_round_id_leaf")
        batch_op.drop_index("ix_leaf_round_id_pid")

    op.drop_table("leaf")
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.drop_index("ix_correction_round_id")

    op.drop_table("correction")
    op.drop_table("checkpoint")
    with op.batch_alter_table("beacon_value", schema=None) as batch_op:
        batch_op.drop_index("ix_beacon_value_round_id")

    op.drop_table("beacon_value")
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.drop_index("ix_round_stage")
        batch_op.drop_index("ix_round_line_service_day")

    op.drop_table("round")
    op.drop_table("closure")
    op.drop_table("office_key")
