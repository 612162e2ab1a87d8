"""The planning desk: from the pattern to the public page, and every refusal on the way."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PlanId, SiteId
from booking.plans.jobs import publish_due_plans
from booking.plans.models import Plan, PlanState, Withdrawal
from booking.plans.queries.plans import PlanShown, plan_shown
from booking.plans.service.drafting import Content, change_draft
from booking.slots.jobs import release_due_seats
from booking.slots.models import Method, Slot, SlotState
from tests import factories
from tests.service.plans.desk import DAY, NOON, NOW, PUBLISH_AT, PUBLISH_BY, Desk, open_desk
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
SESSION = {"starts_1": "08:30", "ends_1": "09:30", "ordinary_1": "40", "priority_1": "5"}
OPENING = datetime(2026, 11, 28, 4, tzinfo=UTC)


@pytest.fixture
def desk(sessions: Sessions) -> Desk:
    return open_desk(sessions, method=Method.FIRST_COME)


@pytest.fixture
def planner(desk: Desk, visitor: Visit) -> Visitor:
    return visitor(actor=desk.planner)


@pytest.fixture
def approver(desk: Desk, visitor: Visit) -> Visitor:
    return visitor(actor=desk.approver)


def pattern(desk: Desk, **changes: Any) -> dict[str, Any]:
    days = {"first": "2026-12-07", "last": "2026-12-13", "weekdays": ["1", "2", "3"]}
    return {"place": f"{desk.site_id}:subject_2", **days, **SESSION, "step": "preview", **changes}


def plans_of(sessions: Sessions) -> list[PlanShown]:
    with reading(sessions) as session:
        return [plan_shown(session, PlanId(number)) for number in session.scalars(select(Plan.id).order_by(Plan.day))]


def seen(page: str) -> str:
    return page.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]


def test_from_the_pattern_to_the_public_page(
    desk: Desk, planner: Visitor, approver: Visitor, stranger: Visitor, sessions: Sessions, clock: FixedClock
) -> None:
    preview = planner.submit("/desk/plans/new", pattern(desk))
    assert preview.status_code == 200
    assert "nothing is saved yet" in preview.text
    assert plans_of(sessions) == []

    saved = planner.submit("/desk/plans/new", pattern(desk, step="save", seen=seen(preview.text)))
    assert (saved.status_code, len(plans_of(sessions))) == (303, 3)

    board = planner.get(saved.location)
    numbers = [plan.id for plan in plans_of(sessions)]
    answer = planner.submit("/desk/plans/submit-all", {"plan": numbers, "week": "2026-12-07"}, on=saved.location)
    assert (board.status_code, answer.status_code) == (200, 303)

    plan = plans_of(sessions)[0]
    approved = approver.submit(f"/desk/plans/{plan.id}/approve", on=f"/desk/plans/{plan.id}")
    assert approved.status_code == 303
    assert "Approved" in approver.get(approved.location).text

    assert "Nothing is published" in stranger.get("/plans").text
    clock.instant = PUBLISH_AT
    publish_due_plans(sessions, clock.now())
    clock.instant = OPENING
    release_due_seats(sessions, clock.now())
    public = stranger.get("/plans?service=subject_2").text
    assert "/exams/slots/" in public
    assert "45" in public


def test_the_preview_names_each_conflict_of_each_day_and_saves_nothing(
    desk: Desk, planner: Visitor, sessions: Sessions
) -> None:
    desk.drafted()

    page = planner.submit("/desk/plans/new", pattern(desk, weekdays=["2", "6"])).text

    assert "There is a plan for this site, service and day already" in page
    assert "The site is closed that day" in page
    assert len(plans_of(sessions)) == 1


def test_days_with_conflicts_are_left_out_of_what_is_saved(desk: Desk, planner: Visitor, sessions: Sessions) -> None:
    desk.drafted()
    preview = planner.submit("/desk/plans/new", pattern(desk))

    planner.submit("/desk/plans/new", pattern(desk, step="save", seen=seen(preview.text)))

    assert [plan.day.day for plan in plans_of(sessions)] == [7, 8, 9]


def test_what_was_not_previewed_is_not_saved(desk: Desk, planner: Visitor, sessions: Sessions) -> None:
    preview = planner.submit("/desk/plans/new", pattern(desk))

    answer = planner.submit("/desk/plans/new", pattern(desk, step="save", seen=seen(preview.text), ordinary_1="41"))

    assert answer.status_code == 422
    assert "look again" in answer.text
    assert plans_of(sessions) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"first": "", "last": ""}, "Enter the first day"),
        ({"last": "2026-12-01"}, "The last day must follow the first"),
        ({"starts_1": ""}, "enter beginning and end"),
        ({"starts_1": "half past"}, "This is not a time"),
        ({"ordinary_1": "many"}, "must be a whole number"),
        ({"classes_1": "C1;C2"}, "Write classes like C1,C2"),
        ({"skipped": "tomorrow"}, "Write days like"),
        ({"first": "9999-12-31", "last": "9999-12-31"}, "This is not a day"),
        ({"extra": "0026-12-01"}, "Write days like"),
        ({"place": "1:unknown"}, "Choose a site and service"),
    ],
)
def test_a_form_with_something_wrong_comes_back_with_its_input(
    desk: Desk, planner: Visitor, changes: dict[str, str], sentence: str
) -> None:
    answer = planner.submit("/desk/plans/new", pattern(desk, priority_1="17", **changes))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="17"' in answer.text


def test_the_drafter_cannot_approve_and_the_page_says_why(desk: Desk, visitor: Visit, sessions: Sessions) -> None:
    plan_id = desk.submitted()
    with unit_of_work(sessions) as session:
        second_account = factories.account(session, Role.APPROVER, person_id=desk.planner.person_id)
    same_person = visitor(actor=second_account)

    answer = same_person.submit(f"/desk/plans/{plan_id}/approve", on=f"/desk/plans/{plan_id}")

    assert answer.status_code == 409
    assert "A second person has to do this step" in answer.text


def test_what_changed_under_the_approvers_eyes_is_not_approved(
    desk: Desk, approver: Visitor, sessions: Sessions
) -> None:
    plan_id = desk.submitted()

    answer = approver.submit(f"/desk/plans/{plan_id}/approve", {"content": "0" * 64}, on=f"/desk/plans/{plan_id}")

    assert answer.status_code == 409
    assert plans_of(sessions)[0].state is PlanState.SUBMITTED


def test_too_late_without_an_exemption_is_refused_with_the_limit(
    desk: Desk, visitor: Visit, clock: FixedClock
) -> None:
    plan_id = desk.submitted()
    clock.instant = PUBLISH_BY + timedelta(minutes=1)
    approver = visitor(actor=desk.approver)

    answer = approver.submit(f"/desk/plans/{plan_id}/approve", on=f"/desk/plans/{plan_id}")

    assert answer.status_code == 422
    assert "Too late to publish" in answer.text


def test_a_plan_is_returned_with_a_reason_that_the_drafter_reads(
    desk: Desk, planner: Visitor, approver: Visitor
) -> None:
    plan_id = desk.submitted()
    page = f"/desk/plans/{plan_id}"

    without = approver.submit(f"{page}/return", {"reason": "  "}, on=page)
    with_reason = approver.submit(f"{page}/return", {"reason": "places are wrong"}, on=page)

    assert (without.status_code, with_reason.status_code) == (422, 303)
    assert "places are wrong" in planner.get(page).text


def test_a_draft_is_changed_and_a_stale_change_shows_what_is_stored(
    desk: Desk, planner: Visitor, sessions: Sessions
) -> None:
    plan_id = desk.drafted()
    page = f"/desk/plans/{plan_id}/edit"
    changed = {**SESSION, "ordinary_1": "30", "starts_2": "", "ends_2": "", "ordinary_2": "", "priority_2": ""}

    assert planner.submit(page, changed).status_code == 303
    with unit_of_work(sessions) as session:
        change_draft(session, plan_id, Content((NOON,)), version=2, actor=desk.planner, now=NOW)
    stale = planner.submit(page, {**changed, "version": "2"})

    assert stale.status_code == 409
    assert "somebody else has just changed this plan" in stale.text
    assert "09:30–10:30" in stale.text


def test_all_submitted_plans_of_a_week_are_approved_at_once_and_refusals_are_named(
    desk: Desk, approver: Visitor, sessions: Sessions
) -> None:
    first, second = desk.submitted(), desk.submitted(DAY + timedelta(1))
    tokens = [f"{first}:{desk.shown(first).content}", f"{second}:{'0' * 64}"]

    answer = approver.submit(
        "/desk/plans/approve-all", {"plan": tokens, "week": "2026-12-07"}, on="/desk/plans?week=2026-12-07"
    )

    page = approver.get(answer.location).text
    assert [plan.state for plan in plans_of(sessions)] == [PlanState.APPROVED, PlanState.SUBMITTED]
    assert f"Plan no. {second}" in page


def test_a_make_up_session_needs_a_reason_and_becomes_a_draft(
    desk: Desk, planner: Visitor, sessions: Sessions
) -> None:
    data = {"place": f"{desk.site_id}:subject_2", "day": DAY.isoformat(), **SESSION}

    without = planner.submit("/desk/plans/make-up", data)
    saved = planner.submit("/desk/plans/make-up", {**data, "reason": "Typhoon"})

    assert (without.status_code, saved.status_code) == (422, 303)
    assert "Typhoon" in planner.get(saved.location).text
    assert plans_of(sessions)[0].exemption == "Typhoon"


def test_a_session_is_withdrawn_by_two_people_and_the_public_reads_why(
    desk: Desk, visitor: Visit, stranger: Visitor, sessions: Sessions, clock: FixedClock
) -> None:
    plan_id = desk.approved()
    clock.instant = PUBLISH_AT
    publish_due_plans(sessions, clock.now())
    planner, approver = visitor(actor=desk.planner), visitor(actor=desk.approver)
    slot_id = desk.shown(plan_id).lines[0].slot_id

    empty = planner.submit(f"/desk/plans/slots/{slot_id}/withdraw", {"reason": ""})
    why = {"reason": "考场停电", "reason_en": "Power cut at the site"}
    planner.submit(f"/desk/plans/slots/{slot_id}/withdraw", why)
    with reading(sessions) as session:
        number = session.scalars(select(Withdrawal.id)).one()
    shown = approver.get(f"/desk/plans/withdrawals/{number}").text
    answer = approver.submit(f"/desk/plans/withdrawals/{number}/approve", on=f"/desk/plans/withdrawals/{number}")

    assert "This hits 0 bookings" in shown
    assert "We are sorry: the office has withdrawn the session of your Subject 2 (field)" in shown
    assert (empty.status_code, answer.status_code) == (422, 303)
    with reading(sessions) as session:
        assert session.get_one(Slot, slot_id).state is SlotState.WITHDRAWN
    public = stranger.get("/plans").text
    assert ("Power cut at the site" in public, "考场停电" in public) == (True, False)


def test_plans_go_out_as_a_file_and_come_in_again(desk: Desk, planner: Visitor, sessions: Sessions) -> None:
    plan_id = desk.drafted()
    exported = planner.get(f"/desk/plans/export.csv?from={DAY}&to={DAY}").data
    planner.submit(f"/desk/plans/{plan_id}/discard")

    saved = planner.submit("/desk/transfers/in/plans", {"file": (BytesIO(exported), "plans.csv")})
    planner.submit(f"{saved.location}/bring-in", on=saved.location)
    again = planner.submit("/desk/transfers/in/plans", {"file": (BytesIO(exported), "plans.csv")})

    assert "Everything is stored" in planner.get(saved.location).text
    assert "There is a plan for this site, service and day already" in planner.get(again.location).text


def test_operators_see_and_plan_their_own_site_only(desk: Desk, visitor: Visit, sessions: Sessions) -> None:
    plan_id = desk.drafted()
    with unit_of_work(sessions) as session:
        elsewhere: SiteId = factories.site(session)
        operator: Actor = factories.account(session, Role.EXAM_SITE, site_id=elsewhere)
    client = visitor(actor=operator)

    assert client.get(f"/desk/plans/{plan_id}").status_code == 403
    assert client.submit(f"/desk/plans/{plan_id}/submit", on="/desk/plans").status_code in (403, 200)
    assert f"/desk/plans/{plan_id}" not in client.get(f"/desk/plans?week={date(2026, 12, 7)}").text
    assert client.submit("/desk/plans/new", pattern(desk)).status_code == 422


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.ADMINISTRATOR])
def test_who_has_nothing_to_do_with_plans_does_not_see_the_board(visitor: Visit, role: Role) -> None:
    assert visitor(role).get("/desk/plans").status_code == 403


@pytest.mark.parametrize("query", ["week=9999-12-31", "week=x&site=y", "week=0001-01-01"])
def test_the_board_passes_over_what_makes_no_sense(planner: Visitor, query: str) -> None:
    assert planner.get(f"/desk/plans?{query}").status_code == 200
    assert planner.get("/desk/plans/export.csv?from=9999-12-31&to=x").status_code == 200


@pytest.mark.parametrize("page", ["/desk/plans/new", "/desk/plans/make-up"])
def test_an_approver_drafts_nothing(approver: Visitor, page: str) -> None:
    assert approver.get(page).status_code == 403
