"""A learner's first day: register, prove the phone, learn "not before", come back, book, cancel."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlalchemy import select

from booking.bookings.models import Booking, BookingState
from booking.exams.imports import import_learners
from booking.kernel.actors import SYSTEM
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.notices.models import Channel, Notice
from tests import factories
from tests.browser.conftest import PHONE, Person

NAME, MOBILE, PASSWORD = "陈测试", "19912345678", "windmill-lantern-7"
ID_NUMBER = factories.resident_id(3, born_on=date(2001, 5, 6))
HEADER = "name,id_type,id_number,phone,licence_class,kind,accepted_on,permit_issued_on,permit_valid_until\n"
# The permit is of 11-16; subject 2 may be booked ten days later.
RECORD = HEADER + f"{NAME},A,{ID_NUMBER},{MOBILE},C1,first,2026-11-02,2026-11-16,\n"
RESULT_DAY = date(2026, 11, 16)
TEN_DAYS_LATER = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


def last_text_message(sessions: Sessions) -> str:
    with reading(sessions) as session:
        sealed = session.scalars(
            select(Notice.text_sealed).where(Notice.channel == Channel.SMS).order_by(Notice.id.desc()).limit(1)
        ).one()
        return keyring_of(session).open(sealed, column="notice.text")


def the_office_knows_the_learner(sessions: Sessions, clock: FixedClock) -> None:
    with unit_of_work(sessions) as session:
        import_learners(session, RECORD, actor=SYSTEM, now=clock.now())
        factories.passed_by_everybody(session, "subject_1", day=RESULT_DAY)
        site_id = factories.site(session, services=("subject_2",))
        factories.slot(session, site_id=site_id, released=5)
        factories.slot(session, site_id=site_id, day=date(2026, 12, 9), released=5)


def registers(learner: Person, sessions: Sessions) -> None:
    learner.visit("/")
    learner.keeps_a_picture()
    learner.press("预约驾驶考试")
    learner.visit("/register")
    learner.press("继续")
    learner.page.fill("[name=name]", NAME)
    learner.page.fill("[name=id_number]", ID_NUMBER)
    learner.page.fill("[name=phone]", MOBILE)
    learner.page.fill("[name=password]", PASSWORD)
    learner.page.fill("[name=repeated]", PASSWORD)
    learner.keeps_a_picture()
    learner.submit()
    code = re.search(r"\d{6}", last_text_message(sessions))
    assert code
    learner.page.fill("[name=code]", code[0])
    learner.keeps_a_picture()
    learner.submit()


def signs_in(learner: Person) -> None:
    learner.visit("/sign-in")
    learner.page.fill("[name=login]", MOBILE)
    learner.page.fill("[name=password]", PASSWORD)
    learner.submit()


def test_a_learner_registers_waits_books_and_cancels(
    somebody: Callable[..., Person], sessions: Sessions, clock: FixedClock
) -> None:
    the_office_knows_the_learner(sessions, clock)
    learner = somebody(PHONE)

    registers(learner, sessions)
    learner.visit("/exams/")
    learner.reads("11月26日")
    learner.keeps_a_picture()

    clock.instant = TEN_DAYS_LATER
    signs_in(learner)
    learner.visit("/exams/subject_2")
    learner.keeps_a_picture()
    learner.press("选择")
    learner.keeps_a_picture()
    learner.submit()
    learner.page.wait_for_url("**/my/bookings/*")
    learner.keeps_a_picture()
    assert state_of_the_booking(sessions) is BookingState.CONFIRMED

    learner.press("取消预约")
    learner.keeps_a_picture()
    learner.submit()
    learner.visit("/my/bookings")
    learner.keeps_a_picture()

    assert state_of_the_booking(sessions) is BookingState.CANCELLED


def state_of_the_booking(sessions: Sessions) -> BookingState:
    with reading(sessions) as session:
        return session.scalars(select(Booking.state)).one()
