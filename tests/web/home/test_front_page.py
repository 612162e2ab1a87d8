"""The front page: two ways to start, and what is to know before; light enough for a poor line."""

import html5lib
import pytest

from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.web.conftest import XHTML, Visitor


def test_it_says_what_is_to_know_before_anybody_starts(stranger: Visitor, sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        factories.setting(session, "plans.lead_days", "12")
        factories.setting(session, "inspections.cancel_minutes", "90")

    page = stranger.get("/").text

    for words in (
        "Who may book",
        "What to bring",
        "Booking is free",
        "Plans 12 days ahead",
        "90 minutes before the window",
    ):
        assert words in page
    assert page.index("Book a driving test") < page.index("Book an inspection") < page.index("Before you start")


@pytest.mark.parametrize(("method", "words"), [
    ("ranked", "places go by ranking time"),
    ("lottery", "draws lots"),
    ("first_come", "you book by yourself: one place each"),
])  # fmt: skip
def test_it_tells_the_rule_that_is_in_force(stranger: Visitor, sessions: Sessions, method: str, words: str) -> None:
    with unit_of_work(sessions) as session:
        factories.setting(session, "exams.method", method)

    assert words in stranger.get("/").text


def test_it_asks_for_two_sheets_and_its_sign_and_nothing_else(stranger: Visitor) -> None:
    tree = html5lib.parse(stranger.get("/").text)

    asked = [link.get("rel") for link in tree.iter(f"{XHTML}link")]
    assert sorted(asked) == ["icon", "stylesheet", "stylesheet"]
    assert [tag for tag in ("script", "img", "iframe") if list(tree.iter(f"{XHTML}{tag}"))] == []


def test_what_is_promised_to_everybody_stands_at_the_foot_of_each_page(stranger: Visitor) -> None:
    assert 'href="/accessibility"' in stranger.get("/guides").text

    page = stranger.get("/accessibility").text
    assert "GB/T 37668-2019" in page
    assert 'href="/easy/on?next=/accessibility"' in page
