"""Forms of the settings and the calendar. They check shape and bounds; who may do it is the services' question."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from booking.kernel.errors import InvalidInputError
from booking.policies.rules.holidays import USUAL, DayState
from booking.policies.rules.setting import Kind, Setting
from booking.policies.service import LONGEST_NAME, LONGEST_REASON
from booking.web.fields import DayField
from booking.web.language import worded

VALUE = _l("New value")
FROM = _l("In force from")
REASON = _l("Reason")
WHICH_VALUE = InputRequired(_l("Enter the new value"))
WHICH_DAY = InputRequired(_l("Enter the day from which it is to hold"))
WHY = (
    DataRequired(_l("Give a reason; it is kept in the log")),
    Length(max=LONGEST_REASON, message=_l("At most 500 characters; shorten the reason")),
)
REFUSED = {
    "value": _l("This value is not within the bounds of the setting"),
    "effective_from": _l("Choose today or a later day, at most three years ahead"),
    "day": _l("Choose today or a later day, at most three years ahead"),
    "reason": _l("Give a reason; it is kept in the log"),
    "name": _l("Say what the day is, in at most 60 characters"),
}
STATES = {"worked": True, "off": False, "usual": None}


class Proposal(FlaskForm):
    """A new value of `setting`, which says what a value can be."""

    setting: Setting

    def validate_value(self, field: Field) -> None:
        try:
            self.setting.read(field.data)
        except InvalidInputError as refusal:
            raise ValidationError(REFUSED["value"]) from refusal


class WrittenProposal(Proposal):
    """A new number or clock time."""

    value = StringField(VALUE, [WHICH_VALUE])
    effective_from = DayField(FROM, [WHICH_DAY])
    reason = TextAreaField(REASON, WHY)


class ChosenProposal(Proposal):
    """A new choice out of a few."""

    value = RadioField(VALUE, [InputRequired(_l("Choose the new value"))], validate_choice=False)
    effective_from = DayField(FROM, [WHICH_DAY])
    reason = TextAreaField(REASON, WHY)


class DeclineForm(FlaskForm):
    """Why a proposal is not put in force."""

    reason = TextAreaField(_l("Reason for declining"), WHY)


class DayForm(FlaskForm):
    """What a day is. `seen` carries what the clerk saw, so that nobody overwrites somebody else's entry."""

    state = RadioField(
        _l("This day is"),
        [InputRequired(_l("Choose what this day is"))],
        choices=[
            SelectChoice("off", _l("a day off")),
            SelectChoice("worked", _l("a working day")),
            SelectChoice("usual", _l("as usual: Monday to Friday are worked")),
        ],
    )
    name = StringField(_l("What the day is"), [Length(max=LONGEST_NAME, message=REFUSED["name"])])
    reason = TextAreaField(REASON, WHY)
    seen = HiddenField()

    def validate_name(self, field: Field) -> None:
        if self.state.data in ("off", "worked") and not (field.data or "").strip():
            raise ValidationError(REFUSED["name"])

    @property
    def is_worked(self) -> bool | None:
        """What was chosen, once the form was found valid; None: as usual."""
        return STATES[self.state.data]

    @property
    def seen_state(self) -> DayState:
        """What the day was when the form was made."""
        code, _, name = (self.seen.data or "").partition(":")
        return DayState(STATES.get(code), name) if code in ("worked", "off") else USUAL


def proposal_form(setting: Setting, *, from_day: date | None = None) -> Proposal:
    """Return the form for a new value of the setting; `from_day` is what it suggests at first."""
    is_choice = setting.kind in (Kind.CHOICE, Kind.YES_NO)
    form: Proposal = (ChosenProposal if is_choice else WrittenProposal)(effective_from=from_day)
    form.setting = setting
    if is_choice:
        form["value"].choices = [SelectChoice(code, worded(wording)) for code, wording in setting.choices.items()]
    return form


def day_form(state: DayState) -> DayForm:
    """Return the form for a day that is `state` now."""
    code = next(code for code, is_worked in STATES.items() if is_worked is state.is_worked)
    return DayForm(state=code, name=state.name, seen=f"{code}:{state.name}")


def mark(form: FlaskForm, refusal: InvalidInputError) -> None:
    """Put what the service found wrong beside the field it is about, or above the form if it has none."""
    errors = form[refusal.field].errors if refusal.field in form else form.form_errors
    errors.append(REFUSED[refusal.field])
