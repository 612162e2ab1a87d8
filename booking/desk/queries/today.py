"""What the desk has before it: tests of today and tomorrow, what waits for a person, and who searched how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from booking.accounts.models import Account, Person
from booking.allotment.models.proposals import Closure, Correction
from booking.allotment.models.rounds import Round, Stage
from booking.audit.models import AuditEntry
from booking.bookings.models import LIVE, Booking, BookingState
from booking.bookings.override_queries import overrides_waiting
from booking.desk.service import SEARCHED
from booking.kernel.calendar import start_of
from booking.kernel.ids import SlotId
from booking.notices.models import Notice
from booking.sites.models import Site
from booking.slots.models import Slot, SlotState

WEEK = timedelta(6)  # with today, seven days


@dataclass(frozen=True, slots=True)
class DeskSlot:
    """One session with its people: booked and still expected or here, and those who have been seen."""

    id: SlotId
    service: str
    day: date
    starts_at: datetime
    ends_at: datetime
    site_name: str
    site_name_en: str
    capacity: int
    booked: int
    seen: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for a person, by what it is."""

    overrides: int
    corrections: int
    closures: int
    messages: int


@dataclass(frozen=True, slots=True)
class Searcher:
    """How often one clerk has searched, today and in seven days, and how often nothing was found."""

    name: str
    login: str
    today: int
    week: int
    in_vain: int


def sessions_on(session: Session, first: date, last: date, *, line: str) -> Sequence[DeskSlot]:
    """Return the published sessions of a line on some local days with their counts; one statement."""
    # Whoever passed or failed was there; who was absent or cancelled is not counted.
    seen = (BookingState.ATTENDED, BookingState.PASSED, BookingState.FAILED)
    query = (
        select(
            Slot.id,
            Slot.service,
            Slot.day,
            Slot.starts_at,
            Slot.ends_at,
            Site.name,
            Site.name_en,
            Slot.capacity,
            func.count(case((Booking.state.in_({*LIVE, *seen, BookingState.ABSENT}), 1))),
            func.count(case((Booking.state.in_(seen), 1))),
        )
        .join(Site, Site.id == Slot.site_id)
        .outerjoin(Booking, Booking.slot_id == Slot.id)
        .where(Slot.line == line, Slot.day.between(first, last), Slot.state == SlotState.PUBLISHED)
        .group_by(Slot.id, Site.id)
        .order_by(Slot.starts_at, Site.id, Slot.id)
    )
    return [DeskSlot(SlotId(number), *rest) for number, *rest in session.execute(query)]


def waiting(session: Session, *, now: datetime) -> Waiting:
    """Count what waits for a person; four statements."""
    corrections = (
        select(func.count())
        .select_from(Correction)
        .join(Round, Round.id == Correction.round_id)
        .where(Correction.approved_at.is_(None), Round.stage == Stage.CLOSED, Round.objections_until > now)
    )
    closures = select(func.count()).select_from(Closure).where(Closure.approved_at.is_(None))
    messages = select(func.count()).where(Notice.failed_at.is_not(None), Notice.sent_at.is_(None))
    return Waiting(
        overrides=overrides_waiting(session, now=now),
        corrections=session.scalar(corrections) or 0,
        closures=session.scalar(closures) or 0,
        messages=session.scalar(messages) or 0,
    )


def searchers(session: Session, today: date) -> Sequence[Searcher]:
    """Return who searched at the desk in the last seven days, most of today first; one statement."""
    is_today = AuditEntry.at >= start_of(today)
    query = (
        select(
            Person.name,
            Account.login,
            func.count(case((is_today, 1))),
            func.count(),
            func.count(case((AuditEntry.object_id == "0", 1))),
        )
        .select_from(AuditEntry)
        .join(Account, Account.id == AuditEntry.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(AuditEntry.at >= start_of(today - WEEK), AuditEntry.act == SEARCHED)
        .group_by(Account.id, Person.id)
        .order_by(func.count(case((is_today, 1))).desc(), func.count().desc())
    )
    return [Searcher(name, login or "", *counts) for name, login, *counts in session.execute(query)]
