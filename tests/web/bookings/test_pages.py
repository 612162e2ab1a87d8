"""The list of one's bookings and the page of one."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.slots.models import Slot, SlotState
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor


def booked(sessions: Sessions, holder: Actor, day: date = date(2026, 12, 8), service: str = "subject_2") -> str:
    with unit_of_work(sessions) as session:
        return factories.booking(session, holder, factories.slot(session, day=day, service=service), at=NOW)


def ended(sessions: Sessions, reference: str, state: BookingState) -> None:
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).where(Booking.reference == reference).values(state=state, ended_at=NOW))


def test_bookings_to_come_stand_before_those_that_are_over(learner: Visitor, mei: Actor, sessions: Sessions) -> None:
    over = booked(sessions, mei)
    ended(sessions, over, BookingState.CANCELLED)
    to_come = booked(sessions, mei, date(2026, 12, 1))

    page = learner.get("/my/bookings").text

    assert page.index(f"/my/bookings/{to_come}") < page.index(f"/my/bookings/{over}")
    assert "cancelled" in page


def test_without_a_booking_the_list_leads_to_the_tests(learner: Visitor) -> None:
    page = learner.get("/my/bookings").text

    assert "No booking at the moment" in page
    assert 'href="/exams/"' in page


def test_the_page_of_a_booking_holds_all_that_is_needed_on_the_day(
    learner: Visitor, mei: Actor, sessions: Sessions
) -> None:
    reference = booked(sessions, mei)

    page = learner.get(f"/my/bookings/{reference}").text

    assert f'<p class="reference">{reference}</p>' in page
    assert "Tue 8 Dec 08:30–09:30" in page
    assert "测试路" in page
    assert "Your identity document, the original" in page
    assert "before Mon 7 Dec 24:00" in page
    assert f"/my/bookings/{reference}/cancel" in page
    assert f"/my/bookings/{reference}/change" in page


def test_a_reference_may_be_typed_in_small_letters(learner: Visitor, mei: Actor, sessions: Sessions) -> None:
    reference = booked(sessions, mei)

    assert learner.get(f"/my/bookings/{reference.lower()}").status_code == 200


def test_after_the_deadline_the_page_names_the_counter_instead_of_the_buttons(
    learner: Visitor, mei: Actor, sessions: Sessions, clock: FixedClock
) -> None:
    deadline = NOW + timedelta(hours=1)
    with unit_of_work(sessions) as session:
        reference = factories.booking(session, mei, factories.slot(session, closes_at=deadline), at=NOW)
    clock.instant = deadline

    page = learner.get(f"/my/bookings/{reference}").text

    assert "ended on Tue 24 Nov 11:00" in page
    assert f"/my/bookings/{reference}/cancel" not in page


@pytest.mark.parametrize(
    ("in_english", "shown"), [("", '<p><span lang="zh-Hans-CN">台风停考</span></p>'), ("Typhoon", "<p>Typhoon</p>")]
)
def test_a_session_withdrawn_by_the_office_shows_its_reason(
    learner: Visitor, mei: Actor, sessions: Sessions, in_english: str, shown: str
) -> None:
    reference = booked(sessions, mei)
    ended(sessions, reference, BookingState.CANCELLED_BY_OFFICE)
    with unit_of_work(sessions) as session:
        why = {"withdrawn_reason": "台风停考", "withdrawn_reason_en": in_english}
        session.execute(update(Slot).values(state=SlotState.WITHDRAWN, withdrawn_at=NOW, **why))

    page = learner.get(f"/my/bookings/{reference}").text

    assert shown in page
    assert "does not count as an attempt" in page


def test_an_unknown_reference_is_not_found(learner: Visitor) -> None:
    assert learner.get("/my/bookings/NOSUCHREF2").status_code == 404


def test_somebody_elses_reference_is_not_found(
    visitor: Callable[..., Visitor], mei: Actor, sessions: Sessions
) -> None:
    reference = booked(sessions, mei)

    assert visitor(Role.APPLICANT).get(f"/my/bookings/{reference}").status_code == 404
