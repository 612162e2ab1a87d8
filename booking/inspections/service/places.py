"""Finding a free window for a vehicle and keeping a place in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from booking.inspections.holders import holder_of
from booking.inspections.line import INSPECTIONS
from booking.inspections.queries.stations import is_free, windows_for
from booking.inspections.rules.facts import VehicleKind
from booking.kernel.actors import Actor
from booking.kernel.calendar import ONE_DAY, local_day
from booking.kernel.ids import SiteId, SlotId, VehicleId
from booking.policies import queries as policies
from booking.slots.holds import AlreadyHeldError, hold_seat
from booking.slots.models import HoldPurpose, Lane, Slot
from booking.slots.queries import OpenSlot
from booking.slots.service import SlotFullError

MOST_TRIED = 5  # windows that somebody else fills at this moment


@dataclass(frozen=True, slots=True)
class Kept:
    """A place that is held: its number, its window, and until when."""

    hold_id: int
    slot: OpenSlot
    until: datetime


def keep_place(
    session: Session,
    vehicle_id: VehicleId,
    kind: VehicleKind,
    site_id: SiteId,
    *,
    last: date,
    purpose: HoldPurpose,
    actor: Actor,
    now: datetime,
) -> Kept | None:
    """Hold a place in the first free window of a station from tomorrow to `last`; None where there is none.

    It is held for the office's hours, or until the window takes no more bookings if that is sooner. A window that
    can still be booked when those hours are over comes first, so that whoever is told has all of them.
    """
    hours = policies.all_values(session, local_day(now)).number("inspections.hold_hours")
    over = now + timedelta(hours=hours)
    windows = windows_for(session, kind, local_day(now) + ONE_DAY, last, now=now, site_id=site_id)
    free = sorted((slot for slot in windows if is_free(slot, now)), key=lambda slot: slot.closes_at < over)
    for slot in _allowed(session, vehicle_id, free, now)[:MOST_TRIED]:
        until = min(over, slot.closes_at)
        try:
            with session.begin_nested():  # a window that was filled meanwhile must not end the transaction
                hold_id = hold_seat(
                    session, slot.id, (Lane.ORDINARY,), holder_of(vehicle_id),
                    purpose=purpose, until=until, actor=actor, now=now,
                )  # fmt: skip
        except SlotFullError:
            continue
        except AlreadyHeldError:
            return None
        return Kept(hold_id, slot, until)
    return None


def _allowed(session: Session, vehicle_id: VehicleId, free: Sequence[OpenSlot], now: datetime) -> Sequence[OpenSlot]:
    """Leave out windows that the rules refuse to the vehicle."""
    holder, rows = holder_of(vehicle_id), {slot.id: session.get_one(Slot, slot.id) for slot in free[: MOST_TRIED * 2]}
    refused = INSPECTIONS.refused(session, [(holder, row) for row in rows.values()], now=now)
    return [slot for slot in free if slot.id in rows and (holder, SlotId(slot.id)) not in refused]
