"""A learner asks for places, keeps a receipt, learns why nothing was granted, and gets what another gave back."""

import json
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from booking.allotment import jobs
from booking.bookings import service as bookings
from booking.bookings.models import Booking
from booking.exams.imports import import_learners
from booking.exams.line import EXAMS
from booking.kernel.actors import SYSTEM, Actor
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from tests import factories
from tests.browser.conftest import PHONE, Person
from tests.browser.test_learner import RECORD, RESULT_DAY, TEN_DAYS_LATER, registers, signs_in
from tests.service.allotment.city import DRAW, NOON, Town


def the_office_opens_a_round(sessions: Sessions, clock: FixedClock) -> tuple[Town, Actor]:
    """Return a town with two sessions of one place each, and the rival who wins the later one."""
    with unit_of_work(sessions) as session:
        import_learners(session, RECORD, actor=SYSTEM, now=clock.now())
        factories.passed_by_everybody(session, "subject_1", day=RESULT_DAY)
    town = Town(sessions)
    first, second = town.add_slot(starts=time(8, 30), ordinary=1), town.add_slot(starts=time(10, 30), ordinary=1)
    clock.instant = TEN_DAYS_LATER
    town.open(TEN_DAYS_LATER)
    early, rival = (town.add_learner(accepted_on=date(2026, 3, day)) for day in (1, 2))
    town.ask(early, first, now=TEN_DAYS_LATER)
    town.ask(rival, second, now=TEN_DAYS_LATER)
    return town, rival


def asks(learner: Person) -> str:
    """Walk through the three steps; return the address of the request."""
    learner.visit("/exams/subject_2")
    learner.keeps_a_picture()
    learner.press("提交预约申请")
    for starts in ("08:30", "10:30"):
        learner.tick(learner.page.get_by_label(starts), count=1)
    learner.keeps_a_picture()
    learner.press("下一步：排先后")
    with learner.turns_the_page():
        learner.page.get_by_role("button", name="上移").first.click()
    learner.reads("第 2 志愿")
    learner.keeps_a_picture()
    learner.press("下一步：核对")
    learner.reads("您的排序时间")
    learner.reads("第 3 位（仅供参考），共 3 人（含您）申请 2 个名额")
    learner.keeps_a_picture()
    learner.press("提交申请")
    learner.page.wait_for_url("**/exams/requests/*")
    learner.reads("申请已提交")
    return learner.page.url.removeprefix(learner.address)


def keeps_the_receipt(learner: Person) -> None:
    learner.page.locator("summary", has_text="回执").click()
    learner.keeps_a_picture()
    with learner.page.expect_download() as download:
        learner.press_here("下载签名回执")
    receipt = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert receipt["row"]["kind"] == "apply"
    assert receipt["signature"]


def gives_back(rival: Actor, sessions: Sessions) -> None:
    with reading(sessions) as session:
        reference = session.scalars(select(Booking.reference).where(Booking.person_id == rival.person_id)).one()
    with unit_of_work(sessions) as session:
        bookings.cancel(session, EXAMS, reference, actor=rival, now=DRAW + timedelta(hours=1))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_learner_asks_learns_why_not_and_is_granted_a_freed_place(
    somebody: Callable[..., Person], sessions: Sessions, clock: FixedClock, scripts: bool
) -> None:
    town, rival = the_office_opens_a_round(sessions, clock)
    learner = somebody(PHONE, scripts=scripts)

    registers(learner, sessions)
    address = asks(learner)
    keeps_the_receipt(learner)

    town.draw()
    clock.instant = DRAW + timedelta(minutes=5)
    signs_in(learner)
    learner.visit(address)
    learner.reads("这次没有排到，候补第 1 位")
    learner.reads("排序时间早于 2026年3月12日（星期四）。")
    learner.keeps_a_picture()

    gives_back(rival, sessions)
    jobs.hand_on_seats(sessions, EXAMS, NOON)
    clock.instant = NOON
    signs_in(learner)
    learner.visit(address)
    learner.reads("已得到名额")
    learner.keeps_a_picture()
    learner.press("查看预约")
    learner.press("取消预约")
    learner.reads("您这个科目的排序时间将变为取消的时刻。")
    learner.keeps_a_picture()
