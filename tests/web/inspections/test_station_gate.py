"""The gate of a station: a ticket or a plate is let in with a number, or refused with the reason and a way on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from booking.attendance.jobs import mark_absent_due
from booking.attendance.models import VisitKind
from booking.bookings.models import BookingState
from booking.inspections.line import INSPECTIONS
from booking.kernel.actors import Role
from tests.web.bookings.tickets import text_of
from tests.web.conftest import Visitor, hidden_fields
from tests.web.inspections.yard import LATER, Yard, words


def test_a_scanned_ticket_is_let_in_with_its_number_shown_large(yard: Yard) -> None:
    reference = yard.booked(yard.car(), "10:00")

    answer = yard.arrive(reference)
    page = yard.operator.get(answer.headers["Location"]).text

    assert answer.status_code == 303
    assert "Let in" in page
    assert '<p class="call">1</p>' in page
    assert "Expected start 10:00" in words(page)
    assert yard.booking(reference) is BookingState.ATTENDED


def test_the_signed_code_lets_in_and_a_forged_one_does_not(yard: Yard) -> None:
    reference = yard.booked(yard.car(), "10:00")
    text = text_of(yard.sessions, reference)

    forged = yard.arrive(text.replace(reference, reference[::-1]))
    assert forged.status_code == 422
    assert "This is no ticket of this office, or it has been altered." in forged.text
    assert yard.visits() == []
    assert yard.arrive(text).status_code == 303
    assert yard.booking(reference) is BookingState.ATTENDED


def test_what_a_scanner_types_is_forgiven_its_case_and_spaces(yard: Yard) -> None:
    reference = yard.booked(yard.car(), "10:00")

    assert yard.arrive(f" {reference.lower()}\t").status_code == 303


def test_a_whole_plate_is_let_in_by_the_booking_of_here_and_today(yard: Yard) -> None:
    car = yard.car("粤G70001")
    yard.booked(car, "10:00")

    assert yard.arrive("粤G·70001").status_code == 303
    assert yard.visit(0).kind is VisitKind.BOOKED


def test_the_end_of_a_plate_lets_nobody_in_before_the_operator_has_compared(yard: Yard) -> None:
    car = yard.car("粤G70002")
    yard.booked(car, "10:00")

    answer = yard.arrive("0002")
    chosen = yard.operator.post("/station/arrivals/vehicle", data=hidden_fields(answer, "/station/arrivals/vehicle"))

    assert answer.status_code == 422
    assert "粤G·7***2" in answer.text
    assert chosen.status_code == 303
    assert yard.visit(0).kind is VisitKind.BOOKED


@pytest.mark.parametrize(("vehicle", "status"), [("", 303), ("x", 303), ("9" * 30, 303), ("999", 404)])
def test_a_car_that_no_page_has_named_changes_nothing(yard: Yard, vehicle: str, status: int) -> None:
    assert yard.press("/station/arrivals/vehicle", {"vehicle": vehicle, "walk_in": "1"}).status_code == status
    assert yard.visits() == []


def test_the_arrival_field_has_the_focus_for_the_scanner(yard: Yard) -> None:
    assert "autofocus" in yard.board().split('id="text"')[1].split(">")[0]


def test_nothing_typed_is_said_so_at_the_field(yard: Yard) -> None:
    answer = yard.arrive("")

    assert answer.status_code == 422
    assert answer.text.count("Scan or type something first") == 2  # in the list, and beside the field
    assert 'aria-invalid="true" aria-describedby="text-error"' in " ".join(answer.text.split())


def test_a_second_click_finds_the_car_here_under_the_same_number(yard: Yard) -> None:
    reference = yard.booked(yard.car(), "10:00")
    yard.arrive(reference)

    again = yard.arrive(reference)

    assert again.status_code == 422
    assert "This car is here already. Number 1" in words(again.text)
    assert len(yard.visits()) == 1


def test_a_booking_of_another_day_is_refused_and_can_be_taken_as_a_walk_in(yard: Yard) -> None:
    reference = yard.booked(yard.car(), "09:00", LATER)

    answer = yard.arrive(reference)
    taken = yard.operator.post("/station/arrivals/vehicle", data=hidden_fields(answer, "/station/arrivals/vehicle"))

    assert answer.status_code == 422
    assert "Not as booked" in answer.text
    assert "Its booking is for another day: Thu 26 Nov 09:00" in words(answer.text)
    assert taken.status_code == 303
    assert yard.visit(0).kind is VisitKind.WALK_IN
    assert yard.booking(reference) is BookingState.CONFIRMED


def test_a_booking_at_another_station_is_refused_with_where_it_is(yard: Yard) -> None:
    reference = yard.booked(yard.car(), "10:00", site_id=yard.other_station())

    answer = yard.arrive(reference)

    assert answer.status_code == 422
    assert "Its booking of today is for another station: Test station" in words(answer.text)


def test_a_booking_that_was_missed_does_not_count_and_can_be_taken_as_a_walk_in(yard: Yard) -> None:
    reference = yard.booked(yard.car(), "10:00")
    yard.at("11:45")
    mark_absent_due(yard.sessions, INSPECTIONS, yard.clock.now())

    answer = yard.arrive(reference)

    assert answer.status_code == 422
    assert "does not count any more: absent" in words(answer.text)
    assert "Take it as a walk-in" in answer.text


@pytest.mark.parametrize("text", ["ABCDEFGHJK", "粤G99999"])
def test_what_nobody_knows_is_offered_as_a_walk_in(yard: Yard, text: str) -> None:
    answer = yard.arrive(text)

    assert answer.status_code == 422
    assert "No booking has this reference, and no known car has this plate" in answer.text
    assert "Take it as a walk-in" in answer.text


def test_the_walk_in_form_is_filled_with_what_was_typed_and_no_plate_stands_in_an_address(yard: Yard) -> None:
    answer = yard.arrive("粤G88001")

    form = yard.operator.post("/station/walk-in", data=hidden_fields(answer, "/station/walk-in"))

    assert form.status_code == 200
    assert 'value="G88001"' in form.text
    assert "88001" not in form.request.url


def test_a_car_that_nobody_knows_gets_a_number_of_its_own(yard: Yard) -> None:
    data = {"plate_type": "02", "province": "粤", "plate": "G88002", "vehicle_kind": "small_passenger"}

    answer = yard.operator.submit("/station/walk-in", data)

    assert answer.status_code == 303
    assert yard.visit(0).kind is VisitKind.WALK_IN
    assert "Walk-in" in yard.board()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"plate": ""}, "Enter the plate number"),
        ({"plate": "G8800I"}, "no letters I and O"),
        ({"plate": "GD12345"}, "This number belongs to another plate type"),
        ({"vehicle_kind": "truck"}, "Choose one of these"),
        ({"plate_type": "77"}, "Choose one of these"),
    ],
)
def test_a_walk_in_that_cannot_be_is_refused_at_the_field(yard: Yard, wrong: dict[str, str], sentence: str) -> None:
    data = {"plate_type": "02", "province": "粤", "plate": "G88003", "vehicle_kind": "small_passenger", **wrong}

    answer = yard.operator.submit("/station/walk-in", data)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert yard.visits() == []


def test_a_plate_of_no_known_form_is_taken_as_it_is_written(yard: Yard) -> None:
    data = {"plate_type": "99", "province": "粤", "plate": "使12345", "vehicle_kind": "small_passenger"}

    assert yard.operator.submit("/station/walk-in", data).status_code == 303


def test_a_car_of_a_kind_that_no_lane_tests_is_refused(yard: Yard) -> None:
    yard.car("粤G70003", "truck")

    answer = yard.arrive("粤G70003")

    assert answer.status_code == 422
    assert "This station has no test lane for this kind of vehicle: truck" in words(answer.text)
    assert "Take it as a walk-in" not in answer.text


def test_who_comes_after_the_window_is_late_and_queues_by_arrival(yard: Yard) -> None:
    reference = yard.booked(yard.car(), "10:00")
    yard.at("11:05")

    yard.arrive(reference)

    assert "Booked, late" in yard.board()


def test_the_slip_shows_the_number_and_can_be_printed(yard: Yard) -> None:
    yard.arrive(yard.booked(yard.car("粤G70004"), "10:00"))

    page = yard.operator.get(f"/station/visits/{yard.visit(0).id}").text

    assert '<p class="call">1</p>' in page
    assert "粤G·7***4" in page
    assert "70004" not in page


def test_another_operator_sees_and_changes_nothing_here(yard: Yard, visitor: Callable[..., Visitor]) -> None:
    yard.arrive(yard.booked(yard.car(), "10:00"))
    other = visitor(Role.STATION)
    visit, csrf = yard.visit(0), hidden_fields(other.get("/station"), "/station/arrivals")

    assert other.get(f"/station/{yard.site_id}").status_code == 403
    assert other.get(f"/station/visits/{visit.id}").status_code == 403
    assert "Let in" not in other.get(f"/station?arrived={visit.id}").text
    for act in ("left", "start", "passed", "failed", "undo", "again", "not-here"):
        assert other.post(f"/station/visits/{visit.id}/{act}", data=csrf).status_code == 403, act
    assert other.post(f"/station/lanes/{yard.lane()}/call", data=csrf).status_code == 404
    assert yard.visit(0).state == "waiting"


@pytest.mark.parametrize("role", [Role.PLANNER, Role.COUNTER, Role.APPROVER, Role.SUPERVISOR])
def test_the_office_chooses_a_station_and_reads(yard: Yard, visitor: Callable[..., Visitor], role: Role) -> None:
    yard.arrive(yard.booked(yard.car(), "10:00"))
    reader = visitor(role)

    choice, page = reader.get("/station").text, reader.get(f"/station/{yard.site_id}")

    assert f'href="/station/{yard.site_id}"' in choice
    assert page.status_code == 200
    assert 'method="post"' not in page.text.split("<main")[1]
    csrf = hidden_fields(reader.get("/station"), "/sign-out")
    assert reader.post("/station/arrivals", data={**csrf, "text": "x"}).status_code == 403


def test_the_board_says_when_it_was_made_and_counts_the_day(yard: Yard) -> None:
    yard.booked(yard.car(), "11:00")
    yard.arrive(yard.booked(yard.car(), "10:00"))
    yard.clock.instant += timedelta(minutes=3)

    page = words(yard.board())

    assert "As of 10:03" in page
    assert "waiting 1" in page
    assert "booked, to come 1" in page
