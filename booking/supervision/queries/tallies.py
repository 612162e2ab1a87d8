"""Tallies by subject: one statement for each rule, which yields the greatest and what they are compared with.

Every statement reads a period by an index: the log by its hour, bookings by the hour at which they were made.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from booking.accounts.models import Person
from booking.audit.models import AuditEntry
from booking.bookings.models import Booking, BookingChannel, BookingState, Override
from booking.inspections.models import Agency, Vehicle
from booking.kernel.calendar import ONE_DAY, start_of
from booking.kernel.db import UtcDateTime
from booking.stats.queries.days import DayOf, HoursFrom
from booking.stats.queries.facts import Column
from booking.stats.rules.spans import Days
from booking.supervision.rules.anomalies import Tallied, Tally

ACTS = (
    "booking made", "booking moved", "booking cancelled", "request made", "request made again", "request changed",
)  # fmt: skip
UNDONE = ("attendance undone", "attempt undone", "result undone")
# Verbs of looking at somebody's data, whatever was looked at: "person looked up", "vehicle looked up in clear".
LOOKS = ("%looked up%", "%revealed%", "%shown in full%")
ON_BEHALF = (BookingChannel.COUNTER, BookingChannel.PHONE)
LONGEST_WAIT = timedelta(days=120)  # nothing is published longer before its day: what is cancelled was made since
MOST = 60
HASH_SHOWN = 12  # digits of a keyed hash: enough to tell two apart, and no way back
EMPTY = literal("", String)
Period = tuple[datetime, datetime]


def tallied(session: Session, code: str, days: Days) -> Tallied:
    """Return the greatest tallies of a rule in some local days, both included; one statement."""
    inner = TALLIES[code](_period(days)).subquery()
    of = inner.c
    everyone = func.count().over(partition_by=of.role)
    place = func.row_number().over(partition_by=of.role, order_by=(of.amount.desc(), of.subject, of.part))
    ranked = select(
        *of,
        func.sum(of.amount).over(partition_by=of.subject).label("total"),
        func.sum(of.amount).over().label("everything"),
        place.label("place"),
        (everyone // 2 + 1).label("middle"),
    ).subquery()
    query = select(ranked).where(or_(ranked.c.place <= MOST, ranked.c.place == ranked.c.middle))
    rows = session.execute(query.order_by(ranked.c.place)).mappings().all()
    greatest = [
        Tally(row.subject, row.role, row.part, int(row.amount), int(row.total), int(row.of), row.latest)
        for row in rows
        if row.place <= MOST
    ]
    medians = {row.role: int(row.amount) for row in rows if row.place == row.middle}
    return Tallied(greatest, medians, int(rows[0].everything) if rows else 0)


def _period(days: Days) -> Period:
    return start_of(days.first), start_of(days.last + ONE_DAY)


def _within(column: Column, period: Period) -> ColumnElement[bool]:
    return (column >= period[0]) & (column < period[1])


def _hour(column: Column, period: Period) -> ColumnElement[str]:
    """Number the hour of an instant, from the beginning of the period on."""
    return cast(HoursFrom(literal(period[0], UtcDateTime()), column), String)


def _named(prefix: str, column: Column) -> ColumnElement[str]:
    return literal(prefix, String).concat(cast(column, String))


def _tally(
    subject: Column,
    latest: Column,
    *,
    role: Column = EMPTY,
    part: Column = EMPTY,
    amount: Column | None = None,
    of: Column | None = None,
) -> Select[*tuple[Any, ...]]:
    return select(
        subject.label("subject"),
        role.label("role"),
        part.label("part"),
        (func.count() if amount is None else amount).label("amount"),
        (literal(0) if of is None else of).label("of"),
        func.max(latest, type_=UtcDateTime()).label("latest"),
    )


def _of_log(period: Period, acts: ColumnElement[bool], part: Column) -> Select[*tuple[Any, ...]]:
    entry = AuditEntry
    return (
        _tally(_named("account:", entry.account_id), entry.at, role=cast(entry.role, String), part=part)
        .where(_within(entry.at, period), acts, entry.account_id.is_not(None))
        .group_by(entry.account_id, entry.role, part)
    )


def _bursts(period: Period) -> Select[*tuple[Any, ...]]:
    return _of_log(period, AuditEntry.act.in_(ACTS), _hour(AuditEntry.at, period))


def _book_cancel(period: Period) -> Select[*tuple[Any, ...]]:
    subject = Booking.holder.concat("/").concat(Booking.service)
    return (
        _tally(subject, Booking.ended_at)
        .where(Booking.created_at >= period[0] - LONGEST_WAIT, Booking.created_at < period[1])
        .where(Booking.state == BookingState.CANCELLED, _within(Booking.ended_at, period))
        .group_by(Booking.holder, Booking.service)
    )


def _overrides(period: Period) -> Select[*tuple[Any, ...]]:
    own = (
        select(AuditEntry.account_id, func.count().label("acts"))
        .where(_within(AuditEntry.at, period), AuditEntry.act.in_((*ACTS, "override proposed")))
        .group_by(AuditEntry.account_id)
        .subquery()
    )
    clerk = Override.proposed_by
    return (
        _tally(_named("account:", clerk), Override.proposed_at, of=func.coalesce(func.max(own.c.acts), 0))
        .select_from(Override)
        .outerjoin(own, own.c.account_id == clerk)
        .where(_within(Override.proposed_at, period))
        .group_by(clerk)
    )


def _behalf(period: Period) -> Select[*tuple[Any, ...]]:
    hour = _hour(Booking.created_at, period)
    return (
        _tally(_named("account:", Booking.booked_by), Booking.created_at, part=hour)
        .where(_within(Booking.created_at, period), Booking.channel.in_(ON_BEHALF))
        .group_by(Booking.booked_by, hour)
    )


def _phones(period: Period) -> Select[*tuple[Any, ...]]:
    subject = literal("phone:", String).concat(func.substr(Person.phone_hash, 1, HASH_SHOWN))
    shared = _tally(subject, Person.created_at).where(Person.created_at < period[1])
    return shared.group_by(Person.phone_hash).having(func.count() > 1)


def _agents(period: Period) -> Select[*tuple[Any, ...]]:
    agent = Agency.agent_person_id
    return (
        _tally(_named("person:", agent), Agency.consented_at)
        .select_from(Agency)
        .join(Vehicle, Vehicle.owner_id == Agency.owner_id)
        .where(Agency.ended_at.is_(None), Agency.consented_at < period[1])
        .group_by(agent)
    )


def _looks(period: Period) -> Select[*tuple[Any, ...]]:
    looked = or_(*(AuditEntry.act.like(verb) for verb in LOOKS))
    return _of_log(period, looked, cast(DayOf(AuditEntry.at), String))


def _undone(period: Period) -> Select[*tuple[Any, ...]]:
    return _of_log(period, AuditEntry.act.in_(UNDONE), EMPTY)


TALLIES: Mapping[str, Callable[[Period], Select[*tuple[Any, ...]]]] = {
    "burst": _bursts,
    "book_cancel": _book_cancel,
    "overrides": _overrides,
    "behalf": _behalf,
    "phone": _phones,
    "agent": _agents,
    "looks": _looks,
    "undone": _undone,
}
