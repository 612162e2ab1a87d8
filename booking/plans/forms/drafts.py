"""Forms from which drafts are made or changed."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from booking.kernel.ids import SiteId
from booking.plans.forms.fields import (
    PUBLIC_REASON,
    DaysField,
    OtherSessionsField,
    PlanDayField,
    WeekdaysField,
    values_of,
)
from booking.plans.forms.sessions import PlaceForm, SessionsForm
from booking.plans.queries.board import monday_of
from booking.plans.queries.plans import PlanShown
from booking.plans.rules.copying import MOST_WEEKS, target_weeks
from booking.plans.rules.pattern import MOST_DAYS, Exceptions, Pattern, PlannedDay, PlannedLine
from booking.plans.rules.written import content_written, read_sessions
from booking.plans.service.copying import Copying
from booking.web.fields import NOT_A_DAY, DayField

WEEKDAYS = [
    SelectChoice("1", _l("Monday")),
    SelectChoice("2", _l("Tuesday")),
    SelectChoice("3", _l("Wednesday")),
    SelectChoice("4", _l("Thursday")),
    SelectChoice("5", _l("Friday")),
    SelectChoice("6", _l("Saturday")),
    SelectChoice("7", _l("Sunday")),
]


ANY_DAY = date(2026, 1, 5)  # stands in for a day that is missing, which its own field says

MOST_DIGITS = 9  # of a version that a database can hold


class PatternForm(PlaceForm):
    """A weekly pattern with its exceptions."""

    FIRST = ("place", "first", "last", "weekdays")

    first = PlanDayField(_l("First day"), [InputRequired(_l("Enter the first day"))])
    last = PlanDayField(_l("Last day"), [InputRequired(_l("Enter the last day"))])
    weekdays = WeekdaysField(_l("On these days of the week"), choices=WEEKDAYS)
    skipped = DaysField(_l("Days left out"))
    extra = DaysField(_l("Extra days"))
    other = OtherSessionsField(_l("Days with other sessions"))
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
        return Exceptions(self.skipped.days, self.extra.days, self.other.sessions)


class CopyForm(FlaskForm):
    """A week of a site, and the weeks it is copied to."""

    site = SelectField(_l("Site"), validate_choice=False)
    service = SelectField(_l("Service"), validate_choice=False, default="")
    source = PlanDayField(
        _l("A day of the week that is copied"), [InputRequired(_l("Enter a day of the week to copy"))]
    )
    target = PlanDayField(
        _l("A day of the first week to fill"), [InputRequired(_l("Enter a day of the first week to fill"))]
    )
    weeks = IntegerField(
        _l("How many weeks in a row"),
        [InputRequired(_l("Enter a number of weeks")), NumberRange(1, MOST_WEEKS, _l("Between one week and eight"))],
        default=1,
    )
    seen = HiddenField()

    def validate_site(self, field: SelectField) -> None:
        if field.data not in values_of(field):
            raise ValidationError(_l("Choose a site from the list"))

    def validate_service(self, field: SelectField) -> None:
        if field.data not in values_of(field):
            raise ValidationError(_l("Choose a service from the list"))

    def validate_target(self, field: DayField) -> None:
        if self.source.data and field.data and monday_of(field.data) == monday_of(self.source.data):
            raise ValidationError(_l("Choose another week than the one that is copied"))

    def validate_weeks(self, field: IntegerField) -> None:
        try:
            target_weeks(self.target.data or ANY_DAY, min(field.data or 1, MOST_WEEKS))
        except ValueError:
            raise ValidationError(NOT_A_DAY) from None

    @property
    def copying(self) -> Copying:
        """What is asked for, once the form was found valid."""
        targets = target_weeks(self.target.data, self.weeks.data)
        source = monday_of(self.source.data)
        kept = tuple(week for week in targets if week != source)
        return Copying(SiteId(int(self.site.data)), source, kept, self.service.data)


class MakeUpForm(PlaceForm):
    """Sessions added after publication; the reason becomes public."""

    FIRST = ("place", "day")

    day = PlanDayField(_l("Day"), [InputRequired(_l("Enter the day"))])
    reason = TextAreaField(_l("Reason, public"), PUBLIC_REASON)

    @property
    def planned(self) -> PlannedDay:
        return PlannedDay(self.day.data, self.lines)


class EditForm(SessionsForm):
    """The content of a draft, with the version that was read and the sessions it had then."""

    version = HiddenField()
    base = HiddenField()
    exemption = TextAreaField(
        _l("Reason for an exception from the ten days"),
        [Length(max=500, message=_l("The reason is longer than 500 characters"))],
    )

    @property
    def seen_version(self) -> int:
        """The version that was read; 0 where it makes no sense."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0

    @property
    def seen_lines(self) -> tuple[PlannedLine, ...]:
        """The sessions that were read."""
        try:
            return tuple(line for lines in read_sessions(self.base.data or "").values() for line in lines)
        except ValueError:
            return ()

    def start_from(self, plan: PlanShown, lines: Sequence[PlannedLine], exemption: str) -> None:
        """Show these sessions for change, on top of what is stored now."""
        self.fill(lines)
        self.version.data, self.exemption.data = str(plan.version), exemption
        self.base.data = content_written(plan.day, plan.planned.lines)
