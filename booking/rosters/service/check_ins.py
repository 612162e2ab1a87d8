"""Somebody comes: found, recognised, checked in. And the way back from a wrong check-in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.kernel.actors import Actor
from booking.kernel.ids import BookingId, SiteId, SlotId
from booking.rosters.models import How


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
class CheckedIn:
    """The answer to a check-in. `is_repeat`: the same check-in was sent before, and this is its first answer."""

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


def check_in(session: Session, site_id: SiteId, presented: Presented, *, actor: Actor, now: datetime) -> CheckedIn:
    """Check somebody in at a site; the booking becomes attended in the same transaction.

    Whatever speaks against it raises `RosterRefusedError`, whose `refused.code` is one of: not-known, ticket-false,
    identity-missing, identity-differs, other-site, other-day, cancelled, slot-withdrawn, roster-closed, absent,
    checked-in, tested, too-early, too-late, clock-ahead, clock-behind, key-used; then nothing is stored.
    `NotAllowedError` for operators of another site, and for one's own booking.
    """
    raise NotImplementedError


def undo_check_in(session: Session, booking_id: BookingId, *, actor: Actor, now: datetime) -> None:
    """Take a check-in back, so that the booking is confirmed again.

    Raises `RosterRefusedError`: nothing-to-undo, undo-over, has-result, roster-closed.
    """
    raise NotImplementedError
