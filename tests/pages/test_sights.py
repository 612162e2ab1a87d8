"""No page is in no sight: each view that answers a page was seen, each form was sent."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.pages.sights import CHUNKS, NOT_DRAWN, Gallery

# Views that show no page of their own, and what they do instead. What answers files is found out by the crawl.
NO_PAGES = {
    "accounts.life": "JSON for the script that warns before a sign-in ends",
    "static": "style sheets, scripts and pictures",
    "home.alive": "a word for whoever watches the process",
    "home.ready": "likewise",
    "home.language": "leads back to the page it was pressed on",
    "home.large_type": "likewise",
    "guides.complaints": "leads to the guide",
    "plans.slot_plan": "leads to the plan of the session",
    "rosters.state": "JSON for the script of the gate",
    "rosters.worker": "the script that keeps the gate open without a network",
    "bookings.worker": "the script that keeps tickets open without a network",
    "bookings.manifest": "how the site stands on a home screen, for browsers",
}
# Views whose answers to a form nobody has seen, and why.
NOT_SENT = {
    "accounts.register_code_again": "leads to the page of the code",
    "accounts.reset_password_again": "likewise",
    "accounts.decline_reset": "leads to the list of accounts",
    "accounts.my_phone_code_again": "leads to the page of the code",
    "allotment.enter_numbers": "no round of the city is drawn by numbers that people enter",
    "inspections.move": "no other window is free for the owner who has a booking",
    "rosters.results": "leads to the results; the session of the named operator has nobody left without one",
    "demand.make_drafts": "the city has no suggestion that is not planned yet",
    "inspections.arrive_with_vehicle": "leads to the board",
    "inspections.book_all": "leads to the list of what was booked",
    "rosters.absent": "leads to the roster",
    "rosters.undo_result": "likewise",
    "transfers.bring_in": "leads to the file",
    "transfers.give_up": "likewise",
    "transfers.take": "the file itself",
    "rosters.sync": "JSON for the script of the gate",
}


@pytest.fixture
def app(gallery: Gallery) -> Iterator[Flask]:
    house = gallery.house()
    yield house.app()
    house.close()


def views(app: Flask, method: str) -> set[str]:
    rules = (rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()))
    return {rule.endpoint for rule in rules if not rule.endpoint.startswith("api.")}


def test_every_page_is_seen(gallery: Gallery, app: Flask) -> None:
    seen = {sight.endpoint for sight in gallery.sights()}

    assert views(app, "GET") - seen - set(gallery.others()) == set(NO_PAGES)


def test_every_form_is_sent(gallery: Gallery, app: Flask) -> None:
    assert views(app, "POST") - gallery.sent() == set(NOT_SENT)


@pytest.mark.parametrize("number", range(CHUNKS))
def test_no_page_is_a_fault_unless_it_is_meant_to_be(gallery: Gallery, number: int) -> None:
    unwanted = (NOT_DRAWN, 400, 403, 404, 405, 500, 503)
    failed = [drawn for drawn in gallery.attempted(number) if drawn.status in unwanted and not drawn.sight.form]

    assert {str(drawn): drawn.text[-500:] for drawn in failed if not drawn.sight.name.startswith("error-")} == {}
