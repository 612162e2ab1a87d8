"""Booking a place: what it writes, what it refuses, and that a refusal leaves nothing behind."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from booking.audit.models import AuditEntry
from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingChannel, BookingState
from booking.bookings.wishes import Wish
from booking.exams.line import EXAMS
from booking.kernel.actors import Actor, Role
from booking.kernel.db import Sessions, conflicts_as, constraint_name, reading, unit_of_work
from booking.kernel.errors import ConflictError, NotEligibleError, NotFoundError
from booking.kernel.ids import PersonId, SlotId
from booking.notices.models import Channel, Notice
from booking.slots.models import Lane, Quota
from booking.slots.service import SlotClosedError, SlotFullError
from tests import factories
from tests.conftest import NOW


def mei(sessions: Sessions) -> Actor:
    """Add Mei, who has passed subject 1 long ago and may take subject 2."""
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        factories.learner(session, person_of(actor))
        factories.passed(session, actor, "subject_1")
        return actor


def person_of(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id


def slot_with(sessions: Sessions, released: int = 10, **more: Any) -> SlotId:
    with unit_of_work(sessions) as session:
        return factories.slot(session, released=released, **more)


def book(sessions: Sessions, actor: Actor, slot_id: SlotId, key: str = "key") -> str:
    with unit_of_work(sessions) as session:
        return bookings.book_seat(
            session, EXAMS, Wish(person_of(actor), EXAMS.holder(person_of(actor)), slot_id, key), actor=actor, now=NOW
        )


def ledger(sessions: Sessions, slot_id: SlotId) -> tuple[int, int, int]:
    """Return (released, taken, freed) of the ordinary lane."""
    with reading(sessions) as session:
        quota = session.get_one(Quota, (slot_id, Lane.ORDINARY))
        return quota.released, quota.taken, quota.freed


def count(sessions: Sessions, table: type) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_booking_writes_the_seat_the_log_and_the_messages_together(sessions: Sessions) -> None:
    actor = mei(sessions)
    slot_id = slot_with(sessions)

    reference = book(sessions, actor, slot_id)

    assert ledger(sessions, slot_id) == (10, 1, 0)
    with reading(sessions) as session:
        made = session.scalars(select(Booking).where(Booking.reference == reference)).one()
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.object_kind == "booking")).all()
        channels = set(session.scalars(select(Notice.channel).where(Notice.person_id == actor.person_id)))
    assert (made.state, made.channel, made.slot_id) == (BookingState.CONFIRMED, BookingChannel.INTERNET, slot_id)
    assert acts == ["booking made"]
    assert channels == {Channel.INBOX, Channel.SMS}


def test_a_refused_booking_leaves_nothing_behind(sessions: Sessions) -> None:
    actor = mei(sessions)
    slot_id = slot_with(sessions, released=0, capacity=5)

    with pytest.raises(SlotFullError):
        book(sessions, actor, slot_id)

    assert (count(sessions, Booking), count(sessions, Notice), count(sessions, AuditEntry)) == (0, 0, 0)


def test_all_reasons_are_told_at_once(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        actor = factories.account(session)
        factories.learner(session, person_of(actor), permit_issued_on=date(2026, 11, 20))
        slot_id = factories.slot(session, classes="A1,A3")

    with pytest.raises(NotEligibleError) as refused:
        book(sessions, actor, slot_id)

    codes = {reason.code for reason in refused.value.reasons}
    assert codes == {"subject-1-first", "subject-2-too-soon", "class-not-served"}


def test_a_second_live_booking_of_the_subject_is_refused_by_the_database_too(sessions: Sessions) -> None:
    actor = mei(sessions)
    first, second = slot_with(sessions), slot_with(sessions)
    book(sessions, actor, first)

    with pytest.raises(NotEligibleError):
        book(sessions, actor, second, key="another")
    with (
        pytest.raises(bookings.AlreadyBookedError),
        unit_of_work(sessions) as session,
        conflicts_as(bookings.CONFLICTS),
    ):
        factories.booking(session, actor, second, at=NOW)


def test_the_same_form_sent_twice_is_one_booking(sessions: Sessions) -> None:
    actor = mei(sessions)
    slot_id = slot_with(sessions)

    assert book(sessions, actor, slot_id, "same") == book(sessions, actor, slot_id, "same")
    assert ledger(sessions, slot_id) == (10, 1, 0)


def test_a_form_key_cannot_be_used_for_another_slot(sessions: Sessions) -> None:
    actor = mei(sessions)
    book(sessions, actor, slot_with(sessions), "same")

    with pytest.raises(ConflictError):
        book(sessions, actor, slot_with(sessions), "same")


@pytest.mark.parametrize("minutes", [-1, 0])
def test_a_slot_is_open_from_its_hour_on(sessions: Sessions, minutes: int) -> None:
    actor = mei(sessions)
    slot_id = slot_with(sessions, published_at=NOW - timedelta(minutes=minutes))

    if minutes < 0:  # it opens in a minute
        with pytest.raises(SlotClosedError):
            book(sessions, actor, slot_id)
    else:
        assert book(sessions, actor, slot_id)


def test_a_closed_slot_takes_nobody(sessions: Sessions) -> None:
    actor = mei(sessions)
    slot_id = slot_with(sessions, closes_at=NOW)

    with pytest.raises(SlotClosedError):
        book(sessions, actor, slot_id)


def test_an_unknown_slot_is_not_found(sessions: Sessions) -> None:
    with pytest.raises(NotFoundError):
        book(sessions, mei(sessions), SlotId(404))


def test_somebody_whose_permit_ends_soon_takes_the_priority_lane_first(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        actors = [factories.account(session) for _ in range(2)]
        for actor in actors:
            factories.learner(
                session, person_of(actor), permit_issued_on=date(2024, 2, 1), accepted_on=date(2024, 1, 1)
            )
            factories.passed(session, actor, "subject_1", day=date(2024, 2, 1))
        slot_id = factories.slot(session, released=5)
        session.add(Quota(slot_id=slot_id, lane=Lane.PRIORITY, capacity=1, released=1))

    for actor in actors:
        book(sessions, actor, slot_id)

    with reading(sessions) as session:
        lanes = session.scalars(select(Booking.lane).order_by(Booking.id)).all()
    assert lanes == [Lane.PRIORITY, Lane.ORDINARY]


def test_a_clerk_must_give_a_reason_for_a_booking_on_behalf(sessions: Sessions) -> None:
    actor = mei(sessions)
    slot_id = slot_with(sessions)
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER)
    wish = Wish(person_of(actor), EXAMS.holder(person_of(actor)), slot_id, "key", BookingChannel.COUNTER)

    with pytest.raises(IntegrityError) as refused, unit_of_work(sessions) as session:
        bookings.book_seat(session, EXAMS, wish, actor=clerk, now=NOW)

    assert constraint_name(refused.value) == "ck_booking_counter_has_reason"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE booking SET reference = 'AAAAAAAAAA'",
        "UPDATE booking SET holder = 'person:0'",
        "DELETE FROM booking",
        "UPDATE quota SET taken = released + 1",
        "UPDATE quota SET capacity = capacity + 1",
        "UPDATE slot SET capacity = capacity + 1",
    ],
)
def test_the_database_refuses_what_no_service_does(sessions: Sessions, change: str) -> None:
    book(sessions, mei(sessions), slot_with(sessions))

    with pytest.raises(IntegrityError), unit_of_work(sessions) as session:
        session.execute(text(change))


def test_the_database_allows_what_is_no_breach(sessions: Sessions) -> None:
    """Control of the refusals above: a harmless change of the same rows passes."""
    book(sessions, mei(sessions), slot_with(sessions))

    with unit_of_work(sessions) as session:
        session.execute(text("UPDATE booking SET changes = changes + 1"))
        session.execute(text("UPDATE quota SET taken = taken"))
