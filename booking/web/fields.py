"""Form fields that say in plain words what is wrong."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.i18n import Translations
from wtforms import DateField, DateTimeLocalField, Field, Form
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from booking.kernel.calendar import LOCAL, at_local

CENTURY = range(2000, 2100)
NOT_A_MOMENT = _l("This is not a day with an hour; write it as 2026-03-01T08:30")
NOT_A_DAY = _l("This is not a day; write it as year-month-day, like 2026-03-01")


class AskedForm(Form):
    """A form of what an address asks, which changes nothing; it too says what is wrong in the reader's language."""

    class Meta(DefaultMeta):
        def get_translations(self, form: BaseForm) -> Translations:
            return Translations()


class AsOnPage(FlaskForm):
    """A form whose page shows its fields in another order than they were written: some first, some last.

    What is wrong is listed in the order of the page.
    """

    FIRST: ClassVar[tuple[str, ...]] = ()
    LAST: ClassVar[tuple[str, ...]] = ()

    def __iter__(self) -> Iterator[Field]:
        moved = {*self.FIRST, *self.LAST}
        rest = [field.short_name for field in super().__iter__() if field.short_name not in moved]
        return iter([self[name] for name in (*self.FIRST, *rest, *self.LAST)])


class DayField(DateField):
    """A local day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as failure:
            raise ValueError(NOT_A_DAY) from failure


class MomentField(DateTimeLocalField):
    """A wall-clock moment at the office, to the minute."""

    data: datetime | None

    @staticmethod
    def written(instant: datetime) -> datetime:
        """Return an instant as the field holds it: the clock at the office, without a zone."""
        return instant.astimezone(LOCAL).replace(second=0, microsecond=0, tzinfo=None)

    @property
    def instant(self) -> datetime | None:
        """What was entered; None where the field was left empty."""
        return None if self.data is None else at_local(self.data.date(), self.data.time())

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as failure:
            raise ValueError(NOT_A_MOMENT) from failure
        if self.data is not None and self.data.year not in CENTURY:  # the first hours of year 1 have no UTC
            self.data = None
            raise ValueError(NOT_A_MOMENT)
