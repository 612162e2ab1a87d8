"""What the pages of booking for a vehicle ask for. Forms look at shape only; whether it is allowed is a rule."""

import re

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from booking.inspections.forms.vehicles import districts
from booking.inspections.rules.facts import KINDS, VehicleKind
from booking.web.fields import AskedForm
from booking.web.language import worded

MOST_INPUTS = 30  # more wishes than any office allows; the rest of a forged form is not read
MOST_AT_ONCE = 20  # vehicles that one form books; more come on another day
PLACE = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,8})", re.ASCII)
WHOLE, PARTS = "all", "some"


class DistrictForm(AskedForm):
    """From where distances are told; comes by GET and changes nothing."""

    district = SelectField(_l("Distances from"), validate_choice=False)

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        self.district.choices = districts()


class StationsForm(DistrictForm):
    """Which stations: those for a kind of vehicle."""

    kind = SelectField(_l("Kind of vehicle"), validate_choice=False)

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        self.kind.choices = [SelectChoice(kind.value, worded(name)) for kind, name in KINDS.items()]

    @property
    def chosen(self) -> VehicleKind:
        """The kind that was chosen; a small car where it makes no sense."""
        known = self.kind.data in set(VehicleKind)
        return VehicleKind(self.kind.data) if known else VehicleKind.SMALL_PASSENGER


class StationForm(AskedForm):
    """Windows of which station; comes by GET and changes nothing."""

    site = SelectField(_l("Station"), validate_choice=False)


class BookForm(FlaskForm):
    """Book the place that is shown; `request_key` makes a double click one booking."""

    request_key = HiddenField(validators=[InputRequired(), Length(max=64)])


class ConfirmForm(FlaskForm):
    """Do what the page says."""


class PlacesField(Field):
    """Which vehicle in which window, each as "4-17"; as many inputs as vehicles."""

    def process_formdata(self, valuelist: list[str]) -> None:
        found = (PLACE.fullmatch(one) for one in valuelist[:MOST_AT_ONCE])
        self.data = {place[1]: place[2] for place in found if place}


class SeveralForm(AskedForm):
    """Which vehicles, where, on which day; comes by GET and changes nothing."""

    vehicle = SelectMultipleField(
        _l("Which vehicles?"),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    site = SelectField(_l("Station"), validate_choice=False)
    whole = RadioField(
        _l("If there is not room for every vehicle"),
        choices=[
            SelectChoice(WHOLE, _l("book none: all together or not at all")),
            SelectChoice(PARTS, _l("book as many as possible")),
        ],
        default=WHOLE,
        validate_choice=False,
    )

    @property
    def is_whole(self) -> bool:
        """Whether all come together or none."""
        return bool(self.whole.data != PARTS)


class BookSeveralForm(BookForm):
    """Book the windows that are shown; the key makes a double click one booking of each vehicle."""

    place = PlacesField()
    whole = HiddenField()


class WishesField(Field):
    """Wishes in order, each as "12" for a window or "*3" for any window of a station; empty inputs are left out."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [value.strip()[:20] for value in valuelist[:MOST_INPUTS] if value.strip()]


class WishesForm(BookForm):
    """What somebody asks of rounds for a vehicle."""

    wish = WishesField(_l("Wishes in order"))
