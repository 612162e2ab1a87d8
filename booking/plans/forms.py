"""Forms of plans: the shape of what is entered; whether it may be is asked by the rules."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    Field,
    Form,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from booking.kernel.ids import SiteId
from booking.plans.rules.pattern import MOST_DAYS, Exceptions, Pattern, PlannedDay, PlannedLine, plannable
from booking.sites.rules.site import class_list
from booking.web.fields import NOT_A_DAY, DayField

ROWS = 10
MOST_PLACES = 10_000
WEEKDAYS = [
    SelectChoice("1", _l("Monday")),
    SelectChoice("2", _l("Tuesday")),
    SelectChoice("3", _l("Wednesday")),
    SelectChoice("4", _l("Thursday")),
    SelectChoice("5", _l("Friday")),
    SelectChoice("6", _l("Saturday")),
    SelectChoice("7", _l("Sunday")),
]
REASON = [
    InputRequired(_l("Enter the reason; it is kept in the log")),
    Length(max=500, message=_l("The reason is longer than 500 characters")),
]
PUBLIC_REASON = [
    InputRequired(_l("Enter the reason; everybody will read it")),
    Length(max=500, message=_l("The reason is longer than 500 characters")),
]


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


@dataclass(frozen=True, slots=True)
class RowFields:
    """The five fields of one session."""

    number: int
    starts: ClockField
    ends: ClockField
    classes: StringField
    ordinary: PlacesField
    priority: PlacesField

    def __iter__(self) -> Iterator[Field]:
        return iter((self.starts, self.ends, self.classes, self.ordinary, self.priority))

    @property
    def is_blank(self) -> bool:
        return not any(field.raw_data and field.raw_data[0].strip() for field in self)

    @property
    def line(self) -> PlannedLine:
        classes = class_list(self.classes.data or "")
        return PlannedLine(
            self.starts.data, self.ends.data, classes, self.ordinary.data or 0, self.priority.data or 0
        )


class SessionsForm(FlaskForm):
    """Up to ten sessions of a day; rows left blank do not count."""

    @property
    def rows(self) -> tuple[RowFields, ...]:
        names = ("starts", "ends", "classes", "ordinary", "priority")
        return tuple(RowFields(row, *(self[f"{name}_{row}"] for name in names)) for row in range(1, ROWS + 1))

    @property
    def lines(self) -> tuple[PlannedLine, ...]:
        """The sessions entered, in order of time, once the form was found valid."""
        return tuple(sorted(row.line for row in self.rows if not row.is_blank))

    def fill(self, lines: Sequence[PlannedLine]) -> None:
        """Show stored sessions for change."""
        for row, line in zip(self.rows, lines, strict=False):
            for field, value in zip(
                row, (line.starts, line.ends, line.classes, line.ordinary, line.priority), strict=True
            ):
                field.data = value

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        filled = [row for row in self.rows if not row.is_blank]
        for row in filled:
            for field in (row.starts, row.ends):
                if field.data is None and not field.errors:
                    field.errors = [_l("Session %(number)s: enter beginning and end", number=row.number)]
                    is_valid = False
        if not filled:
            self.rows[0].starts.errors = [_l("Enter at least one session")]
            is_valid = False
        return is_valid


def _add_rows() -> None:
    """Give the form its rows; WTForms knows no rows whose errors link to their own field."""
    places = [Optional(), NumberRange(0, MOST_PLACES, _l("The number of places is out of range"))]
    for row in range(1, ROWS + 1):
        setattr(SessionsForm, f"starts_{row}", ClockField(_l("Session %(number)s: begins", number=row), [Optional()]))
        setattr(SessionsForm, f"ends_{row}", ClockField(_l("Session %(number)s: ends", number=row), [Optional()]))
        setattr(
            SessionsForm,
            f"classes_{row}",
            StringField(_l("Session %(number)s: classes", number=row), [Optional(), Length(max=120), _classes]),
        )
        setattr(
            SessionsForm,
            f"ordinary_{row}",
            PlacesField(_l("Session %(number)s: ordinary places", number=row), places),
        )
        setattr(
            SessionsForm,
            f"priority_{row}",
            PlacesField(_l("Session %(number)s: priority places", number=row), places),
        )


def _classes(form: Form, field: StringField) -> None:
    try:
        class_list(field.data or "")
    except ValueError:
        raise ValidationError(_l("Write classes like C1,C2, or leave it empty for every class")) from None


_add_rows()


class PlaceForm(SessionsForm):
    """Sessions for one service of one site; the choice is of pairs, so that no site is asked for what it has not."""

    place = SelectField(_l("Site and service"), validate_choice=False)

    def validate_place(self, field: SelectField) -> None:
        if field.data not in values_of(field):
            raise ValidationError(_l("Choose a site and service from the list"))

    @property
    def site_id(self) -> SiteId:
        return SiteId(int(str(self.place.data).partition(":")[0]))

    @property
    def service(self) -> str:
        return str(self.place.data).partition(":")[2]


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


class ReasonForm(FlaskForm):
    """Why a plan goes back to its drafter."""

    reason = TextAreaField(_l("Reason"), REASON)


class WithdrawalForm(FlaskForm):
    """Why a published session is taken back; the reason becomes public."""

    reason = TextAreaField(_l("Reason, public"), PUBLIC_REASON)


class ImportForm(FlaskForm):
    """A CSV file of plans."""

    file = FileField(_l("CSV file"), [FileRequired(_l("Choose a file"))])


class FilterForm(Form):
    """What the public plan shows. Without a token: it comes by GET and needs no cookie."""

    service = SelectField(_l("Service"), validate_choice=False, default="")
    site = SelectField(_l("Test site or station"), validate_choice=False, default="")
    month = HiddenField()
    day = HiddenField()
