"""What is read by ear and on paper: the days of a calendar, a booking, its ticket."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import PersonId
from tests import factories
from tests.browser import inspections_city as city
from tests.browser.conftest import DESK
from tests.browser.driving import Seated
from tests.conftest import NOW

PHONE = "19900000001"


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    """A learner who may take subject 2, of which sessions are free."""
    learner = city.owner(sessions, name="梅测试", phone=PHONE)
    with unit_of_work(sessions) as session:
        factories.learner(session, PersonId(learner.person_id or 0))
        factories.passed(session, learner, "subject_1")
        site_id = factories.site(session)
        for day in (8, 9):
            factories.slot(session, site_id=site_id, day=date(2026, 12, day), released=5)
    return learner


def test_each_day_of_the_calendar_says_its_date_and_what_is_left(somebody: Seated, mei: Actor) -> None:
    learner = somebody(DESK, scripts=False)
    learner.visit("/exams/subject_2")
    city.signs_in(learner, PHONE)
    table = learner.page.get_by_role("table").filter(has=learner.page.get_by_role("columnheader", name="一"))

    days = table.get_by_role("link")
    expect(days).to_have_count(2)
    for link, day in zip(days.all(), (8, 9), strict=True):
        expect(link).to_have_accessible_name(re.compile(rf"12 ?月 ?{day} ?日（星期.）"))
        expect(link).to_have_accessible_name(re.compile("5"))
    assert table.get_by_role("columnheader").count() == 7


def test_booking_and_ticket_print_without_the_frame_of_the_site(
    somebody: Seated, sessions: Sessions, mei: Actor
) -> None:
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, mei, factories.slot(session, service="road"), at=NOW)
    learner = somebody(DESK, scripts=False)
    learner.visit("/my/bookings")
    city.signs_in(learner, PHONE)

    for path in ("", "/ticket"):
        learner.visit(f"/my/bookings/{reference}{path}")
        learner.page.emulate_media(media="print")
        expect(learner.page.get_by_text(reference).first).to_be_visible()
        for frame in ("nav", ".help", ".bottom", "main a.button"):
            assert not any(part.is_visible() for part in learner.page.locator(frame).all()), f"{path}: {frame}"
        learner.keeps_a_picture()
        learner.page.emulate_media(media="screen")
