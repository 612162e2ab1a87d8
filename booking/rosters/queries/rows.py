"""The rows of one roster: who is on it, who came, and what they did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import RowMapping, select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.bookings.models import Booking, BookingState
from booking.bookings.ticket import tail_of
from booking.exams.models import Learner
from booking.kernel.db import keyring_of
from booking.kernel.ids import BookingId, PersonId, SlotId
from booking.rosters.models import Attempt, AttemptOutcome, CheckIn, How
from booking.rosters.rules.standing import Standing, standing

# Whoever gave the place up is on no roster; whoever lost it to the office stays, and is counted.
ON_ROSTER = Booking.state != BookingState.CANCELLED
STANDING_ATTEMPTS = (
    select(Attempt)
    .join(Booking, Booking.id == Attempt.booking_id)
    .where(Attempt.undone_at.is_(None))
    .order_by(Attempt.booking_id, Attempt.number)
)
PEOPLE = (
    select(
        *(getattr(Booking, name) for name in ("id", "reference", "person_id", "state")),
        Person.name,
        Person.id_number_sealed,
        Learner.licence_class,
    )
    .join(Person, Person.id == Booking.person_id)
    .outerjoin(Learner, (Learner.person_id == Booking.person_id) & Learner.closed_at.is_(None))
    .where(ON_ROSTER)
    .order_by(Person.sort_key, Booking.id)
)


@dataclass(frozen=True, slots=True)
class ShownAttempt:
    """One attempt that stands. `undo_until` None: it can no longer be taken back."""

    number: int
    outcome: AttemptOutcome
    score: int | None
    recorded_at: datetime
    settled_at: datetime | None
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class ShownCheckIn:
    """The check-in that stands. `arrival` numbers those who came, in the order of `checked_in_at`.

    `undo_until` None: it can no longer be taken back.
    """

    arrival: int
    how: How
    checked_in_at: datetime
    recorded_at: datetime
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person on a roster.

    `number` is the place on it, by name; it stays while nobody is added. `tail` is the last four characters of the
    document, as tickets bear them; the number itself is not here. `licence_class` is "" without an open record.
    """

    number: int
    booking_id: BookingId
    reference: str
    person_id: PersonId
    name: str
    tail: str
    licence_class: str
    state: BookingState
    standing: Standing
    check_in: ShownCheckIn | None
    attempts: tuple[ShownAttempt, ...]

    @property
    def may_attempt(self) -> int | None:
        """The number of the attempt that can be recorded now (1 test, 2 retest), or None."""
        return {Standing.PRESENT: 1, Standing.RETEST: 2}.get(self.standing)


class OfSlot(Protocol):
    """The roster whose rows are asked for."""

    @property
    def slot_id(self) -> SlotId: ...

    @property
    def is_closed(self) -> bool: ...


def rows_of(session: Session, head: OfSlot, *, undo: timedelta, now: datetime) -> Sequence[RosterRow]:
    """Return the rows of a roster by name, in three statements; `undo` is how long things can be taken back."""
    check_ins = _check_ins(session, head.slot_id)
    attempts: dict[int, list[Attempt]] = {}
    for one in session.scalars(STANDING_ATTEMPTS.where(Booking.slot_id == head.slot_id)):
        attempts.setdefault(one.booking_id, []).append(one)
    keyring = keyring_of(session)
    rows = []
    people = session.execute(PEOPLE.where(Booking.slot_id == head.slot_id)).mappings()
    for number, row in enumerate(people, start=1):
        tried = attempts.get(row["id"], [])
        where = standing(row["state"], [(one.number, one.outcome) for one in tried])
        is_open = row["state"] is BookingState.ATTENDED and not head.is_closed
        rows.append(
            RosterRow(
                number=number,
                booking_id=BookingId(row["id"]),
                reference=row["reference"],
                person_id=PersonId(row["person_id"]),
                name=row["name"],
                tail=tail_of(keyring.open(row["id_number_sealed"], column="person.id_number")),
                licence_class=row["licence_class"] or "",
                state=row["state"],
                standing=where,
                check_in=_came(check_ins, row, undo if is_open and not tried else None, now),
                attempts=tuple(_tried(one, undo if is_open and one is tried[-1] else None, now) for one in tried),
            )
        )
    return rows


def _check_ins(session: Session, slot_id: SlotId) -> Mapping[int, tuple[int, CheckIn]]:
    """Return by booking the number of its arrival and the check-in that stands."""
    query = select(CheckIn).where(CheckIn.slot_id == slot_id, CheckIn.undone_at.is_(None))
    came = session.scalars(query.order_by(CheckIn.checked_in_at, CheckIn.id))
    return {one.booking_id: (number, one) for number, one in enumerate(came, start=1)}


def _came(
    check_ins: Mapping[int, tuple[int, CheckIn]], row: RowMapping, undo: timedelta | None, now: datetime
) -> ShownCheckIn | None:
    if row["id"] not in check_ins:
        return None
    arrival, one = check_ins[row["id"]]
    return ShownCheckIn(
        arrival, one.how, one.checked_in_at, one.recorded_at, undo_until=_until(one.recorded_at, undo, now)
    )


def _tried(one: Attempt, undo: timedelta | None, now: datetime) -> ShownAttempt:
    return ShownAttempt(
        number=one.number,
        outcome=one.outcome,
        score=one.score,
        recorded_at=one.recorded_at,
        settled_at=one.settled_at,
        undo_until=None if one.settled_at else _until(one.recorded_at, undo, now),
    )


def _until(recorded_at: datetime, undo: timedelta | None, now: datetime) -> datetime | None:
    """Return until when it can be taken back, or None where that is over or not possible."""
    return None if undo is None or now >= recorded_at + undo else recorded_at + undo
