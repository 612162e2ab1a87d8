"""Places that a round gives: many at once, never moved, and what is left over is for whoever comes first."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from booking.audit.models import AuditEntry
from booking.bookings import service as bookings
from booking.bookings.giving import Given, give_places
from booking.bookings.models import Booking, BookingChannel, BookingState
from booking.bookings.service import AlreadyBookedError, DuplicateRequestError, NotMovableError
from booking.bookings.wishes import Wish
from booking.exams.line import EXAMS
from booking.kernel.actors import SYSTEM, Actor, Role
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import AccountId, PersonId, SlotId
from booking.slots import service as slots
from booking.slots.models import Lane, Method, Quota, Slot
from booking.slots.service import SlotClosedError, SlotFullError
from tests import factories

DRAWN_AT = datetime(2026, 12, 4, 13, 31, tzinfo=UTC)  # the evening of the day after the close
HANDED_ON_AT = datetime(2026, 12, 5, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LANES = {Lane.ORDINARY: 1, Lane.PRIORITY: 1, Lane.MAKE_UP: 1}


def learners(sessions: Sessions, number: int) -> list[Actor]:
    """Add people who may take subject 2, each with an account."""
    with unit_of_work(sessions) as session:
        actors = [factories.account(session) for _ in range(number)]
        for actor in actors:
            factories.learner(session, person_of(actor))
            factories.passed(session, actor, "subject_1")
        return actors


def person_of(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id


def slot_of_round(sessions: Sessions, day: date = date(2026, 12, 8), method: Method = Method.RANKED) -> SlotId:
    with unit_of_work(sessions) as session:
        return factories.slot(session, day=day, method=method, lanes=LANES)


def settled(sessions: Sessions, slot_id: SlotId, **taken: int) -> None:
    """Open the ledger as a draw that gave `taken` places in each lane."""
    with unit_of_work(sessions) as session:
        given = {Lane(lane): places for lane, places in taken.items()}
        slots.settle_draw(session, {slot_id: given}, actor=SYSTEM, now=DRAWN_AT)


def returned(sessions: Sessions, slot_id: SlotId) -> None:
    """Put on sale what nobody in the queue waits for."""
    with unit_of_work(sessions) as session:
        slots.return_freed_seats(session, actor=SYSTEM, now=HANDED_ON_AT, of=[slot_id])


def given_to(sessions: Sessions, actors: Sequence[Actor], slot_id: SlotId, key: str = "round") -> dict[PersonId, str]:
    """Give each an ordinary place; return the references."""
    with unit_of_work(sessions) as session:
        slot = session.get_one(Slot, slot_id)
        places = [
            Given(
                person_of(actor), EXAMS.holder(person_of(actor)), slot, Lane.ORDINARY, f"{key}-{actor.person_id}",
                BookingChannel.INTERNET, AccountId(actor.account_id or 0),
            )
            for actor in actors
        ]  # fmt: skip
        made = give_places(session, places, actor=SYSTEM, now=DRAWN_AT)
    return {person_of(actor): made[EXAMS.holder(person_of(actor))][1] for actor in actors}


def book(sessions: Sessions, actor: Actor, slot_id: SlotId, now: datetime = HANDED_ON_AT) -> str:
    with unit_of_work(sessions) as session:
        wish = Wish(person_of(actor), EXAMS.holder(person_of(actor)), slot_id, f"key {now}")
        return bookings.book_seat(session, EXAMS, wish, actor=actor, now=now)


def count(sessions: Sessions, table: type) -> int:
    with reading(sessions) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_many_places_are_given_at_once_with_a_reference_and_an_entry_each(sessions: Sessions) -> None:
    actors = learners(sessions, 3)
    slot_id = slot_of_round(sessions)

    references = given_to(sessions, actors, slot_id)

    with reading(sessions) as session:
        rows = session.scalars(select(Booking).order_by(Booking.person_id)).all()
        logged = session.scalars(select(AuditEntry).where(AuditEntry.act == "booking made")).all()
    assert {row.person_id: row.reference for row in rows} == references
    assert len(set(references.values())) == 3
    assert {row.booked_by for row in rows} == {actor.account_id for actor in actors}
    for row in rows:
        assert (row.state, row.lane, row.slot_id) == (BookingState.CONFIRMED, Lane.ORDINARY, slot_id)
        assert (row.line, row.service, row.holder) == ("exams", "subject_2", f"person:{row.person_id}")
        assert (row.created_at, row.changes, row.channel) == (DRAWN_AT, 0, BookingChannel.INTERNET)
    assert {entry.object_id for entry in logged} == {str(row.id) for row in rows}
    assert {entry.after["slot"] for entry in logged} == {slot_id}


def test_the_statements_for_two_hundred_places_are_as_many_as_for_two(sessions: Sessions) -> None:
    slot_id = slot_of_round(sessions)
    counted = []
    for number in (2, 200):
        actors = learners(sessions, number)
        statements = list[str]()

        def seen(*arguments: object, into: list[str] = statements) -> None:
            into.append(str(arguments[2]))

        event.listen(sessions.engine, "before_cursor_execute", seen)
        given_to(sessions, actors, slot_id, key=f"round {number}")
        event.remove(sessions.engine, "before_cursor_execute", seen)
        counted.append(len(statements))

    assert counted[0] == counted[1]


def test_one_who_holds_a_place_already_leaves_nothing_of_the_whole_batch(sessions: Sessions) -> None:
    actors = learners(sessions, 3)
    first, second = slot_of_round(sessions), slot_of_round(sessions, date(2026, 12, 9))
    given_to(sessions, actors[2:], first)
    before = count(sessions, AuditEntry)

    with pytest.raises(AlreadyBookedError):
        given_to(sessions, actors, second, key="another")

    assert (count(sessions, Booking), count(sessions, AuditEntry)) == (1, before)


def test_a_request_is_answered_with_one_place_only(sessions: Sessions) -> None:
    actors = learners(sessions, 1)
    slot_id = slot_of_round(sessions)
    references = given_to(sessions, actors, slot_id)
    settled(sessions, slot_id, ordinary=1)
    with unit_of_work(sessions) as session:
        bookings.cancel(session, EXAMS, *references.values(), actor=actors[0], now=HANDED_ON_AT)

    with pytest.raises(DuplicateRequestError):
        given_to(sessions, actors, slot_id)


def test_nobody_in_the_round_is_no_statement(sessions: Sessions) -> None:
    slot_id = slot_of_round(sessions)

    assert given_to(sessions, [], slot_id) == {}
    assert count(sessions, AuditEntry) == 0


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.COUNTER])
def test_a_place_given_by_a_round_is_not_moved_by_anybody(sessions: Sessions, role: Role) -> None:
    (actor,) = learners(sessions, 1)
    slot_id = slot_of_round(sessions)
    settled(sessions, slot_id, ordinary=1)
    (reference,) = given_to(sessions, [actor], slot_id).values()
    with unit_of_work(sessions) as session:
        free = factories.slot(session, day=date(2026, 12, 9))
        mover = actor if role is Role.APPLICANT else factories.account(session, role)

    with pytest.raises(NotMovableError), unit_of_work(sessions) as session:
        bookings.change_slot(session, EXAMS, reference, free, actor=mover, now=DRAWN_AT, reason="改期")

    with reading(sessions) as session:
        assert session.scalars(select(Booking.slot_id)).all() == [slot_id]
        assert session.get_one(Quota, (free, Lane.ORDINARY)).taken == 0


def test_a_place_given_by_a_round_can_be_cancelled_and_its_seat_waits_for_the_next(sessions: Sessions) -> None:
    (actor,) = learners(sessions, 1)
    slot_id = slot_of_round(sessions)
    settled(sessions, slot_id, ordinary=1)
    (reference,) = given_to(sessions, [actor], slot_id).values()

    with unit_of_work(sessions) as session:
        bookings.cancel(session, EXAMS, reference, actor=actor, now=DRAWN_AT)

    with reading(sessions) as session:
        quota = session.get_one(Quota, (slot_id, Lane.ORDINARY))
        assert (quota.released, quota.taken, quota.freed) == (0, 0, 1)


@pytest.mark.parametrize("method", [Method.RANKED, Method.LOTTERY])
def test_before_the_first_handing_on_nobody_books_what_a_round_gives(sessions: Sessions, method: Method) -> None:
    (actor,) = learners(sessions, 1)
    slot_id = slot_of_round(sessions, method=method)

    for hour in (DRAWN_AT - timedelta(days=10), DRAWN_AT, HANDED_ON_AT - SECOND):
        with pytest.raises(SlotClosedError):
            book(sessions, actor, slot_id, hour)
    with pytest.raises(SlotFullError):  # it is open by now, and no draw has opened its ledger
        book(sessions, actor, slot_id)


def test_what_waits_for_the_queue_is_not_on_sale(sessions: Sessions) -> None:
    (actor,) = learners(sessions, 1)
    slot_id = slot_of_round(sessions)
    settled(sessions, slot_id)

    with pytest.raises(SlotFullError):
        book(sessions, actor, slot_id)


def test_leftover_seats_of_every_lane_can_be_booked_by_anybody(sessions: Sessions) -> None:
    actors = learners(sessions, 4)
    slot_id = slot_of_round(sessions)
    settled(sessions, slot_id)
    returned(sessions, slot_id)

    for actor in actors[:3]:
        book(sessions, actor, slot_id)
    with pytest.raises(SlotFullError):
        book(sessions, actors[3], slot_id)

    with reading(sessions) as session:
        lanes = session.scalars(select(Booking.lane).order_by(Booking.id)).all()
        ledger = session.execute(select(Quota.lane, Quota.taken, Quota.freed).order_by(Quota.lane)).all()
    assert lanes == [Lane.ORDINARY, Lane.PRIORITY, Lane.MAKE_UP]
    assert {row.lane: (row.taken, row.freed) for row in ledger} == dict.fromkeys(LANES, (1, 0))


def test_the_special_lanes_of_a_first_come_slot_are_not_for_anybody(sessions: Sessions) -> None:
    """Control of the leftovers above."""
    (actor,) = learners(sessions, 1)
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(session, lanes={Lane.ORDINARY: 1, Lane.PRIORITY: 1})
        session.get_one(Quota, (slot_id, Lane.PRIORITY)).released = 1

    with pytest.raises(SlotFullError):
        book(sessions, actor, slot_id)


def test_a_first_come_place_can_be_moved_to_a_leftover_seat(sessions: Sessions) -> None:
    (actor,) = learners(sessions, 1)
    with unit_of_work(sessions) as session:
        old = factories.slot(session, day=date(2026, 12, 9))
    reference = book(sessions, actor, old)
    slot_id = slot_of_round(sessions)
    settled(sessions, slot_id, ordinary=1)
    returned(sessions, slot_id)

    with unit_of_work(sessions) as session:
        bookings.change_slot(session, EXAMS, reference, slot_id, actor=actor, now=HANDED_ON_AT)

    with reading(sessions) as session:
        assert session.execute(select(Booking.slot_id, Booking.lane)).one() == (slot_id, Lane.PRIORITY)
