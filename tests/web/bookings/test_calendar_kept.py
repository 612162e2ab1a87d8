"""A calendar program of its own kind (the package `ical`) reads the files of a booking and keeps up with it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event, EventStatus

from booking.bookings import service
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor
from booking.kernel.calendar import LOCAL
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, unit_of_work
from booking.sites.models import Site
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import Visitor


class Diary:
    """What a person's calendar keeps: of two files about one event the later revision (RFC 5546, 2.1.5)."""

    def __init__(self) -> None:
        self.kept: dict[str, Event] = {}

    def read(self, calendar: Calendar) -> bool:
        """Take the event in if it is news; say whether it was."""
        (event,) = calendar.events
        assert event.uid
        known = self.kept.get(event.uid)
        if known is not None and revision(event) <= revision(known):
            return False
        self.kept[event.uid] = event
        return True


def revision(event: Event) -> tuple[int, datetime]:
    assert isinstance(event.dtstamp, datetime)
    return event.sequence or 0, event.dtstamp


@pytest.fixture
def mei(sessions: Sessions) -> Actor:
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        assert actor.person_id is not None
        factories.learner(session, actor.person_id)
        factories.passed(session, actor, "subject_1")
    return actor


@pytest.fixture
def reference(mei: Actor, sessions: Sessions) -> str:
    with unit_of_work(sessions) as session:
        return factories.booking(session, mei, factories.slot(session), at=NOW)


@pytest.fixture
def given(
    mei: Actor, reference: str, visitor: Callable[..., Visitor], clock: FixedClock
) -> Callable[[int], Calendar]:
    """Return a function that fetches the file so many minutes after ten."""

    def fetched(minutes: int) -> Calendar:
        clock.instant = NOW + timedelta(minutes=minutes)
        answer = visitor(actor=mei).get(f"/my/bookings/{reference}.ics")
        return IcsCalendarStream.calendar_from_ics(answer.data.decode())

    return fetched


def test_a_change_and_a_cancellation_replace_the_event_that_is_there(
    mei: Actor, reference: str, sessions: Sessions, given: Callable[[int], Calendar]
) -> None:
    diary = Diary()
    first = given(1)
    assert diary.read(first)
    with unit_of_work(sessions) as session:
        other = factories.slot(session, day=date(2026, 12, 9))
        service.change_slot(session, EXAMS, reference, other, actor=mei, now=NOW + timedelta(minutes=2))

    assert diary.read(given(3))
    assert not diary.read(first)  # the old file, opened once more
    (moved,) = diary.kept.values()
    assert moved.start == datetime(2026, 12, 9, 8, 30, tzinfo=LOCAL)
    assert moved.end == datetime(2026, 12, 9, 9, 30, tzinfo=LOCAL)
    assert (moved.sequence, moved.status) == (1, EventStatus.CONFIRMED)

    with unit_of_work(sessions) as session:
        service.cancel(session, EXAMS, reference, actor=mei, now=NOW + timedelta(minutes=4))
    assert diary.read(given(5))
    (struck_out,) = diary.kept.values()
    assert (struck_out.sequence, struck_out.status) == (2, EventStatus.CANCELLED)
    assert not struck_out.alarm


def test_a_cancellation_bears_its_method_and_who_cancels(
    mei: Actor, reference: str, sessions: Sessions, given: Callable[[int], Calendar], visitor: Callable[..., Visitor]
) -> None:
    before = given(0)
    with unit_of_work(sessions) as session:
        session.query(Site).update({"phone": "(0759) 000-0000 转 2"})
        service.cancel(session, EXAMS, reference, actor=mei, now=NOW)

    after = given(1)
    (event,) = after.events

    assert before.method is None
    assert before.events[0].organizer is None
    assert (after.method, event.status) == ("CANCEL", EventStatus.CANCELLED)
    assert event.organizer is not None
    assert str(event.organizer.uri) == "tel:0759000-00002"
    kind = visitor(actor=mei).get(f"/my/bookings/{reference}.ics").headers["Content-Type"]
    assert kind == "text/calendar; charset=utf-8; method=CANCEL"


def test_the_stamps_are_honest(
    mei: Actor, reference: str, sessions: Sessions, given: Callable[[int], Calendar]
) -> None:
    """Made when it was booked, revised when the booking changed, stamped when the file was written."""

    def stamps(minutes: int) -> list[datetime]:
        (event,) = given(minutes).events
        found = [event.created, event.last_modified, event.dtstamp]
        return [stamp.astimezone(UTC) for stamp in found if isinstance(stamp, datetime)]

    assert stamps(7) == [NOW, NOW, NOW + timedelta(minutes=7)]
    with unit_of_work(sessions) as session:
        other = factories.slot(session, day=date(2026, 12, 9))
        service.change_slot(session, EXAMS, reference, other, actor=mei, now=NOW + timedelta(minutes=8))
    assert stamps(20) == [NOW, NOW + timedelta(minutes=8), NOW + timedelta(minutes=20)]


def test_the_zone_of_the_file_and_its_long_lines_are_understood(
    sessions: Sessions, given: Callable[[int], Calendar]
) -> None:
    odd = "东海岛；西门, 二号\\楼;\n" + "很长的地址" * 30
    with unit_of_work(sessions) as session:
        session.query(Site).update({"address": odd})

    calendar = given(0)

    assert [zone.tz_id for zone in calendar.timezones] == ["Asia/Shanghai"]
    (event,) = calendar.events
    assert event.start == datetime(2026, 12, 8, 0, 30, tzinfo=UTC)
    assert event.location
    assert event.location.endswith(odd)
