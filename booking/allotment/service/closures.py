"""The office closes a site, or a line, on some days: preview, second person, everybody told and asked for again.

Whoever loses a place this way keeps the ranking time and stands in the lane `make_up` of the next rounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from booking.allotment.models.proposals import Closure
from booking.allotment.models.requests import Entry, Request, RequestState, RequestWish, Standing
from booking.allotment.service.entering import enter_rounds
from booking.allotment.service.impact import require_seen
from booking.allotment.service.messages import tell_of_request
from booking.allotment.service.wishes import AnyAt, as_columns, open_choices
from booking.allotment.service.wishes import rows_by_round as rows_of_rounds
from booking.audit import service as audit
from booking.bookings import service as bookings
from booking.bookings.line import Line
from booking.bookings.models import LIVE, Booking
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import rows_changed
from booking.kernel.errors import (
    InvalidInputError,
    InvalidStateError,
    NotAllowedError,
    NotEligibleError,
    NotFoundError,
    SamePersonError,
)
from booking.kernel.ids import BookingId, Holder, PersonId, SiteId, SlotId, new_reference
from booking.policies import queries as policies
from booking.sites.models import SiteService
from booking.slots import service as slots
from booking.slots.models import Slot, SlotState
from booking.slots.withdrawing import can_be_withdrawn


@dataclass(frozen=True, slots=True)
class Scope:
    """What is closed: a site or (None) every site of the line, one service or ("") all, local days both included."""

    line: str
    site_id: SiteId | None
    service: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Hit:
    """One slot that a closure takes back: how many people hold a place in it, and how many ask for it in a round."""

    slot: Slot
    bookings: int
    requests: int


def preview(session: Session, scope: Scope, *, now: datetime) -> Sequence[Hit]:
    """Return what the closure would hit now, in order of time."""
    found = session.scalars(_matching(scope, now)).all()
    ids = [slot.id for slot in found]
    held = dict(
        session.execute(
            select(Booking.slot_id, func.count())
            .where(Booking.slot_id.in_(ids), Booking.state.in_(LIVE))
            .group_by(Booking.slot_id)
        ).all()
    )
    asked = dict(
        session.execute(
            select(RequestWish.slot_id, func.count())
            .join(Request, Request.id == RequestWish.request_id)
            .where(RequestWish.slot_id.in_(ids), Request.state == RequestState.LIVE)
            .group_by(RequestWish.slot_id)
        ).all()
    )
    return [Hit(slot, held.get(slot.id, 0), asked.get(slot.id, 0)) for slot in found]


def propose(
    session: Session,
    scope: Scope,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    seen: int | None = None,
    reason_en: str = "",
) -> int:
    """Propose a closure with the reason that will be public; return its number. `seen` bookings were looked at.

    `reason_en` is the reason for people who read English.

    Raises `ImpactChangedError` if it hits another number by now, `InvalidInputError` for a missing reason or days out
    of order, `NotFoundError` if it would hit nothing.
    """
    if not reason.strip():
        raise InvalidInputError("reason")
    if scope.last_day < scope.first_day:
        raise InvalidInputError("last_day")
    proposer = _person(actor, scope)
    hit = session.scalars(_matching(scope, now)).all()
    if not hit:
        raise NotFoundError
    require_seen(session, [SlotId(slot.id) for slot in hit], seen)
    row = insert(Closure).values(
        line=scope.line,
        service=scope.service,
        site_id=scope.site_id,
        first_day=scope.first_day,
        last_day=scope.last_day,
        reason=reason.strip(),
        reason_en=reason_en.strip(),
        bookings_seen=seen,
        proposed_by_person=proposer,
        proposed_at=now,
    )
    closure_id = session.execute(row.returning(Closure.id)).scalar_one()
    after = {"reason_en": reason_en.strip()} if reason_en.strip() else None
    audit.record(
        session, "closure proposed", "closure", closure_id, actor=actor, now=now, after=after, reason=reason.strip()
    )
    return closure_id


def approve(session: Session, closure_id: int, *, actor: Actor, now: datetime, seen: int | None = None) -> int:
    """Consent as a second person and take the slots back at once; return how many. `seen` bookings were looked at.

    The people in them are told and asked for again by the job of the next minute. Raises `SamePersonError` (by
    person), `InvalidStateError` if it is done already, `ImpactChangedError` if it hits another number by now.
    """
    closure = session.get(Closure, closure_id)
    if closure is None:
        raise NotFoundError
    scope = scope_of(closure)
    approver = _person(actor, scope)
    if approver == closure.proposed_by_person:
        raise SamePersonError
    hit = session.scalars(_matching(scope, now)).all()
    require_seen(session, [SlotId(slot.id) for slot in hit], seen if closure.approved_at is None else None)
    claim = update(Closure).where(Closure.id == closure_id, Closure.approved_at.is_(None))
    if rows_changed(session, claim.values(approved_at=now, approved_by_person=approver, slots=len(hit))) != 1:
        raise InvalidStateError
    given = {"reason": closure.reason, "reason_en": closure.reason_en}
    for slot in hit:
        slots.withdraw_slot(session, SlotId(slot.id), actor=actor, now=now, **given)
    audit.record(
        session, "closure approved", "closure", closure_id,
        actor=actor, now=now, after={"slots": len(hit)}, reason=closure.reason,
    )  # fmt: skip
    return len(hit)


def scope_of(closure: Closure) -> Scope:
    """Return what a stored closure closes."""
    site_id = SiteId(closure.site_id) if closure.site_id is not None else None
    return Scope(closure.line, site_id, closure.service, closure.first_day, closure.last_day)


def cancel_and_ask_again(session: Session, line: Line, booking_id: BookingId, *, actor: Actor, now: datetime) -> bool:
    """Cancel a booking of a withdrawn slot, tell the person, and ask for a place again in the lane `make_up`.

    The request is for any slot at the site that closed, then at the other sites of the service, now and in rounds
    to come; the person may change it. Returns False if the booking is not live any more.
    """
    if not bookings.cancel_by_office(session, line, booking_id, actor=actor, now=now):
        return False
    booking = session.get_one(Booking, booking_id)
    if _live_request(session, booking) is None:
        _ask_again(session, line, booking, actor=actor, now=now)
    return True


def _ask_again(session: Session, line: Line, booking: Booking, *, actor: Actor, now: datetime) -> None:
    slot = session.get_one(Slot, booking.slot_id)
    values = policies.all_values(session, local_day(now))
    sites = _sites_of_service(session, slot)[: values.number("rounds.most_wishes")]
    wishes = [AnyAt(site_id) for site_id in sites]
    request = Request(
        reference=new_reference(),
        line=booking.line,
        service=booking.service,
        person_id=booking.person_id,
        holder=booking.holder,
        channel=booking.channel,
        asked_by=booking.booked_by,
        reason=booking.reason,
        request_key=f"again {booking.id}",
        carry_on=True,
        notice_hours=values.number("rounds.late_hours"),
        is_make_up=True,
        created_at=now,
        changed_at=now,
    )
    session.add(request)
    session.flush()  # its id is needed for wishes, rows and messages
    rows = [{"request_id": request.id, "place": n, **as_columns(wish)} for n, wish in enumerate(wishes, start=1)]
    session.execute(insert(RequestWish), rows)
    audit.record(session, "request made again", "request", request.id, actor=actor, now=now,
                 after={"booking": booking.id})  # fmt: skip
    tell_of_request(session, "request_asked_again", request, line=line, now=now)
    choices = open_choices(session, line, booking.service, now=now)
    try:
        rows_now = rows_of_rounds(session, line, Holder(booking.holder), wishes, choices, now=now)
    except NotEligibleError:  # not for the rounds open now; the request waits for those to come
        return
    enter_rounds(session, line, request, rows_now, now=now)


def _live_request(session: Session, booking: Booking) -> int | None:
    """Return the live request of the holder, if any: it asks once."""
    live = (Request.service == booking.service, Request.holder == booking.holder, Request.state == RequestState.LIVE)
    return session.scalar(select(Request.id).where(*live))


def _sites_of_service(session: Session, slot: Slot) -> list[SiteId]:
    """Return the sites that offer the service of a slot, its own first."""
    query = select(SiteService.site_id).where(SiteService.service == slot.service).order_by(SiteService.site_id)
    found = [SiteId(site_id) for site_id in session.scalars(query)]
    return sorted(found, key=lambda site_id: site_id != slot.site_id)


def left_over(session: Session, line: str) -> Sequence[Request]:
    """Return the live requests of people whose place the office took, with no round or queue that holds them now."""
    held = select(Entry.round_id).where(
        Entry.request_id == Request.id, Entry.standing.in_((Standing.IN, Standing.WAITING))
    )
    query = select(Request).where(
        Request.line == line, Request.state == RequestState.LIVE, Request.is_make_up.is_(True), ~held.exists()
    )
    return session.scalars(query.order_by(Request.created_at, Request.id)).all()


def _matching(scope: Scope, now: datetime) -> Select[Slot]:
    query = select(Slot).where(
        Slot.line == scope.line,
        Slot.day.between(scope.first_day, scope.last_day),
        Slot.state == SlotState.PUBLISHED,
        can_be_withdrawn(now),
    )
    if scope.site_id is not None:
        query = query.where(Slot.site_id == scope.site_id)
    if scope.service:
        query = query.where(Slot.service == scope.service)
    return query.order_by(Slot.id)


def _person(actor: Actor, scope: Scope) -> PersonId:
    """Return who acts; site staff act for their own site only."""
    if actor.person_id is None or (actor.site_id is not None and actor.site_id != scope.site_id):
        raise NotAllowedError
    return actor.person_id
