"""Fields that the forms of plans share, and what a reason must be."""

import re
from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import Form, IntegerField, SelectField, SelectMultipleField, TextAreaField, TimeField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from booking.plans.rules.pattern import PlannedLine, plannable
from booking.plans.rules.written import read_sessions
from booking.web.fields import NOT_A_DAY, DayField

REASON = [
    DataRequired(_l("Enter the reason; it is kept in the log")),
    Length(max=500, message=_l("The reason is longer than 500 characters")),
]
PUBLIC_REASON = [
    DataRequired(_l("Enter the reason; everybody will read it")),
    Length(max=500, message=_l("The reason is longer than 500 characters")),
]
REASON_IN_ENGLISH = [Length(max=500, message=_l("The reason is longer than 500 characters"))]


def values_of(field: SelectField) -> frozenset[str]:
    """Return what can be chosen."""
    return frozenset(choice.value for choice in field.choices)


class PlanDayField(DayField):
    """A day of a year that can be planned for."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        try:
            if self.data is not None:
                plannable(self.data)
        except ValueError as failure:
            raise ValueError(NOT_A_DAY) from failure


class ClockField(TimeField):
    """A time of day that says in plain words when it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("This is not a time; write it like 08:30")) from None


class PlacesField(IntegerField):
    """A number of places."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_l("The number of places must be a whole number")) from None


class WeekdaysField(SelectMultipleField):
    """One checkbox for each weekday."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OtherSessionsField(TextAreaField):
    """Days with other sessions than the pattern's, one session a line."""

    sessions: Mapping[date, tuple[PlannedLine, ...]] = {}

    def pre_validate(self, form: Form) -> None:
        try:
            self.sessions = read_sessions(self.data or "")
        except ValueError as failure:
            raise ValidationError(
                _l("Line %(number)s: write it like 2026-12-01 08:30-09:30 C1 40+5", number=failure.args[0])
            ) from None


class DaysField(TextAreaField):
    """Days separated by spaces, commas or new lines."""

    days: frozenset[date] = frozenset()

    def pre_validate(self, form: Form) -> None:
        try:
            self.days = frozenset(
                plannable(date.fromisoformat(text)) for text in re.split(r"[\s,，、;；]+", self.data or "") if text
            )
        except ValueError:
            raise ValidationError(_l("Write days like 2026-12-01, separated by spaces or new lines")) from None
