"""Pages of ratings: the learner's, the office's and everybody's."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]


@pytest.fixture
def visited(sessions: Sessions) -> tuple[Actor, str]:
    """A learner who came, and the reference of the booking."""
    with unit_of_work(sessions) as session:
        learner = factories.account(session, Role.APPLICANT)
        slot_id = factories.slot(session, site_id=factories.site(session))
        reference = factories.booking_row(session, learner, slot_id, at=NOW)
        session.execute(update(Booking).values(state=BookingState.PASSED, ended_at=NOW))
    return learner, reference


def test_a_learner_rates_and_the_office_answers_without_knowing_who(
    visitor: Visit, visited: tuple[Actor, str], sessions: Sessions
) -> None:
    learner, reference = visited
    address = f"/my/bookings/{reference}/rating"
    mine = visitor(actor=learner)
    assert f'href="{address}"' in mine.get(f"/my/bookings/{reference}").text
    assert mine.submit(address, {"grade": "1", "words": "排队太久"}).status_code == 303
    assert "You get an answer by" in mine.get(address).text

    clerk = visitor(Role.COUNTER)
    desk = clerk.get("/desk/ratings").text
    assert "排队太久" in desk
    assert reference not in desk
    shown = "/desk/ratings/1"
    assert clerk.submit(shown, {"answer": ""}).status_code == 422
    assert clerk.submit(shown, {"answer": "已经加开窗口。"}).status_code == 303

    assert "已经加开窗口。" in mine.get(address).text
    assert "排队太久" not in visitor().get("/ratings").text
    with unit_of_work(sessions) as session:
        assert session.scalars(select(Booking.state)).one() is BookingState.PASSED


def test_a_form_without_a_grade_keeps_the_words(visitor: Visit, visited: tuple[Actor, str]) -> None:
    learner, reference = visited

    page = visitor(actor=learner).submit(f"/my/bookings/{reference}/rating", {"words": "还可以"})

    assert page.status_code == 422
    assert "还可以" in page.text


def test_a_strangers_visit_is_not_found_and_the_planner_answers_nothing(
    visitor: Visit, visited: tuple[Actor, str]
) -> None:
    assert visitor(Role.APPLICANT).get(f"/my/bookings/{visited[1]}/rating").status_code == 404
    assert visitor(Role.APPLICANT).get("/desk/ratings").status_code == 403
    assert visitor(Role.PLANNER).get("/desk/ratings").status_code == 200


def test_everybody_sees_counts_and_an_empty_page_says_so(visitor: Visit) -> None:
    assert "No ratings yet" in visitor().get("/ratings").text
