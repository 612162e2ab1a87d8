"""The queue for everybody: who is called, how many wait, how long it would take; never a plate."""

from booking.inspections.views.queue_public import REFRESH_SECONDS
from tests.web.conftest import Visitor
from tests.web.inspections.yard import Yard, words


def busy(yard: Yard) -> None:
    """Let one car be called and two wait, while another is still to come."""
    for number in range(3):
        yard.number(yard.booked(yard.car(f"粤G9{number:04}"), "10:00"))
    yard.booked(yard.car("粤G99998"), "10:00")
    yard.call()


def test_the_public_page_tells_the_queue_and_no_plate(yard: Yard, stranger: Visitor) -> None:
    busy(yard)

    answer = stranger.get(f"/inspections/stations/{yard.site_id}/queue")
    page = words(answer.text)

    assert answer.status_code == 200
    assert "cars waiting 2" in page
    assert "booked for this window, not here yet 1" in page
    assert "Inspection of small vehicles about" in page
    assert "粤G" not in answer.text
    assert "G9" not in answer.text


def test_the_display_shows_the_calls_and_asks_again_by_itself(yard: Yard, stranger: Visitor) -> None:
    busy(yard)

    answer = stranger.get(f"/inspections/stations/{yard.site_id}/display")

    assert f'hx-trigger="every {REFRESH_SECONDS}s' in answer.text
    assert f'<noscript>\n      <meta http-equiv="refresh" content="{REFRESH_SECONDS}">' in answer.text
    assert '<p class="call">1</p>' in answer.text
    assert "号线" in answer.text
    assert "Waiting: 2" in answer.text
    assert "粤G" not in answer.text


def test_nobody_called_and_nobody_waiting_is_said_in_words(yard: Yard, stranger: Visitor) -> None:
    page = words(stranger.get(f"/inspections/stations/{yard.site_id}/queue").text)

    assert "No number is called at this moment" in page
    assert "no wait" in page
    assert "No number is called" in stranger.get(f"/inspections/stations/{yard.site_id}/display").text


def test_a_closed_station_says_when_it_is_open_and_tells_no_wait(yard: Yard, stranger: Visitor) -> None:
    yard.at("13:00")

    page = words(stranger.get(f"/inspections/stations/{yard.site_id}/queue").text)

    assert "The station is closed at the moment" in page
    assert "Open today 08:00–12:00, 14:00–17:00" in page
    assert "If you came now" not in page


def test_a_day_off_is_closed_all_day(yard: Yard, stranger: Visitor) -> None:
    yard.clock.instant = yard.clock.instant.replace(day=28)  # a Saturday

    page = words(stranger.get(f"/inspections/stations/{yard.site_id}/queue").text)

    assert "It is closed all day today" in page


def test_what_is_no_station_has_no_queue(stranger: Visitor) -> None:
    assert stranger.get("/inspections/stations/99/queue").status_code == 404
    assert stranger.get("/inspections/stations/99/display").status_code == 404


def test_the_page_of_the_station_leads_to_its_queue(yard: Yard, stranger: Visitor) -> None:
    page = stranger.get(f"/sites/{yard.site_id}").text

    assert f'href="/inspections/stations/{yard.site_id}/queue"' in page
