"""Copying a week: looked at first, made all at once, made once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import NotAllowedError, StaleError
from booking.kernel.ids import SiteId
from booking.plans.models import Plan
from booking.plans.rules.pattern import PlannedDay
from booking.plans.service.checks import ConflictingPlanError
from booking.plans.service.copying import Copying, CopyPlan, copy_week, preview_copy
from booking.plans.service.drafting import draft_plans
from booking.sites.models import Site
from tests import factories
from tests.service.plans.desk import DAY, MORNING, NOON, NOW, Desk, open_desk

MONDAY = DAY - timedelta(DAY.weekday())
NEXT, AFTER = MONDAY + timedelta(7), MONDAY + timedelta(14)


def looked_at(desk: Desk, copying: Copying) -> CopyPlan:
    with reading(desk.sessions) as session:
        return preview_copy(session, copying, now=NOW)


def copied(desk: Desk, copying: Copying, seen: str) -> int:
    with unit_of_work(desk.sessions) as session:
        return len(copy_week(session, copying, seen=seen, actor=desk.planner, now=NOW))


def days(desk: Desk) -> list[date]:
    with reading(desk.sessions) as session:
        return list(session.scalars(select(Plan.day).order_by(Plan.day)))


def test_a_week_is_copied_as_looked_at_and_a_second_time_nothing_is_doubled(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    desk.drafted(DAY, DAY + timedelta(1))
    copying = Copying(desk.site_id, MONDAY, (NEXT, AFTER))
    plan = looked_at(desk, copying)

    made = copied(desk, copying, plan.digest)
    again = looked_at(desk, copying)

    assert [one.planned.day for one in plan.drafts] == [DAY + timedelta(n) for n in (7, 8, 14, 15)]
    assert all(one.planned.lines == (MORNING, NOON) for one in plan.drafts)
    assert made == 4
    assert {reason.code for one in again.skipped for reason in one.conflicts} == {"plan-exists"}
    assert (again.drafts, copied(desk, copying, again.digest), len(days(desk))) == ((), 0, 6)


def test_each_day_left_out_says_why(sessions: Sessions) -> None:
    desk = open_desk(sessions, daily_maximum=100)
    desk.drafted(DAY, DAY + timedelta(1))
    with unit_of_work(sessions) as session:
        road = [PlannedDay(DAY, (NOON,))]
        draft_plans(session, desk.site_id, "road", road, actor=desk.planner, now=NOW)
        factories.day_off(session, DAY + timedelta(8))
        full = [PlannedDay(DAY + timedelta(14), (MORNING,))]  # 45 places, and 65 more are beyond 100
        draft_plans(session, desk.site_id, "road", full, actor=desk.planner, now=NOW)

    plan = looked_at(desk, Copying(desk.site_id, MONDAY, (MONDAY - timedelta(7), NEXT, AFTER)))

    why = {(one.planned.day, one.service): [reason.code for reason in one.conflicts] for one in plan.skipped}
    assert why[DAY - timedelta(7), "subject_2"] == ["too-late"]
    assert why[DAY + timedelta(8), "subject_2"][0] == "closed-day"
    assert why[DAY + timedelta(14), "subject_2"] == ["over-daily-maximum"]
    assert why[DAY + timedelta(14), "road"] == ["plan-exists"]
    assert [(one.planned.day, one.service) for one in plan.drafts] == [
        (DAY + timedelta(7), "road"),
        (DAY + timedelta(7), "subject_2"),
        (DAY + timedelta(15), "subject_2"),
    ]


def test_the_services_of_one_copy_share_the_daily_maximum_so_that_what_was_shown_can_be_saved(
    sessions: Sessions,
) -> None:
    desk = open_desk(sessions, daily_maximum=85)
    desk.drafted()
    with unit_of_work(sessions) as session:
        draft_plans(session, desk.site_id, "road", [PlannedDay(DAY, (NOON,))], actor=desk.planner, now=NOW)
        session.get_one(Site, desk.site_id).daily_maximum = 80
    copying = Copying(desk.site_id, MONDAY, (NEXT,))
    plan = looked_at(desk, copying)

    assert [one.service for one in plan.drafts] == ["road"]
    assert [reason.code for reason in plan.skipped[0].conflicts] == ["over-daily-maximum"]
    assert copied(desk, copying, plan.digest) == 1


def test_what_comes_to_something_else_by_now_is_not_saved(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    desk.drafted(DAY, DAY + timedelta(1))
    copying = Copying(desk.site_id, MONDAY, (NEXT,))
    plan = looked_at(desk, copying)
    desk.drafted(DAY + timedelta(7))

    with pytest.raises(StaleError):
        copied(desk, copying, plan.digest)

    assert len(days(desk)) == 3


def test_of_two_who_copy_the_same_week_at_once_one_does_it_whole_and_nothing_is_doubled(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    desk.drafted(DAY, DAY + timedelta(1))
    copying = Copying(desk.site_id, MONDAY, (NEXT, AFTER))
    seen, start = looked_at(desk, copying).digest, Barrier(4)

    def one(_: int) -> str:
        start.wait()
        try:
            return str(copied(desk, copying, seen))
        except (StaleError, ConflictingPlanError):
            return "refused"

    with ThreadPoolExecutor(4) as pool:
        answers = Counter(pool.map(one, range(4)))

    assert answers == {"4": 1, "refused": 3}
    assert len(days(desk)) == 6


def test_an_operator_copies_only_the_own_site(sessions: Sessions) -> None:
    desk = open_desk(sessions)
    desk.drafted()
    with unit_of_work(sessions) as session:
        elsewhere = factories.account(session, Role.EXAM_SITE, site_id=SiteId(desk.site_id + 1))
    copying = Copying(desk.site_id, MONDAY, (NEXT,))

    with pytest.raises(NotAllowedError), unit_of_work(sessions) as session:
        copy_week(session, copying, seen=looked_at(desk, copying).digest, actor=elsewhere, now=NOW)
