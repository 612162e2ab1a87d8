"""The sample form of the style page: one field of each kind, filled in wrongly on purpose."""

from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    DateField,
    Form,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length


class SampleForm(Form):
    """A plain form without CSRF: it is looked at and never sent."""

    name = StringField(
        lazy_gettext("Name"), [InputRequired(lazy_gettext("Enter your name as it stands in your identity document"))]
    )
    phone = StringField(
        lazy_gettext("Mobile number"),
        [Length(11, 11, lazy_gettext("A mobile number has 11 digits; this one has fewer or more"))],
    )
    password = PasswordField(lazy_gettext("Password"))
    day = DateField(lazy_gettext("Day of the test"))
    site = SelectField(
        lazy_gettext("Test site"),
        choices=[
            SelectChoice("1", lazy_gettext("Sample test site East")),
            SelectChoice("2", lazy_gettext("Sample test site West")),
        ],
    )
    lane = RadioField(
        lazy_gettext("Which session suits you?"),
        [InputRequired(lazy_gettext("Choose a session, or let the office choose"))],
        choices=[
            SelectChoice("morning", lazy_gettext("Morning")),
            SelectChoice("afternoon", lazy_gettext("Afternoon")),
            SelectChoice("any", lazy_gettext("Any session at this site")),
        ],
    )
    reason = TextAreaField(lazy_gettext("Anything we should know"))
    agree = BooleanField(
        lazy_gettext("I have read what happens when I do not come"),
        [InputRequired(lazy_gettext("Tick the box to go on"))],
    )
