"""The exam day: check-ins, attempts and closed rosters. What is undone in time takes a booking back a step."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STANDS = sa.text("undone_at IS NULL")
UNSETTLED = sa.text("undone_at IS NULL AND settled_at IS NULL")
# Guard name, table, event, when ("" = always), and what must not be ("" = the event itself). OLD and NEW as in both
# dialects, {differ} is put in below. PostgreSQL asks `what` after it has waited for whoever changes the same row.
GUARDS = (
    ("kept_check_in", "check_in", "DELETE", "", ""),
    (
        "check_in_identity",
        "check_in",
        "UPDATE",
        "{booking_id} OR {slot_id} OR {how} OR {checked_in_at} OR {recorded_at} OR {recorded_by} OR {device_key}"
        " OR OLD.undone_at IS NOT NULL",
        "",
    ),
    (
        "check_in_of_tested",
        "check_in",
        "UPDATE",
        "",
        "EXISTS (SELECT 1 FROM attempt WHERE booking_id = OLD.booking_id AND undone_at IS NULL)",
    ),
    (
        "check_in_of_attended",
        "check_in",
        "INSERT",
        "",
        "NOT EXISTS (SELECT 1 FROM booking WHERE id = NEW.booking_id AND slot_id = NEW.slot_id"
        " AND state = 'attended' AND line = 'exams')"
        " OR EXISTS (SELECT 1 FROM closed_roster WHERE slot_id = NEW.slot_id)",
    ),
    ("kept_attempt", "attempt", "DELETE", "", ""),
    (
        "attempt_identity",
        "attempt",
        "UPDATE",
        "{booking_id} OR {number} OR {outcome} OR {score} OR {recorded_at} OR {recorded_by}"
        " OR OLD.undone_at IS NOT NULL OR OLD.settled_at IS NOT NULL",
        "",
    ),
    (
        "attempt_undone_last",
        "attempt",
        "UPDATE",
        "NEW.undone_at IS NOT NULL AND OLD.number = 1",
        "EXISTS (SELECT 1 FROM attempt WHERE booking_id = OLD.booking_id AND number = 2 AND undone_at IS NULL)",
    ),
    (
        "attempt_of_attended",
        "attempt",
        "INSERT",
        "",
        "NOT EXISTS (SELECT 1 FROM booking WHERE id = NEW.booking_id AND state = 'attended' AND line = 'exams')",
    ),
    (
        "retest_after_failure",
        "attempt",
        "INSERT",
        "NEW.number = 2",
        "NOT EXISTS (SELECT 1 FROM attempt WHERE booking_id = NEW.booking_id AND number = 1 AND outcome = 'failed'"
        " AND undone_at IS NULL AND settled_at IS NULL)",
    ),
    ("kept_closed_roster", "closed_roster", "DELETE", "", ""),
    ("frozen_closed_roster", "closed_roster", "UPDATE", "", ""),
    (
        "closed_roster_counts",
        "closed_roster",
        "INSERT",
        "",
        "EXISTS (SELECT 1 FROM booking WHERE slot_id = NEW.slot_id AND state IN ('confirmed', 'attended'))"
        " OR NEW.passed <> (SELECT count(*) FROM booking WHERE slot_id = NEW.slot_id AND state = 'passed')"
        " OR NEW.failed <> (SELECT count(*) FROM booking WHERE slot_id = NEW.slot_id AND state = 'failed')"
        " OR NEW.absent <> (SELECT count(*) FROM booking WHERE slot_id = NEW.slot_id AND state = 'absent')"
        " OR NEW.cancelled <> (SELECT count(*) FROM booking WHERE slot_id = NEW.slot_id"
        " AND state = 'cancelled_by_office')",
    ),
    (
        "closed_booking",
        "booking",
        "UPDATE",
        "{state} OR {slot_id}",
        "EXISTS (SELECT 1 FROM closed_roster WHERE slot_id IN (OLD.slot_id, NEW.slot_id))",
    ),
    # A booking whose result waits to be settled ends by settling it and in no other way, whoever is quicker.
    (
        "tested_booking",
        "booking",
        "UPDATE",
        "{state}",
        "EXISTS (SELECT 1 FROM attempt WHERE booking_id = OLD.id AND undone_at IS NULL"
        " AND (NEW.state IN ('confirmed', 'absent')"
        " OR (settled_at IS NULL AND (outcome = 'passed' OR number = 2))))"
        " OR (NEW.state = 'confirmed'"
        " AND EXISTS (SELECT 1 FROM check_in WHERE booking_id = OLD.id AND undone_at IS NULL))",
    ),
)
STEP = "{state} AND NOT (OLD.state = 'confirmed' OR (OLD.state = 'attended' AND (%s)))"
ENDS = "NEW.state IN ('passed', 'failed', 'absent', 'cancelled_by_office')"
STEP_BEFORE = ("booking_step", "booking", "UPDATE", STEP % ENDS, "")
STEP_AFTER = (
    "booking_step",
    "booking",
    "UPDATE",
    STEP % f"{ENDS} OR (NEW.state = 'confirmed' AND OLD.line = 'exams')",
    "",
)
Guard = tuple[str, str, str, str, str]


class Differing(dict[str, str]):
    """Fills `{column}` with "the column changes", in the words of the dialect."""

    def __missing__(self, column: str) -> str:
        words = "IS DISTINCT FROM" if _is_postgresql() else "IS NOT"
        return f"OLD.{column} {words} NEW.{column}"


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _put_up(*guards: Guard) -> None:
    """Create the guards in the words of the database; PostgreSQL has `refuse_change` from 0002."""
    for name, table, event, condition, what in guards:
        words = condition.format_map(Differing())
        if _is_postgresql():
            when = f"WHEN ({words}) " if words else ""
            function = f"refuse_change('{name}')"
            if what:
                _make_function(name, what)
                function = f"{name}()"
            act = f"FOR EACH ROW {when}EXECUTE FUNCTION {function}"
        else:
            both = " AND ".join(f"({part})" for part in (words, what) if part)
            act = f"{f'WHEN {both} ' if both else ''}BEGIN SELECT RAISE(ABORT, '{name}'); END"
        op.get_bind().exec_driver_sql(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {act}")


def _make_function(name: str, what: str) -> None:
    op.get_bind().exec_driver_sql(
        f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF {what} THEN
                    RAISE EXCEPTION USING MESSAGE = '{name}', ERRCODE = 'check_violation', CONSTRAINT = '{name}';
                END IF;
                RETURN NEW;
            END $$"""
    )


def _drop(*guards: Guard) -> None:
    for name, table, _, _, what in guards:
        op.execute(f"DROP TRIGGER {name} ON {table}" if _is_postgresql() else f"DROP TRIGGER {name}")
        if what and _is_postgresql():
            op.execute(f"DROP FUNCTION {name}")


def upgrade() -> None:
    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(length=9), nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("device_key", sa.String(length=64), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "checked_in_at <= recorded_at AND recorded_at <= undone_at", name=op.f("ck_check_in_times_in_order")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_check_in_booking_id_booking")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_check_in_recorded_by_account")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_check_in_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("device_key", name=op.f("uq_check_in_device_key")),
    )
    op.create_index(
        "uq_check_in_stands", "check_in", ["booking_id"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
    )
    op.create_index("ix_check_in_slot_id", "check_in", ["slot_id"])
    _create_attempts()
    _create_closed_rosters()
    _put_up(*GUARDS)
    _drop(STEP_BEFORE)
    _put_up(STEP_AFTER)


def _create_attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=6), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number IN (1, 2)", name=op.f("ck_attempt_number_known")),
        sa.CheckConstraint("outcome IN ('passed', 'failed')", name=op.f("ck_attempt_outcome_known")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_attempt_score_in_range")),
        sa.CheckConstraint("settled_at IS NULL OR undone_at IS NULL", name=op.f("ck_attempt_settled_stands")),
        sa.CheckConstraint(
            "recorded_at <= settled_at AND recorded_at <= undone_at", name=op.f("ck_attempt_times_in_order")
        ),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_attempt_booking_id_booking")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_attempt_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(
        "uq_attempt_stands",
        "attempt",
        ["booking_id", "number"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_index(
        "ix_attempt_unsettled", "attempt", ["recorded_at"], sqlite_where=UNSETTLED, postgresql_where=UNSETTLED
    )


def _create_closed_rosters() -> None:
    op.create_table(
        "closed_roster",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "present >= 0 AND absent >= 0 AND passed >= 0 AND failed >= 0 AND cancelled >= 0",
            name=op.f("ck_closed_roster_not_negative"),
        ),
        sa.CheckConstraint("booked = present + absent + cancelled", name=op.f("ck_closed_roster_everybody_counted")),
        sa.CheckConstraint("present = passed + failed", name=op.f("ck_closed_roster_everybody_tested")),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_closed_roster_closed_by_account")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_closed_roster_slot_id_slot")),
        sa.PrimaryKeyConstraint("slot_id", name=op.f("pk_closed_roster")),
    )


def downgrade() -> None:
    _drop(STEP_AFTER)
    _put_up(STEP_BEFORE)
    _drop(*reversed([guard for guard in GUARDS if guard[1] == "booking"]))
    for table in ("closed_roster", "attempt", "check_in"):
        op.drop_table(table)
    if _is_postgresql():
        for name, table, _, _, what in GUARDS:
            if what and table != "booking":
                op.execute(f"DROP FUNCTION {name}")
