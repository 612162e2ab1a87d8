"""Forms from which drafts are made or changed."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from booking.plans.forms.fields import PUBLIC_REASON, DaysField, PlanDayField, WeekdaysField
from booking.plans.forms.sessions import PlaceForm, SessionsForm
from booking.plans.rules.pattern import MOST_DAYS, Exceptions, Pattern, PlannedDay
from booking.web.fields import DayField

WEEKDAYS = [
    SelectChoice("1", _l("Monday")),
    SelectChoice("2", _l("Tuesday")),
    SelectChoice("3", _l("Wednesday")),
    SelectChoice("4", _l("Thursday")),
    SelectChoice("5", _l("Friday")),
    SelectChoice("6", _l("Saturday")),
    SelectChoice("7", _l("Sunday")),
]


class PatternForm(PlaceForm):
    """A weekly pattern with its exceptions."""

    first = PlanDayField(_l("First day"), [InputRequired(_l("Enter the first day"))])
    last = PlanDayField(_l("Last day"), [InputRequired(_l("Enter the last day"))])
    weekdays = WeekdaysField(_l("On these days of the week"), choices=WEEKDAYS)
    skipped = DaysField(_l("Days left out"))
    extra = DaysField(_l("Extra days"))
    seen = HiddenField()

    def validate_last(self, field: DayField) -> None:
        if self.first.data and field.data and not 0 <= (field.data - self.first.data).days < MOST_DAYS:
            raise ValidationError(_l("The last day must follow the first, by a year at the most"))

    @property
    def pattern(self) -> Pattern:
        weekdays = frozenset(int(number) for number in self.weekdays.data)
        return Pattern(self.first.data, self.last.data, weekdays, self.lines)

    @property
    def exceptions(self) -> Exceptions:
        return Exceptions(self.skipped.days, self.extra.days)


class MakeUpForm(PlaceForm):
    """Sessions added after publication; the reason becomes public."""

    day = PlanDayField(_l("Day"), [InputRequired(_l("Enter the day"))])
    reason = TextAreaField(_l("Reason, public"), PUBLIC_REASON)

    @property
    def planned(self) -> PlannedDay:
        return PlannedDay(self.day.data, self.lines)


class EditForm(SessionsForm):
    """The content of a draft, with the version that was read."""

    version = HiddenField()
    exemption = TextAreaField(
        _l("Reason for an exception from the ten days"),
        [Length(max=500, message=_l("The reason is longer than 500 characters"))],
    )
