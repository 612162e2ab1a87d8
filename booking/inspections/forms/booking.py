"""What the pages of booking for a vehicle ask for. Forms look at shape only; whether it is allowed is a rule."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from booking.inspections.forms.vehicles import districts
from booking.inspections.rules.facts import KINDS, VehicleKind
from booking.web.language import worded


class DistrictForm(Form):
    """From where distances are told; comes by GET and changes nothing."""

    district = SelectField(_l("Distances from"), validate_choice=False)

    def __init__(self, *args: Any, **given: Any) -> None:  # noqa: ANN401 - what every form takes
        super().__init__(*args, **given)
        self.district.choices = districts()


class StationsForm(DistrictForm):
    """Which stations: those for a kind of vehicle."""

    kind = SelectField(_l("Kind of vehicle"), validate_choice=False)

    def __init__(self, *args: Any, **given: Any) -> None:  # noqa: ANN401 - what every form takes
        super().__init__(*args, **given)
        self.kind.choices = [SelectChoice(kind.value, worded(name)) for kind, name in KINDS.items()]

    @property
    def chosen(self) -> VehicleKind:
        """The kind that was chosen; a small car where it makes no sense."""
        known = self.kind.data in set(VehicleKind)
        return VehicleKind(self.kind.data) if known else VehicleKind.SMALL_PASSENGER


class StationForm(Form):
    """Windows of which station; comes by GET and changes nothing."""

    site = SelectField(_l("Station"), validate_choice=False)


class BookForm(FlaskForm):
    """Book the place that is shown; `request_key` makes a double click one booking."""

    request_key = HiddenField(validators=[InputRequired(), Length(max=64)])


class ConfirmForm(FlaskForm):
    """Do what the page says."""
