"""A booking in the holder's own calendar: added once, moved and struck out by the same event."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from booking.accounts.models import Person
from booking.bookings import service
from booking.bookings.models import Booking, BookingState
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, keyring_of, reading, unit_of_work
from booking.sites.models import Site
from tests import factories
from tests.conftest import NOW
from tests.web.bookings.calendars import Component, read_calendar
from tests.web.conftest import Visitor


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        assert actor.person_id is not None
        factories.learner(session, actor.person_id)
        factories.passed(session, actor, "subject_1")
    return actor


@pytest.fixture
def learner(mei: Actor, visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(actor=mei)


@pytest.fixture
def reference(mei: Actor, sessions: Sessions) -> str:
    with unit_of_work(sessions) as session:
        return factories.booking(session, mei, factories.slot(session), at=NOW)


def event_of(visitor: Visitor, reference: str) -> Component:
    return read_calendar(visitor.get(f"/my/bookings/{reference}.ics").data).part("VEVENT")


def test_a_booking_is_given_as_a_calendar_file(learner: Visitor, reference: str) -> None:
    answer = learner.get(f"/my/bookings/{reference}.ics")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="booking-{reference}.ics"'
    assert answer.headers["Cache-Control"] == "no-store"
    calendar = read_calendar(answer.data)
    assert calendar.text("VERSION") == "2.0"
    assert calendar.text("PRODID")
    assert "METHOD" not in calendar.properties  # no invitation: it asks for no answer


def test_the_entry_says_what_when_where_and_what_to_bring(
    learner: Visitor, reference: str, sessions: Sessions
) -> None:
    event = event_of(learner, reference)

    with reading(sessions) as session:
        site = session.scalars(select(Site)).one()
    assert event.text("SUMMARY") == f"Subject 2 (field), {site.name_en}"
    assert event.text("LOCATION") == f"{site.name_en}, {site.address}"
    assert event.text("DESCRIPTION").splitlines() == [
        f"Reference: {reference}",
        "Bring your identity document, the original, and come by 08:00.",
        "If you cannot come, cancel on line before 7 Dec 2026 24:00.",
        f"Telephone of the place: {site.phone}",
    ]
    assert (event.text("STATUS"), event.text("SEQUENCE")) == ("CONFIRMED", "0")
    assert event.text("DTSTAMP") == "20261124T020000Z"


def test_the_entry_speaks_chinese_unless_english_was_chosen(
    learner: Visitor, reference: str, sessions: Sessions
) -> None:
    learner.set_cookie("language", "zh")

    event = event_of(learner, reference)

    with reading(sessions) as session:
        site = session.scalars(select(Site)).one()
    assert event.text("SUMMARY") == f"科目二（{site.name}）"
    assert event.text("LOCATION") == f"{site.name}，{site.address}"
    assert "请携带本人身份证明原件，08:00 前到场。" in event.text("DESCRIPTION")
    assert "2026年12月7日 24:00" in event.text("DESCRIPTION")


def test_hours_are_those_of_the_office_whose_zone_the_file_defines(learner: Visitor, reference: str) -> None:
    calendar = read_calendar(learner.get(f"/my/bookings/{reference}.ics").data)

    event, zone = calendar.part("VEVENT"), calendar.part("VTIMEZONE")
    assert event.properties["DTSTART"] == (";TZID=Asia/Shanghai", "20261208T083000")
    assert event.properties["DTEND"] == (";TZID=Asia/Shanghai", "20261208T093000")
    assert zone.text("TZID") == "Asia/Shanghai"
    offsets = [(part.name, part.text("TZOFFSETFROM"), part.text("TZOFFSETTO")) for part in zone.parts]
    assert offsets == [("STANDARD", "+0800", "+0800")]
    assert zone.parts[0].text("DTSTART") < event.text("DTSTART")


def test_it_reminds_the_day_before(learner: Visitor, reference: str) -> None:
    alarm = event_of(learner, reference).part("VALARM")

    assert (alarm.text("ACTION"), alarm.text("TRIGGER")) == ("DISPLAY", "-P1D")
    assert alarm.text("DESCRIPTION").startswith("Tomorrow at 08:30: Subject 2 (field)")


def test_a_changed_booking_moves_the_event_that_is_in_the_calendar(
    learner: Visitor, mei: Actor, reference: str, sessions: Sessions
) -> None:
    before = event_of(learner, reference)
    with unit_of_work(sessions) as session:
        other = factories.slot(session, day=date(2026, 12, 9))
        service.change_slot(session, EXAMS, reference, other, actor=mei, now=NOW)

    after = event_of(learner, reference)

    assert after.text("UID") == before.text("UID")
    assert (after.text("SEQUENCE"), after.text("DTSTART")) == ("1", "20261209T083000")


def test_a_cancelled_booking_strikes_its_event_out(
    learner: Visitor, mei: Actor, reference: str, sessions: Sessions
) -> None:
    before = event_of(learner, reference)
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).values(changes=2))
        service.cancel(session, EXAMS, reference, actor=mei, now=NOW)

    after = event_of(learner, reference)

    assert after.text("UID") == before.text("UID")
    assert (after.text("STATUS"), after.text("SEQUENCE")) == ("CANCELLED", "3")
    assert after.text("SUMMARY").startswith("Cancelled: ")
    assert "you need not come" in after.text("DESCRIPTION")
    assert not after.parts


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (BookingState.CANCELLED_BY_OFFICE, "CANCELLED"),
        (BookingState.PASSED, "CONFIRMED"),
        (BookingState.ABSENT, "CONFIRMED"),
    ],
)
def test_only_a_cancellation_strikes_the_event_out(
    learner: Visitor, reference: str, sessions: Sessions, state: BookingState, status: str
) -> None:
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).values(state=state, ended_at=NOW))

    assert event_of(learner, reference).text("STATUS") == status


def test_long_and_odd_words_arrive_as_they_are(learner: Visitor, reference: str, sessions: Sessions) -> None:
    odd = "东海岛；西门, 二号\\楼;\n" + "很长的地址" * 30
    with unit_of_work(sessions) as session:
        session.execute(update(Site).values(address=odd))

    assert event_of(learner, reference).text("LOCATION").endswith(odd)


def test_a_deadline_within_a_day_keeps_its_hour(
    learner: Visitor, mei: Actor, sessions: Sessions, clock: FixedClock
) -> None:
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, closes_at=NOW + timedelta(hours=1))
        reference = factories.booking(session, mei, slot_id, at=NOW)

    assert "before 24 Nov 2026 11:00." in event_of(learner, reference).text("DESCRIPTION")


def test_the_file_names_nobody(learner: Visitor, reference: str, sessions: Sessions) -> None:
    content = learner.get(f"/my/bookings/{reference}.ics").text.replace("\r\n ", "")

    with reading(sessions) as session:
        person, keyring = session.scalars(select(Person)).one(), keyring_of(session)
        private = [
            person.name,
            keyring.open(person.id_number_sealed, column="person.id_number"),
            keyring.open(person.phone_sealed, column="person.phone"),
        ]
    assert not [text for text in private if text in content]
    assert "ATTENDEE" not in content
    assert "ORGANIZER" not in content


def test_somebody_elses_entry_is_not_found(visitor: Callable[..., Visitor], learner: Visitor, reference: str) -> None:
    assert learner.get(f"/my/bookings/{reference}.ics").status_code == 200
    assert visitor(Role.APPLICANT).get(f"/my/bookings/{reference}.ics").status_code == 404


def test_the_page_of_a_booking_offers_the_entry(
    learner: Visitor, mei: Actor, reference: str, sessions: Sessions
) -> None:
    live = learner.get(f"/my/bookings/{reference}").text
    with unit_of_work(sessions) as session:
        service.cancel(session, EXAMS, reference, actor=mei, now=NOW)
    cancelled = learner.get(f"/my/bookings/{reference}").text

    assert f'href="/my/bookings/{reference}.ics"' in live
    assert "Add to calendar" in live
    assert f'href="/my/bookings/{reference}.ics"' in cancelled
    assert "Strike it out in your calendar" in cancelled
