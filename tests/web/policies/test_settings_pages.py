"""The pages of the office's settings: who sees what, proposing, and the second person."""

from collections.abc import Callable
from datetime import date

import pytest

from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.policies import queries, service
from tests import factories
from tests.web.conftest import Visitor

LEAD = "/desk/settings/plans.lead_days"
TOMORROW = date(2026, 11, 25)
PROPOSAL = {"value": "14", "effective_from": "2026-11-25", "reason": "春节前后"}
Visit = Callable[..., Visitor]


@pytest.fixture
def planner(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session, Role.PLANNER)


@pytest.fixture
def proposal(sessions: Sessions, planner: Actor, clock: FixedClock) -> str:
    """The address of a proposal that waits."""
    with unit_of_work(sessions) as session:
        policy_id = service.propose(
            session,
            "plans.lead_days",
            "14",
            effective_from=TOMORROW,
            reason="春节前后",
            actor=planner,
            now=clock.now(),
        )
    return f"/desk/settings/proposals/{policy_id}"


def lead_days(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return queries.all_values(session, TOMORROW).number("plans.lead_days")


@pytest.mark.parametrize("role", [Role.PLANNER, Role.APPROVER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_the_settings_are_listed_with_value_and_since_when(visitor: Visit, role: Role) -> None:
    page = visitor(role).get("/desk/settings")

    assert page.status_code == 200
    assert "Days before the test by which a plan must be public" in page.text
    assert "10 days" in page.text


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.COUNTER, Role.EXAM_SITE, Role.STATION])
@pytest.mark.parametrize("address", ["/desk/settings", LEAD, "/desk/calendar"])
def test_others_do_not_see_the_settings(visitor: Visit, role: Role, address: str) -> None:
    assert visitor(role).get(address).status_code == 403


def test_a_stranger_is_asked_to_sign_in(stranger: Visitor) -> None:
    assert stranger.get("/desk/settings").status_code == 302


def test_a_setting_nobody_declared_is_not_found(visitor: Visit) -> None:
    assert visitor(Role.PLANNER).get("/desk/settings/plans.colour").status_code == 404


@pytest.mark.parametrize("name", ["plans.lead_days", "plans.publish_hour", "exams.method", "exams.first_day_counts"])
def test_each_kind_of_setting_has_a_page_with_a_form(visitor: Visit, name: str) -> None:
    page = visitor(Role.PLANNER).get(f"/desk/settings/{name}")

    assert page.status_code == 200
    assert 'name="value"' in page.text


def test_who_may_only_look_gets_no_form(visitor: Visit) -> None:
    assert 'name="value"' not in visitor(Role.SUPERVISOR).get(LEAD).text


def test_a_value_is_proposed_by_one_and_approved_by_another(visitor: Visit, sessions: Sessions) -> None:
    sent = visitor(Role.PLANNER).submit(LEAD, PROPOSAL)
    proposed = lead_days(sessions)
    approver = visitor(Role.APPROVER)
    listed = approver.get("/desk/settings").text
    answer = approver.submit("/desk/settings/proposals/1/approve", on="/desk/settings/proposals/1")

    assert (sent.status_code, sent.headers["Location"]) == (303, LEAD)
    assert 'href="/desk/settings/proposals/1"' in listed
    assert answer.status_code == 303
    assert (proposed, lead_days(sessions)) == (10, 14)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"value": "9"}, "not within the bounds"),
        ({"value": ""}, "Enter the new value"),
        ({"effective_from": "2026-11-23"}, "today or a later day"),
        ({"effective_from": "soon"}, "This is not a day"),
        ({"reason": ""}, "Give a reason"),
    ],
)
def test_a_wrong_proposal_comes_back_with_what_was_entered(
    visitor: Visit, sessions: Sessions, wrong: dict[str, str], message: str
) -> None:
    page = visitor(Role.PLANNER).submit(LEAD, {**PROPOSAL, **wrong})

    assert page.status_code == 422
    assert message in page.text
    kept = {**PROPOSAL, **wrong}
    assert all(text in page.text for text in kept.values())
    with reading(sessions) as session:
        assert list(queries.setting_shown(session, "plans.lead_days", TOMORROW).entries) == []


def test_a_choice_must_be_made_and_be_one_of_those_offered(visitor: Visit) -> None:
    planner = visitor(Role.PLANNER)
    choice = {"effective_from": "2026-11-25", "reason": "试行"}

    none = planner.submit("/desk/settings/exams.method", choice)
    unknown = planner.submit("/desk/settings/exams.method", {**choice, "value": "auction"})
    offered = planner.submit("/desk/settings/exams.method", {**choice, "value": "first_come"})

    assert (none.status_code, unknown.status_code, offered.status_code) == (422, 422, 303)
    assert "Choose the new value" in none.text


@pytest.mark.parametrize("role", [Role.APPROVER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_only_the_planning_clerk_proposes(visitor: Visit, role: Role) -> None:
    client = visitor(role)
    assert client.submit(LEAD, PROPOSAL, on="/desk/settings").status_code == 403


@pytest.mark.parametrize("step", ["approve", "decline"])
@pytest.mark.parametrize("role", [Role.PLANNER, Role.SUPERVISOR, Role.ADMINISTRATOR])
def test_only_an_approver_decides(visitor: Visit, proposal: str, role: Role, step: str) -> None:
    client = visitor(role)

    assert "Approve the value" not in client.get(proposal).text
    assert client.submit(f"{proposal}/{step}", {"reason": "不需要"}, on=proposal).status_code == 403


def test_who_proposed_cannot_approve_under_another_account(
    visitor: Visit, sessions: Sessions, planner: Actor, proposal: str
) -> None:
    with unit_of_work(sessions) as session:
        same_person = factories.account(session, Role.APPROVER, person_id=planner.person_id)
    client = visitor(actor=same_person)

    assert "Somebody else has to approve it" in client.get(proposal).text
    assert client.submit(f"{proposal}/approve", on=proposal).status_code == 409
    assert lead_days(sessions) == 10


def test_a_proposal_is_declined_with_a_reason(visitor: Visit, sessions: Sessions, proposal: str) -> None:
    approver = visitor(Role.APPROVER)

    without = approver.submit(f"{proposal}/decline", {"reason": ""}, on=proposal)
    answer = approver.submit(f"{proposal}/decline", {"reason": "先与考场商量"}, on=proposal)

    assert (without.status_code, answer.status_code) == (422, 303)
    assert "Give a reason" in without.text
    assert approver.get(proposal).status_code == 404


def test_a_proposal_shows_what_would_no_longer_fit_together(visitor: Visit, proposal: str) -> None:
    page = visitor(Role.APPROVER).get(proposal)

    assert "Plans would be published later than they must be" in page.text
    assert ("10 days" in page.text, "14 days" in page.text) == (True, True)


def test_a_proposal_whose_day_is_over_offers_no_approval(visitor: Visit, clock: FixedClock, proposal: str) -> None:
    clock.instant = clock.instant.replace(day=26, hour=1)
    approver = visitor(Role.APPROVER)

    page = approver.get(proposal)

    assert "Approve the value" not in page.text
    assert approver.submit(f"{proposal}/approve", on=proposal).status_code == 409


def test_the_pages_are_in_chinese_first(visitor: Visit) -> None:
    planner = visitor(Role.PLANNER)
    planner.delete_cookie("language")

    page = planner.get(LEAD)

    assert '<html lang="zh-Hans-CN">' in page.text
    assert "计划最迟提前几天公布" in page.text
    assert "提出新的取值" in page.text
