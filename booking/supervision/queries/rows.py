"""The rows behind a tally: each leads to the log of its object. No name, no number, no plate."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy import Row as Found
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.bookings.models import Booking, BookingState, Override
from booking.inspections.models import Agency, Vehicle
from booking.kernel.calendar import ONE_DAY, start_of
from booking.slots.models import Slot
from booking.stats.rules.spans import Days
from booking.supervision.queries.tallies import ACTS, HASH_SHOWN, LOOKS, ON_BEHALF, UNDONE

MOST_ROWS = 200
Between = tuple[datetime, datetime]
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """One act or thing that was counted: when, the object it is about, and what more is known."""

    at: datetime
    kind: str
    object_id: str
    act: str = ""  # of an entry of the log
    detail: str = ""  # a reason, or the code of why
    service: str = ""
    day: date | None = None  # of the session


def rows_of(session: Session, code: str, subject: str, days: Days) -> Sequence[Row]:
    """Return what was counted of a subject in some local days, the latest first, at most 200; one statement."""
    between = start_of(days.first), start_of(days.last + ONE_DAY)
    query, made = ROWS[code]
    return [made(row) for row in session.execute(query(subject, between).limit(MOST_ROWS))]


def _number(subject: str) -> int:
    number = subject.partition(":")[2]
    return int(number) if number.isdigit() and len(number) < 10 else 0


def _log(acts: ColumnElement[bool]) -> Callable[[str, Between], Rows]:
    entry = AuditEntry

    def query(subject: str, between: Between) -> Rows:
        return (
            select(entry.at, entry.object_kind, entry.object_id, entry.act, entry.reason)
            .where(entry.at >= between[0], entry.at < between[1], acts, entry.account_id == _number(subject))
            .order_by(entry.id.desc())
        )

    return query


def _bookings(at: ColumnElement[Any]) -> Rows:
    return (
        select(at, Booking.id, Booking.service, Slot.day)
        .join(Slot, Slot.id == Booking.slot_id)
        .order_by(at.desc(), Booking.id.desc())
    )


def _cancelled(subject: str, between: Between) -> Rows:
    holder, _, service = subject.rpartition("/")
    return _bookings(Booking.ended_at.expression).where(
        Booking.holder == holder,
        Booking.service == service,
        Booking.state == BookingState.CANCELLED,
        Booking.ended_at >= between[0],
        Booking.ended_at < between[1],
    )


def _on_behalf(subject: str, between: Between) -> Rows:
    return _bookings(Booking.created_at.expression).where(
        Booking.created_at >= between[0],
        Booking.created_at < between[1],
        Booking.channel.in_(ON_BEHALF),
        Booking.booked_by == _number(subject),
    )


def _overrides(subject: str, between: Between) -> Rows:
    return (
        select(Override.proposed_at, Override.id, Override.reason, Override.service, Slot.day)
        .join(Slot, Slot.id == Override.slot_id)
        .where(Override.proposed_at >= between[0], Override.proposed_at < between[1])
        .where(Override.proposed_by == _number(subject))
        .order_by(Override.id.desc())
    )


def _people(subject: str, between: Between) -> Rows:
    shown = func.substr(Person.phone_hash, 1, HASH_SHOWN)
    is_this = shown == subject.partition(":")[2]
    return select(Person.created_at, Person.id).where(is_this, Person.created_at < between[1]).order_by(Person.id)


def _vehicles(subject: str, between: Between) -> Rows:
    return (
        select(Agency.consented_at, Vehicle.id)
        .join(Vehicle, Vehicle.owner_id == Agency.owner_id)
        .where(Agency.agent_person_id == _number(subject), Agency.ended_at.is_(None))
        .where(Agency.consented_at < between[1])
        .order_by(Agency.consented_at.desc(), Vehicle.id)
    )


def _entry(row: Found[Any]) -> Row:
    return Row(row.at, row.object_kind, row.object_id, act=row.act, detail=row.reason)


def _booking(row: Found[Any]) -> Row:
    return Row(row[0], "booking", str(row.id), service=row.service, day=row.day)


def _override(row: Found[Any]) -> Row:
    return Row(row.proposed_at, "override", str(row.id), detail=row.reason, service=row.service, day=row.day)


def _person(row: Found[Any]) -> Row:
    return Row(row.created_at, "person", str(row.id))


def _vehicle(row: Found[Any]) -> Row:
    return Row(row.consented_at, "vehicle", str(row.id))


ROWS: Mapping[str, tuple[Callable[[str, Between], Rows], Callable[[Found[Any]], Row]]] = {
    "burst": (_log(AuditEntry.act.in_(ACTS)), _entry),
    "book_cancel": (_cancelled, _booking),
    "overrides": (_overrides, _override),
    "behalf": (_on_behalf, _booking),
    "phone": (_people, _person),
    "agent": (_vehicles, _vehicle),
    "looks": (_log(or_(*(AuditEntry.act.like(verb) for verb in LOOKS))), _entry),
    "undone": (_log(AuditEntry.act.in_(UNDONE)), _entry),
}
