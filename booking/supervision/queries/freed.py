"""Places that were given back late, and who got them: always the next in the queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from booking.allotment.models.requests import Entry
from booking.allotment.models.rounds import RecordEvent, Round, RoundSlot
from booking.bookings.models import Booking, BookingState
from booking.kernel.calendar import ONE_DAY, start_of
from booking.slots.models import Slot
from booking.stats.rules.spans import Days
from booking.supervision.queries.tallies import LONGEST_WAIT

MOST_EVENTS = 200
GRANTED = "granted"
BY_HAND = (BookingState.CANCELLED, BookingState.CANCELLED_BY_OFFICE)


@dataclass(frozen=True, slots=True)
class Freed:
    """How many places came back after their round was closed, how many the queue got, and how many passed it by."""

    given_back: int
    to_the_queue: int
    past_the_queue: int


@dataclass(frozen=True, slots=True)
class HandedOn:
    """One place that the queue of a round was given, as the public record has it."""

    at: datetime
    round_id: int
    line: str
    service: str
    day: date
    number: int


def freed(session: Session, days: Days) -> Freed:
    """Count for some local days, both included; one statement."""
    begins, ends = start_of(days.first), start_of(days.last + ONE_DAY)
    back = (
        select(func.count())
        .select_from(Booking)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Booking.created_at >= begins - LONGEST_WAIT, Booking.created_at < ends)
        .where(Booking.state.in_(BY_HAND), Booking.ended_at >= begins, Booking.ended_at < ends)
        .where(Booking.ended_at > Slot.requests_until)
    )
    given = select(func.count()).where(RecordEvent.kind == GRANTED, RecordEvent.at >= begins, RecordEvent.at < ends)
    past = (
        select(func.count())
        .select_from(Booking)
        .join(RoundSlot, RoundSlot.slot_id == Booking.slot_id)
        .join(Slot, Slot.id == Booking.slot_id)
        .outerjoin(Entry, Entry.booking_id == Booking.id)
        .where(Booking.created_at >= begins, Booking.created_at < ends)
        .where(Entry.booking_id.is_(None), Booking.changes == 0, Booking.created_at < Slot.opens_at)
    )
    counted = (back, given, past)
    return Freed(*session.execute(select(*(one.scalar_subquery() for one in counted))).one())


def handed_on(session: Session, days: Days) -> Sequence[HandedOn]:
    """Return the places that queues were given in some local days, the latest first, at most 200."""
    query: Select[datetime, int, str, str, date, int] = (
        select(RecordEvent.at, Round.id, Round.line, Round.service, Round.day, RecordEvent.n)
        .join(Round, Round.id == RecordEvent.round_id)
        .where(RecordEvent.kind == GRANTED)
        .where(RecordEvent.at >= start_of(days.first), RecordEvent.at < start_of(days.last + ONE_DAY))
        .order_by(RecordEvent.at.desc(), RecordEvent.round_id, RecordEvent.n.desc())
    )
    return [HandedOn(*row) for row in session.execute(query.limit(MOST_EVENTS))]
