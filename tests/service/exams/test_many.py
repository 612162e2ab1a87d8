"""What rounds ask the line about: ranking times, lanes, and reasons for many people at once."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingState
from booking.exams.line import EXAMS
from booking.exams.models import Learner
from booking.exams.queries import had_priority, last_cancellation, record_of, records_of
from booking.exams.rules.orders import rules_on
from booking.exams.rules.ranking import ACCEPTED, GIVEN_UP, TAKEN
from booking.kernel.actors import Actor
from booking.kernel.calendar import start_of
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import PersonId, SlotId
from booking.slots.models import Lane, Slot
from tests import factories
from tests.conftest import NOW

PASSED_ON = date(2026, 6, 10)
HOUR = timedelta(hours=1)


def person_of(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id


def mei(session: Session, *, permit_issued_on: date = PASSED_ON) -> Actor:
    """Add Mei, who has passed subject 1 and may take subject 2."""
    actor = factories.account(session)
    accepted_on = permit_issued_on - timedelta(days=9)
    factories.learner(session, person_of(actor), permit_issued_on=permit_issued_on, accepted_on=accepted_on)
    factories.passed(session, actor, "subject_1", day=permit_issued_on)
    return actor


def cancelled(session: Session, actor: Actor, at: datetime, service: str = "subject_2") -> str:
    """Let the person book a place and give it up at `at`."""
    slot_id = factories.slot(session, service=service, released=5)
    reference = factories.booking(session, actor, slot_id, at=NOW)
    bookings.cancel(session, EXAMS, reference, actor=actor, now=at)
    return reference


def ended(session: Session, reference: str, state: BookingState) -> None:
    session.execute(update(Booking).where(Booking.reference == reference).values(state=state, ended_at=NOW))


def a_crowd(session: Session) -> list[PersonId]:
    """Add people of every sort: in order, too early, of another class, booked already, without a record."""
    ready, booked, elsewhere, newcomer = (mei(session) for _ in range(4))
    young = factories.account(session)
    factories.learner(session, person_of(young), permit_issued_on=date(2026, 11, 20))
    rider = factories.account(session)
    factories.learner(session, person_of(rider), licence_class="D", permit_issued_on=PASSED_ON)
    factories.booking(session, booked, factories.slot(session, day=date(2026, 12, 9)), at=NOW)
    factories.booking(session, elsewhere, factories.slot(session, service="road"), at=NOW)  # the same hour
    stranger = factories.person(session)
    closed = mei(session)
    session.execute(update(Learner).where(Learner.person_id == person_of(closed)).values(closed_at=NOW))
    actors = (ready, booked, elsewhere, newcomer, young, rider, closed)
    return [*(person_of(actor) for actor in actors), stranger]


def some_slots(session: Session) -> Sequence[Slot]:
    ids = [
        factories.slot(session),
        factories.slot(session, classes="D,E"),
        factories.slot(session, service="road", day=date(2026, 12, 10)),
        factories.slot(session, starts=time(9, 0)),
        factories.slot(session, service="safety", day=date(2026, 12, 11)),
    ]
    return session.scalars(select(Slot).where(Slot.id.in_(ids)).order_by(Slot.id)).all()


def test_many_are_refused_for_the_reasons_for_which_each_is_refused_alone(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        people, slots = a_crowd(session), some_slots(session)
        places = [(EXAMS.holder(person_id), slot) for person_id in people for slot in slots]

        found = EXAMS.refused(session, places, now=NOW)

        alone = {
            (holder, SlotId(slot.id)): reasons
            for holder, slot in places
            if (reasons := EXAMS.refusals(session, holder, slot, now=NOW))
        }
    assert found == alone
    assert len({reason.code for reasons in found.values() for reason in reasons}) >= 6
    assert len(found) < len(places), "some of them may come"


def test_reasons_for_many_take_as_many_statements_as_for_one(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        people, slot_ids = a_crowd(session), [slot.id for slot in some_slots(session)]
    counted = []
    for some in (people[:1], people):
        statements = list[str]()

        def seen(*arguments: object, into: list[str] = statements) -> None:
            into.append(str(arguments[2]))

        event.listen(sessions.engine, "before_cursor_execute", seen)
        with reading(sessions) as session:
            slots = session.scalars(select(Slot).where(Slot.id.in_(slot_ids))).all()
            places = [(EXAMS.holder(person_id), slot) for person_id in some for slot in slots]
            EXAMS.refused(session, places, now=NOW)
        event.remove(sessions.engine, "before_cursor_execute", seen)
        counted.append(len(statements))

    assert counted[0] == counted[1]


def test_nobody_asked_for_is_nobody_refused(sessions: Sessions) -> None:
    with reading(sessions) as session:
        assert EXAMS.refused(session, [], now=NOW) == {}


def test_the_records_of_many_are_the_records_of_each(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        people = a_crowd(session)

        found = records_of(session, people)

        assert found == {
            person_id: record for person_id in people if (record := record_of(session, person_id)) is not None
        }
    assert len(found) == len(people) - 2, "nobody without an open record"


def test_the_ranking_time_is_read_from_the_record(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        beginner, learner = factories.account(session), mei(session)
        factories.learner(session, person_of(beginner), accepted_on=date(2026, 6, 1), permit_issued_on=None)

        first = EXAMS.ranking(session, EXAMS.holder(person_of(beginner)), "subject_1")
        second = EXAMS.ranking(session, EXAMS.holder(person_of(learner)), "subject_2")

    assert first is not None
    assert second is not None
    assert (first.time, first.moments[-1].what) == (start_of(date(2026, 6, 1)), ACCEPTED)
    assert (second.time, second.moments[-1].what) == (start_of(PASSED_ON), TAKEN)


def test_without_an_open_record_there_is_nothing_to_rank_by(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        assert EXAMS.ranking(session, EXAMS.holder(factories.person(session)), "subject_1") is None


def test_a_place_given_up_moves_the_ranking_time_of_its_own_subject_only(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        actor = mei(session)
        for hours in (1, 2):
            cancelled(session, actor, NOW + hours * HOUR)

        of_subject = EXAMS.ranking(session, EXAMS.holder(person_of(actor)), "subject_2")
        of_road = EXAMS.ranking(session, EXAMS.holder(person_of(actor)), "road")

    assert of_subject is not None
    assert of_road is not None
    assert (of_subject.time, of_subject.moments[-1].what) == (NOW + 2 * HOUR, GIVEN_UP)
    assert of_road.time == start_of(PASSED_ON)


@pytest.mark.parametrize(
    "state", [BookingState.CANCELLED_BY_OFFICE, BookingState.CONFIRMED, BookingState.PASSED, BookingState.ABSENT]
)
def test_no_other_end_of_a_booking_is_a_cancellation(sessions: Sessions, state: BookingState) -> None:
    with unit_of_work(sessions) as session:
        actor = mei(session)
        reference = factories.booking(session, actor, factories.slot(session), at=NOW)
        if state is not BookingState.CONFIRMED:
            ended(session, reference, state)

        assert last_cancellation(session, person_of(actor), "subject_2") is None


def priority_booking(session: Session, actor: Actor) -> str:
    slot_id = factories.slot(session, lanes={Lane.ORDINARY: 1, Lane.PRIORITY: 1})
    reference = factories.booking_row(session, actor, slot_id, at=NOW)
    session.execute(update(Booking).where(Booking.reference == reference).values(lane=Lane.PRIORITY))
    return reference


def lanes(session: Session, actor: Actor, service: str) -> Sequence[Lane]:
    return EXAMS.lanes_on(session, person_of(actor), service, date(2026, 12, 8), now=NOW)


@pytest.mark.parametrize("end", [None, BookingState.CANCELLED, BookingState.ABSENT, BookingState.FAILED])
def test_priority_is_for_once_in_each_subject(sessions: Sessions, end: BookingState | None) -> None:
    with unit_of_work(sessions) as session:
        actor = mei(session, permit_issued_on=date(2024, 2, 1))
        before = lanes(session, actor, "subject_2")
        reference = priority_booking(session, actor)
        if end is not None:
            ended(session, reference, end)

        assert before == (Lane.PRIORITY, Lane.ORDINARY)
        assert had_priority(session, person_of(actor), "subject_2")
        assert lanes(session, actor, "subject_2") == (Lane.ORDINARY,)
        assert lanes(session, actor, "road") == (Lane.PRIORITY, Lane.ORDINARY)


def test_a_priority_place_that_the_office_took_away_is_not_the_one(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        actor = mei(session, permit_issued_on=date(2024, 2, 1))
        ended(session, priority_booking(session, actor), BookingState.CANCELLED_BY_OFFICE)

        assert lanes(session, actor, "subject_2") == (Lane.PRIORITY, Lane.ORDINARY)


def test_an_ordinary_place_uses_up_no_priority(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        actor = mei(session, permit_issued_on=date(2024, 2, 1))
        factories.booking(session, actor, factories.slot(session), at=NOW)

        assert lanes(session, actor, "subject_2") == (Lane.PRIORITY, Lane.ORDINARY)


def test_a_permit_that_lasts_opens_no_priority(sessions: Sessions) -> None:
    with unit_of_work(sessions) as session:
        assert lanes(session, mei(session), "subject_2") == (Lane.ORDINARY,)


def test_the_record_names_the_rule_set_of_the_day() -> None:
    assert {EXAMS.rule_set(date(year, 12, 8)) for year in (2017, 2023, 2026)} == {
        f"order-{rules_on(date(year, 12, 8)).key}" for year in (2017, 2023, 2026)
    }
    assert EXAMS.rule_set(date(2026, 12, 8)) == "order-172"
