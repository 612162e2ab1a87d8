"""Checking and booking a place, and every way in which it is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import event, func, select, update

from booking.bookings.models import Booking
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.slots.models import Quota, Slot, SlotState
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor, hidden_fields


def check(slot_id: int) -> str:
    return f"/exams/slots/{slot_id}"


def fill(sessions: Sessions, slot_id: SlotId) -> None:
    with unit_of_work(sessions) as session:
        session.execute(update(Quota).where(Quota.slot_id == slot_id).values(taken=Quota.released))


def bookings_made(sessions: Sessions) -> int:
    with reading(sessions) as session:
        return session.scalars(select(func.count()).select_from(Booking)).one()


def test_the_check_page_says_where_when_what_to_bring_and_what_absence_costs(
    learner: Visitor, place: Callable[..., SlotId]
) -> None:
    page = learner.get(check(place())).text

    assert "Tue 8 Dec 2026" in page
    assert "08:30–09:30" in page
    assert "测试路" in page
    assert "What to bring" in page
    assert "before Mon 7 Dec 24:00" in page
    assert "one of five bookings is used" in page


def test_a_booked_place_is_confirmed_with_its_reference(learner: Visitor, place: Callable[..., SlotId]) -> None:
    answer = learner.submit(check(place()))

    assert answer.status_code == 303
    page = learner.get(answer.location).text
    assert "You have a place" in page
    assert answer.location.rsplit("/", 1)[1] in page


def test_a_double_click_is_one_booking(learner: Visitor, place: Callable[..., SlotId], sessions: Sessions) -> None:
    address = check(place())
    fields = hidden_fields(learner.get(address), address)

    first, second = learner.post(address, data=fields), learner.post(address, data=fields)

    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert bookings_made(sessions) == 1


def test_the_second_click_finds_its_booking_even_when_the_session_is_full_by_then(
    learner: Visitor, place: Callable[..., SlotId]
) -> None:
    address = check(place(released=1))
    fields = hidden_fields(learner.get(address), address)

    first, second = learner.post(address, data=fields), learner.post(address, data=fields)

    assert second.status_code == 303
    assert second.location == first.location


def test_a_full_session_answers_409_and_shows_the_next_free_ones(
    learner: Visitor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    address = check(slot_id := place(released=1))
    other = place(starts=time(10, 0))
    fields = hidden_fields(learner.get(address), address)
    fill(sessions, slot_id)

    answer = learner.post(address, data=fields)

    assert answer.status_code == 409
    assert "has just become full" in answer.text
    assert f'href="{check(other)}"' in answer.text
    assert bookings_made(sessions) == 0


def test_the_answer_that_a_session_is_full_takes_few_statements(
    learner: Visitor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    address = check(slot_id := place(released=1))
    fields = hidden_fields(learner.get(address), address)
    fill(sessions, slot_id)
    seen: list[str] = []
    event.listen(sessions.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))

    learner.post(address, data=fields)

    asked = [statement for statement in seen if statement.startswith(("SELECT", "UPDATE", "INSERT"))]
    assert len(asked) <= 8, asked


def test_when_nothing_else_is_free_the_page_says_what_comes(
    learner: Visitor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    address = check(slot_id := place(released=1))
    fields = hidden_fields(learner.get(address), address)
    fill(sessions, slot_id)

    assert "At the moment no other session has a free place." in learner.post(address, data=fields).text


def test_a_session_that_closed_meanwhile_answers_409_with_the_hour(
    learner: Visitor, place: Callable[..., SlotId], clock: FixedClock
) -> None:
    address = check(place(closes_at=datetime(2026, 11, 24, 3, 0, tzinfo=UTC)))
    fields = hidden_fields(learner.get(address), address)
    clock.instant = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

    answer = learner.post(address, data=fields)

    assert answer.status_code == 409
    assert "Booking closed on Tue 24 Nov 11:00." in answer.text


def test_a_withdrawn_session_answers_409(learner: Visitor, place: Callable[..., SlotId], sessions: Sessions) -> None:
    address = check(slot_id := place())
    fields = hidden_fields(learner.get(address), address)
    with unit_of_work(sessions) as session:
        gone = {"state": SlotState.WITHDRAWN, "withdrawn_at": NOW, "withdrawn_reason": "台风"}
        session.execute(update(Slot).where(Slot.id == slot_id).values(**gone))

    answer = learner.post(address, data=fields)

    assert answer.status_code == 409
    assert "The office has withdrawn this session." in answer.text


def test_who_is_not_eligible_reads_every_reason_and_no_button(learner: Visitor, place: Callable[..., SlotId]) -> None:
    page = learner.get(check(place(service="safety"))).text

    assert "once you have passed subject 2" in page
    assert "once you have passed the road test" in page
    assert "Book this place" not in page


def test_booking_without_being_eligible_answers_422_with_every_reason(
    learner: Visitor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    fields = hidden_fields(learner.get(own := check(place())), own)

    answer = learner.post(check(place(service="safety")), data=fields)

    assert answer.status_code == 422
    assert "once you have passed subject 2" in answer.text
    assert "once you have passed the road test" in answer.text
    assert bookings_made(sessions) == 0


def test_a_second_booking_of_the_subject_is_refused_with_the_way_to_the_first(
    learner: Visitor, mei: Actor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    address = check(place())
    fields = hidden_fields(learner.get(address), address)
    other = place(day=date(2026, 12, 9))
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, mei, other, at=NOW)

    answer = learner.post(address, data=fields)

    assert answer.status_code in (409, 422)
    assert f"/my/bookings/{reference}" in answer.text
    assert bookings_made(sessions) == 1


def test_the_check_page_leads_to_the_booking_that_stands_in_the_way(
    learner: Visitor, mei: Actor, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    held, other = place(), place(day=date(2026, 12, 9))
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, mei, held, at=NOW)

    page = learner.get(check(other)).text

    assert f"/my/bookings/{reference}" in page
    assert "Book this place" not in page


def test_a_form_without_its_key_is_shown_again(learner: Visitor, place: Callable[..., SlotId]) -> None:
    answer = learner.submit(check(place()), {"request_key": ""})

    assert answer.status_code == 422
    assert "Book this place" in answer.text


@pytest.mark.parametrize("address", ["/exams/slots/999999"])
def test_an_unknown_session_is_not_found(learner: Visitor, address: str) -> None:
    assert learner.get(address).status_code == 404


def test_a_clerk_cannot_use_the_learners_way_of_booking(
    visitor: Callable[..., Visitor], place: Callable[..., SlotId]
) -> None:
    assert visitor(Role.COUNTER).get(check(place())).status_code == 403
