"""Planning from test lanes: windows, walk-in share and releases are shown first, then saved as drafts."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from booking.kernel.actors import Role
from booking.kernel.db import reading, unit_of_work
from booking.plans.models import Plan, PlanLine, PlanState
from tests import factories
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.yard import Yard, words

MONDAY, SUNDAY = date(2026, 12, 7), date(2026, 12, 13)
WEEK = {"service": "inspection_small", "first": MONDAY.isoformat(), "last": SUNDAY.isoformat(), "step": "preview"}


def address(yard: Yard) -> str:
    return f"/desk/stations/{yard.site_id}/plan"


def plans(yard: Yard) -> list[Plan]:
    with reading(yard.sessions) as session:
        return list(session.scalars(select(Plan).order_by(Plan.day)))


def test_the_lanes_and_hours_give_the_windows_with_what_is_released_when(yard: Yard) -> None:
    page = words(yard.operator.submit(address(yard), WEEK).text)

    # Two lanes of twelve an hour, seven windows a day: 168 vehicles, of which 20 per cent of each window are kept.
    assert "5 days" in page
    assert "7 windows" in page
    assert "08:00–09:00 24" in page
    assert "168 35 133" in page
    assert "77 on Fri 27 Nov 08:00" in page  # 60 per cent, ten days ahead
    assert "56 on Fri 4 Dec 08:00" in page
    assert plans(yard) == []


def test_what_was_looked_at_is_saved_as_drafts(yard: Yard) -> None:
    preview = yard.operator.submit(address(yard), WEEK)

    data = {**hidden_fields(preview, address(yard)), **WEEK, "step": "save"}
    answer = yard.operator.post(address(yard), data=data)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/desk/plans?week=2026-12-07")
    assert {plan.state for plan in plans(yard)} == {PlanState.DRAFT}
    with reading(yard.sessions) as session:
        lines = session.scalars(select(PlanLine.ordinary)).all()
    assert (len(plans(yard)), len(lines), set(lines)) == (5, 35, {24})


def test_what_has_changed_since_the_preview_is_shown_again(yard: Yard) -> None:
    preview = yard.operator.submit(address(yard), WEEK)
    with unit_of_work(yard.sessions) as session:
        factories.station_lane(session, yard.site_id)

    data = {**hidden_fields(preview, address(yard)), **WEEK, "step": "save"}
    answer = yard.operator.post(address(yard), data=data)

    assert answer.status_code == 422
    assert "Not saved: look again" in answer.text
    assert plans(yard) == []


def test_days_that_conflict_are_named_and_left_out(yard: Yard) -> None:
    preview = yard.operator.submit(address(yard), WEEK)
    yard.operator.post(address(yard), data={**hidden_fields(preview, address(yard)), **WEEK, "step": "save"})

    page = yard.operator.submit(address(yard), {**WEEK, "last": "2026-12-14"}).text

    assert "There is a plan for this site, service and day already" in page
    assert "5 days with conflicts are left out" in page
    assert "Save 1 draft" in page


def test_days_without_a_window_are_said_so(yard: Yard) -> None:
    page = yard.operator.submit(address(yard), {**WEEK, "first": "2026-12-12"}).text

    assert "No window on these days" in page


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"first": ""}, "Enter the first day"),
        ({"last": "2026-12-01"}, "The last day is the first or a later one"),
        ({"last": "2027-12-01"}, "The last day is the first or a later one"),
        ({"last": "0001-01-01"}, "This is not a day"),
        ({"service": "subject_2"}, "Choose one of these"),
    ],
)
def test_what_cannot_be_planned_is_refused_at_the_field(yard: Yard, wrong: dict[str, str], message: str) -> None:
    page = yard.operator.submit(address(yard), {**WEEK, **wrong})

    assert page.status_code == 422
    assert message in page.text


def test_another_stations_operator_is_refused_and_a_planner_is_not(
    yard: Yard, visitor: Callable[..., Visitor]
) -> None:
    assert visitor(Role.STATION).get(address(yard)).status_code == 403
    assert visitor(Role.EXAM_SITE).get(address(yard)).status_code == 403
    assert visitor(Role.PLANNER).get(address(yard)).status_code == 200
