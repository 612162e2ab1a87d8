"""What owners decide: who acts for them, and whether they are reminded."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from booking.inspections.forms.vehicles import districts
from booking.kernel.errors import Wording
from booking.kernel.identifiers import InvalidIdentifierError, mobile_number
from booking.web.language import worded

# Kept word for word with the consent.
CONSENT = Wording(
    "我同意此人查看我的车辆，并为我的车辆预约、改期和取消检验，直到我终止委托。",
    "I consent that this person sees my vehicles, and books, moves and cancels their inspections until I end it.",
)
ON, OFF = "on", "off"


class AgentForm(FlaskForm):
    """Who shall act for the owner. Name and number must fit together, so that nobody is found by chance."""

    name = StringField(_l("Name of the agent"), [InputRequired(_l("Enter the agent's name")), Length(max=60)])
    phone = StringField(_l("The agent's mobile number"), [Length(max=30)])
    consent = BooleanField(
        LazyString(worded, CONSENT), [InputRequired(_l("Without your consent nobody acts for you"))]
    )

    def validate_phone(self, field: StringField) -> None:
        try:
            mobile_number(field.data or "")
        except InvalidIdentifierError as failure:
            raise ValidationError(_l("A mobile number has 11 digits and begins with 13 to 19")) from failure


class RemindersForm(FlaskForm):
    """Reminders on or off, and where the owner looks for a station."""

    reminders = RadioField(
        _l("Reminders before expiry"),
        [InputRequired(_l("Choose whether you want reminders"))],
        choices=[SelectChoice(ON, _l("send them")), SelectChoice(OFF, _l("send none"))],
    )
    district = SelectField(_l("Where do you look for a station?"))

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        self.district.choices = districts()
