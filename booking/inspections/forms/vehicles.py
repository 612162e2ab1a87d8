"""What owners tell of a vehicle: to see whether it is due, to bind it, and to correct it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import Enum
from typing import TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from booking.inspections.rules.facts import KINDS, USES, Use, VehicleFacts, VehicleKind
from booking.inspections.rules.owners import company_code
from booking.inspections.rules.periods import PASSENGER_KINDS
from booking.inspections.rules.plates import (
    PLATE_TYPES,
    PROBLEMS,
    PROVINCES,
    InvalidPlateError,
    PlateType,
    plate_number,
)
from booking.inspections.rules.vins import vin_number
from booking.inspections.service.binding import Company
from booking.inspections.service.particulars import EARLIEST, LATEST, MOST_SEATS, VehicleData, changeable
from booking.kernel.errors import InvalidInputError, Wording
from booking.kernel.identifiers import InvalidIdentifierError, plain_number
from booking.sites.rules.districts import DISTRICTS
from booking.sites.rules.order import by_sound
from booking.web.fields import AskedForm, DayField
from booking.web.house import today
from booking.web.language import TAGS, language, worded

HOME_PROVINCE = "粤"
MYSELF, COMPANY = "myself", "company"
NO_REGISTRATION = _l("Enter the day of the first registration; it stands in the vehicle's licence")
REGISTERED = _l("The first registration cannot be later than today, or before 1950")
VALID = _l("The last valid day cannot be before the first registration, or after 2099")
SEATS = _l("The number of seats is a whole number from 1 to 200")
VIN_SHAPE = _l("A VIN has 17 letters and digits, and never I, O or Q; compare it with the licence")
CODE_PROBLEMS = {
    "shape": _l("A social credit code has 18 characters; copy it from the company's licence"),
    "check_digit": _l("One character of this code is wrong; compare it with the company's licence"),
}
# Said by an agent who binds a company's vehicle, and kept word for word as the evidence of the consent.
DECLARATION = Wording(
    "我受这家单位委托，为它的车辆办理检验预约；办理时携带加盖公章的委托书。",
    "The company has authorised me to book inspections of its vehicles; I bring its sealed letter of authorisation.",
)
Name = TypeVar("Name", bound=Enum)


class SeatsField(IntegerField):
    """A number of seats, or None; with a plain sentence for what is no number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([value for value in valuelist if value.strip()])
        except ValueError as failure:
            raise ValueError(SEATS) from failure


class Plated:
    """The fields that name a vehicle. They stand first, as on the page: errors are listed in this order."""

    plate_type = SelectField(_l("Plate type"), default=PlateType.SMALL.value)
    province = SelectField(
        _l("Province"),
        choices=[SelectChoice(one, one, render_kw={"lang": TAGS["zh"]}) for one in PROVINCES],
        default=HOME_PROVINCE,
    )
    plate = StringField(_l("Letter and number"), [InputRequired(_l("Enter the plate number")), Length(max=20)])
    vin = StringField(
        _l("VIN"), [InputRequired(_l("Enter the VIN; the picture shows where to find it")), Length(max=40)]
    )

    @property
    def whole_plate(self) -> str:
        """Province and number; whoever types the province once more means one plate."""
        written = plain_number(self.plate.data or "")
        return written if written and written[0] in PROVINCES else f"{self.province.data}{written}"

    def validate_plate(self, field: Field) -> None:
        try:
            plate_number(self.plate_type.data, self.whole_plate)
        except InvalidPlateError as failure:
            raise ValidationError(worded(PROBLEMS[failure.problem])) from failure

    def validate_vin(self, field: Field) -> None:
        try:
            vin_number(field.data)
        except InvalidIdentifierError as failure:
            raise ValidationError(VIN_SHAPE) from failure


class Particulars:
    """The fields that say whether a vehicle is due: a part of the forms below."""

    vehicle_kind = SelectField(_l("Kind of vehicle"))
    use = SelectField(_l("Use"), default=Use.PRIVATE.value)
    seats = SeatsField(_l("Seats"))
    registered_on = DayField(_l("First registered on"), [InputRequired(NO_REGISTRATION)])
    valid_until = DayField(_l("Valid until"), [Optional()])
    had_casualty_accident = BooleanField(_l("It was in an accident with death or injury"))
    was_altered = BooleanField(_l("It was penalised for an illegal alteration"))

    def offer(self) -> None:
        """Fill the lists of kinds and uses in the reader's language."""
        self.vehicle_kind.choices = named(KINDS)
        self.use.choices = [
            SelectChoice(use.value, f"{worded(name)} ({use.value})" if language() == "en" else worded(name))
            for use, name in USES.items()
        ]

    def validate_seats(self, field: Field) -> None:
        is_passenger = self.vehicle_kind.data in {kind.value for kind in PASSENGER_KINDS}
        if field.data is None and is_passenger:
            raise ValidationError(_l("Enter the number of seats; it stands in the vehicle's licence"))
        if field.data is not None and not 1 <= field.data <= MOST_SEATS:
            raise ValidationError(SEATS)

    def validate_registered_on(self, field: Field) -> None:
        if field.data is not None and not EARLIEST <= field.data <= today():
            raise ValidationError(REGISTERED)

    def validate_valid_until(self, field: Field) -> None:
        since = self.registered_on.data or EARLIEST
        if field.data is not None and not since <= field.data <= LATEST:
            raise ValidationError(VALID)

    def told(self, *, plate_type: str = "", plate: str = "", vin: str = "") -> VehicleData:
        """What was entered, once the form was found valid."""
        return VehicleData(
            plate_type=plate_type,
            plate=plate,
            vin=vin,
            vehicle_kind=self.vehicle_kind.data,
            use=self.use.data,
            seats=self.seats.data or 0,
            registered_on=self.registered_on.data,
            valid_until=self.valid_until.data,
            had_casualty_accident=self.had_casualty_accident.data,
            was_altered=self.was_altered.data,
        )

    def facts(self) -> VehicleFacts:
        """What the rules need of it; nobody is asked where it is registered."""
        data = self.told()
        return VehicleFacts(
            kind=VehicleKind(data.vehicle_kind),
            use=Use(data.use),
            seats=data.seats,
            registered_on=self.registered_on.data,
            valid_until=data.valid_until,
            had_casualty_accident=data.had_casualty_accident,
            was_altered=data.was_altered,
        )


class DueForm(Particulars, AskedForm):
    """Is my car due? It comes by GET, knows no plate, and stores nothing."""

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        self.offer()


class BindForm(Plated, Particulars, FlaskForm):
    """A vehicle to be bound: its plate, its VIN, what it is, and whose."""

    owner_is = RadioField(
        _l("Whose vehicle is it?"),
        [InputRequired(_l("Say whose vehicle it is"))],
        choices=[SelectChoice(MYSELF, _l("my own")), SelectChoice(COMPANY, _l("a company's; I act for it"))],
        default=MYSELF,
    )
    company_name = StringField(_l("Name of the company"), [Length(max=100)])
    credit_code = StringField(_l("Unified social credit code"), [Length(max=40)])
    declaration = BooleanField(LazyString(worded, DECLARATION))
    district = SelectField(_l("Where do you look for a station?"), default="")

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        self.offer()
        self.plate_type.choices = named(PLATE_TYPES)
        self.district.choices = districts()

    @property
    def is_company(self) -> bool:
        """Whether the vehicle belongs to a company."""
        return bool(self.owner_is.data == COMPANY)

    def validate_company_name(self, field: Field) -> None:
        if self.is_company and not (field.data or "").strip():
            raise ValidationError(_l("Enter the name of the company"))

    def validate_credit_code(self, field: Field) -> None:
        if not self.is_company:
            return
        try:
            company_code(field.data or "")
        except InvalidIdentifierError as failure:
            raise ValidationError(CODE_PROBLEMS[failure.problem]) from failure

    def validate_declaration(self, field: Field) -> None:
        if self.is_company and not field.data:
            raise ValidationError(
                _l("Declare that the company has authorised you; otherwise its agent binds the vehicle")
            )

    def vehicle(self) -> VehicleData:
        """The vehicle that was entered, once the form was found valid."""
        return self.told(plate_type=self.plate_type.data, plate=self.whole_plate, vin=self.vin.data)

    def company(self) -> Company | None:
        """The company that owns it, or None for one's own vehicle."""
        if not self.is_company:
            return None
        return Company(self.credit_code.data, self.company_name.data, worded(DECLARATION))


class ChangeForm(Particulars, FlaskForm):
    """A correction. `seen` is what the owner was shown, so that nobody else's change is overwritten."""

    seen = HiddenField(validators=[InputRequired()])

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        self.offer()

    def show(self, data: VehicleData) -> None:
        """Fill the fields with what is stored."""
        for name, value in changeable(data).items():
            self[name].data = (value or None) if name == "seats" else value
        self.seen.data = json.dumps(changeable(data), default=date.isoformat)

    def data_seen(self) -> VehicleData | None:
        """What the owner was shown; None if the form was tampered with."""
        try:
            row = json.loads(self.seen.data)
            days = {name: row[name] and date.fromisoformat(row[name]) for name in ("registered_on", "valid_until")}
            known = {name: row[name] for name in changeable(self.told())}
            return replace(self.told(), **{**known, **days})
        except (ValueError, KeyError, TypeError):
            return None


class SureForm(FlaskForm):
    """Do what the page says."""


def named(names: Mapping[Name, Wording]) -> list[SelectChoice]:
    """Return the choices of a list of codes in the reader's language."""
    return [SelectChoice(code.value, worded(name)) for code, name in names.items()]


def districts() -> list[SelectChoice]:
    """Return the districts of the city; the first choice is none of them."""
    named = sorted(DISTRICTS.values(), key=lambda one: by_sound(one.name))
    found = [SelectChoice(one.name, one.name_en if language() == "en" else one.name) for one in named]
    return [SelectChoice("", _l("no choice")), *found]


def mark(form: FlaskForm, error: InvalidInputError) -> None:
    """Show at its field what the service has refused; what has no field stands at the head of the form."""
    sentences = {"valid_until": VALID, "registered_on": REGISTERED, "seats": SEATS, "vin": VIN_SHAPE}
    sentence = sentences.get(error.field, _l("This value is not possible; compare it with the vehicle's licence"))
    if error.field in form:
        form[error.field].errors = [sentence]
    else:
        form.form_errors = [sentence]
