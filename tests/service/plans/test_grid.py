"""The board: what is planned by state, booked and free on each day, in a fixed number of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PlanId, SiteId
from booking.plans.jobs import publish_due_plans
from booking.plans.models import PlanState
from booking.plans.queries.board import plans_between, sites_to_plan, weeks_ahead
from booking.plans.queries.grid import DayShown, days_shown
from booking.sites.models import SiteDay
from booking.slots.models import Lane, Method, Quota
from tests import factories
from tests.service.plans.desk import DAY, NOW, PUBLISH_AT, PUBLISH_BY, Desk, open_desk

MONDAY = DAY - timedelta(DAY.weekday())
SUNDAY = MONDAY + timedelta(6)


@pytest.fixture
def desk(sessions: Sessions) -> Desk:
    return open_desk(sessions, method=Method.FIRST_COME)


@contextmanager
def counting(sessions: Sessions) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(*given: object) -> None:
        sent.append(str(given[2]))

    event.listen(sessions.engine, "before_cursor_execute", note)
    yield sent
    event.remove(sessions.engine, "before_cursor_execute", note)


def week(desk: Desk, *, all_sites: bool = False) -> dict[date, DayShown]:
    with reading(desk.sessions) as session:
        choices = sites_to_plan(session)
        site_id = None if all_sites else desk.site_id
        found = days_shown(session, MONDAY, SUNDAY, choices, site_id=site_id, now=NOW)
    return {one.day: one for one in found}


def test_each_day_shows_its_plans_by_state_and_what_is_booked_and_free(desk: Desk) -> None:
    desk.approved()
    publish_due_plans(desk.sessions, PUBLISH_AT)
    desk.drafted(DAY + timedelta(1))
    slot_id = desk.shown(PlanId(1)).lines[0].slot_id
    with unit_of_work(desk.sessions) as session:
        quota = session.get_one(Quota, (slot_id, Lane.ORDINARY))
        quota.released, quota.taken = 40, 7

    days = week(desk)

    published, drafted = days[DAY].plans, days[DAY + timedelta(1)].plans
    assert (dict(published.counts), published.places, published.taken, published.free) == (
        {PlanState.PUBLISHED: 1}, 65, 7, 58,
    )  # fmt: skip
    assert (dict(drafted.counts), drafted.places, drafted.published) == ({PlanState.DRAFT: 1}, 65, 0)
    assert days[MONDAY].plans.plans == 0


def test_a_day_says_whether_the_site_is_open_and_why_not(desk: Desk) -> None:
    with unit_of_work(desk.sessions) as session:
        factories.day_off(session, DAY)
        session.add(SiteDay(site_id=desk.site_id, day=DAY + timedelta(1), is_open=False, reason="检修"))

    days = week(desk)

    assert (days[DAY].is_open, days[DAY].note) == (False, "测试假日")
    assert (days[DAY + timedelta(1)].is_open, days[DAY + timedelta(1)].note) == (False, "检修")
    assert [days[day].is_open for day in (MONDAY, SUNDAY)] == [True, False]
    assert week(desk, all_sites=True)[DAY + timedelta(1)].note == ""


def test_what_should_be_public_and_is_not_is_counted_as_overdue(desk: Desk) -> None:
    desk.drafted()
    with reading(desk.sessions) as session:
        late = days_shown(
            session, DAY, DAY, sites_to_plan(session), site_id=None, now=PUBLISH_BY + timedelta(minutes=1)
        )

    assert late[0].plans.overdue == 1
    assert week(desk)[DAY].plans.overdue == 0


def test_the_board_takes_the_same_statements_however_much_is_planned(desk: Desk) -> None:
    counts = []
    for days in ((DAY,), tuple(MONDAY + timedelta(n) for n in (0, 2, 3, 4))):
        desk.drafted(*days)
        with counting(desk.sessions) as sent:
            week(desk, all_sites=True)
        counts.append(len([one for one in sent if not one.startswith("PRAGMA")]))

    assert counts[0] == counts[1] <= 7


def test_the_weeks_ahead_are_those_of_the_site_asked_for(desk: Desk) -> None:
    desk.drafted(DAY, DAY + timedelta(7))
    with reading(desk.sessions) as session:
        own = weeks_ahead(session, MONDAY, site_id=desk.site_id)
        others = weeks_ahead(session, MONDAY, site_id=SiteId(desk.site_id + 1))
        plans = plans_between(session, DAY, DAY + timedelta(7), site_id=desk.site_id)

    assert [(one.week, one.drafts, one.places) for one in own] == [(MONDAY, 1, 65), (MONDAY + timedelta(7), 1, 65)]
    assert others == []
    assert [(plan.day, plan.free) for plan in plans] == [(DAY, 65), (DAY + timedelta(7), 65)]
