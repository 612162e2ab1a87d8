"""The learner's home: how each subject stands and why."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from booking.exams.models import ExamResult, Learner
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import SlotId
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor


def test_each_of_the_four_subjects_says_how_it_stands(learner: Visitor) -> None:
    page = learner.get("/exams/").text

    assert "Passed on 10 June 2026." in page
    assert page.count("Bookings used: 0 of 5.") == 2
    assert "/exams/subject_2" in page
    assert "once you have passed subject 2" in page
    assert "once you have passed the road test" in page
    assert "art. 39" in page


def test_the_page_is_chinese_unless_english_was_chosen(learner: Visitor) -> None:
    learner.delete_cookie("language")

    page = learner.get("/exams/").text

    assert "四个科目" in page
    assert "已用预约次数" in page


def test_a_booked_subject_names_day_place_and_booking(
    learner: Visitor, mei: Actor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    slot_id = place()
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, mei, slot_id, at=NOW)

    page = learner.get("/exams/").text

    assert f"/my/bookings/{reference}" in page
    assert "Tue 8 Dec 08:30–09:30 · Test site" in page
    assert "Bookings used: 1 of 5." in page


def test_a_wait_after_a_failure_names_article_and_earliest_day(
    learner: Visitor, mei: Actor, sessions: Sessions
) -> None:
    with unit_of_work(sessions) as session:
        record = session.scalars(select(Learner).where(Learner.person_id == mei.person_id)).one()
        session.add(
            ExamResult(
                learner_id=record.id,
                subject="subject_2",
                day=date(2026, 11, 20),
                outcome="absent",
                score=None,
                recorded_at=datetime(2026, 11, 20, tzinfo=UTC),
            )
        )

    page = learner.get("/exams/").text

    assert "Not before Mon 30 Nov 2026" in page
    assert "Order 172, art. 47" in page
    assert "Bookings used: 1 of 5." in page


def test_a_person_without_a_record_is_told_what_to_do(visitor: Callable[..., Visitor]) -> None:
    page = visitor(Role.APPLICANT).get("/exams/").text

    assert "no learner&#39;s record of yours yet" in page
    assert "How to go on" in page
    assert "0759-" in page


@pytest.mark.parametrize("address", ["/exams/", "/exams/road", "/my/bookings"])
def test_a_clerk_has_no_learners_pages(wang: Visitor, address: str) -> None:
    assert wang.get(address).status_code == 403


@pytest.mark.parametrize("address", ["/exams/", "/exams/road", "/exams/slots/1", "/my/bookings", "/desk/learners"])
def test_a_stranger_is_sent_to_the_sign_in_and_back(stranger: Visitor, address: str) -> None:
    answer = stranger.get(address)

    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")
