"""Visits: arrival, call, result. A booking whose holder came and went untested becomes absent."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('waiting', 'called', 'in_test')")
CALLED = sa.text("state = 'called'")
UNSETTLED = sa.text("state IN ('passed', 'failed') AND settled_at IS NULL")
# guard name, table, event, condition ("" = always); OLD and NEW as in both dialects, {differ} is put in below
GUARDS = (
    ("kept_visit", "visit", "DELETE", ""),
    (
        "visit_identity",
        "visit",
        "UPDATE",
        "{site_id} OR {day} OR {number} OR {service} OR {holder} OR {kind} OR {booking_id} OR {first_visit_id}"
        " OR {window_starts_at} OR {window_ends_at} OR {on_time} OR {arrived_at} OR {recorded_by}",
    ),
    (
        "visit_step",
        "visit",
        "UPDATE",
        "{state} AND NOT ((OLD.state = 'waiting' AND NEW.state IN ('called', 'left'))"
        " OR (OLD.state = 'called' AND NEW.state IN ('waiting', 'in_test', 'left'))"
        " OR (OLD.state = 'in_test' AND NEW.state IN ('passed', 'failed', 'waiting'))"
        " OR (OLD.state IN ('passed', 'failed') AND NEW.state = 'in_test'))",
    ),
    ("settled_visit", "visit", "UPDATE", "OLD.settled_at IS NOT NULL"),
    ("visit_day_counts_on", "visit_day", "UPDATE", "{site_id} OR {day} OR NEW.last_number <> OLD.last_number + 1"),
    ("kept_visit_day", "visit_day", "DELETE", ""),
)
STEP = "{state} AND NOT (OLD.state = 'confirmed' OR (OLD.state = 'attended' AND NEW.state IN (%s)))"
STEP_BEFORE = ("booking_step", "booking", "UPDATE", STEP % "'passed', 'failed', 'cancelled_by_office'")
STEP_AFTER = ("booking_step", "booking", "UPDATE", STEP % "'passed', 'failed', 'absent', 'cancelled_by_office'")
Guard = tuple[str, str, str, str]


class Differing(dict[str, str]):
    """Fills `{column}` with "the column changes", in the words of the dialect."""

    def __missing__(self, column: str) -> str:
        words = "IS DISTINCT FROM" if _is_postgresql() else "IS NOT"
        return f"OLD.{column} {words} NEW.{column}"


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _put_up(*guards: Guard) -> None:
    """Create the guards in the words of the database; PostgreSQL has the function from 0002."""
    for name, table, event, condition in guards:
        words = condition.format_map(Differing())
        if _is_postgresql():
            when = f"WHEN ({words}) " if words else ""
            act = f"FOR EACH ROW {when}EXECUTE FUNCTION refuse_change('{name}')"
        else:
            when = f"WHEN {words} " if words else ""
            act = f"{when}BEGIN SELECT RAISE(ABORT, '{name}'); END"
        op.get_bind().exec_driver_sql(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {act}")


def _drop(*guards: Guard) -> None:
    for name, table, _, _ in guards:
        op.execute(f"DROP TRIGGER {name} ON {table}" if _is_postgresql() else f"DROP TRIGGER {name}")


def upgrade() -> None:
    op.create_table(
        "visit_day",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_number >= 0", name=op.f("ck_visit_day_last_number_not_negative")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_visit_day_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", "day", name=op.f("pk_visit_day")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("first_visit_id", sa.Integer(), nullable=True),
        sa.Column("window_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("on_time", sa.Boolean(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("missed_calls", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("post", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=7), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_visit_number_positive")),
        sa.CheckConstraint(
            "(kind = 'reinspection') = (first_visit_id IS NOT NULL)", name=op.f("ck_visit_case_known")
        ),
        sa.CheckConstraint(
            "kind = 'reinspection' OR (kind = 'booked') = (booking_id IS NOT NULL)",
            name=op.f("ck_visit_booking_known"),
        ),
        sa.CheckConstraint(
            "(booking_id IS NULL) = (window_starts_at IS NULL) AND (booking_id IS NULL) = (window_ends_at IS NULL)"
            " AND (booking_id IS NOT NULL OR NOT on_time)",
            name=op.f("ck_visit_window_whole"),
        ),
        sa.CheckConstraint("window_starts_at < window_ends_at", name=op.f("ck_visit_window_not_empty")),
        sa.CheckConstraint(
            "arrived_at <= queued_at AND queued_at <= called_at AND called_at <= started_at"
            " AND arrived_at <= ended_at AND started_at <= ended_at AND ended_at <= settled_at",
            name=op.f("ck_visit_times_in_order"),
        ),
        sa.CheckConstraint(
            "missed_calls >= 0 AND (missed_calls > 0 OR queued_at = arrived_at)", name=op.f("ck_visit_place_in_queue")
        ),
        sa.CheckConstraint(
            "(called_at IS NULL) = (post = '') AND (started_at IS NULL OR called_at IS NOT NULL)",
            name=op.f("ck_visit_call_whole"),
        ),
        sa.CheckConstraint(
            "(state <> 'waiting' OR called_at IS NULL) AND (state <> 'called' OR called_at IS NOT NULL)"
            " AND (state IN ('waiting', 'called', 'left')) = (started_at IS NULL)"
            " AND (state IN ('passed', 'failed', 'left')) = (ended_at IS NOT NULL)",
            name=op.f("ck_visit_state_whole"),
        ),
        sa.CheckConstraint(
            "settled_at IS NULL OR state IN ('passed', 'failed')", name=op.f("ck_visit_result_settled")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_visit_booking_id_booking")),
        sa.ForeignKeyConstraint(["first_visit_id"], ["visit.id"], name=op.f("fk_visit_first_visit_id_visit")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_visit_recorded_by_account")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_visit_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_visit_booking_id")),
        sa.UniqueConstraint("site_id", "day", "number", name=op.f("uq_visit_site_id_day_number")),
    )
    _index_visits()
    _put_up(*GUARDS)
    _drop(STEP_BEFORE)
    _put_up(STEP_AFTER)


def _index_visits() -> None:
    op.create_index("uq_visit_open", "visit", ["holder"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(
        "uq_visit_called",
        "visit",
        ["site_id", "day", "post"],
        unique=True,
        sqlite_where=CALLED,
        postgresql_where=CALLED,
    )
    op.create_index("ix_visit_unsettled", "visit", ["ended_at"], sqlite_where=UNSETTLED, postgresql_where=UNSETTLED)
    op.create_index("ix_visit_first_visit_id", "visit", ["first_visit_id"])
    op.create_index("ix_visit_holder", "visit", ["holder"])


def downgrade() -> None:
    _drop(STEP_AFTER)
    _put_up(STEP_BEFORE)
    op.drop_table("visit")
    op.drop_table("visit_day")
