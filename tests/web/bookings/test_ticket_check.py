"""The public check of a ticket: one answer, and of the booking no more than a masked name."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from booking.accounts.models import Person
from booking.bookings.models import Booking, BookingState
from booking.bookings.ticket import public_keys, read_our_ticket, read_ticket, ticket_text
from booking.kernel.actors import Actor
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.secrets import new_keyring
from tests import factories
from tests.conftest import NOW
from tests.web.bookings.tickets import text_of
from tests.web.conftest import Visitor


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        session.execute(update(Person).values(name="欧阳𠅤"))
    return actor


@pytest.fixture
def reference(mei: Actor, sessions: Sessions) -> str:
    with unit_of_work(sessions) as session:
        return factories.booking(session, mei, factories.slot(session), at=NOW)


def answer_of(visitor: Visitor, text: str) -> str:
    answer = visitor.submit("/tickets/check", {"text": text})
    assert answer.status_code == 200
    assert text not in answer.text
    return answer.text


def test_a_ticket_that_stands_is_valid_and_shows_what_where_when_and_a_masked_name(
    stranger: Visitor, reference: str, sessions: Sessions
) -> None:
    text = text_of(sessions, reference)
    page = answer_of(stranger, f" {text.lower()}\n")

    assert "<h1>Valid</h1>" in page
    for words in ("Subject 2 (field)", "Tue 8 Dec 08:30", "Test site", "欧**"):
        assert words in page
    ticket = read_our_ticket(text, sessions.keyring)
    for secret in ("欧阳", "𠅤", reference, ticket.id_tail):
        assert secret not in page


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"state": BookingState.CANCELLED, "ended_at": NOW}, "Cancelled"),
        ({"state": BookingState.CANCELLED_BY_OFFICE, "ended_at": NOW}, "Cancelled"),
        ({"changes": 1}, "No longer valid: the booking was changed"),
        ({"state": BookingState.PASSED, "ended_at": NOW}, "Over"),
        ({"state": BookingState.ATTENDED}, "Valid"),
    ],
)
def test_what_became_of_the_booking_decides(
    stranger: Visitor, reference: str, sessions: Sessions, change: dict[str, object], title: str
) -> None:
    text = text_of(sessions, reference)
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).values(**change))

    assert f"<h1>{title}</h1>" in answer_of(stranger, text)


def test_a_ticket_is_over_when_its_hour_is(
    stranger: Visitor, reference: str, sessions: Sessions, clock: FixedClock
) -> None:
    text = text_of(sessions, reference)
    clock.instant += timedelta(days=30)

    assert "<h1>Over</h1>" in answer_of(stranger, text)


def test_nothing_is_told_about_what_the_office_did_not_sign(
    stranger: Visitor, reference: str, sessions: Sessions
) -> None:
    text = text_of(sessions, reference)
    ticket = read_our_ticket(text, sessions.keyring)
    later = text.replace(f"{ticket.starts_at:%Y%m%d}", f"{ticket.starts_at + timedelta(days=1):%Y%m%d}")

    for forged, title in (
        (later, "Altered"),
        (ticket_text(ticket, new_keyring()), "No ticket of this office"),
        (reference, "No ticket of this office"),
    ):
        page = answer_of(stranger, forged)
        assert f"<h1>{title}</h1>" in page
        assert "欧" not in page
        assert "Subject 2" not in page


def test_a_signed_ticket_of_another_database_is_not_ours(
    stranger: Visitor, reference: str, sessions: Sessions
) -> None:
    ticket = read_our_ticket(text_of(sessions, reference), sessions.keyring)
    unknown = ticket_text(replace(ticket, reference="ZZZZZZZZZZ"), sessions.keyring)

    assert "<h1>No ticket of this office</h1>" in answer_of(stranger, unknown)


@pytest.mark.parametrize("text", ["", "x" * 501])
def test_nothing_and_far_too_much_are_asked_for_again(stranger: Visitor, text: str) -> None:
    answer = stranger.submit("/tickets/check", {"text": text})

    assert answer.status_code == 422
    assert 'href="#text"' in answer.text


def test_the_public_keys_check_tickets_without_us(stranger: Visitor, reference: str, sessions: Sessions) -> None:
    answer = stranger.get("/tickets/key")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    keys = dict(line.split() for line in answer.text.splitlines())
    assert {name: bytes.fromhex(key) for name, key in keys.items()} == public_keys(sessions.keyring)
    *_, last = keys.values()
    assert read_ticket(text_of(sessions, reference), bytes.fromhex(last)).reference == reference
