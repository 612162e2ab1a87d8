"""What the operator of a station enters: who drives in, why a test cannot go on, and what is to be planned."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from booking.bookings.forms import LONGEST
from booking.inspections.rules.facts import KINDS, VehicleKind
from booking.inspections.rules.plates import PLATE_TYPES, PROBLEMS, PROVINCES, InvalidPlateError, PlateType
from booking.kernel.errors import InvalidInputError
from booking.kernel.identifiers import plain_number
from booking.kernel.ids import VehicleId
from booking.plans.forms.fields import PlanDayField
from booking.web.language import TAGS, worded
from booking.web.paths import LARGEST_ID
from booking.web.words import service_called

HOME_PROVINCE = "粤"
OTHER_PLATES = "99"  # of the national codes: a plate of no other type; it is taken as it is written
LONGEST_PLAN = timedelta(days=92)


class ArrivalForm(FlaskForm):
    """One field for whatever a scanner or an operator types."""

    text = StringField(
        _l("Scan the ticket, or type the reference or the plate"),
        [InputRequired(_l("Scan or type something first")), Length(max=LONGEST)],
    )


class KnownCarForm(FlaskForm):
    """A car that the page has named. Walking in: without the booking that it may have elsewhere."""

    vehicle = IntegerField(validators=[InputRequired(), NumberRange(1, LARGEST_ID)])
    walk_in = HiddenField()

    @property
    def vehicle_id(self) -> VehicleId:
        """Which car, once the form was found valid."""
        return VehicleId(self.vehicle.data or 0)


class WalkInForm(FlaskForm):
    """What can be seen of a car that nobody knows yet."""

    plate_type = SelectField(_l("Plate type"), default=PlateType.SMALL.value)
    province = SelectField(
        _l("Province"),
        choices=[SelectChoice(one, one, render_kw={"lang": TAGS["zh"]}) for one in PROVINCES],
        default=HOME_PROVINCE,
    )
    plate = StringField(_l("Letter and number"), [InputRequired(_l("Enter the plate number")), Length(max=20)])
    vehicle_kind = RadioField(
        _l("Kind of vehicle"),
        [InputRequired(_l("Choose the kind of vehicle"))],
        default=VehicleKind.SMALL_PASSENGER.value,
    )

    def offer(self, kinds: Sequence[VehicleKind]) -> None:
        """Fill the lists in the reader's language; `kinds` are those that the station can test."""
        self.plate_type.choices = [SelectChoice(code.value, worded(name)) for code, name in PLATE_TYPES.items()]
        self.plate_type.choices.append(SelectChoice(OTHER_PLATES, _l("another plate")))
        self.vehicle_kind.choices = [SelectChoice(kind.value, worded(KINDS[kind])) for kind in kinds]

    def fill(self, text: str) -> None:
        """Put what was typed at the gate into the fields."""
        plate = plain_number(text)
        if plate[:1] and plate[0] in PROVINCES:
            self.province.data, plate = plate[0], plate[1:]
        self.plate.data = plate

    @property
    def whole_plate(self) -> str:
        """Province and number; whoever types the province once more means one plate, and other plates have none."""
        written = plain_number(self.plate.data or "")
        has_own = self.plate_type.data == OTHER_PLATES or (written[:1] and written[0] in PROVINCES)
        return written if has_own else f"{self.province.data}{written}"

    def refuse(self, error: InvalidInputError) -> None:
        """Show at its field what the service has refused."""
        cause = error.__cause__
        if isinstance(cause, InvalidPlateError):
            self.plate.errors = [worded(PROBLEMS[cause.problem])]
        elif error.field in self:
            self[error.field].errors = [worded(error.wording)]
        else:
            self.form_errors = [worded(error.wording)]


class BreakOffForm(FlaskForm):
    """Why a test cannot go on."""

    reason = StringField(
        _l("Why the test cannot go on"), [DataRequired(_l("Enter why the test cannot go on")), Length(max=200)]
    )


class PlanForm(FlaskForm):
    """What to plan from the lanes of a station. `seen` stands for what the last preview showed."""

    service = RadioField(_l("Service"), [InputRequired(_l("Choose a service"))])
    first = PlanDayField(_l("First day"), [InputRequired(_l("Enter the first day"))])
    last = PlanDayField(_l("Last day"), [InputRequired(_l("Enter the last day"))])
    seen = HiddenField()

    def offer(self, services: Sequence[str]) -> None:
        """Fill the list of services in the reader's language; a single one is chosen already."""
        self.service.choices = [SelectChoice(code, worded(service_called(code))) for code in services]
        if len(services) == 1:
            self.service.data = self.service.data or services[0]

    def validate_last(self, field: Field) -> None:
        if self.first.data is None or field.data is None:
            return
        if not timedelta(0) <= field.data - self.first.data <= LONGEST_PLAN:
            raise ValidationError(_l("The last day is the first or a later one, at most three months after it"))
