"""The ticket of a booking: one sheet with all that is needed on the day, and a code that a clerk scans."""

import re
from collections.abc import Callable

import pytest
import segno
from sqlalchemy import update

from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, unit_of_work
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        return factories.account(session)


@pytest.fixture
def learner(mei: Actor, visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(actor=mei)


@pytest.fixture
def reference(mei: Actor, sessions: Sessions) -> str:
    with unit_of_work(sessions) as session:
        return factories.booking(session, mei, factories.slot(session), at=NOW)


def test_the_ticket_holds_all_that_is_needed_on_the_day(learner: Visitor, reference: str) -> None:
    page = learner.get(f"/my/bookings/{reference}/ticket").text

    assert f'<p class="reference">{reference}</p>' in page
    assert "<h1>Subject 2 (field)</h1>" in page
    for words in ("Tue 8 Dec 2026 08:30–09:30", "Test site", "测试路", "0759-0000000", "Mon 7 Dec 24:00"):
        assert words in page
    assert "Your identity document, the original" in page
    assert re.search(r"Please be there by</dt>\s*<dd>\s*08:00", page)


def test_the_code_holds_the_reference_and_nothing_else(learner: Visitor, reference: str) -> None:
    page = learner.get(f"/my/bookings/{reference}/ticket").text

    expected = segno.make_qr(reference, error="h").svg_inline(scale=6, light="#fff", dark="#000")
    assert expected in page
    assert 'aria-label="QR code of the reference"' in page
    assert "style=" not in page


def test_somebody_elses_ticket_is_not_found(
    visitor: Callable[..., Visitor], learner: Visitor, reference: str
) -> None:
    assert learner.get(f"/my/bookings/{reference}/ticket").status_code == 200
    assert visitor(Role.APPLICANT).get(f"/my/bookings/{reference}/ticket").status_code == 404


@pytest.mark.parametrize("state", [BookingState.CANCELLED, BookingState.CANCELLED_BY_OFFICE, BookingState.PASSED])
def test_a_place_that_is_no_longer_held_has_no_ticket(
    learner: Visitor, reference: str, sessions: Sessions, state: BookingState
) -> None:
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).values(state=state, ended_at=NOW))

    answer = learner.get(f"/my/bookings/{reference}/ticket")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/my/bookings/{reference}")
    assert "/ticket" not in learner.get(f"/my/bookings/{reference}").text


def test_the_page_of_a_booking_leads_to_its_ticket(learner: Visitor, reference: str) -> None:
    page = learner.get(f"/my/bookings/{reference}").text

    assert f'href="/my/bookings/{reference}/ticket"' in page
    assert "Print the ticket" in page
