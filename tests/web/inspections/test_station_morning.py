"""The test lanes of a station in the browser: calls, tests, results, re-inspections, and the way back from each."""

import re
from datetime import timedelta

from booking.attendance.jobs import mark_absent_due, settle_results_due
from booking.attendance.models import VisitKind, VisitState
from booking.bookings.models import BookingState
from booking.inspections.holders import holder_of
from booking.inspections.line import INSPECTIONS
from booking.kernel.db import reading, unit_of_work
from booking.kernel.ids import PersonId
from booking.slots.holds import held_for
from tests import factories
from tests.service.inspections.town import told
from tests.web.conftest import hidden_fields
from tests.web.inspections.yard import LATER, Yard, words


def test_a_whole_morning(yard: Yard) -> None:
    """Booked, late and walk-in cars; passed, failed and offered again, absent and gone."""
    on_time, late, absent = (yard.car() for _ in range(3))
    of_on_time, of_late, of_absent = (
        yard.booked(car, starts) for car, starts in ((on_time, "10:00"), (late, "09:00"), (absent, "10:00"))
    )
    yard.window("09:00", LATER)
    walk_in = {"plate_type": "02", "province": "粤", "plate": "G81001", "vehicle_kind": "small_passenger"}

    assert yard.operator.submit("/station/walk-in", walk_in).status_code == 303
    late_number, on_time_number = yard.number(of_late), yard.number(of_on_time)
    order = words(yard.board()).split("Waiting, in the order of calls")[-1].split("Booked and not here yet")[0]
    first = yard.call(0)
    second = yard.call(1)

    assert (late_number, on_time_number) == (2, 3)
    assert re.findall(r"Booked, late|Booked|Walk-in", order) == ["Booked", "Walk-in", "Booked, late"]
    assert "Number 3 is called to lane" in words(first)  # booked and on time
    assert "Number 1 is called to lane" in words(second)  # then by arrival

    yard.clock.instant += timedelta(minutes=4)
    yard.step(3, "start")
    assert "Number 3 passed" in words(yard.step(3, "passed"))
    assert "Number 1 waits in the queue again" in words(yard.step(1, "not-here"))
    assert "Number 2 is called to lane" in words(yard.call(0))
    yard.step(2, "start")
    failed = words(yard.step(2, "failed"))
    assert "A place is kept for the re-inspection: Thu 26 Nov 2026 09:00–10:00" in failed
    assert "Number 1 is called to lane" in words(yard.call(0))
    assert "Number 1 has left" in words(yard.step(1, "not-here"))

    yard.at("11:31")
    mark_absent_due(yard.sessions, INSPECTIONS, yard.clock.now())
    settle_results_due(yard.sessions, INSPECTIONS, yard.clock.now())
    states = [yard.booking(reference) for reference in (of_on_time, of_late, of_absent)]
    assert states == [BookingState.PASSED, BookingState.FAILED, BookingState.ABSENT]
    assert "not passed 1" in words(yard.board())


def test_a_double_click_calls_one_car(yard: Yard) -> None:
    for _ in range(2):
        yard.number(yard.booked(yard.car(), "10:00"))
    url = f"/station/lanes/{yard.lane()}/call"
    data = hidden_fields(yard.operator.get("/station"), url)

    for _ in range(2):
        yard.operator.post(url, data=data)

    assert [visit.state for visit in yard.visits()] == [VisitState.CALLED, VisitState.WAITING]


def test_a_second_click_on_a_result_is_told_the_same_and_changes_nothing(yard: Yard) -> None:
    yard.number(yard.booked(yard.car(), "10:00"))
    yard.call()
    yard.step(1, "start")
    url = f"/station/visits/{yard.visit(0).id}/passed"
    data = hidden_fields(yard.operator.get("/station"), url)

    first, second = yard.operator.post(url, data=data), yard.operator.post(url, data=data)

    assert (first.status_code, second.status_code) == (303, 303)
    assert "This step is not possible" not in yard.board()
    assert yard.visit(0).state is VisitState.PASSED


def test_a_step_that_cannot_follow_says_so_on_the_board(yard: Yard) -> None:
    yard.number(yard.booked(yard.car(), "10:00"))

    assert "This step is not possible now" in yard.step(1, "passed")
    assert yard.visit(0).state is VisitState.WAITING


def test_a_visit_that_is_none_is_not_found(yard: Yard) -> None:
    data = hidden_fields(yard.operator.get("/station"), "/station/arrivals")

    assert yard.operator.post("/station/visits/99/passed", data=data).status_code == 404
    assert yard.operator.post("/station/lanes/99/call", data=data).status_code == 404


def test_a_result_can_be_taken_back_for_ten_minutes(yard: Yard) -> None:
    yard.number(yard.booked(yard.car(), "10:00"))
    yard.tested(1, "passed")
    assert "/undo" in yard.board()

    assert "Number 1 is in test" in words(yard.step(1, "undo"))
    yard.step(1, "passed")
    url = f"/station/visits/{yard.visit(0).id}/undo"
    data = hidden_fields(yard.operator.get("/station"), url)
    yard.at("10:11")

    assert "/undo" not in yard.board()
    yard.operator.post(url, data={**data, **hidden_fields(yard.operator.get("/station"), "/station/arrivals")})
    assert "This result is final" in yard.board()
    assert yard.visit(0).state is VisitState.PASSED


def test_a_fail_that_is_taken_back_gives_up_the_place_and_tells_the_owner(yard: Yard) -> None:
    slot_id = yard.window("09:00", LATER)
    yard.number(yard.booked(yard.car(), "10:00"))
    yard.tested(1, "failed")
    assert yard.taken(slot_id) == 1

    yard.step(1, "undo")

    assert yard.taken(slot_id) == 0
    assert len(told(yard.sessions, "inspection_reinspection")) == 1
    assert len(told(yard.sessions, "inspection_result_undone")) == 1


def test_the_owner_takes_the_kept_place_at_once_and_the_fail_stands(yard: Yard) -> None:
    yard.window("09:00", LATER)
    with unit_of_work(yard.sessions) as session:
        owner = factories.account(session)
        car = factories.vehicle(session, person_id=PersonId(owner.person_id or 0))
    reference = yard.booked(car, "10:00")
    yard.number(reference)
    yard.tested(1, "failed")
    with reading(yard.sessions) as session:
        hold = held_for(session, [holder_of(car)], now=yard.clock.now())[holder_of(car)]

    address = f"/inspections/holds/{hold.id}"
    taken = yard.sign_in(actor=owner).submit(f"{address}/take", on=address)

    assert (taken.status_code, taken.headers["Location"].split("/")[1]) == (303, "my")
    assert yard.booking(reference) is BookingState.FAILED
    assert "/undo" not in yard.board()


def test_a_fail_without_a_free_window_says_what_to_do(yard: Yard) -> None:
    yard.number(yard.booked(yard.car(), "10:00"))

    page = words(yard.tested(1, "failed"))

    assert "No window can be kept: the car comes back in opening hours" in page
    assert "within 30 days in the same case" in yard.operator.get(f"/station/visits/{yard.visit(0).id}").text


def test_a_car_that_nobody_has_bound_is_kept_nothing(yard: Yard) -> None:
    slot_id = yard.window("09:00", LATER)
    yard.number(yard.booked(yard.car(is_bound=False), "10:00"))

    page = words(yard.tested(1, "failed"))

    assert "No window can be kept" in page
    assert yard.taken(slot_id) == 0


def test_a_failed_car_comes_back_the_same_day_into_its_case(yard: Yard) -> None:
    slot_id = yard.window("09:00", LATER)
    car = yard.car("粤G70010")
    yard.number(yard.booked(car, "10:00"))
    yard.tested(1, "failed")
    yard.at("11:20")

    offered = yard.arrive("粤G70010")
    taken = yard.operator.post("/station/arrivals/vehicle", data=hidden_fields(offered, "/station/arrivals/vehicle"))

    assert "It failed here on Tue 24 Nov 2026" in offered.text
    assert "Take it for its re-inspection" in offered.text
    assert taken.status_code == 303
    assert (yard.visit(1).kind, yard.visit(1).first_visit_id) == (VisitKind.REINSPECTION, yard.visit(0).id)
    assert yard.taken(slot_id) == 0  # nobody needs the kept place any more
    assert "Re-inspection" in yard.board()


def test_a_car_whose_test_cannot_go_on_gets_its_place_back_with_a_reason(yard: Yard) -> None:
    yard.number(yard.booked(yard.car(), "10:00"))
    yard.call()
    yard.step(1, "start")

    visit = yard.visit(0)
    refused = yard.press(f"/station/visits/{visit.id}/break-off", {"reason": " "})
    assert refused.status_code == 422
    assert f'<a href="#reason-{visit.id}">Enter why the test cannot go on</a>' in refused.text
    assert f'aria-describedby="reason-{visit.id}-error"' in refused.text
    assert yard.visit(0).state is VisitState.IN_TEST
    assert "Number 1 waits in the queue again" in words(yard.step(1, "break-off", {"reason": "制动台故障"}))


def test_a_car_that_drives_off_leaves_the_queue_and_its_booking_ends(yard: Yard) -> None:
    reference = yard.booked(yard.car(), "10:00")
    yard.number(reference)

    assert "Number 1 has left" in words(yard.step(1, "left"))
    assert yard.booking(reference) is BookingState.ABSENT


def test_a_number_is_called_once_more(yard: Yard) -> None:
    yard.number(yard.booked(yard.car(), "10:00"))
    yard.call()

    assert "Number 1 is called to lane" in words(yard.step(1, "again"))


def test_nobody_waiting_is_said_so(yard: Yard) -> None:
    assert "Nobody who waits can be tested on this lane" in yard.call()


def test_what_is_in_test_since_yesterday_still_gets_its_result(yard: Yard) -> None:
    yard.number(yard.booked(yard.car(), "10:00"))
    yard.call()
    yard.step(1, "start")
    yard.at("10:00")
    yard.clock.instant += LATER - yard.visit(0).day
    yard.operator = yard.sign_in(actor=yard.operator.actor)

    assert "Without a result since an earlier day" in yard.board()
    yard.step(1, "passed")
    assert yard.visit(0).state is VisitState.PASSED
