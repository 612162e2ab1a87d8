"""Forms of rounds: the shape of what is entered. Whether it may be is asked by the services."""

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from booking.kernel.calendar import at_local
from booking.kernel.errors import BookingError, InvalidInputError
from booking.plans.forms.fields import PUBLIC_REASON, REASON, REASON_IN_ENGLISH, ClockField, PlanDayField, values_of
from booking.web.fields import AskedForm
from booking.web.language import worded
from booking.web.words import LANES

LONGEST_SEARCH = 80
MOST_DAYS = 31
MOST_DIGITS = 6
NOT_LOOKED = -1  # no number of bookings is this one, so nothing is confirmed unseen
WHICH = _l("Choose from the list")
LANE_CHOICES = [SelectChoice(code, LANES[code]) for code in ("make_up", "priority", "ordinary")]


class RoundsForm(AskedForm):
    """Which rounds to list. Without a token: it comes by GET and needs no cookie."""

    service = SelectField(_l("Service"), validate_choice=False, default="")
    day = PlanDayField(_l("Day"), [Optional()])


class CodeForm(AskedForm):
    """Which row of the list to look for; comes by GET."""

    leaf = StringField(_l("Number or code on your receipt"))


class SearchForm(FlaskForm):
    """One box for everything by which a clerk knows an applicant."""

    text = StringField(
        _l("Row number, code, reference, phone or document"),
        [
            InputRequired(_l("Enter what to search for")),
            Length(max=LONGEST_SEARCH, message=_l("At most 80 characters")),
        ],
    )


class NumbersForm(FlaskForm):
    """The numbers of a public draw, as one of two people reads them."""

    source = HiddenField()
    numbers = StringField(_l("Numbers drawn"), [InputRequired(_l("Enter the twenty numbers"))])


class SeenFields(AskedForm):
    """How many bookings were looked at before the confirming."""

    seen = HiddenField()

    @property
    def bookings_seen(self) -> int:
        """The number that was looked at; what makes no sense is no number of bookings."""
        text = str(self.seen.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else NOT_LOOKED


class ConfirmForm(FlaskForm, SeenFields):
    """Do what the page says."""


class CorrectionFields(AskedForm):
    """What a row is to say. In a lottery nobody has a ranking time."""

    lane = SelectField(_l("Lane"), choices=LANE_CHOICES)
    day = PlanDayField(_l("Ranking day"), [InputRequired(_l("Enter the ranking day"))])
    clock = ClockField(
        _l("Ranking hour"),
        [InputRequired(_l("Enter the ranking hour; 00:00 where only the day counts"))],
        format=["%H:%M:%S", "%H:%M"],
    )

    @property
    def ranking_time(self) -> datetime | None:
        """What was entered, as an instant; None in a lottery, or where it is none."""
        if "day" not in self or self.day.data is None or self.clock.data is None:
            return None
        return at_local(self.day.data, self.clock.data)

    def validate_lane(self, field: SelectField) -> None:
        if field.data not in values_of(field):
            raise ValidationError(WHICH)


class CorrectionForm(FlaskForm, CorrectionFields):
    """A correction with the reason for it."""

    reason = TextAreaField(_l("Reason"), REASON)


class ScopeFields(AskedForm):
    """What is to be closed: a site or all of them, a service or all, on some days."""

    line = SelectField(_l("Line of business"), validate_choice=False)
    site = SelectField(_l("Site"), validate_choice=False, default="")
    service = SelectField(_l("Service"), validate_choice=False, default="")
    first_day = PlanDayField(_l("First day closed"), [InputRequired(_l("Enter the first day"))])
    last_day = PlanDayField(_l("Last day closed"), [InputRequired(_l("Enter the last day"))])

    def validate_line(self, field: SelectField) -> None:
        _require_choice(field)

    def validate_site(self, field: SelectField) -> None:
        _require_choice(field)

    def validate_service(self, field: SelectField) -> None:
        _require_choice(field)

    def validate_last_day(self, field: PlanDayField) -> None:
        first: date | None = self.first_day.data
        if first and field.data and not 0 <= (field.data - first).days < MOST_DAYS:
            raise ValidationError(_l("The last day must follow the first, by a month at the most"))


class ReasonFields(AskedForm):
    """The reason that everybody will read, and the same for people who read English."""

    reason = TextAreaField(_l("Reason, public"), PUBLIC_REASON)
    reason_en = TextAreaField(_l("Reason in English"), REASON_IN_ENGLISH, default="", render_kw={"lang": "en"})

    @property
    def reasons(self) -> dict[str, str]:
        """Both, as the services ask for them."""
        return {"reason": self.reason.data or "", "reason_en": self.reason_en.data or ""}


class ClosureForm(FlaskForm, ScopeFields, ReasonFields, SeenFields):
    """A closure with the reason that everybody will read."""


def refuse(form: Form, error: BookingError) -> None:
    """Put what the service refused beside its field, or above the form where it is about none."""
    field = error.field if isinstance(error, InvalidInputError) else ""
    sentences: Any = form[field].errors if field in form else form.form_errors
    sentences.append(worded(error.wording))


def _require_choice(field: SelectField) -> None:
    if field.data not in values_of(field):
        raise ValidationError(WHICH)


class WithdrawForm(FlaskForm, ReasonFields, SeenFields):
    """Why a published session is taken back; the reason becomes public."""
