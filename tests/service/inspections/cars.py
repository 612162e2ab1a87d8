"""A car, a company and people who own them, for the tests beside this."""

from datetime import date

from booking.inspections.service.binding import Company, bind_vehicle
from booking.inspections.service.particulars import VehicleData
from booking.kernel.actors import Actor
from booking.kernel.db import Sessions, unit_of_work
from booking.kernel.ids import PersonId, VehicleId
from tests import factories
from tests.conftest import NOW

VIN = "LSVFF66R8C2116280"
CAR = VehicleData(
    plate_type="02",
    plate="粤G12345",
    vin=VIN,
    vehicle_kind="small_passenger",
    use="A",
    seats=5,
    registered_on=date(2018, 12, 10),
    valid_until=date(2026, 12, 31),
)
COMPANY = Company("91440800MA4X000012", "测试物流公司", "本人受公司委托办理")


def applicant(sessions: Sessions) -> Actor:
    """Add somebody with an account."""
    with unit_of_work(sessions) as session:
        return factories.account(session)


def person_of(actor: Actor) -> PersonId:
    """Return who acts."""
    return PersonId(actor.person_id or 0)


def bound(sessions: Sessions, actor: Actor, data: VehicleData) -> VehicleId | None:
    """Bind a vehicle for oneself."""
    with unit_of_work(sessions) as session:
        return bind_vehicle(session, person_of(actor), data, actor=actor, now=NOW).vehicle_id
