"""What owners and agents are told of a vehicle, in the transaction of the act itself."""

from datetime import datetime

from sqlalchemy.orm import Session

from booking.accounts.queries import recipients
from booking.inspections.queries.authority import people_for
from booking.inspections.queries.plates import masked_plates
from booking.inspections.service.places import Kept
from booking.kernel.calendar import local_day
from booking.kernel.ids import VehicleId, new_reference
from booking.notices import service as notices
from booking.notices.service import Telling
from booking.sites.models import Site


def tell_of_vehicle(session: Session, vehicle_id: VehicleId, act: str, *, now: datetime, **facts: object) -> None:
    """Tell whoever answers for a bound vehicle what was done to it; nobody answers for one that is not bound."""
    people = recipients(session, people_for(session, vehicle_id))
    plate = masked_plates(session, [vehicle_id])[vehicle_id]
    event = f"vehicle {vehicle_id} {act} {new_reference()}"  # the same act may come again, and is told again
    tellings = [
        Telling(to, f"inspection_{act}", f"{event} {person_id}", {"plate": plate, **facts})
        for person_id, to in people.items()
    ]
    notices.tell_all(session, tellings, now=now)


def held_facts(site: Site | None, kept: Kept | None) -> dict[str, object]:
    """Return what a message says of a held place and where it is; nothing personal stands in its address."""
    where = {
        "hold": kept is not None,
        "site": site.name if site else "",
        "site_en": (site.name_en or site.name) if site else "",
        "address": site.address if site else "",
    }
    if kept is None:
        return where
    return {
        **where,
        "day": local_day(kept.slot.starts_at),
        "starts_at": kept.slot.starts_at,
        "ends_at": kept.slot.ends_at,
        "until": kept.until,
        "link": f"/inspections/holds/{kept.hold_id}",
    }
