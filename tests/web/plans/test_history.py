"""Who changed what and when: of a plan, a session and a site, newest first, a page at a time, in words."""

from collections.abc import Callable

import pytest

from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.plans.jobs import publish_due_plans
from booking.plans.queries.history import done_to, of_plan
from booking.plans.service.drafting import Content, change_draft
from booking.slots.models import Method
from tests import factories
from tests.service.plans.desk import MORNING, NOON, NOW, PUBLISH_AT, Desk, open_desk
from tests.web.conftest import Visitor


@pytest.fixture
def desk(sessions: Sessions) -> Desk:
    return open_desk(sessions, method=Method.FIRST_COME)


def test_a_plan_tells_who_changed_what_newest_first(desk: Desk, visitor: Callable[..., Visitor]) -> None:
    plan_id = desk.drafted()
    with unit_of_work(desk.sessions) as session:
        change_draft(session, plan_id, Content((MORNING,)), version=1, actor=desk.planner, now=NOW)

    page = visitor(Role.SUPERVISOR).get(f"/desk/plans/{plan_id}/history").text

    assert page.index("plan changed") < page.index("plan drafted")
    assert "08:30-09:30 40+5, 09:30-10:30 20 → 08:30-09:30 40+5" in " ".join(page.split())
    assert "测试" in page  # whoever did it, by name
    assert "planning clerk" in page


def test_a_long_history_is_read_a_page_at_a_time_and_nothing_is_left_out(desk: Desk) -> None:
    plan_id = desk.drafted()
    for version in range(1, 8):
        with unit_of_work(desk.sessions) as session:
            lines = (MORNING,) if version % 2 else (MORNING, NOON)
            change_draft(session, plan_id, Content(lines), version=version, actor=desk.planner, now=NOW)

    read, before = [], None
    with reading(desk.sessions) as session:
        for _ in range(3):
            page, before = done_to(session, of_plan(session, plan_id), before=before, limit=3)
            read += [done.entry.id for done in page]

    assert len(read) == 8
    assert read == sorted(read, reverse=True)
    assert before is None


def test_a_session_and_a_site_tell_their_own(desk: Desk, visitor: Callable[..., Visitor]) -> None:
    plan_id = desk.approved()
    publish_due_plans(desk.sessions, PUBLISH_AT)
    slot_id = desk.shown(plan_id).lines[0].slot_id
    planner = visitor(actor=desk.planner)
    closed = {"state": "closed", "reason": "检修"}
    planner.submit(f"/desk/sites/{desk.site_id}/days/2026-12-22", closed)

    site = " ".join(planner.get(f"/desk/sites/{desk.site_id}/history").text.split())

    assert "session published" in planner.get(f"/desk/plans/slots/{slot_id}/history").text
    assert "open that day: closed" in site
    assert "检修" in site
    assert f"/desk/plans/slots/{slot_id}/history" in planner.get(f"/desk/plans/{plan_id}").text
    assert f"/desk/sites/{desk.site_id}/history" in planner.get(f"/desk/sites/{desk.site_id}").text


def test_site_staff_read_the_history_of_their_own_plans_only(desk: Desk, visitor: Callable[..., Visitor]) -> None:
    plan_id = desk.drafted()
    with unit_of_work(desk.sessions) as session:
        operator = factories.account(session, Role.EXAM_SITE, site_id=factories.site(session))

    assert visitor(actor=operator).get(f"/desk/plans/{plan_id}/history").status_code == 403
    assert visitor(actor=operator).get("/desk/plans/999/history").status_code == 404
