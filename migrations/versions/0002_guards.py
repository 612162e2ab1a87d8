"""Triggers: the log is append-only, published things are frozen, bookings take only listed steps.

A refused change is an integrity error bearing the guard's name on both databases.
"""

from collections.abc import Iterator

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# guard name, table, event, condition ("" = always); OLD and NEW as in both dialects, {differ} is put in below
GUARDS = (
    ("append_only_audit_entry_update", "audit_entry", "UPDATE", ""),
    ("append_only_audit_entry_delete", "audit_entry", "DELETE", ""),
    ("frozen_slot_delete", "slot", "DELETE", ""),
    ("frozen_quota_delete", "quota", "DELETE", ""),
    ("frozen_quota", "quota", "UPDATE", "{capacity} OR {slot_id} OR {lane}"),
    ("frozen_plan", "plan", "UPDATE", "OLD.state = 'published'"),
    ("frozen_plan_delete", "plan", "DELETE", "OLD.state = 'published'"),
    ("done_release", "release", "UPDATE", "OLD.done_at IS NOT NULL OR {slot_id} OR {lane} OR {amount} OR {due_at}"),
    ("done_release_delete", "release", "DELETE", ""),
    ("kept_booking", "booking", "DELETE", ""),
    ("approved_policy", "policy", "UPDATE", "OLD.approved_at IS NOT NULL"),
    ("approved_policy_delete", "policy", "DELETE", "OLD.approved_at IS NOT NULL"),
    ("approved_withdrawal", "withdrawal", "UPDATE", "OLD.approved_at IS NOT NULL"),
    (
        "frozen_slot",
        "slot",
        "UPDATE",
        "OLD.state = 'withdrawn' OR {line} OR {service} OR {site_id} OR {day} OR {starts_at} OR {ends_at}"
        " OR {classes} OR {capacity} OR {method} OR {publish_by} OR {published_at} OR {exemption} OR {is_make_up}"
        " OR {opens_at} OR {closes_at} OR {cancel_until}",
    ),
    (
        "booking_identity",
        "booking",
        "UPDATE",
        "{reference} OR {line} OR {service} OR {person_id} OR {holder} OR {channel} OR {booked_by} OR {created_at}",
    ),
    (
        "booking_step",
        "booking",
        "UPDATE",
        "{state} AND NOT (OLD.state = 'confirmed'"
        " OR (OLD.state = 'attended' AND NEW.state IN ('passed', 'failed', 'cancelled_by_office')))",
    ),
)
# A line of a plan may change only while its plan is a draft; publication then names the slot made from it.
LINE_EVENTS = (("INSERT", "NEW", ""), ("DELETE", "OLD", ""), ("UPDATE", "OLD", "{starts_at} OR {ends_at} OR {classes}"
               " OR {ordinary} OR {priority} OR {plan_id} OR OLD.slot_id IS NOT NULL"))  # fmt: skip


class Differing(dict[str, str]):
    """Fills `{column}` with "the column changes", in the words of the dialect."""

    def __init__(self, dialect: str) -> None:
        super().__init__()
        self.words = "IS DISTINCT FROM" if dialect == "postgresql" else "IS NOT"

    def __missing__(self, column: str) -> str:
        return f"OLD.{column} {self.words} NEW.{column}"


def sqlite_triggers() -> Iterator[str]:
    """Yield the guards as SQLite triggers."""
    differing = Differing("sqlite")
    for name, table, event, condition in GUARDS:
        when = f"WHEN {condition.format_map(differing)} " if condition else ""
        yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when}BEGIN SELECT RAISE(ABORT, '{name}'); END"
    for event, row, condition in LINE_EVENTS:
        changed = f"({condition.format_map(differing)}) AND " if condition else ""
        yield (
            f"CREATE TRIGGER frozen_plan_line_{event.lower()} BEFORE {event} ON plan_line"
            f" WHEN {changed}NOT EXISTS (SELECT 1 FROM plan WHERE id = {row}.plan_id AND state = 'draft')"
            " BEGIN SELECT RAISE(ABORT, 'frozen_plan_line'); END"
        )


def postgresql_triggers() -> Iterator[str]:
    """Yield the guards as PostgreSQL functions and triggers."""
    differing = Differing("postgresql")
    yield """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
        END $$"""
    yield """CREATE FUNCTION refuse_unless_draft() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            touched integer := CASE WHEN TG_OP = 'INSERT' THEN NEW.plan_id ELSE OLD.plan_id END;
        BEGIN
            IF (SELECT state FROM plan WHERE id = touched) <> 'draft' THEN
                RAISE EXCEPTION 'frozen_plan_line'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen_plan_line';
            END IF;
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END $$"""
    for name, table, event, condition in GUARDS:
        when = f"WHEN ({condition.format_map(differing)}) " if condition else ""
        yield (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when}"
            f"EXECUTE FUNCTION refuse_change('{name}')"
        )
    yield (
        "CREATE TRIGGER append_only_audit_entry_truncate BEFORE TRUNCATE ON audit_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('append_only_audit_entry_truncate')"
    )
    for event, _, condition in LINE_EVENTS:
        when = f"WHEN ({condition.format_map(differing)}) " if condition else ""
        yield (
            f"CREATE TRIGGER frozen_plan_line_{event.lower()} BEFORE {event} ON plan_line FOR EACH ROW {when}"
            "EXECUTE FUNCTION refuse_unless_draft()"
        )


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in postgresql_triggers() if is_postgresql else sqlite_triggers():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    names = [(name, table) for name, table, _, _ in GUARDS]
    names += [(f"frozen_plan_line_{event.lower()}", "plan_line") for event, _, _ in LINE_EVENTS]
    if is_postgresql:
        names.append(("append_only_audit_entry_truncate", "audit_entry"))
    for name, table in names:
        op.execute(f"DROP TRIGGER {name} ON {table}" if is_postgresql else f"DROP TRIGGER {name}")
    if is_postgresql:
        op.execute("DROP FUNCTION refuse_change")
        op.execute("DROP FUNCTION refuse_unless_draft")
