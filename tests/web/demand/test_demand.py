"""The page of demand and the drafts made of it: looked at first, ordinary drafts, never published by this."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, PlanId
from booking.plans.models import Plan, PlanState
from tests import factories
from tests.service.plans.desk import Desk, open_desk
from tests.web.conftest import Visitor

DRAFTS = "/desk/demand/drafts"


@pytest.fixture
def desk(sessions: Sessions) -> Desk:
    """An office where 25 learners wait for subject 2 and the road test, with one site for both."""
    with unit_of_work(sessions) as session:
        for _ in range(25):
            holder = factories.account(session)
            factories.learner(session, PersonId(holder.person_id or 0))
            factories.passed(session, holder, "subject_1")
    return open_desk(sessions)


def plans(sessions: Sessions) -> list[Plan]:
    with reading(sessions) as session:
        return list(session.scalars(select(Plan).order_by(Plan.day, Plan.service)))


def test_the_page_shows_the_numbers_the_arithmetic_and_what_they_mean(
    desk: Desk, visitor: Callable[..., Visitor]
) -> None:
    page = " ".join(visitor(Role.SUPERVISOR).get("/desk/demand").text.split())

    assert "25 waiting + 0 who soon may + 0 expected new + 0 retakers − 0 free places planned already = 25" in page
    assert "The suggestion: 50 places" in page
    assert "Mon 7 Dec 2026" in page
    assert "Learners who may book the subject today" in page
    assert "cannot be told" in page  # nobody was tested yet: there is no pace
    assert "Make drafts of this" not in page


def test_drafts_are_made_together_after_a_look_and_are_ordinary_drafts(
    desk: Desk, visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    planner = visitor(actor=desk.planner)

    preview = planner.get(DRAFTS)
    assert plans(sessions) == []
    saved = planner.submit(DRAFTS)
    found = plans(sessions)

    assert "Save 4 drafts" in preview.text
    assert (saved.status_code, len(found)) == (303, 4)
    assert {plan.state for plan in found} == {PlanState.DRAFT}
    assert [(plan.service, desk.shown(PlanId(plan.id)).places) for plan in found] == [
        ("road", 20), ("subject_2", 20), ("road", 5), ("subject_2", 5),
    ]  # fmt: skip


def test_a_suggestion_that_is_another_one_by_now_is_shown_and_not_drafted(
    desk: Desk, visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    planner = visitor(actor=desk.planner)
    fields = {"from": "2026-12-07", "seen": "0" * 64}

    stale = planner.submit(DRAFTS, fields)
    saved = planner.submit(DRAFTS)
    again = planner.get(DRAFTS)

    assert (stale.status_code, "Not saved: look again" in stale.text) == (422, True)
    assert saved.status_code == 303
    assert "Nothing to propose" in again.text  # what is drafted counts as planned


def test_site_staff_see_and_draft_their_own_site_only(
    desk: Desk, visitor: Callable[..., Visitor], sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        own = factories.site(session, services=("road",))
        operator = factories.account(session, Role.EXAM_SITE, site_id=own)

    answer = visitor(actor=operator).submit(DRAFTS)

    assert answer.status_code == 303
    assert {plan.site_id for plan in plans(sessions)} == {own}


@pytest.mark.parametrize("query", ["from=x", "from=2026-01-01", "from=2099-12-31", "from=2026-12-23"])
def test_an_address_that_makes_no_sense_shows_a_fortnight_that_can_be_planned(
    desk: Desk, visitor: Callable[..., Visitor], query: str
) -> None:
    assert visitor(actor=desk.planner).get(f"/desk/demand?{query}").status_code == 200


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.ADMINISTRATOR])
def test_who_has_nothing_to_do_with_plans_does_not_see_demand(visitor: Callable[..., Visitor], role: Role) -> None:
    assert visitor(role).get("/desk/demand").status_code == 403


def test_an_approver_drafts_nothing(visitor: Callable[..., Visitor]) -> None:
    assert visitor(Role.APPROVER).get(DRAFTS).status_code == 403


def test_however_far_ahead_is_asked_a_fortnight_begins_on_a_monday(
    desk: Desk, visitor: Callable[..., Visitor]
) -> None:
    page = visitor(Role.SUPERVISOR).get("/desk/demand?from=2099-12-25").text

    drafts = re.findall(r"/desk/demand[?]from=(\d{4}-\d\d-\d\d)", page)
    assert drafts
    assert {date.fromisoformat(day).isoweekday() for day in drafts} == {1}
