"""The board as a month, a week and a day; copying a week from it; a pattern with its exceptions."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from booking.kernel.db import Sessions, reading, unit_of_work
from booking.plans.jobs import publish_due_plans
from booking.plans.models import PlanState
from booking.plans.queries.board import plans_between
from booking.slots.models import Method
from tests import factories
from tests.service.plans.desk import DAY, PUBLISH_AT, Desk, open_desk
from tests.web.conftest import Visitor
from tests.web.plans.test_planning import SESSION

MONDAY = DAY - timedelta(DAY.weekday())
DAY_PAGE = f"/desk/plans/days/{DAY}"


@pytest.fixture
def desk(sessions: Sessions) -> Desk:
    return open_desk(sessions, method=Method.FIRST_COME)


@pytest.fixture
def planner(desk: Desk, visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(actor=desk.planner)


def planned(sessions: Sessions) -> list[tuple[str, PlanState]]:
    with reading(sessions) as session:
        found = plans_between(session, MONDAY, MONDAY + timedelta(60))
    return [(f"{plan.day:%m-%d}", plan.state) for plan in found]


def test_the_month_leads_to_the_day_and_the_day_to_its_plans(
    desk: Desk, planner: Visitor, sessions: Sessions
) -> None:
    plan_id = desk.approved()
    publish_due_plans(sessions, PUBLISH_AT)
    with unit_of_work(sessions) as session:
        factories.day_off(session, DAY + timedelta(1))

    month = planner.get(f"/desk/plans?month=2026-12&site={desk.site_id}").text
    day = planner.get(f"{DAY_PAGE}?site={desk.site_id}").text

    assert f"{DAY_PAGE}?site={desk.site_id}" in month
    for words in ("1 published", "0 of 65 booked", "65 free", "测试假日"):
        assert words in month
    assert f"/desk/plans/{plan_id}" in day
    assert "测试假日" in planner.get(f"/desk/plans/days/{DAY + timedelta(1)}").text


@pytest.mark.parametrize(
    "query", ["month=2026-13", "month=x", "month=9999-12", "month=2000-01", "month=2026-01&site=9"]
)
def test_the_month_passes_over_what_makes_no_sense_and_shows_the_past(planner: Visitor, query: str) -> None:
    assert planner.get(f"/desk/plans?{query}").status_code == 200


def test_a_day_that_is_none_is_not_found(planner: Visitor) -> None:
    assert planner.get("/desk/plans/days/tomorrow").status_code == 404


def test_all_drafts_of_a_day_are_submitted_from_its_page(desk: Desk, planner: Visitor, sessions: Sessions) -> None:
    plan_id = desk.drafted(DAY, DAY + timedelta(1))

    answer = planner.submit("/desk/plans/submit-all", {"plan": str(plan_id)}, on=DAY_PAGE)

    assert answer.location == DAY_PAGE
    assert [state for _, state in planned(sessions)] == [PlanState.SUBMITTED, PlanState.DRAFT]


def test_a_week_is_copied_after_a_look_and_a_holiday_is_left_out(
    desk: Desk, planner: Visitor, sessions: Sessions
) -> None:
    desk.drafted(DAY, DAY + timedelta(1))
    with unit_of_work(sessions) as session:
        factories.day_off(session, DAY + timedelta(8))
    asked = {
        "site": str(desk.site_id),
        "service": "",
        "source": str(DAY),
        "target": str(DAY + timedelta(9)),
        "weeks": 1,
    }

    preview = planner.submit("/desk/plans/copy", {**asked, "step": "preview"}).text
    seen = preview.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    saved = planner.submit("/desk/plans/copy", {**asked, "step": "save", "seen": seen})
    again = planner.submit("/desk/plans/copy", {**asked, "step": "save", "seen": seen})

    assert "The site is closed that day" in preview
    assert "Save 1 draft" in preview
    assert (saved.status_code, again.status_code) == (303, 422)
    assert planned(sessions) == [(day, PlanState.DRAFT) for day in ("12-08", "12-09", "12-15")]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"target": str(DAY)}, "Choose another week"),
        ({"weeks": "9"}, "Between one week and eight"),
        ({"weeks": "1000000"}, "Between one week and eight"),
        ({"site": "999"}, "Choose a site from the list"),
        ({"service": "tea"}, "Choose a service from the list"),
        ({"source": ""}, "Enter a day of the week"),
        ({"target": "2099-12-25", "weeks": "3"}, "This is not a day"),
    ],
)
def test_a_copy_that_cannot_be_says_why(desk: Desk, planner: Visitor, changes: dict[str, str], sentence: str) -> None:
    asked = {"site": str(desk.site_id), "service": "", "source": str(DAY), "target": "2026-12-17", "weeks": "1"}

    answer = planner.submit("/desk/plans/copy", {**asked, **changes})

    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_pattern_takes_days_with_other_sessions(desk: Desk, planner: Visitor) -> None:
    form = {
        "place": f"{desk.site_id}:subject_2", "first": "2026-12-07", "last": "2026-12-11", "weekdays": ["1", "2"],
        **SESSION, "other": "2026-12-08 14:30-15:30 7\n2026-12-10 08:30-09:30 C1 9+1", "step": "preview",
    }  # fmt: skip

    page = " ".join(planner.submit("/desk/plans/new", form).text.split())
    wrong = planner.submit("/desk/plans/new", {**form, "other": "tomorrow at noon"})

    assert "3 days" in page
    assert [f"<div>{places}</div>" in page for places in (45, 7, 10)] == [True, True, True]
    assert (wrong.status_code, "Line 1: write it like" in wrong.text) == (422, True)
