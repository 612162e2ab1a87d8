"""What clerks enter at the counter for vehicles. Whatever they change bears its reason or its evidence."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from booking.bookings.behalf_forms import OnBehalfForm
from booking.inspections.forms.vehicles import COMPANY, MYSELF, BindForm, ChangeForm
from booking.inspections.rules.vins import vin_number, vin_warning
from booking.inspections.service.binding import Company
from booking.kernel.identifiers import InvalidIdentifierError, mobile_number
from booking.web.fields import AsOnPage

WHY = (
    DataRequired(_l("Enter the reason; it is kept in the log")),
    Length(max=500, message=_l("At most 500 characters; shorten the reason")),
)
SHOWN = (
    DataRequired(_l("Enter what was shown; it is kept as evidence")),
    Length(max=500, message=_l("At most 500 characters; shorten the text")),
)


class SearchForm(FlaskForm):
    """One box for everything by which the counter knows a vehicle or its owner."""

    text = StringField(
        _l("Plate, VIN, reference, or the owner's phone"),
        [DataRequired(_l("Enter a plate, a VIN, a reference or a phone number")), Length(max=60)],
        render_kw={"autofocus": True},
    )


class ReasonForm(FlaskForm):
    """Why a clerk acts; it is kept with the act."""

    reason = TextAreaField(_l("Reason"), WHY)


class BehalfForm(OnBehalfForm):
    """Book for somebody at the counter or on the telephone."""

    request_key = HiddenField(validators=[InputRequired(), Length(max=64)])


class CorrectForm(ChangeForm):
    """A correction by the papers, with its reason."""

    reason = TextAreaField(_l("Reason"), WHY)


class EvidenceForm(FlaskForm):
    """What an owner has shown to consent in an agent."""

    evidence = TextAreaField(_l("What was shown"), SHOWN)


class AgentForm(AsOnPage, EvidenceForm):
    """Who shall act for the owner, and by which paper. Name and number must fit together."""

    LAST = ("evidence",)

    name = StringField(_l("Name of the agent"), [DataRequired(_l("Enter the agent's name")), Length(max=60)])
    phone = StringField(_l("The agent's mobile number"), [Length(max=30)])

    def validate_phone(self, field: Field) -> None:
        try:
            mobile_number(field.data or "")
        except InvalidIdentifierError as failure:
            raise ValidationError(_l("A mobile number has 11 digits and begins with 13 to 19")) from failure


class BindAtCounterForm(BindForm):
    """A vehicle to be bound for the person at the counter, by its papers."""

    odd_vin_is_right = BooleanField(_l("The licence shows this VIN, though its check digit does not fit"))
    evidence = TextAreaField(_l("What was shown"), SHOWN)

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        self.owner_is.choices = [
            SelectChoice(MYSELF, _l("this person's own")),
            SelectChoice(COMPANY, _l("a company's; this person acts for it")),
        ]
        # No picture here, as on the owner's page: the clerk has the licence in hand.
        self.vin.validators = [InputRequired(_l("Enter the VIN; it stands in the licence")), Length(max=40)]
        # What owners tick and choose for themselves: here the papers speak.
        del self.declaration
        del self.district

    @property
    def asks_about_vin(self) -> bool:
        """Whether the clerk has to say that an odd VIN stands so in the licence."""
        return bool(self.odd_vin_is_right.errors or self.odd_vin_is_right.data)

    def validate_odd_vin_is_right(self, field: Field) -> None:
        try:
            is_odd = vin_warning(vin_number(self.vin.data or ""))
        except InvalidIdentifierError:
            return  # the VIN's own field says so
        if is_odd and not field.data:
            raise ValidationError(
                _l("The VIN's check digit does not fit; compare it with the licence, or tick that it stands there so")
            )

    def company(self) -> Company | None:
        """The company that owns it, with what its agent has shown; None for the person's own vehicle."""
        if not self.is_company:
            return None
        return Company(self.credit_code.data, self.company_name.data, self.evidence.data)
