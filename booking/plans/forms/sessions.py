"""The sessions of a day: ten rows of five fields, each row an object that can be asked for its session."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from booking.kernel.ids import SiteId
from booking.plans.forms.fields import ClockField, PlacesField, values_of
from booking.plans.rules.pattern import PlannedLine
from booking.sites.rules.site import class_list
from booking.web.fields import AsOnPage

ROWS = 10
MOST_PLACES = 10_000


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


class SessionsForm(AsOnPage):
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
        """Show these sessions for change, whatever was entered before; further rows are blank."""
        for row, line in zip_longest(self.rows, lines[:ROWS]):
            values = (line.starts, line.ends, line.classes, line.ordinary, line.priority) if line else (None,) * 5
            for field, value in zip(row, values, strict=True):
                field.data, field.raw_data = value, None

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

    FIRST: ClassVar[tuple[str, ...]] = ("place",)

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
