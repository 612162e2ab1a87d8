"""The main journey of everybody who comes from outside, by keyboard alone and with scripts switched off."""

from datetime import date

import pytest

from booking.bookings.models import BookingState
from booking.kernel.actors import Actor
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import PersonId
from tests import factories
from tests.browser import inspections_city as city
from tests.browser.driving import Hands, Seated, Way, every_way

PHONE = "19900000001"


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    """A learner with an account who may take subject 2, of which sessions are free on two days."""
    learner = city.owner(sessions, name="梅测试", phone=PHONE)
    with unit_of_work(sessions) as session:
        factories.learner(session, PersonId(learner.person_id or 0))
        factories.passed(session, learner, "subject_1")
        site_id = factories.site(session)
        for day in (8, 9):
            factories.slot(session, site_id=site_id, day=date(2026, 12, day), released=5)
    return learner


def signs_in(hands: Hands, login: str) -> None:
    hands.write("手机号", login)
    hands.write("密码", city.PASSWORD)
    hands.press("登录")


@every_way
def test_a_learner_goes_from_the_first_page_to_a_place(
    somebody: Seated, sessions: Sessions, clock: FixedClock, mei: Actor, way: Way
) -> None:
    learner = way(somebody)
    learner.person.visit("/")
    learner.press("预约驾驶考试")
    learner.press("开始办理")
    signs_in(learner, PHONE)
    learner.press("选择场次")
    learner.press("选择")
    learner.press("确认预约")
    learner.reads("预约成功")
    assert city.states(sessions) == [BookingState.CONFIRMED]
