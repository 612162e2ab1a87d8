"""Daily and monthly figures, and what notes that a counted day has changed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_slot_day", "slot", ("day",)),
    ("ix_learner_person_id", "learner", ("person_id", "accepted_on", "id")),
    ("ix_exam_result_day", "exam_result", ("day",)),
)
# Days whose figures rest on a row, as a query on NEW (and OLD, where a row goes or moves).
OF_SLOT = "SELECT day FROM slot WHERE id = {row}.slot_id"
OF_BOOKING = "SELECT s.day FROM booking b JOIN slot s ON s.id = b.slot_id WHERE b.id = {row}.booking_id"
OF_ROUND = "SELECT day FROM round WHERE id = {row}.round_id"
# A result changes since when its learner has waited for the later ones.
OF_RESULT = (
    "SELECT {row}.day UNION SELECT day FROM exam_result WHERE learner_id = {row}.learner_id AND day > {row}.day"
)
OF_LEARNER = (
    "SELECT s.day FROM booking b JOIN slot s ON s.id = b.slot_id WHERE b.person_id = {row}.person_id"
    " UNION SELECT day FROM exam_result WHERE learner_id = {row}.id"
)
OWN_DAY = "SELECT {row}.day"
# name, table, event, days of the row, whether what the row was before counts too
TOUCHES = (
    ("figures_of_new_booking", "booking", "INSERT", OF_SLOT, False),
    ("figures_of_booking", "booking", "UPDATE OF slot_id, state, ended_at", OF_SLOT, True),
    ("figures_of_new_slot", "slot", "INSERT", OWN_DAY, False),
    ("figures_of_slot", "slot", "UPDATE OF state", OWN_DAY, False),
    ("figures_of_quota", "quota", "UPDATE OF capacity, blocked", OF_SLOT, False),
    ("figures_of_new_past_booking", "past_booking", "INSERT", OWN_DAY, False),
    ("figures_of_past_booking", "past_booking", "DELETE", OWN_DAY, True),
    ("figures_of_new_result", "exam_result", "INSERT", OF_RESULT, False),
    ("figures_of_result", "exam_result", "UPDATE", OF_RESULT, True),
    ("figures_of_gone_result", "exam_result", "DELETE", OF_RESULT, True),
    ("figures_of_new_learner", "learner", "INSERT", OF_LEARNER, False),
    ("figures_of_learner", "learner", "UPDATE OF licence_class, accepted_on, permit_issued_on", OF_LEARNER, False),
    ("figures_of_new_attempt", "attempt", "INSERT", OF_BOOKING, False),
    ("figures_of_attempt", "attempt", "UPDATE OF outcome, undone_at", OF_BOOKING, False),
    ("figures_of_override", "override", "UPDATE OF state", OF_SLOT, False),
    ("figures_of_round_slot", "round_slot", "INSERT", OF_SLOT, False),
    ("figures_of_new_entry", "entry", "INSERT", OF_ROUND, False),
    ("figures_of_entry", "entry", "UPDATE OF standing, slot_id, booking_id", OF_ROUND, False),
)
FORGET = "DELETE FROM rolled_span WHERE span = 'day' AND starts_on IN ({days});"
Touch = tuple[str, str, str, str, bool]


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _put_up(name: str, table: str, event: str, days: str, of_old: bool) -> None:
    """Create a trigger that strikes out the days of a row; those to come are not there, so that nothing is done."""
    rows = ("OLD", "NEW") if of_old and event.startswith("UPDATE") else ("OLD",) if of_old else ("NEW",)
    act = " ".join(FORGET.format(days=days.format(row=row)) for row in rows)
    run = op.get_bind().exec_driver_sql
    if not _is_postgresql():
        run(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {act} END")
        return
    run(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {act} RETURN NULL; END $$")
    run(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def upgrade() -> None:
    op.create_table(
        "rolled_span",
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("rolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("span", "starts_on", name=op.f("pk_rolled_span")),
    )
    op.create_table(
        "rolled_figure",
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("cut", sa.String(length=5), nullable=False),
        sa.Column("measure", sa.String(length=12), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("licence_class", sa.String(length=2), nullable=False),
        sa.Column("bucket", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "span",
            "cut",
            "measure",
            "starts_on",
            "line",
            "service",
            "site_id",
            "licence_class",
            "bucket",
            name=op.f("pk_rolled_figure"),
        ),
    )
    for name, table, columns in INDEXES:
        op.create_index(name, table, list(columns))
    for touch in TOUCHES:
        _put_up(*touch)


def downgrade() -> None:
    for name, table, *_ in TOUCHES:
        op.execute(f"DROP TRIGGER {name} ON {table}" if _is_postgresql() else f"DROP TRIGGER {name}")
        if _is_postgresql():
            op.execute(f"DROP FUNCTION {name}()")
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
    op.drop_table("rolled_figure")
    op.drop_table("rolled_span")
