"""Large type: a switch on every page, remembered, at the same addresses; less on each page, and nothing lost."""

import re
from collections.abc import Callable
from pathlib import Path

import html5lib
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from booking.kernel.actors import Role
from booking.web.navigation import this_page
from tests.web.conftest import XHTML, Visitor

ROOT = Path(__file__).parents[3]
# Pages that everybody shares for a second, in whole or in part.
SHARED = ["/", "/plans", "/rounds/", "/overrides", "/inspections", "/exams/start"]


def links(page: TestResponse) -> set[str]:
    """Return where the page leads."""
    return {a.get("href", "") for a in html5lib.parse(page.text).iter(f"{XHTML}a")}


def is_easy(page: TestResponse) -> bool:
    return " data-easy>" in page.text


def test_the_switch_comes_back_to_the_same_page_and_is_remembered(stranger: Visitor) -> None:
    page = stranger.get("/plans?service=road")
    switch = next(link for link in links(page) if link.startswith("/easy/on"))

    answer = stranger.get(switch)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/plans?service=road")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("easy=yes; ")
    assert {"HttpOnly", "Max-Age=31536000", "SameSite=Lax"} <= set(cookie.split("; "))
    assert not is_easy(page)
    assert is_easy(stranger.get("/plans?service=road"))


def test_the_way_back_to_standard_type_is_as_short(stranger: Visitor) -> None:
    stranger.get("/easy/on")

    stranger.get(next(link for link in links(stranger.get("/guides")) if link.startswith("/easy/off")))

    assert not is_easy(stranger.get("/guides"))


@pytest.mark.parametrize("address", ["https://example.org/", "//example.org", "/\\example.org", ""])
def test_the_switch_leads_to_no_other_site(stranger: Visitor, address: str) -> None:
    assert stranger.get("/easy/on", query_string={"next": address}).headers["Location"] == "/"


def test_there_is_large_type_and_standard_type_and_no_other(stranger: Visitor) -> None:
    assert stranger.get("/easy/huge").status_code == 404


def test_the_switch_of_a_page_that_only_a_form_can_ask_for_leads_home(app: Flask) -> None:
    with app.test_request_context("/sign-out", method="POST"):
        assert this_page() == "/"
    with app.test_request_context("/sign-in?next=/plans", method="POST"):
        assert this_page() == "/sign-in?next=/plans"


@pytest.mark.parametrize("address", SHARED)
def test_a_page_kept_for_everybody_is_kept_once_for_each_size(stranger: Visitor, address: str) -> None:
    standard = stranger.get(address)
    stranger.set_cookie("easy", "yes")

    large = stranger.get(address)  # within the same second

    assert (is_easy(standard), is_easy(large)) == (False, True)
    assert standard.headers["ETag"] != large.headers["ETag"]


def test_no_kept_words_are_told_apart_by_language_alone() -> None:
    sources = {path.name: path.read_text("utf-8") for path in (ROOT / "booking").rglob("*.py")}

    assert [name for name, text in sources.items() if re.search(r"kept_a_moment\(\([^)]*\blanguage\(\)", text)] == []
    assert "kept_a_moment((look()" in sources["cache.py"]


def test_an_applicant_has_four_places_and_reaches_the_others_from_the_pages(visitor: Callable[..., Visitor]) -> None:
    learner = visitor(Role.APPLICANT)
    learner.set_cookie("easy", "yes")

    page = learner.get("/my/bookings")

    row = html5lib.parse(page.text).find(f".//{XHTML}nav/{XHTML}ul")
    assert [a.get("href") for a in row.iter(f"{XHTML}a")] == [
        "/exams/", "/inspections/vehicles", "/my/bookings", "/my/messages",
    ]  # fmt: skip
    assert "/my/requests" in links(page)


@pytest.mark.parametrize("address", ["/exams/", "/inspections/vehicles", "/my/bookings", "/plans", "/exams/start"])
def test_no_way_is_lost_in_large_type(visitor: Callable[..., Visitor], address: str) -> None:
    learner = visitor(Role.APPLICANT)
    standard = links(learner.get(address))
    learner.set_cookie("easy", "yes")

    large = links(learner.get(address)) | links(learner.get("/my/bookings"))

    assert {link for link in standard - large if not link.startswith("/easy/")} == set()


def test_the_number_of_the_office_stays_in_sight(stranger: Visitor) -> None:
    standard = stranger.get("/guides").text
    stranger.set_cookie("easy", "yes")

    bar = stranger.get("/guides").text.split('class="in-sight"')

    assert 'class="in-sight"' not in standard
    assert re.search(r'<a href="tel:\d[\d-]+">', bar[1])
    assert "08:30–12:00" in bar[1]


def test_only_large_type_loads_the_script_that_reads_aloud_and_hides_its_button_till_there_is_a_voice(
    stranger: Visitor,
) -> None:
    standard = stranger.get("/guides").text
    stranger.set_cookie("easy", "yes")

    large = stranger.get("/guides").text

    assert "aloud.js" not in standard
    assert "aloud.js" in large
    assert re.search(r"<p hidden\s+data-aloud\s", large)
