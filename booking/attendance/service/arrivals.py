"""Somebody arrives: they get the next number of the day and stand in the queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from booking.attendance.models import OPEN, Visit, VisitDay, VisitKind, VisitState
from booking.attendance.queries.settings import DaySettings
from booking.attendance.queries.visits import VisitRow, visit_shown
from booking.attendance.rules.order import Window, is_on_time
from booking.attendance.service.results import settle_result
from booking.attendance.service.steps import STANDS_SOMEWHERE, AlreadyHereError, refuse_elsewhere
from booking.audit import service as audit
from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingState
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import conflicts_as
from booking.kernel.errors import ConflictError, NotFoundError, Wording
from booking.kernel.ids import BookingId, Holder, SiteId, VisitId
from booking.slots.models import Slot


class WrongDayError(ConflictError):
    """The booking is for another day."""

    wording: ClassVar[Wording] = Wording(
        "这个预约不是今天的，请看预约凭证上的日期。",
        "This booking is for another day; look at the day on its ticket.",
    )


class WrongSiteError(ConflictError):
    """The booking is for another site."""

    wording: ClassVar[Wording] = Wording(
        "这个预约不在本站，请看预约凭证上的地点。",
        "This booking is for another site; look at the place on its ticket.",
    )


class NothingToRepeatError(ConflictError):
    """The last visit of the case did not end as failed."""

    wording: ClassVar[Wording] = Wording(
        "这项业务最近一次没有不合格的结果，不用复检。请按新的检验登记。",
        "The last visit of this case did not fail, so there is no re-inspection. Record a new visit.",
    )


CONFLICTS: dict[str, type[Exception]] = {**STANDS_SOMEWHERE, "uq_visit_booking_id": AlreadyHereError}


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came and for what. Without a `booking_id`, a booking for here and today is found by holder and service.

    `reinspection_of` is any visit of the case that goes on.
    """

    holder: Holder
    service: str
    booking_id: BookingId | None = None
    reinspection_of: VisitId | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The booking that brought somebody, and its window."""

    booking_id: BookingId
    window: Window

    def columns(self) -> Mapping[str, Any]:
        """Return the columns of the visit that come from the booking."""
        starts_at, ends_at = self.window.starts_at, self.window.ends_at
        return {"booking_id": self.booking_id, "window_starts_at": starts_at, "window_ends_at": ends_at}


def arrive(
    session: Session, site_id: SiteId, arrival: Arrival, *, settings: DaySettings, actor: Actor, now: datetime
) -> VisitRow:
    """Record an arrival with the next number of the day; a booking becomes attended in the same transaction.

    Raises `AlreadyHereError` while the holder has an open visit anywhere, `WrongDayError` or `WrongSiteError` for a
    booking that is not for here and today, `InvalidStateError` for one that is over, `NothingToRepeatError`, or
    `NotFoundError` for a booking or a case of another holder; then nothing is changed.
    """
    refuse_elsewhere(actor, site_id)
    day = local_day(now)
    case_id = _case(session, arrival, actor=actor, now=now)
    place = _place(session, site_id, arrival, day)
    number = _next_number(session, site_id, day)
    kind = VisitKind.REINSPECTION if case_id else VisitKind.BOOKED if place else VisitKind.WALK_IN
    visit = Visit(
        site_id=site_id,
        day=day,
        number=number,
        service=arrival.service,
        holder=arrival.holder,
        kind=kind,
        first_visit_id=case_id,
        on_time=place is not None and is_on_time(place.window, arrived_at=now, grace=settings.grace),
        arrived_at=now,
        queued_at=now,
        recorded_by=actor.account_id,
        **(place.columns() if place else {}),
    )
    session.add(visit)
    with conflicts_as(CONFLICTS):
        session.flush()  # the database decides whether the holder, or the booking, is here already
    if place:
        bookings.record_outcome(session, place.booking_id, BookingState.ATTENDED, actor=actor, now=now)
    after = {"site": site_id, "number": number, "kind": kind}
    audit.record(session, "visit arrived", "visit", visit.id, actor=actor, now=now, after=after)
    return visit_shown(session, VisitId(visit.id))


def _place(session: Session, site_id: SiteId, arrival: Arrival, day: date) -> Place | None:
    query = select(Booking.id, Slot.site_id, Slot.day, Slot.starts_at, Slot.ends_at)
    query = query.join(Slot, Slot.id == Booking.slot_id)
    query = query.where(Booking.holder == arrival.holder, Booking.service == arrival.service)
    if arrival.booking_id is None:
        live = Booking.state == BookingState.CONFIRMED
        found = session.execute(query.where(live, Slot.site_id == site_id, Slot.day == day)).one_or_none()
        return Place(BookingId(found.id), Window(found.starts_at, found.ends_at)) if found else None
    row = session.execute(query.where(Booking.id == arrival.booking_id)).one_or_none()
    if row is None:
        raise NotFoundError
    if row.day != day:
        raise WrongDayError
    if row.site_id != site_id:
        raise WrongSiteError
    return Place(BookingId(row.id), Window(row.starts_at, row.ends_at))


def _case(session: Session, arrival: Arrival, *, actor: Actor, now: datetime) -> VisitId | None:
    """Return the first visit of the case that goes on; its last result is settled, for it is acted upon."""
    if arrival.reinspection_of is None:
        return None
    before = session.get(Visit, arrival.reinspection_of)
    if before is None or before.holder != arrival.holder or before.service != arrival.service:
        raise NotFoundError
    case_id = VisitId(before.first_visit_id or before.id)
    of_case = select(Visit.id, Visit.state).where(or_(Visit.id == case_id, Visit.first_visit_id == case_id))
    last = session.execute(of_case.where(Visit.state != VisitState.LEFT).order_by(Visit.id.desc()).limit(1)).first()
    if last is not None and last.state in OPEN:
        raise AlreadyHereError
    if last is None or last.state is not VisitState.FAILED:
        raise NothingToRepeatError
    settle_result(session, VisitId(last.id), actor=actor, now=now)
    return case_id


def _next_number(session: Session, site_id: SiteId, day: date) -> int:
    """Return the next number of the day; the row stays locked until the commit, so that no number is lost."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    first = (postgresql.insert if is_postgresql else sqlite.insert)(VisitDay).values(
        site_id=site_id, day=day, last_number=1
    )
    claim = first.on_conflict_do_update(
        index_elements=["site_id", "day"], set_={"last_number": VisitDay.last_number + 1}
    )
    return session.execute(claim.returning(VisitDay.last_number)).scalar_one()
