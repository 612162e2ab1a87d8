"""`booking check` on the ledger of a round, after each of the verbs by which a round moves seats."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.bookings import service as bookings
from booking.bookings.giving import Given, give_places
from booking.bookings.models import Booking, BookingChannel
from booking.exams.line import EXAMS
from booking.invariants import asking as invariants
from booking.kernel.actors import SYSTEM
from booking.kernel.db import Sessions, reading, unit_of_work
from booking.kernel.ids import SlotId
from booking.plans.jobs import publish_due_plans
from booking.slots import service as slots
from booking.slots.models import Lane, Slot
from tests import factories
from tests.service.plans.desk import PUBLISH_AT, open_desk

TOLD = "each booking made was told to its holder"  # messages are the business of whoever gives the places


def broken(sessions: Sessions) -> set[str]:
    with reading(sessions) as session:
        return {one.name for one in invariants.findings(session, now=PUBLISH_AT) if one.count} - {TOLD}


def give(session: Session, slot_id: SlotId, *lanes: Lane) -> None:
    """Give a place in each of the lanes to somebody new."""
    given = []
    for lane in lanes:
        actor = factories.account(session)
        person_id, account_id = actor.person_id, actor.account_id
        assert person_id is not None
        assert account_id is not None
        slot = session.get_one(Slot, slot_id)
        holder = EXAMS.holder(person_id)
        given.append(Given(person_id, holder, slot, lane, f"round {person_id}", BookingChannel.INTERNET, account_id))
    give_places(session, given, actor=SYSTEM, now=PUBLISH_AT)


def test_no_step_of_a_round_breaks_an_invariant(sessions: Sessions) -> None:
    """Two slots of 40 + 5 and 20 places: a draw, a cancellation, a handing-on, and the rest on sale."""
    open_desk(sessions).approved()
    publish_due_plans(sessions, PUBLISH_AT)
    with reading(sessions) as session:
        first, second = (SlotId(number) for number in session.scalars(select(Slot.id).order_by(Slot.starts_at)))
    assert broken(sessions) == set()

    with unit_of_work(sessions) as session:
        drawn = {first: {Lane.ORDINARY: 2, Lane.PRIORITY: 1}, second: dict[Lane, int]()}
        slots.settle_draw(session, drawn, actor=SYSTEM, now=PUBLISH_AT)
        give(session, first, Lane.ORDINARY, Lane.ORDINARY, Lane.PRIORITY)
    assert broken(sessions) == set()

    with unit_of_work(sessions) as session:
        reference = session.scalars(select(Booking.reference).where(Booking.lane == Lane.PRIORITY)).one()
        bookings.cancel(session, EXAMS, reference, actor=SYSTEM, now=PUBLISH_AT)
    assert broken(sessions) == set()

    with unit_of_work(sessions) as session:
        give(session, first, slots.hand_over(session, first, [Lane.PRIORITY]))
    assert broken(sessions) == set()

    with unit_of_work(sessions) as session:
        assert slots.return_freed_seats(session, actor=SYSTEM, now=PUBLISH_AT, of=[first, second]) == 62
    assert broken(sessions) == set()


def test_a_seat_given_without_the_ledger_is_noticed(sessions: Sessions) -> None:
    """Control: the same city, and a place more than the draw settled."""
    open_desk(sessions).approved()
    publish_due_plans(sessions, PUBLISH_AT)
    with unit_of_work(sessions) as session:
        slot_id = SlotId(session.scalars(select(Slot.id).order_by(Slot.starts_at)).first() or 0)
        slots.settle_draw(session, {slot_id: {Lane.ORDINARY: 1}}, actor=SYSTEM, now=PUBLISH_AT)
        give(session, slot_id, Lane.ORDINARY, Lane.ORDINARY)

    assert broken(sessions) == {"the ledger counts exactly the bookings and holds that keep a seat"}
