"""One rating for each visit that took place; bad ones are answered in time, and their author is told."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, conflicts_as, unit_of_work
from booking.kernel.errors import InvalidInputError, NotFoundError, SamePersonError, StaleError
from booking.kernel.ids import SlotId
from booking.notices.models import Notice
from booking.ratings import queries, service
from booking.ratings.models import Rating
from booking.ratings.rules import Grade
from booking.ratings.service import AlreadyRatedError, NotToBeRatedError
from booking.slots.models import Slot
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with unit_of_work(sessions) as opened:
        yield opened


@pytest.fixture
def learner(session: Session) -> Actor:
    return factories.account(session, Role.APPLICANT)


@pytest.fixture
def visit(session: Session, learner: Actor) -> int:
    """A booking whose holder came and passed an hour ago."""
    site_id = factories.site(session)
    slot_id = factories.slot(session, site_id=site_id)
    booking_id = _booked(session, learner, slot_id)
    session.execute(update(Booking).where(Booking.id == booking_id).values(state=BookingState.ATTENDED))
    return booking_id


def _booked(session: Session, learner: Actor, slot_id: SlotId) -> int:
    reference = factories.booking_row(session, learner, slot_id, at=NOW)
    return session.scalars(select(Booking.id).where(Booking.reference == reference)).one()


def rate(session: Session, booking_id: int, grade: Grade, actor: Actor) -> int:
    return service.rate(session, booking_id, grade, " 等了很久 ", actor=actor, now=NOW)


def test_a_visit_is_rated_once(session: Session, visit: int, learner: Actor) -> None:
    rate(session, visit, Grade.SATISFIED, learner)

    with pytest.raises(AlreadyRatedError):
        rate(session, visit, Grade.VERY_SATISFIED, learner)


def test_only_the_own_visit_can_be_rated(session: Session, visit: int) -> None:
    with pytest.raises(NotFoundError):
        rate(session, visit, Grade.SATISFIED, factories.account(session, Role.APPLICANT))


@pytest.mark.parametrize("state", [BookingState.CONFIRMED, BookingState.ABSENT, BookingState.CANCELLED])
def test_without_a_visit_there_is_nothing_to_rate(session: Session, learner: Actor, state: BookingState) -> None:
    booking_id = _booked(session, learner, factories.slot(session, site_id=factories.site(session)))
    if state is not BookingState.CONFIRMED:
        ended = {"state": state, "ended_at": NOW}
        session.execute(update(Booking).where(Booking.id == booking_id).values(ended))

    with pytest.raises(NotToBeRatedError):
        rate(session, booking_id, Grade.SATISFIED, learner)


def test_a_thousand_ratings_of_one_visit_count_once(session: Session, visit: int, learner: Actor) -> None:
    rate(session, visit, Grade.VERY_DISSATISFIED, learner)

    for _ in range(1000):
        with pytest.raises(AlreadyRatedError), session.begin_nested():
            service.rate(session, visit, Grade.VERY_DISSATISFIED, "", actor=learner, now=NOW)

    assert queries.together(queries.by_site(session, date.min, date.max)).total == 1


def test_a_bad_grade_is_answered_within_five_working_days_and_its_author_told(
    session: Session, visit: int, learner: Actor
) -> None:
    rating_id = rate(session, visit, Grade.DISSATISFIED, learner)
    given = queries.rating(session, rating_id)
    assert given.answer_due_on == date(2026, 12, 1)  # Tuesday 24 November, and five working days
    assert given.words == "等了很久"
    assert [one.id for one in queries.to_answer(session)] == [rating_id]

    service.answer(session, rating_id, "已加开一条通道。", actor=factories.account(session, Role.COUNTER), now=NOW)

    assert queries.to_answer(session) == []
    assert queries.rating(session, rating_id).answer == "已加开一条通道。"
    told = session.scalars(
        select(Notice.title).where(Notice.template == "rating_answered", Notice.channel == "inbox")
    )
    assert list(told) == ["您的评价已有答复"]
    with pytest.raises(StaleError):
        service.answer(session, rating_id, "再说一遍", actor=factories.account(session, Role.COUNTER), now=NOW)


def test_a_good_grade_asks_for_no_answer(session: Session, visit: int, learner: Actor) -> None:
    rating_id = rate(session, visit, Grade.FAIRLY, learner)

    with pytest.raises(StaleError):
        service.answer(session, rating_id, "谢谢", actor=factories.account(session, Role.COUNTER), now=NOW)


def test_nobody_answers_the_own_rating(session: Session, visit: int, learner: Actor) -> None:
    row = {"booking_id": visit, "person_id": learner.person_id, "grade": 1, "words": "", "given_at": NOW}
    answered = {"answer_due_on": NOW.date(), "answer": "x", "answered_by_person": learner.person_id}

    with pytest.raises(SamePersonError), conflicts_as(service.CONFLICTS):
        session.execute(insert(Rating).values(**row, **answered, answered_at=NOW))


def test_the_time_for_rating_is_the_offices_setting(session: Session, visit: int, learner: Actor) -> None:
    ends_at = session.scalars(select(Slot.ends_at)).one()
    factories.setting(session, "ratings.days", "3")

    with pytest.raises(NotToBeRatedError):
        service.rate(session, visit, Grade.SATISFIED, "", actor=learner, now=ends_at + timedelta(days=3))
    service.rate(session, visit, Grade.SATISFIED, "", actor=learner, now=ends_at + timedelta(days=2))


def test_too_many_words_are_refused_at_their_field(session: Session, visit: int, learner: Actor) -> None:
    with pytest.raises(InvalidInputError, match="words"):
        service.rate(session, visit, Grade.SATISFIED, "字" * 501, actor=learner, now=NOW)
