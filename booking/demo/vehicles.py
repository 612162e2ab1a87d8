"""Invented vehicles of every kind and use: plates 粤GD…, VINs that begin with LTEST and have right check digits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from booking.inspections.rules.due import standing
from booking.inspections.rules.facts import SERVICE_OF_KIND, Use, VehicleFacts, VehicleKind
from booking.inspections.rules.periods import Step
from booking.inspections.rules.plates import OFFICE_PREFIX, PlateType
from booking.inspections.rules.settings import Settings
from booking.inspections.service.particulars import VehicleData
from booking.kernel.calendar import years_later

# GB 16735, appendix A: what a letter counts, and the weight of each place.
VALUES = {**{str(digit): digit for digit in range(10)}, **dict(zip("ABCDEFGH", range(1, 9), strict=True))}
VALUES |= dict(zip("JKLMN", range(1, 6), strict=True)) | {"P": 7, "R": 9}
VALUES |= dict(zip("STUVWXYZ", range(2, 10), strict=True))
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
THOUSANDS = "DEFGHJK"  # the letters of demo plates, ten thousand each
LETTERS = "DEFGHJKLMN"
AGES = range(1, 17)
ELSEWHERE = "桂E"
SETTINGS = Settings()  # an empty database has the office's defaults


@dataclass(frozen=True, slots=True)
class Model:
    """A kind of vehicle as it stands on the road of the demo city."""

    kind: VehicleKind
    use: Use = Use.PRIVATE
    seats: int = 5
    plate_type: PlateType = PlateType.SMALL
    prefix: str = OFFICE_PREFIX
    was_altered: bool = False

    @property
    def service(self) -> str:
        return SERVICE_OF_KIND[self.kind]


CAR = Model(VehicleKind.SMALL_PASSENGER)
ENERGY = replace(CAR, plate_type=PlateType.SMALL_NEW_ENERGY)
MINIBUS = Model(VehicleKind.MINIBUS, seats=7)
TAXI = replace(CAR, use=Use.TAXI)
TRUCK = Model(VehicleKind.TRUCK, Use.FREIGHT, 3, PlateType.LARGE)
COACH = Model(VehicleKind.LARGE_PASSENGER, Use.COACH, 45, PlateType.LARGE)
MOTORCYCLE = Model(VehicleKind.MOTORCYCLE, seats=2, plate_type=PlateType.MOTORCYCLE)
SCHOOL_BUS = Model(VehicleKind.SCHOOL_BUS, Use.SCHOOL_BUS, 36, PlateType.LARGE)
CRANE = Model(VehicleKind.OTHER, Use.OTHER, 2, PlateType.LARGE)
BUS_FROM_ELSEWHERE = replace(SCHOOL_BUS, prefix=ELSEWHERE)
ON_SMALL_LANES = (
    CAR, CAR, ENERGY, CAR, TAXI, CAR, MINIBUS, CAR, replace(CAR, seats=9), CAR,
    replace(ENERGY, use=Use.RIDE_HAILING), CAR, replace(CAR, use=Use.RENTAL), replace(CAR, was_altered=True), CAR,
    replace(CAR, use=Use.FORMER_OPERATING), CAR, replace(CAR, use=Use.POLICE, plate_type=PlateType.POLICE), CAR,
    replace(CAR, use=Use.TRAINING, plate_type=PlateType.TRAINING),
)  # fmt: skip
OTHERS = (
    TRUCK, MOTORCYCLE, COACH, SCHOOL_BUS, CRANE, replace(TRUCK, use=Use.DANGEROUS_GOODS),
    replace(COACH, use=Use.CITY_BUS, seats=30), replace(SCHOOL_BUS, use=Use.KINDERGARTEN_BUS, seats=19),
    replace(COACH, use=Use.TOURIST_COACH, seats=53), replace(CAR, use=Use.AMBULANCE),
    replace(CAR, use=Use.FIRE_SERVICE),
)  # fmt: skip


def models() -> Iterator[Model]:
    """Yield models without end: one in four is none of those that most people drive."""
    small, others = 0, 0
    while True:
        for _ in range(3):
            yield ON_SMALL_LANES[small % len(ON_SMALL_LANES)]
            small += 1
        yield OTHERS[others % len(OTHERS)]
        others += 1


def vehicle(
    number: int, model: Model, due_on: date, *, today: date, chance: Random, step: Step = Step.LINE_TEST
) -> VehicleData:
    """Return invented vehicle `number` whose mark runs out on `due_on`, then to be renewed by `step`.

    Its age is one at which the rules ask for that; where they never do, the step is theirs.
    """
    born = {age: years_later(due_on, -age) for age in AGES}
    fitting = [age for age in AGES if born[age] < today and _step(model, born[age], due_on) is step]
    registered_on = born[chance.choice(fitting or [age for age in AGES if born[age] < today])]
    return VehicleData(
        plate_type=model.plate_type,
        plate=_plate(model, number),
        vin=vin(number),
        vehicle_kind=model.kind,
        use=model.use,
        seats=model.seats,
        registered_on=registered_on,
        valid_until=due_on,
        was_altered=model.was_altered,
    )


def _step(model: Model, registered_on: date, due_on: date) -> Step:
    facts = VehicleFacts(model.kind, model.use, model.seats, registered_on, due_on, was_altered=model.was_altered)
    return standing(facts, today=due_on, settings=SETTINGS).step


def _plate(model: Model, number: int) -> str:
    letter, rest = THOUSANDS[number // 10_000 % len(THOUSANDS)], number % 10_000
    serials = {
        PlateType.SMALL_NEW_ENERGY: f"D{letter}{rest:04}",
        PlateType.POLICE: f"{LETTERS[rest // 1_000]}{rest % 1_000:03}警",
        PlateType.TRAINING: f"{LETTERS[rest // 1_000]}{rest % 1_000:03}学",
    }
    return model.prefix + serials.get(model.plate_type, f"{letter}{rest:04}")


def vin(number: int) -> str:
    """Return the VIN of invented vehicle `number`."""
    body = f"LTEST0000{number:08}"
    total = sum(VALUES[character] * weight for character, weight in zip(body, WEIGHTS, strict=True))
    check = "0123456789X"[total % 11]
    return f"{body[:8]}{check}{body[9:]}"
