"""What the holder of a booking is told, in the transaction of the act itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.accounts.queries import recipient
from booking.bookings.line import Line
from booking.kernel.calendar import local_day
from booking.kernel.ids import BookingId, Holder, PersonId
from booking.notices import service as notices
from booking.sites.models import Site
from booking.slots.models import Slot


@dataclass(frozen=True, slots=True)
class Held:
    """The booking that a message speaks of, who is told, and who or what holds it."""

    booking_id: BookingId
    reference: str
    person_id: PersonId
    holder: Holder


def tell_holder(
    session: Session,
    act: str,
    held: Held,
    slot: Slot,
    *,
    line: Line,
    now: datetime,
    event: str = "",
    reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write the line's message of one act on a booking; `event` tells repeated acts of one kind apart.

    `facts` are what this act has to say besides what every message of a booking says.
    """
    site = session.get_one(Site, slot.site_id)
    service = line.services[slot.service]
    said = {
        "reference": held.reference,
        "service_zh": service.zh,
        "service_en": service.en,
        "day": local_day(slot.starts_at),
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "cancel_until": slot.cancel_until,
        "site": site.name,
        "site_en": site.name_en or site.name,
        "address": site.address,
        "reason": reason,
        "holder": line.called(session, [held.holder])[held.holder],
        **(facts or {}),
    }
    notices.tell(
        session,
        recipient(session, held.person_id),
        line.template(act),
        event=f"booking {held.booking_id} {event or act}",
        facts=said,
        now=now,
    )
