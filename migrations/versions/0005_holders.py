"""Entries of rounds belong to holders: a person may ask for several vehicles in one round.

On SQLite a new key rebuilds the table. `entry` has no triggers; that of `correction` is put up again, and is down
while the approved ones get their new column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GUARD = "approved_correction"
ENTRY_OF = "SELECT {0} FROM entry WHERE entry.round_id = correction.round_id AND entry.{1} = correction.{1}"
SEVERAL = "SELECT count(*) FROM (SELECT 1 FROM entry GROUP BY round_id, person_id HAVING count(*) > 1) AS several"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _take_guard_down() -> None:
    op.execute(f"DROP TRIGGER {GUARD}" if _is_sqlite() else f"DROP TRIGGER {GUARD} ON correction")


def _put_guard_up() -> None:
    body = (
        f"BEGIN SELECT RAISE(ABORT, '{GUARD}'); END" if _is_sqlite() else f"EXECUTE FUNCTION refuse_change('{GUARD}')"
    )
    op.execute(
        f"CREATE TRIGGER {GUARD} BEFORE UPDATE ON correction FOR EACH ROW WHEN (OLD.approved_at IS NOT NULL) {body}"
    )


def _rekey_entry(column: str) -> None:
    with op.batch_alter_table("entry") as batch:
        batch.alter_column("holder", existing_type=sa.String(length=40), nullable=False)
        batch.drop_constraint(batch.f("pk_entry"), type_="primary")
        batch.create_primary_key(batch.f("pk_entry"), ["round_id", column])


def upgrade() -> None:
    op.add_column("entry", sa.Column("holder", sa.String(length=40), nullable=True))
    op.execute("UPDATE entry SET holder = (SELECT holder FROM request WHERE request.id = entry.request_id)")
    _rekey_entry("holder")

    _take_guard_down()
    op.add_column("correction", sa.Column("holder", sa.String(length=40), nullable=True))
    op.execute(f"UPDATE correction SET holder = ({ENTRY_OF.format('holder', 'person_id')})")
    with op.batch_alter_table("correction") as batch:
        batch.alter_column("holder", existing_type=sa.String(length=40), nullable=False)
        batch.drop_constraint(batch.f("fk_correction_person_id_person"), type_="foreignkey")
        batch.drop_column("person_id")
    _put_guard_up()


def downgrade() -> None:
    if op.get_bind().scalar(sa.text(SEVERAL)):
        raise RuntimeError("a person has several entries in one round: the older schema cannot hold them")

    _take_guard_down()
    op.add_column("correction", sa.Column("person_id", sa.Integer(), nullable=True))
    op.execute(f"UPDATE correction SET person_id = ({ENTRY_OF.format('person_id', 'holder')})")
    with op.batch_alter_table("correction") as batch:
        batch.alter_column("person_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(batch.f("fk_correction_person_id_person"), "person", ["person_id"], ["id"])
        batch.drop_column("holder")
    _put_guard_up()

    _rekey_entry("person_id")
    op.drop_column("entry", "holder")
