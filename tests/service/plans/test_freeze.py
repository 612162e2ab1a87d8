"""What is published is frozen by the database itself, column by column, whoever asks it to change."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from booking.kernel.db import Base, Sessions, constraint_name, unit_of_work
from booking.plans.jobs import publish_due_plans
from booking.plans.models import Plan, PlanLine
from booking.slots.models import Method, Slot
from tests.service.plans.desk import PUBLISH_AT, open_desk

OTHER = {
    "line": "'x'", "service": "'x'", "kind": "'make_up'", "method": "'lottery'", "state": "'draft'",
    "exemption": "'x'",
    "content_hash": "'x'", "returned_reason": "'x'", "classes": "'A1'",
    "day": "'2026-12-09'", "site_id": "site_id + 1", "version": "version + 1", "capacity": "capacity + 1",
    "ordinary": "ordinary + 1", "priority": "priority + 1", "is_make_up": "NOT is_make_up",
    "drafted_by_person": "drafted_by_person + 99", "approved_by_person": "approved_by_person + 99",
    "plan_id": "plan_id + 1", "slot_id": "NULL",
}  # fmt: skip
INSTANT = "'2026-12-24 00:00:00'"
# A slot may only be withdrawn; the guards of that are tested with the withdrawal.
FREE = {
    "slot": {"id", "state", "withdrawn_at", "withdrawn_reason", "withdrawn_reason_en"},
    "plan": {"id"},
    "plan_line": {"id"},
}


def change(sessions: Sessions, table: str, column: str) -> int:
    with unit_of_work(sessions) as session:
        statement = text(f"UPDATE {table} SET {column} = {OTHER.get(column, INSTANT)}")
        return session.connection().execute(statement).rowcount


@pytest.mark.parametrize("model", [Slot, Plan, PlanLine])
def test_no_frozen_column_can_be_changed(sessions: Sessions, model: type[Base]) -> None:
    desk = open_desk(sessions)
    desk.approved()
    publish_due_plans(sessions, PUBLISH_AT)
    table = model.__tablename__

    for column in (column.name for column in model.__table__.columns if column.name not in FREE[table]):
        with pytest.raises(IntegrityError) as refused:
            change(sessions, table, column)
        assert constraint_name(refused.value) == f"frozen_{table}", column


@pytest.mark.parametrize(
    ("table", "column"), [("plan", "exemption"), ("plan_line", "ordinary"), ("plan_line", "ends_at")]
)
def test_a_draft_can_be_changed(sessions: Sessions, table: str, column: str) -> None:
    """Control: the same statement, while nothing is published."""
    open_desk(sessions).drafted()

    assert change(sessions, table, column) > 0


@pytest.mark.parametrize("table", ["slot", "plan", "plan_line", "quota", "release"])
def test_nothing_published_can_be_deleted(sessions: Sessions, table: str) -> None:
    desk = open_desk(sessions, method=Method.FIRST_COME)
    desk.approved()
    publish_due_plans(sessions, PUBLISH_AT)

    with pytest.raises(IntegrityError), unit_of_work(sessions) as session:
        session.execute(text(f"DELETE FROM {table}"))


def test_a_line_cannot_be_added_to_a_published_plan(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.approved()
    publish_due_plans(sessions, PUBLISH_AT)
    line = desk.shown(plan_id).lines[0]

    with pytest.raises(IntegrityError) as refused, unit_of_work(sessions) as session:
        session.add(PlanLine(plan_id=plan_id, starts_at=line.starts_at, ends_at=line.ends_at, ordinary=1))

    assert constraint_name(refused.value) == "frozen_plan_line"
