"""What is told of a vehicle, checked for shape: a wrong field is named, and what is only odd is a warning."""

import re
from dataclasses import dataclass
from datetime import date

from booking.inspections import sealing
from booking.inspections.rules.facts import Use, VehicleKind
from booking.inspections.rules.owners import company_code
from booking.inspections.rules.plates import PlateType, plate_number
from booking.inspections.rules.vins import vin_number, vin_warning
from booking.kernel.errors import InvalidInputError
from booking.kernel.identifiers import InvalidIdentifierError, plain_number
from booking.kernel.secrets import Keyring

EARLIEST, LATEST = date(1950, 1, 1), date(2099, 12, 31)
PLATE_TYPE = re.compile(r"\d\d", re.ASCII)
OTHER_PLATE = re.compile(r"[0-9A-Z\u4e00-\u9fff]{4,12}")
MOST_SEATS = 200
VIN_CHECK_DIGIT = "vin_check_digit"


@dataclass(frozen=True, slots=True)
class VehicleData:
    """What somebody tells of a vehicle, as typed. Days are local days; `valid_until` is the last valid one."""

    plate_type: str
    plate: str
    vin: str
    vehicle_kind: str
    use: str = Use.PRIVATE.value
    seats: int = 0
    registered_on: date | None = None
    valid_until: date | None = None
    had_casualty_accident: bool = False
    was_altered: bool = False


@dataclass(frozen=True, slots=True)
class Particulars:
    """The same in normal form, with what is odd about it; `vin` is "" where it may be left out."""

    data: VehicleData
    plate: str
    vin: str
    warnings: tuple[str, ...]

    def columns(self, keyring: Keyring) -> dict[str, object]:
        """Return the columns of `Vehicle` that this tells."""
        return {
            "plate_type": self.data.plate_type,
            **sealing.plate_columns(keyring, self.plate),
            **sealing.vin_columns(keyring, self.vin),
            **changeable(self.data),
        }


def changeable(data: VehicleData) -> dict[str, object]:
    """Return the columns of `Vehicle` that may change without its being another vehicle."""
    names = ("vehicle_kind", "use", "seats", "registered_on", "valid_until", "had_casualty_accident", "was_altered")
    return {name: getattr(data, name) for name in names}


def checked(data: VehicleData, *, today: date) -> Particulars:
    """Return the particulars in normal form; raise `InvalidInputError` naming the first field that cannot be right.

    The failure behind it tells the problem, in the words of `rules.plates.PROBLEMS`.
    """
    plate = _plate(data)
    check_days(data, today=today, needs_registration=True)
    try:
        vin = vin_number(data.vin)
    except InvalidIdentifierError as failure:
        raise InvalidInputError("vin") from failure
    return Particulars(data, plate, vin, (VIN_CHECK_DIGIT,) if vin_warning(vin) else ())


def seen_at_the_gate(plate_type: str, plate: str, kind: str, *, today: date) -> Particulars:
    """Return what can be seen of a car that comes unannounced; raise `InvalidInputError` naming the field.

    Plates of types whose form is not known are taken as they are written: whoever comes must be inspected.
    """
    data = VehicleData(plate_type=plate_type, plate=plate, vin="", vehicle_kind=kind)
    check_days(data, today=today, needs_registration=False)
    if plate_type in set(PlateType) or not PLATE_TYPE.fullmatch(plate_type):
        return Particulars(data, _plate(data), "", ())
    written = plain_number(plate)
    if not OTHER_PLATE.fullmatch(written):
        raise InvalidInputError("plate")
    return Particulars(data, written, "", ())


def check_days(data: VehicleData, *, today: date, needs_registration: bool) -> None:
    """Raise `InvalidInputError` naming a kind, use, number of seats or day that cannot be."""
    registered, until = data.registered_on, data.valid_until
    problems = {
        "vehicle_kind": data.vehicle_kind not in set(VehicleKind),
        "use": data.use not in set(Use),
        "seats": not 0 <= data.seats <= MOST_SEATS,
        "registered_on": needs_registration if registered is None else not EARLIEST <= registered <= today,
        "valid_until": until is not None and not (registered or EARLIEST) <= until <= LATEST,
    }
    for field, is_wrong in problems.items():
        if is_wrong:
            raise InvalidInputError(field)


def credit_code(text: str) -> str:
    """Return a unified social credit code in normal form; raise `InvalidInputError` naming "credit_code"."""
    try:
        return company_code(text)
    except InvalidIdentifierError as failure:
        raise InvalidInputError("credit_code") from failure


def _plate(data: VehicleData) -> str:
    try:
        return plate_number(data.plate_type, data.plate)
    except InvalidIdentifierError as failure:
        raise InvalidInputError("plate") from failure
