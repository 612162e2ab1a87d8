"""A station with windows, and owners with vehicles, for the pages of booking."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import update

from booking.inspections.line import INSPECTIONS
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import Holder, PersonId, SiteId, SlotId, VehicleId
from booking.sites.models import Site, SiteService
from booking.slots.models import Lane, Method, Quota, Slot, SlotState
from tests import factories
from tests.conftest import NOW

DAY = date(2026, 12, 1)  # the tests' clock stands at Tuesday 24 November, 10:00


def station(sessions: Sessions, *, name: str = "", price_fen: int = 8500, district: str = "") -> SiteId:
    """Add a station for small cars with a price."""
    with unit_of_work(sessions) as session:
        site_id = factories.station(session)
        session.execute(update(SiteService).where(SiteService.site_id == site_id).values(price_fen=price_fen))
        if name:
            session.execute(update(Site).where(Site.id == site_id).values(name=name, name_en=name))
        if district:
            session.execute(update(Site).where(Site.id == site_id).values(district=district))
        return site_id


def window(
    sessions: Sessions,
    site_id: SiteId,
    *,
    day: date = DAY,
    starts: time = time(9),
    released: int = 5,
    walk_in: int = 2,
    closes_at: datetime | None = None,
    service: str = "inspection_small",
    classes: str = "",
    lanes: Mapping[Lane, int] | None = None,
    method: Method = Method.FIRST_COME,
) -> SlotId:
    """Publish a window with so many places on line, and a share for who comes without a booking."""
    with unit_of_work(sessions) as session:
        slot_id = factories.slot(
            session, line="inspections", site_id=site_id, service=service, day=day, starts=starts,
            released=released, classes=classes, closes_at=closes_at, lanes=lanes, method=method,
        )  # fmt: skip
        if walk_in:
            session.add(Quota(slot_id=slot_id, lane=Lane.WALK_IN, capacity=walk_in))
    return slot_id


def owner(sessions: Sessions, *, name: str = "") -> Actor:
    """Add somebody with an account."""
    with unit_of_work(sessions) as session:
        return factories.account(session, person_id=factories.person(session, name=name))


def car(sessions: Sessions, actor: Actor, **particulars: Any) -> VehicleId:
    """Add a car of somebody: small, and due for a line test by the end of December 2026 if nothing else is said."""
    with unit_of_work(sessions) as session:
        return factories.vehicle(session, person_id=person_of(actor), **particulars)


def person_of(actor: Actor) -> PersonId:
    assert actor.person_id is not None
    return actor.person_id


def holder(vehicle_id: VehicleId) -> Holder:
    return INSPECTIONS.holder(vehicle_id)


def fill(sessions: Sessions, slot_id: SlotId) -> None:
    """Let others take every place on line."""
    with unit_of_work(sessions) as session:
        taken = update(Quota).where(Quota.slot_id == slot_id, Quota.lane == Lane.ORDINARY)
        session.execute(taken.values(taken=Quota.released))


def withdraw(sessions: Sessions, slot_id: SlotId) -> None:
    """Take a window back."""
    with unit_of_work(sessions) as session:
        gone = {"state": SlotState.WITHDRAWN, "withdrawn_at": NOW, "withdrawn_reason": "设备检修"}
        session.execute(update(Slot).where(Slot.id == slot_id).values(**gone))


def booked(sessions: Sessions, actor: Actor, vehicle_id: VehicleId, slot_id: SlotId) -> str:
    """Let a vehicle have a place on line; return the reference of its booking."""
    with unit_of_work(sessions) as session:
        session.get_one(Quota, (slot_id, Lane.ORDINARY)).taken += 1
        return factories.booking_row(session, actor, slot_id, at=NOW, held_by=holder(vehicle_id))
