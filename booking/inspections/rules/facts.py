"""What the rules know about one vehicle, and what its kinds, uses and services are called. Days are local days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from booking.kernel.errors import Wording


class VehicleKind(StrEnum):
    """The kinds that the periods of inspection tell apart."""

    SMALL_PASSENGER = "small_passenger"
    MINIBUS = "minibus"
    LARGE_PASSENGER = "large_passenger"
    TRUCK = "truck"
    MOTORCYCLE = "motorcycle"
    SCHOOL_BUS = "school_bus"
    OTHER = "other"


class Use(StrEnum):
    """What a vehicle is registered to be used for, by the national codes."""

    PRIVATE = "A"
    COACH = "B"
    CITY_BUS = "C"
    TAXI = "D"
    TOURIST_COACH = "E"
    FREIGHT = "F"
    RENTAL = "G"
    POLICE = "H"
    FIRE_SERVICE = "I"
    AMBULANCE = "J"
    RESCUE = "K"
    FORMER_OPERATING = "L"
    FORMER_TAXI = "M"
    TRAINING = "N"
    KINDERGARTEN_BUS = "O"
    PRIMARY_SCHOOL_BUS = "P"
    JUNIOR_SCHOOL_BUS = "Q"
    DANGEROUS_GOODS = "R"
    SCHOOL_BUS = "S"
    RIDE_HAILING = "T"
    FORMER_RIDE_HAILING = "U"
    OTHER = "Z"


# Passengers for money, by the name of the use itself. Rental and training cars, and cars that were taken out of
# operation, are settings: Implementing Regulations, art. 16 says "operating" and defines it nowhere.
OPERATING_PASSENGER = frozenset((Use.COACH, Use.CITY_BUS, Use.TAXI, Use.TOURIST_COACH, Use.RIDE_HAILING))
FORMER_USES = frozenset((Use.FORMER_OPERATING, Use.FORMER_TAXI, Use.FORMER_RIDE_HAILING))
EMERGENCY_USES = frozenset((Use.POLICE, Use.FIRE_SERVICE, Use.AMBULANCE, Use.RESCUE))
SCHOOL_BUS_USES = frozenset((Use.KINDERGARTEN_BUS, Use.PRIMARY_SCHOOL_BUS, Use.JUNIOR_SCHOOL_BUS, Use.SCHOOL_BUS))

KINDS: Mapping[VehicleKind, Wording] = {
    VehicleKind.SMALL_PASSENGER: Wording("小型、微型载客汽车", "small passenger car"),
    VehicleKind.MINIBUS: Wording("面包车", "minibus"),
    VehicleKind.LARGE_PASSENGER: Wording("大型、中型载客汽车", "large or medium passenger vehicle"),
    VehicleKind.TRUCK: Wording("载货汽车", "truck"),
    VehicleKind.MOTORCYCLE: Wording("摩托车", "motorcycle"),
    VehicleKind.SCHOOL_BUS: Wording("专用校车", "school bus"),
    VehicleKind.OTHER: Wording("其他机动车", "other vehicle"),
}

USES: Mapping[Use, Wording] = {
    Use.PRIVATE: Wording("非营运", "private"),
    Use.COACH: Wording("公路客运", "coach service"),
    Use.CITY_BUS: Wording("公交客运", "city bus service"),
    Use.TAXI: Wording("出租客运", "taxi"),
    Use.TOURIST_COACH: Wording("旅游客运", "tourist coach service"),
    Use.FREIGHT: Wording("货运", "freight"),
    Use.RENTAL: Wording("租赁", "rental"),
    Use.POLICE: Wording("警用", "police"),
    Use.FIRE_SERVICE: Wording("消防", "fire service"),
    Use.AMBULANCE: Wording("救护", "ambulance"),
    Use.RESCUE: Wording("工程救险", "engineering rescue"),
    Use.FORMER_OPERATING: Wording("营转非", "private, formerly operating"),
    Use.FORMER_TAXI: Wording("出租转非", "private, formerly a taxi"),
    Use.TRAINING: Wording("教练", "driver training"),
    Use.KINDERGARTEN_BUS: Wording("幼儿校车", "kindergarten bus"),
    Use.PRIMARY_SCHOOL_BUS: Wording("小学生校车", "primary school bus"),
    Use.JUNIOR_SCHOOL_BUS: Wording("初中生校车", "junior school bus"),
    Use.DANGEROUS_GOODS: Wording("危化品运输", "dangerous goods"),
    Use.SCHOOL_BUS: Wording("中小学生校车", "primary and secondary school bus"),
    Use.RIDE_HAILING: Wording("预约出租客运", "ride hailing"),
    Use.FORMER_RIDE_HAILING: Wording("预约出租转非", "private, formerly ride hailing"),
    Use.OTHER: Wording("其他", "other"),
}

INSPECTION_SMALL = "inspection_small"
INSPECTION_LARGE = "inspection_large"
INSPECTION_MOTORCYCLE = "inspection_motorcycle"

SERVICES: Mapping[str, Wording] = {
    INSPECTION_SMALL: Wording("小型汽车检验", "Inspection of small vehicles"),
    INSPECTION_LARGE: Wording("大型汽车检验", "Inspection of large vehicles"),
    INSPECTION_MOTORCYCLE: Wording("摩托车检验", "Inspection of motorcycles"),
}

SERVICE_OF_KIND: Mapping[VehicleKind, str] = {
    VehicleKind.SMALL_PASSENGER: INSPECTION_SMALL,
    VehicleKind.MINIBUS: INSPECTION_SMALL,
    VehicleKind.LARGE_PASSENGER: INSPECTION_LARGE,
    VehicleKind.TRUCK: INSPECTION_LARGE,
    VehicleKind.MOTORCYCLE: INSPECTION_MOTORCYCLE,
    VehicleKind.SCHOOL_BUS: INSPECTION_LARGE,
    VehicleKind.OTHER: INSPECTION_LARGE,
}


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """One vehicle as the register has it.

    `valid_until` is the last day of its present mark by the register; None: the office does not know it, and the
    computed day stands in. `registered_here` says whether this office keeps the vehicle's registration.
    """

    kind: VehicleKind
    use: Use
    seats: int
    registered_on: date
    valid_until: date | None = None
    had_casualty_accident: bool = False
    was_altered: bool = False
    registered_here: bool = True

    @property
    def is_school_bus(self) -> bool:
        """Built as a school bus, or another vehicle that carries pupils under a school bus sign."""
        return self.kind is VehicleKind.SCHOOL_BUS or self.use in SCHOOL_BUS_USES
