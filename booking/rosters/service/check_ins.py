"""Somebody comes: found, recognised, checked in. And the way back from a wrong check-in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from booking.attendance.service.steps import refuse_elsewhere
from booking.bookings import service as bookings
from booking.bookings.models import Booking, BookingState
from booking.bookings.steps import RosterIsClosedError, take_attendance_back
from booking.bookings.ticket import TicketError, read_our_ticket, tail_of
from booking.kernel.actors import Actor
from booking.kernel.calendar import local_day
from booking.kernel.db import conflicts_as, keyring_of, rows_changed
from booking.kernel.errors import ConflictError
from booking.kernel.identifiers import plain_number
from booking.kernel.ids import BookingId, SiteId, SlotId
from booking.rosters.models import CheckIn, How
from booking.rosters.queries import finding
from booking.rosters.queries.finding import Found
from booking.rosters.queries.settings import RosterSettings, roster_settings
from booking.rosters.rules.admission import Door, Facts, clock, clock_refused, refused
from booking.rosters.service.holding import attempts_of, hold, refuse_closed, refuse_oneself
from booking.rosters.service.refusing import RosterRefusedError, refusal


class KeyUsedError(ConflictError):
    """The key of the device belongs to another check-in; the database says so."""


CONFLICTS: dict[str, type[Exception]] = {
    "uq_check_in_device_key": KeyUsedError,
    "check_in_of_attended": RosterIsClosedError,
}


@dataclass(frozen=True, slots=True)
class Presented:
    """What somebody shows at the door.

    `text` is a scanned ticket, a reference, or a whole document number. `tail` is the last four characters of the
    document that the operator has looked at: needed with a reference, compared where it is given with a ticket,
    ignored with a document number. `at` is when it happened, by the clock of the device. `device_key` is made by
    the device (a UUID), so that the same check-in sent twice is one; "" where nothing is sent twice.
    """

    text: str
    tail: str
    at: datetime
    device_key: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One check-in as it is asked for: where, with what, by which settings, and when the server hears of it."""

    site_id: SiteId
    presented: Presented
    settings: RosterSettings
    now: datetime


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """The answer to a check-in. `is_repeat`: the same check-in was sent before, and this is its first answer.

    `is_undone`: it was sent before, and somebody has taken it back since.
    """

    booking_id: BookingId
    slot_id: SlotId
    reference: str
    name: str
    tail: str
    service: str
    starts_at: datetime
    how: How
    checked_in_at: datetime
    recorded_at: datetime
    undo_until: datetime
    is_repeat: bool = False
    is_undone: bool = False


def check_in(session: Session, site_id: SiteId, presented: Presented, *, actor: Actor, now: datetime) -> CheckedIn:
    """Check somebody in at a site; the booking becomes attended in the same transaction.

    Whatever speaks against it raises `RosterRefusedError`, whose `refused.code` is one of: not-known, ticket-false,
    identity-missing, identity-differs, other-site, other-day, cancelled, slot-withdrawn, roster-closed, absent,
    checked-in, tested, too-early, too-late, clock-ahead, clock-behind, key-used; then nothing is stored.
    `NotAllowedError` for operators of another site, and for one's own booking.
    """
    refuse_elsewhere(actor, site_id)
    asked = Asked(site_id, presented, roster_settings(session, local_day(now)), now)
    found, how = _found(session, site_id, presented)
    if sent := _sent_before(session, found, asked):
        return sent
    _refuse(found, how, asked)
    booking = session.get_one(Booking, found.booking_id, populate_existing=True)
    refuse_oneself(actor, booking)
    try:
        bookings.record_outcome(session, found.booking_id, BookingState.ATTENDED, actor=actor, now=now)
    except RosterIsClosedError as failure:
        raise refusal("roster-closed", found.booking_id) from failure
    except ConflictError:  # somebody was quicker: say how it stands now
        found = finding.by_id(session, found.booking_id) or found
        if sent := _sent_before(session, found, asked):
            return sent
        _refuse(found, how, asked)
        raise
    return _stored(session, found, how, asked, actor)


def _stored(session: Session, found: Found, how: How, asked: Asked, actor: Actor) -> CheckedIn:
    row = insert(CheckIn).values(
        booking_id=found.booking_id,
        slot_id=found.slot_id,
        how=how,
        checked_in_at=min(asked.presented.at, asked.now),
        recorded_at=asked.now,
        recorded_by=actor.account_id,
        device_key=asked.presented.device_key or str(uuid4()),
    )
    try:
        with conflicts_as(CONFLICTS):
            check_in_id = session.execute(row.returning(CheckIn.id)).scalar_one()
    except KeyUsedError as failure:
        raise refusal("key-used", found.booking_id) from failure
    except RosterIsClosedError as failure:
        raise refusal("roster-closed", found.booking_id) from failure
    return _answer(found, session.get_one(CheckIn, check_in_id), asked)


def undo_check_in(session: Session, booking_id: BookingId, *, actor: Actor, now: datetime) -> None:
    """Take a check-in back, so that the booking is confirmed again.

    Raises `RosterRefusedError`: nothing-to-undo, undo-over, has-result, roster-closed.
    """
    booking, slot = hold(session, booking_id, actor)
    refuse_closed(session, slot.id, booking_id)
    one = session.scalar(select(CheckIn).where(CheckIn.booking_id == booking_id, CheckIn.undone_at.is_(None)))
    if one is None or booking.state is not BookingState.ATTENDED:
        raise refusal("nothing-to-undo", booking_id)
    if attempts_of(session, booking_id):
        raise refusal("has-result", booking_id)
    until = one.recorded_at + roster_settings(session, local_day(now)).undo
    if now >= until:
        raise refusal("undo-over", booking_id, clock=clock(until))
    undone = update(CheckIn).where(CheckIn.id == one.id, CheckIn.undone_at.is_(None)).values(undone_at=now)
    if rows_changed(session, undone) != 1:
        raise refusal("nothing-to-undo", booking_id)
    take_attendance_back(session, booking, actor=actor, now=now)


def _found(session: Session, site_id: SiteId, presented: Presented) -> tuple[Found, How]:
    try:
        ticket = read_our_ticket(presented.text, keyring_of(session))
    except TicketError as failure:
        if failure.problem != "shape":
            raise refusal("ticket-false") from failure
    else:
        if found := finding.by_reference(session, ticket.reference):
            return found, How.TICKET
        raise refusal("not-known")
    number = plain_number(presented.text)
    if found := finding.by_reference(session, number):
        return found, How.REFERENCE
    day = local_day(presented.at)
    if number and (found := finding.by_document(session, number, site_id, at=presented.at, day=day)):
        return found, How.DOCUMENT
    raise refusal("not-known")


def _refuse(found: Found, how: How, asked: Asked) -> None:
    presented, settings, now = asked.presented, asked.settings, asked.now
    door = Door(settings.early, settings.late, settings.offline)
    shown = "" if how is How.DOCUMENT else plain_number(presented.tail)
    facts = Facts(
        booking_state=found.state,
        is_here=found.site_id == asked.site_id,
        site=found.site_name,
        site_en=found.site_name_en or found.site_name,
        day=found.day,
        starts_at=found.starts_at,
        is_withdrawn=found.is_withdrawn,
        is_closed=found.is_closed,
        checked_in_at=found.checked_in_at,
        tail=found.tail,
        shown_tail=tail_of(shown) if shown else "",
        needs_tail=how is How.REFERENCE,
    )
    why = clock_refused(door, at=presented.at, now=now) or refused(facts, door, at=min(presented.at, now))
    if why is not None:
        is_recognised = why.code not in {"identity-missing", "identity-differs"}
        raise RosterRefusedError(why, found.booking_id if is_recognised and facts.is_here else None)


def _sent_before(session: Session, found: Found, asked: Asked) -> CheckedIn | None:
    """Return the answer to the same check-in; raise key-used where its key was another one's."""
    if not asked.presented.device_key:
        return None
    sent = session.scalar(select(CheckIn).where(CheckIn.device_key == asked.presented.device_key))
    if sent is None:
        return None
    if sent.booking_id != found.booking_id or found.site_id != asked.site_id:
        raise refusal("key-used")
    return _answer(found, sent, asked, is_repeat=True)


def _answer(found: Found, one: CheckIn, asked: Asked, *, is_repeat: bool = False) -> CheckedIn:
    return CheckedIn(
        booking_id=found.booking_id,
        slot_id=found.slot_id,
        reference=found.reference,
        name=found.name,
        tail=found.tail,
        service=found.service,
        starts_at=found.starts_at,
        how=one.how,
        checked_in_at=one.checked_in_at,
        recorded_at=one.recorded_at,
        undo_until=one.recorded_at + asked.settings.undo,
        is_repeat=is_repeat,
        is_undone=one.undone_at is not None,
    )
