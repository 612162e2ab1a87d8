"""Counting: bookings made here and imported history, by subject, channel, day and site."""

from datetime import date, time

import pytest
from sqlalchemy import event, update

from booking.bookings.models import Booking, BookingChannel, BookingState
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.errors import InvalidInputError
from booking.kernel.ids import SiteId, SlotId, new_reference
from booking.sites.models import Site
from booking.slots.models import Lane, Slot
from booking.stats.models import PastBooking
from booking.stats.queries.shares import by_channel, known_days, services_of, shares, sites_of
from booking.stats.rules.shares import Channels, Count
from booking.stats.rules.spans import Days
from tests import factories
from tests.conftest import NOW

DAY = date(2026, 12, 8)
SUBJECTS = ["subject_1", "subject_2", "road", "safety"]


def book(sessions: Sessions, slot_id: SlotId, channel: BookingChannel = BookingChannel.INTERNET) -> None:
    """Add a booking made through a channel. The factory books on line only, and a booking keeps its channel."""
    with unit_of_work(sessions) as session:
        holder, place = factories.account(session), session.get_one(Slot, slot_id)
        session.add(
            Booking(
                reference=new_reference(),
                line=place.line,
                service=place.service,
                slot_id=slot_id,
                lane=Lane.ORDINARY,
                person_id=holder.person_id,
                holder=f"person:{holder.person_id}",
                channel=channel,
                booked_by=holder.account_id,
                reason="asked for it",
                request_key=new_reference(),
                created_at=NOW,
            )
        )


def end(sessions: Sessions, state: BookingState) -> None:
    with unit_of_work(sessions) as session:
        session.execute(update(Booking).values(state=state, ended_at=NOW))


def past(sessions: Sessions, site_id: SiteId, day: date, channel: str = "school", *, service: str = "road") -> None:
    """Add a booking of history."""
    with unit_of_work(sessions) as session:
        row = {"line": "exams", "service": service, "site_id": site_id, "day": day, "channel": channel}
        session.add(PastBooking(**row, outcome="passed"))


@pytest.fixture
def site_id(sessions: Sessions) -> SiteId:
    with unit_of_work(sessions) as session:
        return factories.site(session, services=tuple(SUBJECTS))


@pytest.fixture
def slot_id(sessions: Sessions, site_id: SiteId) -> SlotId:
    with unit_of_work(sessions) as session:
        return factories.slot(session, site_id=site_id, service="road", day=DAY)


def test_every_subject_of_the_line_is_shown_in_its_order_even_without_a_booking(sessions: Sessions) -> None:
    with reading(sessions) as session:
        found = shares(session, DAY, DAY)

    assert found.items == tuple(Count(subject, 0, 0) for subject in SUBJECTS)
    assert found.total.share is None


def test_bookings_made_here_and_history_are_counted_together(
    sessions: Sessions, site_id: SiteId, slot_id: SlotId
) -> None:
    book(sessions, slot_id)
    book(sessions, slot_id)
    past(sessions, site_id, DAY, "internet")
    past(sessions, site_id, DAY, "school")
    past(sessions, site_id, DAY, "phone", service="safety")

    with reading(sessions) as session:
        found = shares(session, DAY, DAY)

    assert found.items[2:] == (Count("road", 3, 4), Count("safety", 0, 1))
    assert found.total == Count("", 3, 5)


def test_each_channel_is_counted_by_itself(sessions: Sessions, site_id: SiteId, slot_id: SlotId) -> None:
    for channel in (BookingChannel.INTERNET, BookingChannel.COUNTER, BookingChannel.COUNTER, BookingChannel.PHONE):
        book(sessions, slot_id, channel)
    for name in ("internet", "counter", "phone", "school"):
        past(sessions, site_id, DAY, name)

    with reading(sessions) as session:
        rows = by_channel(session, DAY, DAY)

    assert rows[2] == Channels("road", internet=2, counter=3, phone=2, school=1)
    assert [row.service for row in rows] == SUBJECTS


@pytest.mark.parametrize("state", list(BookingState))
def test_a_granted_booking_counts_once_whatever_became_of_it(
    sessions: Sessions, slot_id: SlotId, state: BookingState
) -> None:
    book(sessions, slot_id)
    if state is not BookingState.CONFIRMED:
        end(sessions, state)

    with reading(sessions) as session:
        found = shares(session, DAY, DAY)

    assert found.total == Count("", 1, 1)


def test_both_ends_of_the_period_are_included_and_nothing_beyond(sessions: Sessions, site_id: SiteId) -> None:
    for day in (7, 8, 9, 10, 11):
        with unit_of_work(sessions) as session:
            slot_id = factories.slot(session, site_id=site_id, service="road", day=date(2026, 12, day))
        book(sessions, slot_id)
        past(sessions, site_id, date(2026, 12, day))

    with reading(sessions) as session:
        found = shares(session, date(2026, 12, 8), date(2026, 12, 10))

    assert found.total == Count("", 3, 6)


def test_the_day_is_the_one_at_the_office_and_not_that_of_utc(sessions: Sessions, site_id: SiteId) -> None:
    with unit_of_work(sessions) as session:  # 07:00 at the office is 23:00 UTC of the day before
        early = factories.slot(session, site_id=site_id, service="road", day=DAY, starts=time(7))
    book(sessions, early)

    with reading(sessions) as session:
        on_the_day = shares(session, DAY, DAY)
        on_the_day_before = shares(session, date(2026, 12, 7), date(2026, 12, 7))

    assert (on_the_day.total.total, on_the_day_before.total.total) == (1, 0)


def test_one_site_is_counted_by_itself(sessions: Sessions, site_id: SiteId, slot_id: SlotId) -> None:
    with unit_of_work(sessions) as session:
        other = factories.site(session, services=("road",))
        elsewhere = factories.slot(session, site_id=other, service="road", day=DAY)
    book(sessions, slot_id)
    book(sessions, elsewhere)
    book(sessions, elsewhere)
    past(sessions, other, DAY)

    with reading(sessions) as session:
        here, there = shares(session, DAY, DAY, site_id=site_id), shares(session, DAY, DAY, site_id=other)

    assert here.total == Count("", 1, 1)
    assert there.total == Count("", 2, 3)


def test_another_line_is_not_mixed_in(sessions: Sessions, slot_id: SlotId) -> None:
    book(sessions, slot_id)

    with reading(sessions) as session:
        found = shares(session, DAY, DAY, line="inspections")

    assert found.total.total == 0
    assert len(found.items) == 3


def test_an_unknown_line_is_refused(sessions: Sessions) -> None:
    with reading(sessions) as session, pytest.raises(InvalidInputError):
        shares(session, DAY, DAY, line="trains")
    with pytest.raises(InvalidInputError):
        services_of("trains")


def test_shares_take_two_statements_however_many_bookings_there_are(
    sessions: Sessions, site_id: SiteId, slot_id: SlotId
) -> None:
    for _ in range(5):
        book(sessions, slot_id)
        past(sessions, site_id, DAY)
    statements: list[str] = []
    event.listen(sessions.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    with reading(sessions) as session:
        shares(session, DAY, DAY)

    assert len([statement for statement in statements if statement.lstrip().startswith("SELECT")]) == 2


def test_the_known_days_span_slots_and_history(sessions: Sessions, site_id: SiteId, slot_id: SlotId) -> None:
    past(sessions, site_id, date(2016, 3, 1))

    with reading(sessions) as session:
        assert known_days(session) == Days(date(2016, 3, 1), DAY)
        assert known_days(session, line="inspections") is None


def test_sites_of_a_line_can_be_chosen_closed_ones_too(sessions: Sessions, site_id: SiteId) -> None:
    with unit_of_work(sessions) as session:
        closed_id = factories.site(session)
        closed = session.get_one(Site, closed_id)
        closed.is_active, closed.name_en = False, ""
        station = session.get_one(Site, factories.site(session))
        station.line = "inspections"

    with reading(sessions) as session:
        found = sites_of(session)

    assert {site.id for site in found} == {site_id, closed_id}
    assert all(site.name_en for site in found)
