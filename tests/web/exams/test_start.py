"""What everybody reads of driving tests before signing in."""

from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.web.conftest import Visitor


def test_the_start_page_tells_terms_papers_costs_and_other_ways_without_a_sign_in(stranger: Visitor) -> None:
    page = stranger.get("/exams/start").text

    assert 'href="/exams/"' in page
    assert "Your identity document, the original" in page
    assert "Plans are public 10 days ahead. Requests are taken until 17:00, 5 days before the day" in page
    assert "On line until 1 working day before the test" in page
    assert "counts as not passed" in page
    assert "go to the next in line every day at 12:00" in page
    assert "Booking costs nothing" in page
    assert "You need no smartphone" in page


def test_the_start_page_tells_the_terms_in_force(stranger: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        factories.setting(session, "exams.method", "first_come")
        factories.setting(session, "exams.release_days_before", "7")

    page = stranger.get("/exams/start").text

    assert "7 days before the day" in page
    assert "Requests are taken" not in page


def test_home_leads_strangers_to_the_start_page_and_learners_to_their_tests(
    stranger: Visitor, learner: Visitor
) -> None:
    assert 'href="/exams/start"' in stranger.get("/").text
    assert 'href="/exams/start"' not in learner.get("/").text
