"""Correcting what is told of a vehicle. What the register or an import says is for the counter to change."""

from dataclasses import replace
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.audit import service as audit
from booking.inspections.models import Source, Vehicle
from booking.inspections.service.access import refuse_who_may_not_act
from booking.inspections.service.messages import tell_of_vehicle
from booking.inspections.service.particulars import VehicleData, changeable, check_days
from booking.kernel.actors import Actor, Role
from booking.kernel.calendar import local_day
from booking.kernel.db import rows_changed
from booking.kernel.errors import NotAllowedError, StaleError, Wording
from booking.kernel.ids import VehicleId


class RegisterGovernsError(NotAllowedError):
    """The particulars come from the register; only the counter changes them."""

    wording: ClassVar[Wording] = Wording(
        "这辆车的信息来自登记系统，网上不能修改。如有错误，请带行驶证到窗口更正。",
        "What is noted of this vehicle comes from the register and cannot be changed on line. If it is wrong, come to"
        " the counter with its licence.",
    )


def particulars_of(vehicle: Vehicle) -> VehicleData:
    """Return what is noted of a vehicle, as a form shows it; plate and VIN stay out of it."""
    data = VehicleData(plate_type=vehicle.plate_type, plate="", vin="", vehicle_kind=vehicle.vehicle_kind)
    return replace(data, **{name: getattr(vehicle, name) for name in changeable(data)})


def change_vehicle(
    session: Session,
    vehicle_id: VehicleId,
    data: VehicleData,
    *,
    seen: VehicleData,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """Replace what was `seen` of a vehicle by `data`; plate and VIN stay, whatever stands there.

    Raises `InvalidInputError` naming the field, `RegisterGovernsError`, `NotFoundError`, or `StaleError` if somebody
    changed it in between. What is booked for the vehicle stays booked.
    """
    refuse_who_may_not_act(session, vehicle_id, actor)
    check_days(data, today=local_day(now), needs_registration=True)
    vehicle = session.get_one(Vehicle, vehicle_id, populate_existing=True)
    if actor.role is Role.APPLICANT and vehicle.source in (Source.REGISTER, Source.IMPORT):
        raise RegisterGovernsError
    before, after = changeable(seen), changeable(data)
    if before == after:
        return
    as_seen = update(Vehicle).where(Vehicle.id == vehicle_id)
    for name, value in before.items():
        column = getattr(Vehicle, name)
        as_seen = as_seen.where(column.is_(None) if value is None else column == value)
    # What a clerk has entered from the papers is the register's from then on.
    source = Source.REGISTER if actor.role is Role.COUNTER else vehicle.source
    if rows_changed(session, as_seen.values(**after, source=source)) != 1:
        raise StaleError
    changed = [name for name in after if before[name] != after[name]]
    audit.record(
        session, "vehicle changed", "vehicle", vehicle_id, actor=actor, now=now, reason=reason,
        before={name: _plain(before[name]) for name in changed},
        after={name: _plain(after[name]) for name in changed},
    )  # fmt: skip
    tell_of_vehicle(session, vehicle_id, "vehicle_changed", now=now)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
