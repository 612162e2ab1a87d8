"""Ratings of attended visits."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("answered_by_person", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("grade BETWEEN 1 AND 5", name=op.f("ck_rating_grade_in_range")),
        sa.CheckConstraint("(grade <= 2) = (answer_due_on IS NOT NULL)", name=op.f("ck_rating_bad_ones_are_due")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_person IS NULL) AND (answered_at IS NULL) = (answer = '')",
            name=op.f("ck_rating_answer_whole"),
        ),
        sa.CheckConstraint("answered_by_person <> person_id", name=op.f("ck_rating_not_by_oneself")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_rating_booking_id_booking")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rating_person_id_person")),
        sa.ForeignKeyConstraint(
            ["answered_by_person"], ["person.id"], name=op.f("fk_rating_answered_by_person_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_rating_booking_id")),
    )
    op.create_index(op.f("ix_rating_given_at"), "rating", ["given_at"])


def downgrade() -> None:
    op.drop_table("rating")
