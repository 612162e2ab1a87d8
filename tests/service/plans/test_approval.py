"""Four eyes: the second person is another human being, consents to exactly what was read, and only in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from booking.audit.models import AuditEntry
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError, InvalidStateError, SamePersonError, StaleError
from booking.plans.models import Plan, PlanState
from booking.plans.service.approval import approve, return_to_draft, submit
from booking.plans.service.checks import ConflictingPlanError
from booking.plans.service.drafting import Content, change_draft
from booking.sites.models import SiteDay
from tests import factories
from tests.service.plans.desk import DAY, NOON, NOW, PUBLISH_BY, open_desk

LATE = PUBLISH_BY + timedelta(seconds=1)


def test_a_plan_is_submitted_and_approved_by_a_second_person(sessions: Sessions) -> None:
    desk = open_desk(sessions)

    plan = desk.shown(desk.approved())

    assert plan.state is PlanState.APPROVED
    assert plan.approved_by_person == desk.approver.person_id
    assert plan.content_hash == plan.content
    with reading(sessions) as session:
        acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["plan drafted", "plan submitted", "plan approved"]


def test_one_person_with_two_accounts_is_still_one_person(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.submitted()
    with unit_of_work(sessions) as session:
        second_account = factories.account(session, Role.APPROVER, person_id=desk.planner.person_id)

    with pytest.raises(SamePersonError), unit_of_work(sessions) as session:
        approve(session, plan_id, content_hash=desk.shown(plan_id).content, actor=second_account, now=NOW)


def test_whoever_changed_somebody_elses_draft_is_not_its_second_person(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.drafted()
    with unit_of_work(sessions) as session:
        helper = factories.account(session, Role.PLANNER)
        approver = factories.account(session, Role.APPROVER, person_id=helper.person_id)
        change_draft(session, plan_id, Content((NOON,)), version=1, actor=helper, now=NOW)
        submit(session, plan_id, actor=desk.planner, now=NOW)

    with pytest.raises(SamePersonError), unit_of_work(sessions) as session:
        approve(session, plan_id, content_hash=desk.shown(plan_id).content, actor=approver, now=NOW)


def test_the_database_itself_refuses_the_same_person(sessions: Sessions) -> None:
    """Taken without the service's own question: the constraint alone."""
    desk = open_desk(sessions)
    plan_id = desk.submitted()
    alone = {"state": PlanState.APPROVED, "approved_at": NOW, "approved_by_person": desk.planner.person_id}

    with pytest.raises(Exception, match="two_persons"), unit_of_work(sessions) as session:
        session.execute(update(Plan).where(Plan.id == plan_id).values(**alone))


def test_content_changed_since_it_was_read_is_not_approved(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.submitted()
    read = desk.shown(plan_id).content
    with unit_of_work(sessions) as session:
        return_to_draft(session, plan_id, reason="改时间", actor=desk.approver, now=NOW)
        change_draft(session, plan_id, Content((NOON,)), version=1, actor=desk.planner, now=NOW)
    with pytest.raises(StaleError), unit_of_work(sessions) as session:
        approve(session, plan_id, content_hash=read, actor=desk.approver, now=NOW)
    with unit_of_work(sessions) as session:
        submit(session, plan_id, actor=desk.planner, now=NOW)

    with pytest.raises(StaleError), unit_of_work(sessions) as session:
        approve(session, plan_id, content_hash=read, actor=desk.approver, now=NOW)

    assert desk.shown(plan_id).state is PlanState.SUBMITTED


def test_a_plan_is_not_approved_twice_nor_before_it_is_submitted(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.approved()

    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        approve(session, plan_id, content_hash=desk.shown(plan_id).content, actor=desk.approver, now=NOW)
    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        submit(session, plan_id, actor=desk.planner, now=NOW)


def test_a_site_closed_in_the_meantime_stops_the_approval(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.submitted()
    with unit_of_work(sessions) as session:
        session.add(SiteDay(site_id=desk.site_id, day=DAY, is_open=False, reason="检修"))

    with pytest.raises(ConflictingPlanError) as refused, unit_of_work(sessions) as session:
        approve(session, plan_id, content_hash=desk.shown(plan_id).content, actor=desk.approver, now=NOW)

    assert [conflict.code for conflict in refused.value.conflicts] == ["closed-day"]


def test_after_the_limit_nothing_is_approved_without_an_exemption(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.submitted()

    with pytest.raises(ConflictingPlanError) as refused, unit_of_work(sessions) as session:
        approve(session, plan_id, content_hash=desk.shown(plan_id).content, actor=desk.approver, now=LATE)

    assert [conflict.code for conflict in refused.value.conflicts] == ["too-late"]


def test_an_exemption_is_content_that_a_second_person_consents_to(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.drafted()
    with pytest.raises(ConflictingPlanError), unit_of_work(sessions) as session:
        submit(session, plan_id, actor=desk.planner, now=LATE)
    before = desk.shown(plan_id).content

    with unit_of_work(sessions) as session:
        change_draft(session, plan_id, Content((NOON,), "系统故障"), version=1, actor=desk.planner, now=LATE)
        submit(session, plan_id, actor=desk.planner, now=LATE)
    with unit_of_work(sessions) as session:
        approve(session, plan_id, content_hash=desk.shown(plan_id).content, actor=desk.approver, now=LATE)

    assert desk.shown(plan_id).state is PlanState.APPROVED
    assert desk.shown(plan_id).content != before


def test_a_returned_plan_is_a_draft_with_a_reason(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    plan_id = desk.approved()

    with unit_of_work(sessions) as session:
        return_to_draft(session, plan_id, reason="名额有误", actor=desk.approver, now=NOW)
    with pytest.raises(InvalidInputError), unit_of_work(sessions) as session:
        return_to_draft(session, plan_id, reason="", actor=desk.approver, now=NOW)
    with pytest.raises(InvalidStateError), unit_of_work(sessions) as session:
        return_to_draft(session, plan_id, reason="再退", actor=desk.approver, now=NOW)

    plan = desk.shown(plan_id)
    assert (plan.state, plan.returned_reason, plan.approved_by_person) == (PlanState.DRAFT, "名额有误", None)
