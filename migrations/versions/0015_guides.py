"""Guides and announcements with their versions."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WAITING = sa.text("approved_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "guide_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("proposed_by_person", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_person", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_guide_version_number_positive")),
        sa.CheckConstraint("approved_by_person <> proposed_by_person", name=op.f("ck_guide_version_two_persons")),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_person IS NULL)", name=op.f("ck_guide_version_approval_whole")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_person"], ["person.id"], name=op.f("fk_guide_version_proposed_by_person_person")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_person"], ["person.id"], name=op.f("fk_guide_version_approved_by_person_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guide_version")),
        sa.UniqueConstraint("name", "number", name=op.f("uq_guide_version_name_number")),
    )
    op.create_index(
        "uq_guide_version_waiting",
        "guide_version",
        ["name"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=80), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=False),
        sa.Column("text_zh", sa.String(length=2000), nullable=False),
        sa.Column("text_en", sa.String(length=2000), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("proposed_by_person", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_person", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_announcement_days_in_order")),
        sa.CheckConstraint("approved_by_person <> proposed_by_person", name=op.f("ck_announcement_two_persons")),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_person IS NULL)", name=op.f("ck_announcement_approval_whole")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR approved_at IS NOT NULL", name=op.f("ck_announcement_ended_after_approval")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_person"], ["person.id"], name=op.f("fk_announcement_proposed_by_person_person")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_person"], ["person.id"], name=op.f("fk_announcement_approved_by_person_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index(op.f("ix_announcement_last_day"), "announcement", ["last_day"])


def downgrade() -> None:
    op.drop_table("announcement")
    op.drop_table("guide_version")
