"""Form fields that say in plain words what is wrong."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DateTimeLocalField

from booking.kernel.calendar import LOCAL, at_local

CENTURY = range(2000, 2100)
NOT_A_MOMENT = _l("This is not a day with an hour; write it as 2026-03-01T08:30")
NOT_A_DAY = _l("This is not a day; write it as year-month-day, like 2026-03-01")


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
