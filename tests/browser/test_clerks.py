"""A plan on its way: one clerk drafts it, another approves, the scheduler publishes, everybody sees it."""

from collections.abc import Callable
from datetime import date, datetime, time
from itertools import count

from sqlalchemy import select

from booking.accounts.service import people, staff
from booking.kernel.actors import SYSTEM, Role
from booking.kernel.calendar import at_local
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.identifiers import IdDocument, IdType
from booking.plans.jobs import publish_due_plans
from booking.plans.models import Plan, PlanState
from booking.policies import service as policies
from booking.slots.jobs import release_due_seats
from tests import factories
from tests.browser.conftest import Person
from tests.browser.driving import Hands, Way, every_way

PASSWORD = "windmill-lantern-7"
NUMBERS = count(50)


def hired(sessions: Sessions, login: str, role: Role, now: datetime) -> None:
    with unit_of_work(sessions) as session:
        document = IdDocument(IdType.RESIDENT, factories.resident_id(next(NUMBERS)))
        person_id = people.add_person(
            session,
            name=f"测试{login}",
            document=document,
            phone="",
            born_on=document.born_on or now.date(),
            actor=SYSTEM,
            now=now,
        )
        staff.add_staff_account(session, person_id, role, login, PASSWORD, actor=SYSTEM, now=now)


def signs_in(clerk: Person, login: str) -> None:
    clerk.visit("/sign-in")
    clerk.page.fill("[name=login]", login)
    clerk.page.fill("[name=password]", PASSWORD)
    clerk.submit()
    clerk.page.wait_for_url("**/")


def drafts_a_week(planner: Hands) -> None:
    planner.goes_to("计划管理")
    planner.press("按每周安排新建计划")
    for name, text in (
        ("first", "2026-12-14"),
        ("last", "2026-12-18"),
        ("starts_1", "08:30"),
        ("ends_1", "10:00"),
        ("ordinary_1", "12"),
        ("priority_1", "1"),
    ):
        planner.fill(name, text)
    planner.press("预览")
    planner.person.keeps_a_picture()
    planner.press("保存 5 份草稿")
    planner.person.keeps_a_picture()
    planner.press("提交全部 5 份草稿")
    planner.person.keeps_a_picture()


def state_of_the_plans(sessions: Sessions) -> set[PlanState]:
    with reading(sessions) as session:
        return set(session.scalars(select(Plan.state)))


@every_way
def test_a_plan_is_drafted_approved_published_and_seen(
    somebody: Callable[..., Person], sessions: Sessions, clock: FixedClock, way: Way
) -> None:
    with unit_of_work(sessions) as session:
        policies.seed_calendar(session, [2026], actor=SYSTEM, now=clock.now())
        factories.site(session, services=("subject_2",), daily_maximum=40)
    hired(sessions, "planner", Role.PLANNER, clock.now())
    hired(sessions, "approver", Role.APPROVER, clock.now())

    planner = way(somebody)
    signs_in(planner.person, "planner")
    drafts_a_week(planner)
    assert state_of_the_plans(sessions) == {PlanState.SUBMITTED}

    approver = way(somebody)
    signs_in(approver.person, "approver")
    approver.person.visit("/desk/plans?week=2026-12-14")
    approver.press("批准全部 5 份待审批计划")
    approver.person.keeps_a_picture()
    assert state_of_the_plans(sessions) == {PlanState.APPROVED}

    for day in range(3, 8):  # eleven days before each of the five, at ten o'clock
        clock.instant = at_local(date(2026, 12, day), time(10))
        assert publish_due_plans(sessions, clock.now()) == 1
    assert state_of_the_plans(sessions) == {PlanState.PUBLISHED}
    release_due_seats(sessions, clock.now())

    reader = somebody()
    reader.visit("/plans?service=subject_2&day=2026-12-14")
    reader.reads("2026年12月14日（星期一）")
    reader.reads("08:30–10:00")
    reader.keeps_a_picture()
