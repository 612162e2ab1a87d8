"""What everybody may read about inspections: the start page, and whether a car is due."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from booking.inspections.models import Vehicle
from booking.kernel.actors import Role
from booking.kernel.db import Sessions, reading
from tests.web.conftest import Visitor

DUE = "/inspections/due"
CAR = {"vehicle_kind": "small_passenger", "use": "A", "seats": "5", "registered_on": "2016-12-10"}


def test_the_start_page_tells_terms_papers_and_other_ways_without_a_sign_in(stranger: Visitor) -> None:
    page = stranger.get("/inspections").text

    assert "At 08:00, 10 days before the day, 60 % of the places can be booked" in page
    assert "up to 120 minutes before the window begins" in page
    assert "Proof of compulsory traffic insurance" in page
    assert "0759-" in page
    assert 'href="/inspections/vehicles"' in page
    assert 'href="/inspections/stations"' in page


def test_the_start_page_is_chinese_unless_english_was_chosen(stranger: Visitor) -> None:
    stranger.delete_cookie("language")

    assert "预约车辆检验" in stranger.get("/inspections").text


def test_a_car_that_is_due_is_told_so_with_the_rule_and_ten_years(stranger: Visitor, sessions: Sessions) -> None:
    page = stranger.get(DUE, query_string=CAR).text

    assert "is valid until 31 Dec 2026, and the next can be had now" in page
    assert "Opinion on deepening the reform of vehicle inspection (2022)" in page
    assert page.count("Line test at a station") == 10  # ten years old: this year, and then every year
    assert "counted from the first registration" in page
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Vehicle)) == 0


def test_a_car_that_needs_no_test_is_sent_to_the_mark_on_line(stranger: Visitor) -> None:
    page = stranger.get(DUE, query_string={**CAR, "registered_on": "2018-12-10"}).text

    assert "This time no visit and no booking is needed" in page
    assert "How to get the mark on line" in page
    assert "Book the inspection" not in page


def test_an_overdue_car_reads_what_delay_costs(stranger: Visitor) -> None:
    page = stranger.get(DUE, query_string={**CAR, "valid_until": "2026-09-30"}).text

    assert "What delay costs" in page
    assert "Order 163, art. 12" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"registered_on": ""}, "Enter the day of the first registration"),
        ({"registered_on": "soon"}, "This is not a day"),
        ({"registered_on": "2030-01-01"}, "The first registration cannot be later than today"),
        ({"valid_until": "2010-01-01"}, "The last valid day cannot be before the first registration"),
        ({"seats": ""}, "Enter the number of seats"),
        ({"seats": "many"}, "The number of seats is a whole number"),
        ({"vehicle_kind": "spaceship"}, "Choose one of these"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(stranger: Visitor, change: dict[str, str], sentence: str) -> None:
    answer = stranger.get(DUE, query_string={**CAR, **change})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Error: " in answer.text


def test_the_home_page_leads_to_inspections_beside_tests(stranger: Visitor, visitor: Callable[..., Visitor]) -> None:
    page = stranger.get("/").text

    assert "Book an inspection" in page
    assert "Garage" not in page
    assert "Garage" in visitor(Role.APPLICANT).get("/").text
