"""What the desk asks for. Forms look at shape only; whether it is allowed is a rule."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from booking.accounts.service.looking import Number
from booking.bookings.behalf_forms import OnBehalfForm
from booking.desk.words import KINDS
from booking.web.fields import AskedForm, AsOnPage, DayField
from booking.web.words import PURPOSES

NUMBERS = {Number.DOCUMENT: _l("Number of the identity document"), Number.PHONE: _l("Mobile number")}
LONGEST_SEARCH = 500  # a scanned ticket has some 180 characters


class SearchForm(FlaskForm):
    """One box for everything that a clerk may have in hand."""

    text = StringField(
        _l("Find a person or a vehicle"),
        [DataRequired(_l("Enter what you look for")), Length(max=LONGEST_SEARCH)],
        render_kw={"autofocus": True},
    )


class WindowForm(FlaskForm):
    """What this window is called; it stands on the slips."""

    window = StringField(_l("This window is called"), [Length(max=20)])


class DayForm(AskedForm):
    """Which day's places are wanted; comes by GET and changes nothing."""

    day = DayField(_l("Day"), [Optional()])


class ConfirmForm(FlaskForm):
    """Do what the page says."""


class AnswerForm(FlaskForm):
    """Why an override is declined; the person is told."""

    answer = StringField(
        _l("Why it is declined"),
        [
            DataRequired(_l("Enter the reason; the person is told")),
            Length(max=500, message=_l("At most 500 characters; shorten the reason")),
        ],
    )

    answer_en = StringField(
        _l("Why it is declined, in English"),
        [Length(max=500, message=_l("At most 500 characters; shorten the reason"))],
        default="",
        render_kw={"lang": "en"},
    )


class NumberForm(FlaskForm):
    """Which number a clerk needs in full, and what for."""

    which = RadioField(
        _l("Which number"),
        [InputRequired(_l("Choose which number you need"))],
        choices=[SelectChoice(number.value, words) for number, words in NUMBERS.items()],
    )
    purpose = RadioField(
        _l("What you need it for"),
        [InputRequired(_l("Choose what you need it for"))],
        choices=[SelectChoice(purpose, words) for purpose, words in PURPOSES.items()],
    )


class OverrideForm(AsOnPage, OnBehalfForm):
    """Propose to lift named rules for one booking."""

    FIRST = ("lifted", "kind")

    lifted = SelectMultipleField(
        _l("Rules to lift"),
        [InputRequired(_l("Tick each rule that shall be lifted"))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    kind = RadioField(
        _l("Why the office may do it"),
        [InputRequired(_l("Choose why the office may do it"))],
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
    )
