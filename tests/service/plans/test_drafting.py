"""Drafts: many days at once, all or none; changed only by who read the latest version; every step in the log."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from booking.audit.models import AuditEntry
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, InvalidStateError, NotAllowedError, StaleError
from booking.kernel.ids import SiteId
from booking.plans.models import Plan, PlanKind, PlanState
from booking.plans.rules.pattern import PlannedDay, PlannedLine
from booking.plans.service.checks import ConflictingPlanError
from booking.plans.service.drafting import Content, change_draft, discard, draft_make_up, draft_plans
from tests import factories
from tests.service.plans.desk import DAY, MORNING, NOON, NOW, PUBLISH_AT, PUBLISH_BY, open_desk


def acts(sessions: Sessions, plan_id: int) -> list[str]:
    with reading(sessions) as session:
        query = select(AuditEntry.act).where(AuditEntry.object_kind == "plan", AuditEntry.object_id == str(plan_id))
        return list(session.scalars(query.order_by(AuditEntry.id)))


def plans_stored(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(Plan)) or 0


def test_a_draft_knows_when_it_is_to_be_published(sessions: Sessions) -> None:
    desk = open_desk(sessions)

    plan = desk.shown(desk.drafted())

    assert (plan.state, plan.version, plan.places) == (PlanState.DRAFT, 1, 65)
    assert (plan.publish_at, plan.publish_by) == (PUBLISH_AT, PUBLISH_BY)
    assert plan.planned == PlannedDay(DAY, (MORNING, NOON))
    assert acts(sessions, plan.id) == ["plan drafted"]


def test_many_days_are_drafted_all_or_none(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    saturday = date(2026, 12, 12)

    desk.drafted(DAY, DAY + timedelta(1))
    with pytest.raises(ConflictingPlanError) as refused:
        desk.drafted(DAY + timedelta(2), saturday)

    assert [(conflict.day, conflict.code) for conflict in refused.value.conflicts] == [(saturday, "closed-day")]
    assert plans_stored(sessions) == 2


def test_a_second_plan_for_the_day_is_refused_and_names_the_first(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    first = desk.drafted()

    with pytest.raises(ConflictingPlanError) as refused:
        desk.drafted()

    assert refused.value.conflicts[0].facts == {"plan": first}


def test_the_daily_maximum_counts_all_services_of_the_site(sessions: Sessions) -> None:
    desk = open_desk(sessions, daily_maximum=100)
    desk.drafted()

    road = [PlannedDay(DAY, (replace(NOON, ordinary=36),))]
    with pytest.raises(ConflictingPlanError) as refused, unit_of_work(sessions) as session:
        draft_plans(session, desk.site_id, "road", road, actor=desk.planner, now=NOW)

    assert refused.value.conflicts[0].facts == {"places": 101, "maximum": 100}


def test_an_operator_plans_only_the_own_site(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    with unit_of_work(sessions) as session:
        elsewhere = factories.account(session, Role.EXAM_SITE, site_id=SiteId(desk.site_id + 1))

    with pytest.raises(NotAllowedError), unit_of_work(sessions) as session:
        draft_plans(session, desk.site_id, "subject_2", [PlannedDay(DAY, (NOON,))], actor=elsewhere, now=NOW)


def test_a_change_raises_the_version_and_logs_before_and_after(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.drafted()

    with unit_of_work(sessions) as session:
        change_draft(session, plan_id, Content((NOON,)), version=1, actor=desk.planner, now=NOW)

    assert (desk.shown(plan_id).version, desk.shown(plan_id).planned.lines) == (2, (NOON,))
    with reading(sessions) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "plan changed")).one()
    assert entry.before["lines"] == ["08:30-09:30 * 40+5", "09:30-10:30 * 20+0"]
    assert entry.after["lines"] == ["09:30-10:30 * 20+0"]


def test_a_change_of_what_somebody_else_changed_first_is_refused(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.drafted()
    with unit_of_work(sessions) as session:
        change_draft(session, plan_id, Content((NOON,)), version=1, actor=desk.planner, now=NOW)

    with pytest.raises(StaleError), unit_of_work(sessions) as session:
        change_draft(session, plan_id, Content((MORNING,)), version=1, actor=desk.planner, now=NOW)

    assert desk.shown(plan_id).planned.lines == (NOON,)


def test_a_submitted_plan_is_not_changed(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.submitted()

    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        change_draft(session, plan_id, Content((NOON,)), version=1, actor=desk.planner, now=NOW)


def test_a_change_that_conflicts_is_refused(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.drafted()
    overlapping = (MORNING, PlannedLine(time(9), time(10), ordinary=1))

    with pytest.raises(ConflictingPlanError), unit_of_work(sessions) as session:
        change_draft(session, plan_id, Content(overlapping), version=1, actor=desk.planner, now=NOW)


def test_a_discarded_plan_makes_room_for_another(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.approved()

    with unit_of_work(sessions) as session:
        discard(session, plan_id, actor=desk.planner, now=NOW)

    assert desk.shown(plan_id).state is PlanState.DISCARDED
    assert desk.shown(desk.drafted()).state is PlanState.DRAFT
    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        discard(session, plan_id, actor=desk.planner, now=NOW)


def test_a_make_up_plan_stands_beside_the_regular_one_and_needs_a_reason(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    desk.approved()
    late = PlannedDay(DAY, (PlannedLine(time(16), time(17), ordinary=10),))
    after_the_limit = PUBLISH_BY + timedelta(days=1)

    with unit_of_work(sessions) as session:
        plan_id = draft_make_up(
            session, desk.site_id, "subject_2", late, reason="台风改期", actor=desk.planner, now=after_the_limit
        )
    with pytest.raises(InvalidInputError), unit_of_work(sessions) as session:
        draft_make_up(session, desk.site_id, "subject_2", late, reason=" ", actor=desk.planner, now=NOW)

    plan = desk.shown(plan_id)
    assert (plan.kind, plan.exemption, plan.publish_at) == (PlanKind.MAKE_UP, "台风改期", after_the_limit)
