"""Two editors of one draft: the second sees both versions, chooses field by field, and loses nothing."""

from collections.abc import Callable
from typing import cast

import pytest
from werkzeug.test import TestResponse

from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import PlanId
from booking.plans.models import PlanState
from booking.plans.rules.pattern import PlannedLine
from booking.plans.service.approval import submit
from booking.plans.service.drafting import Content, change_draft
from booking.slots.models import Method
from tests.service.plans.desk import MORNING, NOON, NOW, Desk, open_desk
from tests.web.conftest import Visitor, hidden_fields

NO_ROW = {"starts_2": "", "ends_2": "", "ordinary_2": "", "priority_2": ""}
MINE = {"starts_1": "08:30", "ends_1": "09:30", "ordinary_1": "30", "priority_1": "5"}
AFTERNOON = {"starts_2": "14:30", "ends_2": "15:30", "ordinary_2": "12", "priority_2": ""}
THEIRS = PlannedLine(MORNING.starts, MORNING.ends, "", ordinary=40, priority=9)


@pytest.fixture
def desk(sessions: Sessions) -> Desk:
    return open_desk(sessions, method=Method.FIRST_COME)


@pytest.fixture
def planner(desk: Desk, visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(actor=desk.planner)


def overtaken(desk: Desk, planner: Visitor, lines: tuple[PlannedLine, ...] = (THEIRS, NOON)) -> tuple[str, str]:
    """Let somebody save while the planner types; return the address and the page that tells so."""
    plan_id = desk.drafted()
    address = f"/desk/plans/{plan_id}/edit"
    opened = hidden_fields(planner.get(address), address)
    with unit_of_work(desk.sessions) as session:
        change_draft(session, plan_id, Content(lines), version=1, actor=desk.planner, now=NOW)
    answer = planner.post(address, data={**opened, **MINE, **AFTERNOON})
    assert answer.status_code == 409
    return address, answer.text


def fields_of(page: str, address: str, planner: Visitor) -> dict[str, str]:
    """Return the hidden fields of a page that answered a refused step."""

    class Answer:
        request = type("Request", (), {"path": address})

        @staticmethod
        def get_data(*, as_text: bool) -> str:
            return page

    return hidden_fields(cast("TestResponse", Answer()), address)  # only the words of the page are asked for


def test_the_second_editor_sees_both_versions_and_who_saved(desk: Desk, planner: Visitor) -> None:
    _, page = overtaken(desk, planner)

    assert "somebody else has just changed this plan" in page
    assert "What you typed" in page
    assert "What stands now" in page
    assert "14:30–15:30" in page  # mine, and not theirs
    assert "09:30–10:30" in page  # theirs, which I had taken out
    assert "测试" in page  # whoever saved it, by name
    assert desk.shown(PlanId(1)).planned.lines == (THEIRS, NOON)


def test_a_choice_is_looked_at_once_more_and_then_saved(desk: Desk, planner: Visitor) -> None:
    address, page = overtaken(desk, planner)
    typed = fields_of(page, address, planner)

    chosen = {"take-1-ordinary": "mine", "take-1-priority": "theirs", "step": "merge"}
    merged = planner.post(address, data={**typed, **chosen})
    assert (merged.status_code, desk.shown(PlanId(1)).version) == (200, 2)
    assert "nothing is saved yet" in merged.text
    assert 'value="9"' in merged.text

    rows = {**MINE, "priority_1": "9", **AFTERNOON}
    saved = planner.post(address, data={**fields_of(merged.text, address, planner), **rows})

    assert saved.status_code == 303
    assert desk.shown(PlanId(1)).planned.lines[0] == PlannedLine(MORNING.starts, MORNING.ends, "", 30, 9)


def test_starting_from_theirs_keeps_what_was_typed_in_sight(desk: Desk, planner: Visitor) -> None:
    address, page = overtaken(desk, planner)

    fresh = planner.post(address, data={**fields_of(page, address, planner), "step": "theirs"})

    assert fresh.status_code == 200
    assert 'value="09:30"' in fresh.text
    assert "14:30–15:30" in fresh.text  # as I had typed it


def test_who_is_overtaken_while_choosing_chooses_again(desk: Desk, planner: Visitor) -> None:
    address, page = overtaken(desk, planner)
    with unit_of_work(desk.sessions) as session:
        change_draft(session, desk.shown(PlanId(1)).id, Content((NOON,)), version=2, actor=desk.planner, now=NOW)

    answer = planner.post(address, data={**fields_of(page, address, planner), "step": "merge"})

    assert answer.status_code == 409
    assert desk.shown(PlanId(1)).planned.lines == (NOON,)


def test_a_plan_that_was_submitted_meanwhile_keeps_what_was_typed(desk: Desk, planner: Visitor) -> None:
    plan_id = desk.drafted()
    address = f"/desk/plans/{plan_id}/edit"
    opened = hidden_fields(planner.get(address), address)
    with unit_of_work(desk.sessions) as session:
        submit(session, plan_id, actor=desk.planner, now=NOW)

    answer = planner.post(address, data={**opened, **MINE, **NO_ROW})

    assert answer.status_code == 409
    assert "no draft any more" in answer.text
    assert 'value="30"' in answer.text


def test_a_plan_that_was_changed_since_one_looked_is_not_discarded(desk: Desk, planner: Visitor) -> None:
    plan_id = desk.drafted()
    address = f"/desk/plans/{plan_id}/discard"
    page = planner.get(address)
    with unit_of_work(desk.sessions) as session:
        change_draft(session, plan_id, Content((NOON,)), version=1, actor=desk.planner, now=NOW)

    stale = planner.post(address, data=hidden_fields(page, address))
    discarded = planner.submit(address)

    assert "Discard 65 places" in page.text
    assert (stale.status_code, discarded.status_code) == (409, 303)
    assert desk.shown(plan_id).state is PlanState.DISCARDED
