"""What a fact is made of: the columns that every measure yields, and the two tables that bookings stand in.

A fact has a day, a line, a service, a site (0: of none), the learner's licence class ("": of none), a bucket, and an
amount; `key` orders the facts of one day, `reference` and `state` are shown in its row.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, String, case, func, literal, select, type_coerce

from booking.bookings.models import Booking, BookingState
from booking.exams.line import EXAMS
from booking.exams.models import Learner
from booking.slots.models import Slot
from booking.stats.models import PastBooking

NOWHERE, NO_CLASS = 0, ""
CANCELLED = (BookingState.CANCELLED, BookingState.CANCELLED_BY_OFFICE)
Column = SQLColumnExpression[Any]
Source = Any  # a mapped class, or the columns of a subquery
Within = Callable[[Column], ColumnElement[bool]]
Facts = Select[*tuple[Any, ...]]


def fact(
    of: Source,
    bucket: Column,
    *,
    key: Column,
    site: Column | None = None,
    licence_class: Column | None = None,
    amount: Column | None = None,
    reference: Column | None = None,
    state: Column | None = None,
) -> Facts:
    """Return the statement of one kind of fact; what is not given is nothing, one, or the row's own."""
    return select(
        of.day.label("day"),
        of.line.label("line"),
        of.service.label("service"),
        (of.site_id if site is None else site).label("site_id"),
        (literal(NO_CLASS) if licence_class is None else licence_class).label("licence_class"),
        bucket.label("bucket"),
        (literal(1) if amount is None else amount).label("amount"),
        key.label("key"),
        (literal("") if reference is None else reference).label("reference"),
        (literal("") if state is None else state).label("state"),
    )


def text(column: Column) -> ColumnElement[str]:
    """Return an enum as the text that it is kept as."""
    return type_coerce(column, String)


def class_of(person: Column, line: Column, day: Column) -> ColumnElement[str]:
    """Return the licence class that a person was learning for on a day; none outside of driving tests."""
    learning = (
        select(Learner.licence_class)
        .where(Learner.person_id == person, Learner.accepted_on <= day)
        .order_by(Learner.accepted_on.desc(), Learner.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((line == EXAMS.key, func.coalesce(learning, NO_CLASS)), else_=NO_CLASS)


def of_bookings(bucket: Column, within: Within) -> Facts:
    """Return the bookings made here, by the day of their slot."""
    facts = fact(
        Slot,
        bucket,
        key=Booking.id,
        licence_class=class_of(Booking.person_id, Slot.line, Slot.day),
        reference=Booking.reference,
        state=text(Booking.state),
    )
    return facts.join(Booking, Booking.slot_id == Slot.id).where(within(Slot.day))


def of_history(bucket: Column, within: Within) -> Facts:
    """Return the bookings that were brought in."""
    facts = fact(PastBooking, bucket, key=-PastBooking.id, state=PastBooking.outcome)
    return facts.where(within(PastBooking.day))
