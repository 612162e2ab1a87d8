"""Forms of the steps of a plan, and of what the public plan shows."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField

from booking.plans.forms.fields import REASON
from booking.web.fields import AskedForm


class ReasonForm(FlaskForm):
    """Why a plan goes back to its drafter."""

    reason = TextAreaField(_l("Reason"), REASON)


class FilterForm(AskedForm):
    """What the public plan shows. Without a token: it comes by GET and needs no cookie."""

    service = SelectField(_l("Service"), validate_choice=False, default="")
    site = SelectField(_l("Test site or station"), validate_choice=False, default="")
    month = HiddenField()
    day = HiddenField()
