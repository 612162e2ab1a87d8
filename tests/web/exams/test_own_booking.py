"""Changing and cancelling one's own booking on line."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select, update

from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.slots.models import Quota
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor, hidden_fields

DEADLINE = NOW + timedelta(hours=1)  # 11:00 at the office


@pytest.fixture
def held(mei: Actor, place: Callable[..., SlotId], sessions: Sessions) -> str:
    """The reference of Mei's booking of 8 December, which can be cancelled on line for one more hour."""
    slot_id = place(closes_at=DEADLINE)
    with unit_of_work(sessions) as session:
        return factories.booking(session, mei, slot_id, at=NOW)


def stored(sessions: Sessions, reference: str) -> Booking:
    with reading(sessions) as session:
        return session.scalars(select(Booking).where(Booking.reference == reference)).one()


def test_the_cancel_page_says_that_no_attempt_is_counted_and_nobody_is_chosen(learner: Visitor, held: str) -> None:
    page = learner.get(f"/my/bookings/{held}/cancel").text

    assert "It counts as no attempt" in page
    assert "It cannot be given to a chosen person." in page


def test_a_cancelled_booking_leads_back_to_its_page(learner: Visitor, held: str, sessions: Sessions) -> None:
    answer = learner.submit(f"/my/bookings/{held}/cancel")

    assert answer.status_code == 303
    assert "does not count as an attempt" in learner.get(answer.location).text
    assert stored(sessions, held).state is BookingState.CANCELLED


def test_cancelling_twice_is_cancelling_once(learner: Visitor, held: str) -> None:
    address = f"/my/bookings/{held}/cancel"
    fields = hidden_fields(learner.get(address), address)
    learner.post(address, data=fields)

    assert learner.post(address, data=fields).status_code == 303
    assert learner.get(address).status_code == 303


@pytest.mark.parametrize("step", ["cancel", "change"])
def test_after_the_deadline_the_page_names_it_and_the_counters_phone(
    learner: Visitor, held: str, clock: FixedClock, step: str
) -> None:
    clock.instant = DEADLINE

    answer = learner.get(f"/my/bookings/{held}/{step}")

    assert answer.status_code == 409
    assert "Tue 24 Nov 11:00" in answer.text
    assert "0759-" in answer.text


def test_a_cancellation_sent_after_the_deadline_is_refused(
    learner: Visitor, held: str, clock: FixedClock, sessions: Sessions
) -> None:
    address = f"/my/bookings/{held}/cancel"
    fields = hidden_fields(learner.get(address), address)
    clock.instant = DEADLINE

    answer = learner.post(address, data=fields)

    assert answer.status_code == 409
    assert stored(sessions, held).state is BookingState.CONFIRMED


def test_a_change_is_checked_with_old_and_new_place_and_keeps_the_reference(
    learner: Visitor, held: str, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    new = place(day=date(2026, 12, 9), starts=time(14, 0))
    choose = learner.get(f"/my/bookings/{held}/change?day=2026-12-09").text
    address = f"/my/bookings/{held}/change/{new}"
    assert f'href="{address}"' in choose
    check = learner.get(address).text
    assert "Tue 8 Dec 08:30–09:30" in check
    assert "Wed 9 Dec 2026" in check

    answer = learner.submit(address)

    assert answer.status_code == 303
    assert answer.location == f"/my/bookings/{held}"
    assert stored(sessions, held).slot_id == new


def test_a_full_new_session_leaves_the_old_place(
    learner: Visitor, held: str, place: Callable[..., SlotId], sessions: Sessions
) -> None:
    new = place(day=date(2026, 12, 9), released=1)
    free = place(day=date(2026, 12, 10))
    address = f"/my/bookings/{held}/change/{new}"
    fields = hidden_fields(learner.get(address), address)
    old = stored(sessions, held).slot_id
    with unit_of_work(sessions) as session:
        session.execute(update(Quota).where(Quota.slot_id == new).values(taken=Quota.released))

    answer = learner.post(address, data=fields)

    assert answer.status_code == 409
    assert f"Your booking {held} stands as it was" in answer.text
    assert f'href="/my/bookings/{held}/change/{free}"' in answer.text
    assert stored(sessions, held).slot_id == old


def test_a_change_to_another_class_is_refused_with_its_reason(
    learner: Visitor, held: str, place: Callable[..., SlotId]
) -> None:
    address = f"/my/bookings/{held}/change/{place(day=date(2026, 12, 9), classes='A1')}"

    assert "This session is for A1 only" in learner.get(address).text
    fields = hidden_fields(learner.get(f"/my/bookings/{held}/cancel"), "")
    answer = learner.post(address, data=fields)
    assert answer.status_code == 422
    assert "This session is for A1 only" in answer.text


@pytest.mark.parametrize("step", ["", "/cancel", "/change", "/change/1"])
def test_somebody_elses_booking_is_not_found(visitor: Callable[..., Visitor], held: str, step: str) -> None:
    assert visitor(Role.APPLICANT).get(f"/my/bookings/{held}{step}").status_code == 404


@pytest.mark.parametrize("step", ["/cancel", "/change/{slot}"])
def test_somebody_elses_booking_cannot_be_touched(
    visitor: Callable[..., Visitor], held: str, place: Callable[..., SlotId], sessions: Sessions, step: str
) -> None:
    other = visitor(Role.APPLICANT)
    new = place(day=date(2026, 12, 9))
    before = stored(sessions, held)
    fields = hidden_fields(other.get("/exams/"), "/sign-out")

    answer = other.post(f"/my/bookings/{held}{step}".format(slot=new), data=fields)

    after = stored(sessions, held)
    assert answer.status_code == 404
    assert (after.state, after.slot_id) == (before.state, before.slot_id)


def test_a_cancelled_booking_cannot_be_changed(learner: Visitor, held: str) -> None:
    learner.submit(f"/my/bookings/{held}/cancel")

    assert learner.get(f"/my/bookings/{held}/change").status_code == 409
