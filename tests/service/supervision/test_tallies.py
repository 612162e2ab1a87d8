"""What is tallied of whom, on both databases: one statement for each rule, and the rows behind each number."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.bookings.evidence import Paper
from booking.bookings.models import Booking, BookingChannel, BookingState, Override, OverrideKind
from booking.kernel.actors import Actor, Role
from booking.kernel.clock import FixedClock
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.slots.models import Method
from booking.stats.rules.spans import Days
from booking.supervision.queries.freed import Freed, freed
from booking.supervision.queries.rows import rows_of
from booking.supervision.queries.tallies import TALLIES, tallied
from tests import factories
from tests.conftest import NOW

DAYS = Days(date(2026, 10, 26), date(2026, 11, 24))
HOUR = timedelta(hours=1)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Note every statement that is sent meanwhile."""
    sent: list[str] = []
    engine = session.get_bind()

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def of(sessions: Sessions, code: str) -> list[tuple[str, int, int]]:
    """Return what a rule tallies, as (subject, amount, total), after seeing that its rows are as many."""
    with reading(sessions) as session:
        tallies = tallied(session, code, DAYS).tallies
        for one in tallies:
            assert len(rows_of(session, code, one.subject, DAYS)) == one.total
        return [(one.subject, one.amount, one.total) for one in tallies]


def acts(session: Session, actor: Actor, act: str, *hours: float) -> None:
    """Record an act of somebody so many hours ago."""
    for ago in hours:
        audit.record(session, act, "booking", 1, actor=actor, now=NOW - ago * HOUR)


@pytest.mark.parametrize("code", TALLIES)
def test_each_rule_asks_once_and_an_empty_office_has_nothing_to_tell(sessions: Sessions, code: str) -> None:
    with reading(sessions) as session, counted(session) as sent:
        found = tallied(session, code, DAYS)

    assert len([one for one in sent if "SELECT" in one]) == 1
    assert (found.tallies, found.medians, found.everything) == ([], {}, 0)


def test_acts_are_tallied_by_hour_and_compared_within_a_role(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        clerk, learner = factories.account(session, Role.COUNTER), factories.account(session)
        acts(session, clerk, "booking made", 0.1, 0.2, 0.3, 24, 48.1, 48.2)
        acts(session, clerk, "booking attended", 0.1)  # not one of the acts that are tallied
        acts(session, clerk, "booking made", 24 * 40)  # before the period
        acts(session, learner, "request made", 5)

    with reading(sessions) as session:
        medians = tallied(session, "burst", DAYS).medians

    assert of_hours(sessions)[0] == (f"account:{clerk.account_id}", 3, 6)
    assert medians == {"counter": 2, "applicant": 1}


def of_hours(sessions: Sessions) -> list[tuple[str, int, int]]:
    with reading(sessions) as session:
        found = tallied(session, "burst", DAYS).tallies
        return sorted(((one.subject, one.amount, one.total) for one in found), key=lambda one: -one[1])


def test_who_books_and_cancels_is_tallied_by_holder_and_service(sessions: Sessions, clock: FixedClock) -> None:
    with unit_of_work(sessions) as session:
        holder = factories.account(session)
        slot_id = factories.slot(session)
        for ago in (1, 2, 3):
            reference = factories.booking_row(session, holder, slot_id, at=NOW - timedelta(days=ago + 3))
            booking = session.query(Booking).filter_by(reference=reference).one()
            booking.state, booking.ended_at = BookingState.CANCELLED, NOW - timedelta(days=ago)
            session.flush()
        factories.booking_row(session, holder, slot_id, at=NOW)

    assert of(sessions, "book_cancel") == [(f"person:{holder.person_id}/subject_2", 3, 3)]


def test_overrides_stand_beside_everything_that_the_clerk_did(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        clerk, learner = factories.account(session, Role.COUNTER), factories.account(session)
        acts(session, clerk, "booking made", 1, 2, 3)
        slot_id = factories.slot(session)
        session.add(
            Override(
                line="exams", service="subject_2", slot_id=slot_id, person_id=learner.person_id,
                holder=f"person:{learner.person_id}", channel=BookingChannel.COUNTER, lifted="too-early",
                kind=OverrideKind.HARDSHIP, reason="hospital", paper=Paper.ID_ORIGINAL,
                proposed_by=clerk.account_id, proposed_by_person=clerk.person_id, proposed_at=NOW,
                decide_until=NOW + HOUR,
            )
        )  # fmt: skip
        acts(session, clerk, "override proposed", 0)

    assert of(sessions, "overrides") == [(f"account:{clerk.account_id}", 1, 1)]
    with reading(sessions) as session:
        assert tallied(session, "overrides", DAYS).tallies[0].of == 4


def test_bookings_on_behalf_are_tallied_by_clerk_and_hour(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER)
        slot_id = factories.slot(session)
        for minutes in (1, 2, 90):
            at = NOW - timedelta(minutes=minutes)
            factories.booking_row(session, factories.account(session), slot_id, at=at, clerk=clerk)
        factories.booking_row(session, factories.account(session), slot_id, at=NOW)

    with reading(sessions) as session:
        found = tallied(session, "behalf", DAYS).tallies
        assert len(rows_of(session, "behalf", found[0].subject, DAYS)) == 3
    assert [(one.subject, one.amount, one.total) for one in found] == [
        (f"account:{clerk.account_id}", 2, 3), (f"account:{clerk.account_id}", 1, 3),
    ]  # fmt: skip


def test_people_with_one_phone_are_tallied_by_its_hash_and_no_number_stands_anywhere(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        for _ in range(3):
            factories.person(session, phone="19912345678")
        factories.person(session)

    [(subject, amount, _)] = of(sessions, "phone")

    assert amount == 3
    assert subject.startswith("phone:")
    assert "19912345678" not in subject


def test_an_agent_is_tallied_by_the_vehicles_of_all_their_owners(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        agent = factories.account(session)
        for vehicles in (2, 1):
            owner_id = factories.owner(session)
            factories.agency(session, owner_id, agent)
            for _ in range(vehicles):
                factories.vehicle(session, owner_id=owner_id)

    assert of(sessions, "agent") == [(f"person:{agent.person_id}", 3, 3)]


def test_looks_at_persons_and_plates_are_tallied_by_the_day_at_the_office(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        clerk = factories.account(session, Role.COUNTER)
        acts(session, clerk, "person looked up", 1, 2)
        acts(session, clerk, "document shown in full", 9)  # 01:00 at the office: the same local day
        acts(session, clerk, "person looked up", 11)  # 23:00 the day before
        acts(session, clerk, "booking made", 1)

    with reading(sessions) as session:
        found = tallied(session, "looks", DAYS).tallies
        assert len(rows_of(session, "looks", found[0].subject, DAYS)) == 4
    assert [(one.amount, one.total) for one in found] == [(3, 4), (1, 4)]


def test_what_is_taken_back_at_the_gate_is_tallied_by_account(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        gate = factories.account(session, Role.EXAM_SITE, site_id=factories.site(session))
        acts(session, gate, "attendance undone", 1, 2)
        acts(session, gate, "result undone", 3)

    assert of(sessions, "undone") == [(f"account:{gate.account_id}", 3, 3)]


def test_a_place_given_back_after_the_round_closed_is_counted(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        holder = factories.account(session)
        slot_id = factories.slot(
            session, day=date(2026, 11, 27), method=Method.RANKED, published_at=NOW - timedelta(days=10)
        )
        reference = factories.booking_row(session, holder, slot_id, at=NOW - timedelta(days=2))
        booking = session.query(Booking).filter_by(reference=reference).one()
        booking.state, booking.ended_at = BookingState.CANCELLED, NOW
    with reading(sessions) as session:
        assert freed(session, DAYS) == Freed(given_back=1, to_the_queue=0, past_the_queue=0)
